"""Accounts for every file that was dropped: from the journal of what was, to the ledger, the region folders and syslog.

    problems, summary = account(root, state, dropped, records)

root, state  the folders of poold's configuration; poold may run, but has to be at rest
dropped      Drop(region, name, sha256, size, kind), one for each file that was put into an inbox and not taken back
records      what the syslog listener received: a list of RFC 5424 records (bytes), or of dicts (region_of_json()); None: not asked

problems is a list of whole sentences, empty when all is accounted for; summary counts what was found.  The bytes of too large a
file are not in the ledger: it is recognised by its region, name and size, and its original must have the SHA-256 that was dropped.
"""
import collections
import hashlib
import json
import os
import pathlib
import re
import sqlite3
import zlib

Drop = collections.namedtuple("Drop", "region name sha256 size kind", defaults=("",))
OUTCOMES = ("compliant", "queried", "non-compliant", "unreadable", "undetermined")
KEPT_NOT, KEPT_ROW, KEPT_FILE = range(3)
SHOWN = 5  # of one kind of problem


def dropped_as(region, name, content, kind=""):
    """The journal's line for a file."""
    content = content if isinstance(content, bytes) else content.encode()
    return Drop(region, name if isinstance(name, bytes) else os.fsencode(name), hashlib.sha256(content).hexdigest(), len(content), kind)


class Record:
    """One record as the listener got it: message id, sequence number, and its tags."""

    HEAD = re.compile(rb"<(\d+)>1 (\S+) (\S+) (\S+) (\S+) (\S+) ")
    TAG = re.compile(rb'(\w+)="((?:[^"\\\]]|\\.)*)"')

    def __init__(self, raw):
        if isinstance(raw, dict):  # a line of syslog-ng's JSON
            data = raw.get("_SDATA", {})
            self.msgid = raw.get("MSGID", "")
            self.tags = {k: str(v) for k, v in next((d for name, d in data.items() if "@" in name), {}).items()}
            self.sequence = int(data.get("meta", {}).get("sequenceId", 0))
            self.same = json.dumps([self.msgid, self.tags], sort_keys=True)
            return
        head = self.HEAD.match(raw)
        if head is None:
            raise ValueError(f"no record of RFC 5424: {raw[:200]!r}")
        self.msgid = head.group(6).decode()
        self.tags = {k.decode(): re.sub(rb"\\(.)", rb"\1", v).decode("utf-8", "replace") for k, v in self.TAG.findall(raw.split(b"\xef\xbb\xbf", 1)[0])}
        self.sequence = int(self.tags.get("sequenceId", 0))
        self.same = head.group(2) + raw[head.end():]  # all but host and process


class Problems:
    """Sentences, of each kind no more than a reader wants to see."""

    def __init__(self):
        self.sentences = []
        self.counts = collections.Counter()

    def add(self, kind, sentence):
        self.counts[kind] += 1
        if self.counts[kind] <= SHOWN:
            self.sentences.append(sentence)

    def all(self):
        return self.sentences + [f"… and {n - SHOWN} more of this kind: {kind}." for kind, n in self.counts.items() if n > SHOWN]


class Ledger:
    """What the ledger says, read by a reader of its own."""

    def __init__(self, state):
        self.state = pathlib.Path(state)
        self.db = sqlite3.connect(f"file:{self.state / 'ledger.db'}?mode=ro", uri=True, timeout=30)
        self.db.text_factory = bytes  # names are bytes
        self.db.row_factory = sqlite3.Row
        self.arrivals = {r["seq"]: r for r in self.db.execute("SELECT * FROM arrival ORDER BY seq")}
        self.verdicts = collections.defaultdict(list)
        self.ids = set()
        for row in self.db.execute("SELECT row, id, seq, revision, supersedes, outcome, json_size, html_size FROM verdict ORDER BY row"):
            self.verdicts[row["seq"]].append(row)
            self.ids.add(row["id"].decode())

    def close(self):
        self.db.close()

    def number(self, sql):
        return self.db.execute(sql).fetchone()[0]

    def report(self, row, kind):
        blob, size, head = self.db.execute(f"SELECT {kind}, {kind}_size, {'html_head' if kind == 'html' else '0'} FROM verdict WHERE row = ?",
                                           (row,)).fetchone()
        begins = self.db.execute("SELECT bytes FROM html_head WHERE number = ?", (head,)).fetchone() if head else (b"",)
        whole = begins[0] + zlib.decompress(blob)
        return whole if len(whole) == size else b""

    def left_out(self):
        """Numbers of records that were never used: those between a ledger that was lost, or a backup, and this one."""
        return {n for first, last in self.db.execute("SELECT first_sequence, last_sequence FROM restored") for n in range(first, last + 1)}

    def original(self, arrival):
        if arrival["kept"] == KEPT_ROW:
            return zlib.decompress(arrival["bytes"])
        sha = arrival["sha256"].decode()
        return (self.state / "content" / sha[:2] / sha).read_bytes()


