#!/usr/bin/env python3
"""Made-up events in both formats, read by strict parsers: whatever a value holds, the record is one line, well-formed, short enough, and
gives the value back.  EVENTS=100000 SEED=7 makes more of them."""
import json
import os
import random
import re
import struct
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, "tests/regress")
from judged import BUILD, Tap  # noqa: E402

EVENTS, SEED = int(os.environ.get("EVENTS", "600")), int(os.environ.get("SEED", "1"))
os.environ["TZ"] = "GMT0BST,M3.5.0/1,M10.5.0"
time.tzset()
dice = random.Random(SEED)
tap = Tap()

MSGIDS = re.findall(r"^\| `([A-Z][A-Z-]*)` \|", open("docs/events.md", encoding="utf-8").read(), re.M)
OWN = ("sequence", "cut", "msgid", "msg", "time")
TEXT, INTEGER, MONEY, TIME = range(4)
DECEPTIVE = re.compile("[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
NASTY = [b"\0", b"\n", b"\r\n", b"\t", b"\x1b[31m", b"\x7f", b'"', b"\\", b"]", b"[", b"=", b"'", b" ", b"; ", b"@cee: {", b'"}', b'\\"', b"%s%n",
         b"\xff", b"\xfe\xff", b"\xc3", b"\xc0\xaf", b"\xe2\x82", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xf8\x88\x80\x80\x80", b"\x80\x80\x80\x80",
         "\u202e".encode(), "\u200b".encode(), "\ufeff".encode(), "\u2028".encode(), "\x85".encode(), "\xad".encode(), "\U000e0041".encode(),
         "é".encode(), "€".encode(), "😀".encode(), "\ufffd".encode(), b'] [x@1 y="z"]', b"<34>1 ", b"plain", b"plan.xlsx", b"sequence=", b"..."]


def value(longest):
    size = dice.choice([0, 1, 5, 20, 60, 200, longest])
    if dice.random() < 0.1:
        size = dice.choice([4095, 4096, 4097, 7990, 8000, 65535, 70000])
    out = b"".join(dice.choice(NASTY) for _ in range(min(size, 300)))
    return (out * (size // max(len(out), 1) + 1))[:size] if size > len(out) else out[:size]


def event():
    tags, names = [], set()
    for _ in range(dice.choice([0, 1, 3, 8, 20, 40])):
        name = dice.choice("abcxyz") + "".join(dice.choice("abc_0123") for _ in range(dice.randint(0, 31)))
        if name in names or name in OWN:
            continue
        names.add(name)
        kind = dice.choice([TEXT, TEXT, TEXT, INTEGER, MONEY, TIME])
        n = dice.choice([0, -1, 1, 42, 10**12, -10**12, 2**60 - 1]) if kind != TIME else dice.randint(0, 2**32)
        n = dice.choice([2**63 - 1, -2**63, n]) if kind == INTEGER else n
        tags.append((name, kind, value(1000) if kind == TEXT else n))
    return dice.choice(MSGIDS), dice.randint(0, 7), tags


def pack(msgid, severity, tags):
    def named(name):
        return bytes([len(name)]) + name.encode() + b"\0"
    out = b"E1" + bytes([severity, len(tags)]) + named(msgid)
    for name, kind, v in tags:
        out += bytes([kind]) + named(name) + (struct.pack("<I", len(v)) + v if kind == TEXT else struct.pack("<q", v))
    return out


def safe(raw):
    """What every output shows of a text: written here a second time, from the manual."""
    def shown(m):
        c = m[0]
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(c) or (f"\\x{ord(c):02x}" if ord(c) < 256 else f"\\u{{{ord(c):x}}}")
    return DECEPTIVE.sub(shown, raw.decode("utf-8", "replace").replace("\\", "\\\\"))


def written(kind, v):
    if kind == TEXT:
        return safe(v)
    if kind == MONEY:
        return f"{'-' if v < 0 else ''}{abs(v) // 100}.{abs(v) % 100:02d}"
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(v)) if kind == TIME else str(v)


class Bad(Exception):
    pass


def need(good, what):
    if not good:
        raise Bad(what)


def rfc5424(record):
    """Strict, as the RFC's grammar has it.  -> priority, time, msgid, parameters, message"""
    m = re.match(rb"<([1-9]?[0-9]|1[0-9][0-9])>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) ([!-~]{1,32}) ", record)
    need(m, "header")
    need((m[3], m[4], m[5]) == (b"audit.example", b"poold", b"4711"), "host, program, process")
    at, elements = m.end(), {}
    while record[at:at + 1] == b"[":
        e = re.compile(rb'\[([!#-<>-\\^-~]{1,32})').match(record, at)
        need(e and e[1] not in elements, "element")
        at, parameters = e.end(), {}
        while record[at:at + 1] == b" ":
            p = re.compile(rb' ([!#-<>-\\^-~]{1,32})="((?:[^"\\\]]|\\["\\\]])*)"').match(record, at)
            need(p, f"parameter at {record[at:at + 60]}")
            need(p[1] not in parameters, "a name twice")
            parameters[p[1].decode()] = re.sub(rb'\\(["\\\]])', rb"\1", p[2]).decode()  # strict UTF-8
            at = p.end()
        need(record[at:at + 1] == b"]", "end of an element")
        at += 1
        elements[e[1].decode()] = parameters
    need(list(elements) == ["meta", "poold@32473"] and list(elements["meta"]) == ["sequenceId"], "elements")
    need(record[at:at + 4] == b" \xef\xbb\xbf", "BOM")
    return int(m[1]), m[2].decode(), m[6].decode(), elements, record[at + 4:].decode()


def cee(record):
    m = re.match(rb"<([1-9]?[0-9]|1[0-9][0-9])>([A-Z][a-z]{2} [ 1-3]\d \d\d:\d\d:\d\d) poold\[4711\]: @cee: ", record)
    need(m, "header")

    def unique(pairs):
        need(len(dict(pairs)) == len(pairs), "a name twice")
        return dict(pairs)
    rest = record[m.end():].decode()
    need(rest[0] == "{" and rest[-1] == "}", "an object")
    return int(m[1]), m[2].decode(), json.loads(rest, object_pairs_hook=unique, parse_constant=lambda c: need(False, c), parse_float=lambda f: need(False, f))


def same_value(tag, got, cut):
    name, kind, v = tag
    want = written(kind, v)
    if name not in cut:
        need(got == want, f"{name}: {got[:80]!r} instead of {want[:80]!r}")
    else:
        need(got.endswith("…") and want.startswith(got[:-1].rstrip("\ufffd")), f"{name}: {got[:80]!r} is no beginning of {want[:80]!r}")


def check(record, request):
    form, longest, sequence, when, (msgid, severity, tags) = request
    need(len(record) <= max(longest, 330), f"{len(record)} bytes, of at most {longest}")
    text = record.decode()  # strict UTF-8
    need(not DECEPTIVE.search(text.replace("\ufeff", "", 1) if form == 0 else text), "no control characters, and nothing that hides")
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(when // 10**6)) + f".{when % 10**6:06d}Z"
    if form == 0:
        priority, at, name, elements, message = rfc5424(record)
        got = elements["poold@32473"]
        need(elements["meta"]["sequenceId"] == str((sequence - 1) % (2**31 - 1) + 1), "sequenceId")
        need(at == stamp, "time")
        texts = dict(got)
        need(texts.pop("sequence") == str(sequence), "sequence")
    else:
        priority, at, got = cee(record)
        local = time.localtime(when // 10**6)
        need(at == time.strftime("%b ", local) + f"{local.tm_mday:2d}" + time.strftime(" %H:%M:%S", local), f"local time {at}")
        need(got["time"] == stamp, "time")
        name, message = got["msgid"], got["msg"]
        need(got["sequence"] == sequence, "sequence")
        for tag, kind, v in tags:
            need(tag not in got or isinstance(got[tag], int) == (kind == INTEGER), "numbers are numbers, and nothing else is")
        texts = {k: str(v) for k, v in got.items() if k not in ("time", "msgid", "msg", "sequence")}
    need((priority, name) == (24 + severity, msgid), "priority and id")
    cut = texts.pop("cut", "").split()
    more = re.search(r"and (\d+) more$", " ".join(cut))
    shown = tags[:len(tags) - int(more[1])] if more else tags
    need(list(texts) == [t[0] for t in shown], f"the tags in order: {list(texts)}")
    for tag in shown:
        same_value(tag, texts[tag[0]], cut)
    need("; " in message or message.endswith(";"), "title")
    if not cut:
        line = ",".join(" %s='%s'" % (n, written(k, v).replace("'", "\\'")) for n, k, v in tags)
        # whose tags are left out where the record has room for them once only
        room = len(record) + len(line.encode()) <= longest
        need(message.split(";", 1)[1] == (line if room or not message.endswith(";") else ""), f"the line: {message[:200]}")


def ask(requests):
    data = b"".join(struct.pack("<BIQqI", f, m, s, w, len(p)) + p for f, m, s, w, e in requests for p in [pack(*e)])
    out = subprocess.run([BUILD + "/tests/system/render_events"], input=data, capture_output=True, timeout=300)
    at, records = 0, []
    while at < len(out.stdout):
        n = struct.unpack_from("<I", out.stdout, at)[0]
        at += 4
        records.append(None if n == 2**32 - 1 else out.stdout[at:at + n])
        at += 0 if n == 2**32 - 1 else n
    return out.returncode, records


requests = []
for _ in range(EVENTS):
    made = event()
    longest = dice.choice([8000, 8000, 8000, 4000, 1000, 500])
    sequence = dice.choice([1, 7, 2**31 - 1, 2**31, 2**32, 2**53 - 1, dice.randint(1, 10**9)])
    when = dice.randint(0, 2**32) * 10**6 + dice.randint(0, 999999)
    requests += [(form, longest, sequence, when, made) for form in (0, 1)]
code, records = ask(requests)
tap.ok(code == 0 and len(records) == len(requests) and None not in records, "every event is written", code, len(records))
wrong = {0: [], 1: []}
for request, record in zip(requests, records):
    try:
        check(record, request)
    except (Bad, ValueError, KeyError, TypeError) as fault:
        wrong[request[0]].append((fault, record[:300], request[1:4]))
for form, title in ((0, "RFC 5424"), (1, "@cee")):
    tap.ok(not wrong[form], f"{EVENTS} made-up events are well-formed in {title} and give their values back", len(wrong[form]), *wrong[form][:4])
cuts = sum(b" cut=" in r for r in records)
tap.ok(EVENTS // 20 < cuts < 2 * EVENTS - EVENTS // 20, "some of them were cut, and some were not", cuts)
code, refused = ask([(0, 8000, 1, 0, ("STATUS", 6, [(name, TEXT, b"x")])) for name in (*OWN, "Upper", "", "a b", "x" * 33, "9a")])
tap.ok(code == 0 and set(refused) == {None}, "a name that a record has of its own, or that is not well-formed, is refused", refused)
tap.done()
