#!/usr/bin/env python3
"""A syslog listener that may be killed at any moment: a record is in the file before it is taken out of the socket's queue.

usage: tests/system/listener.py SOCKET FILE      each record with its length before it, 4 bytes
"""
import os
import socket
import sys


def read_records(path):
    """The records of a file; one cut short by a kill is left out, it came again."""
    records = []
    data = open(path, "rb").read() if os.path.exists(path) else b""
    at = 0
    while at + 4 <= len(data):
        n = int.from_bytes(data[at:at + 4], "big")
        if at + 4 + n <= len(data):
            records.append(data[at + 4:at + 4 + n])
        at += 4 + n
    return records


def main(path, file):
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    s.bind(path)
    out = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    while True:
        record = s.recv(1 << 20, socket.MSG_PEEK)
        os.write(out, len(record).to_bytes(4, "big") + record)
        s.recv(1 << 20)


if __name__ == "__main__":
    main(*sys.argv[1:])