def shown(name):
    return os.fsdecode(name).encode("utf-8", "backslashreplace").decode()


def match_arrivals(ledger, dropped, problems):
    """Each file that was dropped is one arrival, and each arrival a file that was dropped.  Returns seq -> Drop."""
    waiting = collections.defaultdict(list)
    for d in dropped:
        waiting[d.region.encode(), d.name, d.sha256.encode()].append(d)
    large = collections.defaultdict(list)
    found = {}
    for seq, a in ledger.arrivals.items():
        if a["kept"] == KEPT_NOT:
            large[a["region"], a["name"], a["size"]].append(seq)
            continue
        of = waiting.get((a["region"], a["name"], a["sha256"]))
        if of:
            found[seq] = of.pop()
        else:
            problems.add("arrivals that nobody dropped", f"Arrival {seq} ({shown(a['region'])}/{shown(a['name'])}) is in the ledger, but no such "
                         "file was dropped, or not so often: it was taken twice or is changed.")
    for rest in waiting.values():
        for d in rest:
            of = large.get((d.region.encode(), d.name, d.size))
            if of:
                found[of.pop()] = d
            else:
                problems.add("files without an arrival", f"{d.region}/{shown(d.name)} (SHA-256 {d.sha256[:12]}, {d.kind or 'any kind'}) was dropped, "
                             "and the ledger does not know it: it is lost.")
    for rest in large.values():
        for seq in rest:
            problems.add("arrivals that nobody dropped", f"Arrival {seq}, too large to be kept, is in the ledger, but no such file was dropped.")
    return found


def check_verdicts(ledger, problems):
    """One first verdict an arrival, revisions linked, the bytes those of the hash, the chain unbroken."""
    for seq, a in ledger.arrivals.items():
        rows = ledger.verdicts.get(seq, [])
        if [r["revision"] for r in rows] != list(range(1, len(rows) + 1)) or not rows:
            problems.add("verdicts", f"Arrival {seq} has the revisions {[r['revision'] for r in rows]}: one first verdict and no gap were promised.")
        for before, after in zip([None] + rows, rows):
            if after["supersedes"] != (before["id"] if before else b""):
                problems.add("verdicts", f"Arrival {seq}: revision {after['revision']} supersedes {after['supersedes']!r}, not the one before it.")
        if a["kept"] != KEPT_NOT:
            try:
                good = hashlib.sha256(ledger.original(a)).hexdigest().encode() == a["sha256"]
            except (OSError, zlib.error):
                good = False
            if not good:
                problems.add("bytes", f"Arrival {seq}: the ledger's bytes are not those of its SHA-256.")
    for seq in set(ledger.verdicts) - set(ledger.arrivals):
        problems.add("verdicts", f"There is a verdict on arrival {seq}, which never came.")
    chain = bytes(32)
    for row in ledger.db.execute("SELECT id, seq, json, chain FROM verdict ORDER BY row"):
        chain = hashlib.sha256(chain + row["id"] + hashlib.sha256(zlib.decompress(row["json"])).digest()).digest()
        if chain != row["chain"]:
            problems.add("chain", f"The chain is broken at verdict {row['id'].decode()} (arrival {row['seq']}).")
            chain = row["chain"]
    if ledger.number("PRAGMA integrity_check") != b"ok":
        problems.add("chain", "The database is damaged.")
    for table, what in (("unpublished", "verdicts are not marked as published"),):
        n = ledger.number(f"SELECT count(*) FROM {table}")
        if n:
            problems.add(table, f"{n} {what}.")


def files_of(region, problems):
    """Every file beneath a region's folder: (outcome, seq, kind) -> path; whatever is no part of a published verdict is a problem."""
    found = {}
    for path in sorted(p for p in region.rglob("*") if p.is_symlink() or not p.is_dir()):
        folder = path.relative_to(region).parts[:-1]
        if path.relative_to(region) == pathlib.PurePath(".poold", "names") and path.is_file() and not path.is_symlink():
            continue  # the names of claims, which stay until there are many
        kind = "html" if path.name.endswith(".verdict.html") else "json" if path.name.endswith(".verdict.json") else "original"
        number = re.search(rb"~(\d+)(\.[^~]*)?$", os.fsencode(path.name))
        key = (folder[0] if folder else "", int(number.group(1)) if number else 0, kind)
        if len(folder) != 1 or folder[0] not in OUTCOMES or number is None or path.name.startswith("."):
            problems.add("left over", f"{shown(os.fsencode(path))} is left over.")
        elif key in found:
            problems.add("left over", f"{shown(os.fsencode(path))} is published beside {shown(os.fsencode(found[key]))}.")
        else:
            found[key] = path
    return found


