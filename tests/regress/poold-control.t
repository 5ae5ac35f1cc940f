#!/usr/bin/env python3
"""The control socket against clients that babble, say half of it, or hold their places; poolctl against a socket that does not answer well."""
import json
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, "tests/regress")
from daemon import BUILD, Daemon, plan_number  # noqa: E402
from judged import Tap  # noqa: E402

GARBAGE = [b"\n", b"\0\n", b"[]\n", b"null\n", b'{"command":5}\n', b'{"command":"list","limit":-1}\n', b'{"command":"list","limit":1e99}\n',
           b'{"command":"list","region":5}\n', b'{"command":"show","which":"%s%n"}\n', b'{"command":"show"}\n', b"[" * 4000 + b"\n", b"\xff\xfe\n",
           b'{"command":"show","which":"99999999999999999999999"}\n', b'{"command":"list","area":"\\ud800"}\n', b'{"command":"status"}\n' * 1000]


def talk(d, said):
    with d.connect() as s:
        try:
            s.sendall(said)
            return s.recv(1 << 16)
        except OSError as e:
            return repr(e).encode()


tap = Tap()
d = Daemon(tap)
try:
    d.start()
    d.drop("plan.json", plan_number(1))
    d.wait_published(1)
    answers = [talk(d, said) for said in GARBAGE]
    tap.ok(all(a.startswith(b"{") and json.loads(a.splitlines()[0]) is not None for a in answers), "every request has an answer", answers)
    tap.ok(talk(d, b"x" * 10_000_000)[:1] != b"{", "a line of ten megabytes has none")
    idle = [d.connect() for _ in range(32)]
    idle[0].sendall(b'{"command":"sta')
    deaf = d.connect()
    tap.ok(d.poolctl("status").returncode in (0, 2), "poolctl is answered or told off when every place is taken")
    start = time.monotonic()
    tap.ok(d.wait(lambda: d.poolctl("status").returncode == 0, 14), "who asks nothing loses the place after ten seconds",
           time.monotonic() - start)
    for s in [*idle, deaf]:
        s.close()
    followers = [d.connect() for _ in range(20)]
    for s in followers:
        s.sendall(b'{"command":"tail"}\n' + b"x\n" * 2000)
    d.drop("more.json", plan_number(2))
    tap.ok(d.wait(lambda: b"more.json" in followers[0].recv(1 << 16), 5), "who follows is told, whatever else it says")
    for s in followers:
        s.close()
    tap.ok(d.wait(lambda: d.poolctl("status").returncode == 0, 5) and d.process.poll() is None, "and poold goes on")
finally:
    d.end()

# poolctl against something else at the other end
ANSWERS = [b"", b"\n", b"garbage\n", b'{"end":true}\n', b'{"end":true,"version":5,"regions":5,"rulebook":[],"outcomes":null}\n',
           b'{"end":true,"regions":[{"name":5,"skipped":[5]}]}\n', b'{"error":"\\u001b[31m\\n\\u0000x","end":true}\n', b"[" * 100000 + b"\n",
           b'{"found":true,"verdict":5,"end":true}\n',
           b'{"name":"\\u001b[31m","region":"\\u202e","headline":"\\u001b]0;x\\u0007","outcome":"x","seq":1}\n{"end":true}\n']
d = Daemon(tap)
server = socket.socket(socket.AF_UNIX)
try:
    server.bind(str(control := d.top / "control"))
    server.listen(20)

    def serve():
        for answer in ANSWERS:
            for _ in COMMANDS:
                client, _ = server.accept()
                client.recv(4096)
                try:
                    client.sendall(answer)
                except OSError:
                    pass
                client.close()

    COMMANDS = [["status"], ["list"], ["show", "1"], ["tail"], ["reload"], ["status", "--json"], ["list", "--json"]]
    threading.Thread(target=serve, daemon=True).start()
    bad = []
    for answer in ANSWERS:
        for command in COMMANDS:
            r = subprocess.run([f"{BUILD}/poolctl", command[0], "--socket", str(control), *command[1:]], capture_output=True, timeout=20)
            if r.returncode < 0 or b"\x1b" in r.stdout + r.stderr or b"Sanitizer" in r.stderr:
                bad.append((answer[:60], command, r))
    tap.ok(not bad, "poolctl takes every answer without falling over, and prints no escape", *bad[:5])
finally:
    server.close()
    d.end()
tap.done()
