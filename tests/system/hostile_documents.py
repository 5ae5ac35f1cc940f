#!/usr/bin/env python3
"""Hostile documents by the thousand: real submissions mangled, and files made to hurt, through poolctl check and a sample through poold.

usage: hostile_documents.py [SEED [NUMBER]]      NUMBER files (400); what fails is kept, and named

For every one: there is a verdict, well-formed and as the schema says, and it is not that an evaluator failed; the page has no element and no
attribute that is not ours; the text has no control character; and what poold publishes is as clean.
"""
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, "tests/regress")
from daemon import Daemon, plan_number  # noqa: E402
from judged import Tap  # noqa: E402
from reading import Page, wrong  # noqa: E402

POOLCTL = os.path.join(os.environ.get("B", "build"), "poolctl")
BATCH = 100
NASTY = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "</title></style><b>", "=cmd|' /C calc'!A0", "+1+1", "@SUM(A1)", "-2+3", "\u202egnp.exe",
         "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "a\0b", "\r\nForged: line", "\u2028\u2029", "\ufeff", "%s%n%x", "{given}{from}", "'; DROP TABLE arrivals;--",
         "../../etc/passwd", "é" * 300, "x" * 5000, "\ud800", "\U0001f4a9", "&lt;b&gt;", "&#x3c;b&#x3e;", "]]>", "<!--", "\u0000", "`id`", "$(id)", "\x7f\x9b"]
NUMBERS = ["1e400", "-1e400", "99999999999999999999999999", "0.1", "-0", "1e-400", "123456789012345678", "9223372036854775807", "9223372036854775808", "1E5", "00", "0x10", "NaN", "Infinity",
           "1.005", "-0.00", "1" * 3000]


class Documents:
    """A generator of file names and bytes."""

    def __init__(self, seed):
        self.r = random.Random(seed)
        top = pathlib.Path("tests/fixtures/submissions")
        self.real = [p for p in sorted(top.rglob("*")) if p.suffix in (".json", ".csv") and p.stat().st_size < 80000]

    def one(self, i):
        r = self.r
        path = r.choice(self.real)
        data = path.read_bytes()
        makers = [self.bytes_changed, self.bytes_changed, self.values_changed, self.values_changed, self.values_changed, self.cut, self.doubled_key, self.lines_changed, self.encoded, self.quoted]
        if r.random() < 0.15:
            name, data = r.choice([self.deep, self.wide, self.long_line, self.rows, self.keys, self.noise, self.tiny])()
            return f"{i:05}-{name}", data
        for _ in range(r.choice([1, 1, 2, 3])):
            data = r.choice(makers)(data)
        return f"{i:05}-mangled{path.suffix}", data

    def bytes_changed(self, data):
        data = bytearray(data)
        for _ in range(self.r.randrange(1, 20)):
            if data:
                data[self.r.randrange(len(data))] = self.r.randrange(256)
        return bytes(data)

    def values_changed(self, data):
        """Values become markup, formulas, other numbers, other kinds."""
        text = data.decode("utf-8", "surrogateescape")
        found = list(re.finditer(r'"(?:[^"\\]|\\.)*"|-?\d[\d.]*|[^,\n"]+', text))
        for m in self.r.sample(found, min(len(found), self.r.randrange(1, 6))):
            new = self.r.choice(NUMBERS + ["null", "true", "[]", "{}", '""']) if self.r.random() < 0.4 else json.dumps(self.r.choice(NASTY), ensure_ascii=self.r.random() < 0.5)
            text = text.replace(m[0], new, 1)
        return text.encode("utf-8", "surrogatepass" if "\ud800" in text else "surrogateescape") if self.encodable(text) else data

    @staticmethod
    def encodable(text):
        try:
            text.encode("utf-8", "surrogatepass" if "\ud800" in text else "surrogateescape")
            return True
        except UnicodeError:
            return False

    def cut(self, data):
        return data[:self.r.randrange(len(data) + 1)] if self.r.random() < 0.5 else data[self.r.randrange(len(data) + 1):]

    def doubled_key(self, data):
        found = list(re.finditer(rb'"[a-z_]+" *:', data))
        if not found:
            return data + data
        m = self.r.choice(found)
        return data[:m.start()] + m[0] + b' "twice", ' + data[m.start():]

    def lines_changed(self, data):
        return data.replace(b"\n", self.r.choice([b"\r", b"\r\n", b"\n\n", b"\0\n", b"\x0b\n", "\u2028".encode()]), self.r.choice([1, 5, -1]))

    def encoded(self, data):
        text = data.decode("utf-8", "replace")
        return self.r.choice([b"\xef\xbb\xbf" + data, b"\xff\xfe" + text.encode("utf-16-le"), text.encode("utf-16"), text.encode("cp1252", "replace"), b"\xef\xbb\xbf" * 3 + data,
                              text.encode("utf-32"), data + b"\0" * 100, b"\x1f\x8b" + data, b"PK\x03\x04" + data])

    def quoted(self, data):
        return data.replace(self.r.choice([b",", b'"', b":", b"\n"]), self.r.choice([b'"', b'""', b'","', b"';'", b"\t", b'"\n"']), self.r.choice([1, 10, -1]))

    def deep(self):
        n = self.r.choice([60, 70, 1000, 200000])
        return "deep.json", self.r.choice([b"[" * n + b"]" * n, b'{"a":' * n + b"1" + b"}" * n, b'{"schema":' + b"[" * n])

    def wide(self):
        return "wide.json", json.dumps({"schema": "tiny/1", "lines": [{"amount": i} for i in range(self.r.choice([1000, 50000]))]}).encode()

    def long_line(self):
        n = self.r.choice([100000, 3000000])
        return self.r.choice([("long.csv", b"a," * n), ("long.csv", b'"' + b"a" * n), ("long.json", b'{"schema":"' + b"x" * n + b'"}'), ("long.csv", b"\n" * n)])

    def rows(self):
        return "rows.csv", b"area,year,amount\n" + b"E08000018,2015-16,1.00\n" * self.r.choice([1000, 300000])

    def keys(self):
        n = self.r.choice([100, 100000])
        return "keys.json", b"{" + b",".join(b'"k%d":1' % (i if self.r.random() < 0.999 else 0) for i in range(n)) + b"}"

    def noise(self):
        return f"noise.{self.r.choice(['json', 'csv', 'xlsx', 'txt', 'pdf'])}", self.r.randbytes(self.r.choice([1, 10, 1000, 100000]))

    def tiny(self):
        return "tiny.json", self.r.choice([b"", b" ", b"\0", b"{", b"}", b"[]", b"{}", b"null", b'"', b"1", b"\xef\xbb\xbf", b"\xff", b"\n", b",", b'{"schema":null}', b"tru", b"-"])


