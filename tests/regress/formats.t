#!/usr/bin/env python3
"""Every format that buf_vprintf() is given is one that it knows: another would end the program."""
import glob
import re
import sys

sys.path.insert(0, "tests/regress")
from judged import Tap  # noqa: E402

tap = Tap()
KNOWN = re.compile(r"%(?:%|[-0]*(?:\*|\d+)?(?:(?:\.\*)?s|c|(?:ll|l|z)?[duxX]))")
# those that hand their format to buf_vprintf()
CALLS = re.compile(r"\b(buf_printf|arena_printf|bind_fault|sheet_refuse|ods_refuse|tell_otherwise)\s*\(")


def arguments(source, at):
    """The text from an open bracket to its end, and its literals."""
    depth, i, literals = 0, at, []
    while True:
        if source[i] == '"':
            end = re.compile(r'"(?:[^"\\]|\\.)*"').match(source, i).end()
            literals.append(source[i + 1:end - 1])
            i = end
            continue
        if source[i] == "'":
            i = re.compile(r"'(?:[^'\\]|\\.)*'").match(source, i).end()
            continue
        depth += {"(": 1, ")": -1}.get(source[i], 0)
        i += 1
        if depth == 0:
            return literals


def unknown(text):
    return [text[i:i + 8] for i in (m.start() for m in re.finditer("%", KNOWN.sub("", text)))]


def plain(source):
    """With PRId64 and its like written out."""
    source = re.sub(r'"\s*PRI([duxX])64\s*"', r"l\1", source)
    return re.sub(r'"\s*PRI([duxX])64', r'l\1"', source)


tap.ok(unknown("%g") and unknown("%.3s") and unknown("%i") and unknown("%p") and not unknown("%-5s %.*s %zu %llx %02x %% %*d"), "the test knows one from the other")
users = set()
for name in glob.glob("rules/*.c") + glob.glob("daemon/**/*.c", recursive=True):
    source = plain(open(name, encoding="utf-8").read())
    if "buf_vprintf(" in source:
        users.add(name)
    for call in CALLS.finditer(source):
        for literal in arguments(source, call.end() - 1):
            if unknown(literal):
                tap.ok(False, f"{name}: {call[1]} knows all of its format", literal)
tap.ok(users == {"rules/buf_format.c", "rules/rulebook_find.c", "rules/rulebook_example.c", "rules/bind.c", "rules/xlsx_sheet.c", "rules/read_ods.c"},
       "the functions that take formats are those looked at here", users)
tap.done()
