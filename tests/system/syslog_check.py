#!/usr/bin/env python3
"""Which numbers of poold's records lack, come again, or come out of order in what a syslog daemon wrote.

usage: tests/system/syslog_check.py [--from N] [--to N] FILE …

A FILE has a record a line: as poold sends it (either format), or as JSON that has the structured data (syslog-ng's format-json).  Several
files are one after the other, as rotated ones are.  Exit status: 0 nothing lacks and the first arrivals are in order; 1 otherwise.
"""
import json
import re
import sys

# Both stand before any value of the record, so that no file's name can look like one.
AS_SENT = re.compile(r'\[poold@32473 sequence="(\d+)"|@cee: \{"msgid":"[A-Z-]+","sequence":(\d+)[,}]')


def number_of(line):
    """The record's number, or None: the line is damaged, or of somebody else."""
    if not line.startswith("{"):
        m = AS_SENT.search(line)
        return int(m[1] or m[2]) if m else None
    try:
        record = json.loads(line)
    except ValueError:
        return None
    for place in (record.get("_SDATA", {}).get("poold@32473", {}), record.get(".cee", {}), record):
        if "sequence" in place:
            return int(place["sequence"])
    return None


class Account:
    def __init__(self, lines):
        self.numbers, self.strange = [], []
        for line in lines:
            n = number_of(line)
            if n is None:
                self.strange.append(line)
            else:
                self.numbers.append(n)
        seen, self.repeated, self.late, highest = set(), [], [], 0
        for n in self.numbers:
            if n in seen:
                self.repeated.append(n)
            elif n < highest:
                self.late.append(n)
            seen.add(n)
            highest = max(highest, n)
        self.seen, self.last = seen, highest

    def lacking(self, first=1, last=None):
        return sorted(set(range(first, (self.last if last is None else last) + 1)) - self.seen)

    def ranges(self, numbers):
        """1-3, 7"""
        out, start = [], None
        for i, n in enumerate(numbers):
            start = n if start is None else start
            if i + 1 == len(numbers) or numbers[i + 1] != n + 1:
                out.append(f"{start}-{n}" if n > start else str(n))
                start = None
        return ", ".join(out) or "none"

    def tell(self, first=1, last=None):
        return (f"{len(self.numbers)} records of {len(self.seen)} numbers up to {self.last}; lacking: {self.ranges(self.lacking(first, last))}; "
                f"came again: {len(self.repeated)}; first came after a higher one: {self.ranges(self.late)}; no records: {len(self.strange)} lines")


def lines_of(*paths):
    for path in paths:
        with open(path, encoding="utf-8", errors="replace", newline="\n") as file:
            yield from file


def main():
    arguments, bounds = sys.argv[1:], {"--from": 1, "--to": None}
    while len(arguments) > 1 and arguments[0] in bounds:
        bounds[arguments[0]] = int(arguments[1])
        arguments = arguments[2:]
    if not arguments or arguments[0].startswith("-"):
        print(__doc__.split("\n\n")[1], file=sys.stderr)
        return 64
    account = Account(lines_of(*arguments))
    print(account.tell(bounds["--from"], bounds["--to"]))
    return int(bool(account.lacking(bounds["--from"], bounds["--to"]) or account.late))


if __name__ == "__main__":
    sys.exit(main())