def check_file(path, want, what, problems):
    """The bytes of a published file."""
    if path is None:
        problems.add("files missing", f"{what} is not published.")
        return
    data = path.read_bytes()
    if data != want if isinstance(want, bytes) else hashlib.sha256(data).hexdigest() != want:
        problems.add("files changed", f"{shown(os.fsencode(path))} is not what the ledger has ({len(data)} bytes).")


def check_folders(root, ledger, found, problems):
    """The newest verdict of each arrival is published, with the ledger's bytes, and nothing else lies there."""
    files = {}
    for region in sorted(p for p in pathlib.Path(root).iterdir() if p.is_dir() and not p.is_symlink()):
        for (outcome, seq, kind), path in files_of(region, problems).items():
            files[os.fsencode(region.name), outcome, seq, kind] = path
    for seq, a in ledger.arrivals.items():
        if not ledger.verdicts.get(seq):
            continue
        newest = ledger.verdicts[seq][-1]
        place = (a["region"], newest["outcome"].decode(), seq)
        what = f"Arrival {seq} ({shown(a['name'])}), {place[1]}:"
        for kind in ("json", "html"):
            check_file(files.pop((*place, kind), None), ledger.report(newest["row"], kind), f"{what} its {kind} report", problems)
        original = files.pop((*place, "original"), None)
        if a["kept"] != KEPT_NOT:
            check_file(original, a["sha256"].decode(), f"{what} its original", problems)
        elif seq in found:
            check_file(original, found[seq].sha256, f"{what} its original", problems)
    for path in files.values():
        problems.add("left over", f"{shown(os.fsencode(path))} is published, but the ledger has no such verdict there.")


def check_records(ledger, records, problems):
    """Every number once or more, the same each time; every verdict told under its one id."""
    by_number, told = {}, collections.defaultdict(set)
    for raw in records:
        try:
            r = raw if isinstance(raw, Record) else Record(raw)
        except ValueError as error:
            problems.add("records", f"Syslog got {error}.")
            continue
        if by_number.setdefault(r.sequence, r).same != r.same:
            problems.add("records", f"Record {r.sequence} was told twice, and not the same: {by_number[r.sequence].same!r} and {r.same!r}.")
        if r.msgid == "VERDICT":
            told[r.tags["id"]].add((int(r.tags["seq"]), int(r.tags["revision"])))
    last = ledger.number("SELECT max(coalesce((SELECT max(sequence) FROM outbox), 0), (SELECT value FROM number WHERE name = 'told'))")
    gaps = sorted(set(range(1, last + 1)) - set(by_number) - ledger.left_out())
    if gaps:
        problems.add("gaps", f"Of the records 1 to {last}, syslog never got {len(gaps)}: {gaps[:10]}.")
    more = sorted(set(by_number) - set(range(1, last + 1)))
    if more:
        problems.add("gaps", f"Syslog got records that the ledger does not know: {more[:10]}.")
    for seq, rows in ledger.verdicts.items():
        for row in rows:
            if told.pop(row["id"].decode(), set()) != {(seq, row["revision"])}:
                problems.add("untold", f"Verdict {row['id'].decode()} (arrival {seq}) was not told to syslog, or not as what it is.")
    for ident in told:
        problems.add("untold", f"Syslog was told of verdict {ident}, and the ledger has none such.")
    return len(by_number)


def account(root, state, dropped, records=None, outcomes=None):
    """See above.  outcomes: kind -> the outcomes that files of that kind may have had; other kinds may have any."""
    problems = Problems()
    ledger = Ledger(state)
    try:
        dropped = list(dropped)
        found = match_arrivals(ledger, dropped, problems)
        check_verdicts(ledger, problems)
        check_folders(root, ledger, found, problems)
        told = check_records(ledger, records, problems) if records is not None else 0
        by_outcome = collections.Counter()
        for seq, rows in ledger.verdicts.items():
            outcome = rows[-1]["outcome"].decode()
            by_outcome[outcome] += 1
            if seq in found and outcome not in (outcomes or {}).get(found[seq].kind, OUTCOMES):
                problems.add("outcomes", f"Arrival {seq} ({shown(found[seq].name)}), of the kind {found[seq].kind}, came out {outcome}.")
        summary = {"dropped": len(dropped), "arrivals": len(ledger.arrivals), "verdicts": sum(len(r) for r in ledger.verdicts.values()),
                   "revised": sum(len(r) > 1 for r in ledger.verdicts.values()), "records": told, "outcomes": dict(by_outcome)}
    finally:
        ledger.close()
    return problems.all(), summary


def read_json_records(path):
    """syslog-ng's file of JSON lines, as records; a line cut short by a kill is left out, its record comes again."""
    records = []
    for line in pathlib.Path(path).read_text(errors="replace").splitlines():
        try:
            records.append(Record(json.loads(line)))
        except ValueError:
            continue
    return records