def ours():
    """The elements and attributes that the page's source writes."""
    source = "".join(p.read_text() for p in pathlib.Path("rules").glob("render_html*.c"))
    tags = {t.lower() for t in re.findall(r"<([a-zA-Z][a-zA-Z0-9]*)", source)} | {t for t in re.findall(r'html_element\([^"]*"([a-z0-9]+)"', source)}
    return tags | {"table", "thead", "tbody", "tr", "td", "th", "p", "dd", "dt", "span", "code", "li", "a"}, {a.lower() for a in re.findall(r"([a-zA-Z-]+)=", source)}


TAGS, ATTRIBUTES = ours()


def page_faults(text):
    page = Page()
    page.feed(text)
    page.close()
    strange = [t for t in page.tags if t not in TAGS] + [a for a in page.attrs if a[1] not in ATTRIBUTES or a[1].startswith("on") or a[1] in ("src", "href")]
    strange += [] if "h1" in page.tags and page.tags.count("html") == 1 else ["no heading, or not one page"]
    return strange + page.faults + [f"<{t}> is not closed" for t in page.open] + (["a script"] if "script" in page.tags else [])


def control_characters(text):
    return re.findall(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


class Trial:
    def __init__(self, seed):
        self.top = pathlib.Path(tempfile.mkdtemp(prefix="hostile-"))
        self.documents = Documents(seed)
        self.faults = []
        with open("docs/verdict.schema.json", encoding="utf-8") as f:
            self.schema = json.load(f)

    def fault(self, what, path=None):
        kept = ""
        if path and len(self.faults) < 20:
            kept = f" (kept as /tmp/{path.name})"
            shutil.copy(path, f"/tmp/{path.name}")
        self.faults.append(what + kept)

    def check(self, paths, form):
        done = subprocess.run([POOLCTL, "check", "--policies", "lua-policies", "--region", "leeds", "--at", "2015-06-01T12:00:00Z", "--format", form, *map(str, paths)],
                              capture_output=True, timeout=60 + 40 * len(paths), check=False)
        if done.returncode not in (0, 1, 2) or b"Sanitizer" in done.stderr or b"runtime error" in done.stderr:
            self.fault(f"poolctl check --format {form} ended with {done.returncode}: {done.stderr[:1000]} on one of {paths[0]} …")
        return done.stdout.decode("utf-8")

    def judge(self, paths):
        try:
            verdicts = json.loads(self.check(paths, "json"))
        except ValueError as e:
            self.fault(f"what poolctl prints is no JSON: {e}")
            return
        verdicts = verdicts if isinstance(verdicts, list) else [verdicts]
        if len(verdicts) != len(paths):
            self.fault(f"{len(verdicts)} verdicts on {len(paths)} files")
        for path, v in zip(paths, verdicts):
            mistake = wrong(self.schema, v, self.schema)
            if mistake:
                self.fault(f"{path.name}: {mistake}", path)
            if v["our_fault"]:
                self.fault(f"{path.name}: {v['our_fault']}", path)
            if v["outcome"] == "unreadable" and not v["unreadable"]:
                self.fault(f"{path.name}: unreadable without a reason", path)

    def show(self, paths):
        for path in paths:
            found = page_faults(self.check([path], "html"))
            if found:
                self.fault(f"{path.name}: the page has {found[:5]}", path)
        found = control_characters(self.check(paths, "text"))
        if found:
            self.fault(f"the text has {sorted(set(found))} on one of {[p.name for p in paths]}")

    def run(self, number):
        for start in range(0, number, BATCH):
            paths = []
            for i in range(start, min(start + BATCH, number)):
                name, data = self.documents.one(i)
                paths.append(self.top / name)
                paths[-1].write_bytes(data)
            self.judge(paths)
            self.show([p for p in paths if p.stat().st_size < 200000][:BATCH // 4])
            for p in paths:
                p.unlink()

    def daemon(self, number):
        """Through poold: every one has a verdict, published clean; none is lost, and it goes on."""
        d = Daemon(Tap(), wall="10s")
        d.tap.failed = 0
        try:
            shutil.rmtree(d.policies)
            shutil.copytree("lua-policies", d.policies)
            d.start()
            names = []
            for i in range(number):
                name, data = self.documents.one(i)
                name = name.replace("-", self.documents.r.choice(["-", "<b>", "\x1b[31m", "\u202e", "'\"", "\n", "=1+1"]), 1)
                d.drop(name, data)
                names.append(name)
            if not d.wait_published(number, 300):
                self.fault(f"{len(d.published())} of {number} files were published")
            verdicts = d.verdicts()
            if sorted(v["submission"]["name"] for v in verdicts) != sorted(names):
                self.fault("the verdicts are not of the files that were dropped")
            for v in verdicts:
                if wrong(self.schema, v, self.schema) or v["our_fault"]:
                    self.fault(f"{v['submission']['name']!r}: {wrong(self.schema, v, self.schema)} {v['our_fault']}")
            for path in d.published("*.verdict.html"):
                if page_faults(path.read_text()):
                    self.fault(f"{path.name!r}: the page has {page_faults(path.read_text())[:5]}")
            for path in d.published("*"):
                if control_characters(path.name) or len(os.fsencode(path.name)) > 255:
                    self.fault(f"published as {path.name!r}")
            for record in list(d.listener.records):
                if control_characters(record.decode("utf-8")):
                    self.fault(f"a record to syslog has control characters: {record[:300]}")
            d.drop("last.json", plan_number())
            if not d.wait_published(number + 1):
                self.fault("the file after them has no verdict")
        finally:
            d.end()

    def close(self):
        shutil.rmtree(self.top)


def main():
    seed = int(sys.argv[1]) if sys.argv[1:2] and sys.argv[1] else random.randrange(1 << 30)
    number = int(sys.argv[2]) if len(sys.argv) > 2 else 400
    trial = Trial(seed)
    try:
        trial.run(number)
        trial.daemon(min(number // 4, 200))
    finally:
        trial.close()
    for fault in trial.faults[:20]:
        print(fault)
    print(f"{number} files from seed {seed}; {len(trial.faults)} faults")
    sys.exit(len(trial.faults) > 0)


if __name__ == "__main__":
    main()
