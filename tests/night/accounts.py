"""The account of a night: what became of every file that was dropped, and whether the promises were kept."""

import collections
import json
import os
import pathlib
import sqlite3

import account


def rows_of(night):
    """A row for every file of the journal, with what the ledger has of it."""
    db = sqlite3.connect(f"file:{night.disk}/state/ledger.db?mode=ro", uri=True)
    found = collections.defaultdict(list)
    for seq, sha, ident, revision, outcome, headline in db.execute(
            "SELECT a.seq, a.sha256, v.id, v.revision, v.outcome, v.headline FROM arrival a JOIN verdict v USING (seq) ORDER BY v.row"):
        found[sha].append((seq, ident, revision, outcome, headline))
    # a file that was too big to be read has no SHA-256: found by its name
    sizes = {(region, size): seq for seq, region, size in db.execute("SELECT seq, region, size FROM arrival WHERE kept = 0")}
    by_seq = collections.defaultdict(list)
    for verdicts in found.values():
        for v in verdicts:
            by_seq[v[0]].append(v)
    rows = []
    for sha, dropped in night.load.journal.items():
        verdicts = found.get(sha) or by_seq.get(sizes.get((dropped["region"], dropped["bytes"])), [])
        rows.append({**dropped, "sha256": sha, "seq": verdicts[0][0] if verdicts else None, "first": verdicts[0] if verdicts else None,
                     "last": verdicts[-1] if verdicts else None, "verdicts": len(verdicts)})
    return rows


def published_at(night):
    """When the report of an arrival was published, by number."""
    times = {}
    for path in night.root.glob("*/*/*~*.verdict.html"):
        number = path.name.rpartition("~")[2].split(".")[0]
        if number.isdigit():
            times[int(number)] = (path.stat().st_mtime, path.relative_to(night.root))
    return times


def proof(what, good, detail=""):
    return {"what": what, "good": bool(good), "detail": "" if good else str(detail)[:600]}


def of(night, settled, status, ended):
    dropped = [account.Drop(d["region"], os.fsencode(d["name"]), sha, d["bytes"], d["kind"]) for sha, d in night.load.journal.items()]
    problems, summary = account.account(night.root, night.disk / "state", dropped,
                                        account.read_json_records(pathlib.Path(night.syslog.folder) / "records"))
    rows, reports = rows_of(night), published_at(night)
    for row in rows:
        row["report"] = reports.get(row["seq"])
    lone = sorted(seconds for _, seconds in night.lone)
    left = {s["name"] for r in status.get("regions", []) for s in r.get("skipped", [])}
    traps = [r for r in rows if r["kind"] == "a trap for the policy"]
    memory = [s["memory"] for s in night.samples if s["memory"]]
    proofs = [
        proof("Everything was judged, published and told in the end", settled, json.dumps(status)[:500]),
        proof(f"Each of the {len(rows):,} files has exactly one first verdict",
              all(r["verdicts"] and r["first"][2] == 1 for r in rows), [r["name"] for r in rows if not r["verdicts"]][:10]),
        proof("The account of ledger, folders and syslog records finds nothing wrong", not problems, problems[:8]),
        proof("No trap for the policy passed", all(r["last"] and r["last"][3] != "compliant" for r in traps),
              [r["name"] for r in traps if not r["last"] or r["last"][3] == "compliant"][:5]),
        proof("What the hostile policy left undetermined was judged again and got its outcome",
              night.hostile and any(r["verdicts"] > 1 for r in rows) and not any(
                  r["kind"] == "a small return" and r["last"] and r["last"][3] == "undetermined" for r in rows),
              [r["name"] for r in rows if r["kind"] == "a small return" and r["last"] and r["last"][3] == "undetermined"][:5]),
        proof("The symbolic link and the pipe were left where they were, with a line in status", {"passwd.json", "pipe.json"} <= left, left),
        proof("The keeper never ended by itself, but for want of room to open its ledger", night.keeper.by_itself == 0, f"{night.keeper.by_itself} times; see poold.log"),
        proof("poold finished well", ended == 0, ended),
    ]
    return {"rows": rows, "problems": problems, "summary": summary, "proofs": proofs, "lone": lone, "memory": memory, "status": status}
