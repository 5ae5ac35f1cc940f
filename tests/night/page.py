"""The page of the night: one HTML file, no script, nothing loaded from elsewhere."""

import collections
import html
import statistics
import time

OUTCOMES = ["compliant", "queried", "non-compliant", "unreadable", "undetermined"]
STYLE = """
:root { color-scheme: light dark; --ink: #14202b; --paper: #fff; --line: #c9d1d8; --soft: #f2f5f7; --good: #1b6b3a; --bad: #a3261b; --blue: #1d5c99 }
@media (prefers-color-scheme: dark) { :root { --ink: #e6ebef; --paper: #12181d; --line: #3a4650; --soft: #1b242b; --good: #6cc78d; --bad: #f28b80; --blue: #7db7ea } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem auto; max-width: 62rem; padding: 0 1rem }
h1 { font-size: 1.7rem; line-height: 1.25 } h2 { font-size: 1.2rem; margin-top: 2.2rem }
table { border-collapse: collapse; width: 100%; font-size: .92rem } th, td { text-align: left; padding: .3rem .5rem; border-bottom: 1px solid var(--line); vertical-align: top }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums } code { font-size: .85em; overflow-wrap: anywhere }
.good { color: var(--good); font-weight: 600 } .bad { color: var(--bad); font-weight: 600 } .wide { overflow-x: auto }
summary { cursor: pointer } svg { width: 100%; height: auto; background: var(--soft) } .note { font-size: .9rem }
"""


def e(text):
    """Escaped, with what could hide or reorder made visible."""
    return html.escape("".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in str(text)))


def table(heads, rows):
    """heads: (title, is a number); cells are HTML."""
    top = "".join(f'<th scope="col"{" class=n" if number else ""}>{e(title)}</th>' for title, number in heads)
    body = "".join("<tr>" + "".join(f'<td{" class=n" if heads[i][1] else ""}>{cell}</td>' for i, cell in enumerate(row)) + "</tr>\n" for row in rows)
    return f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def seconds(value):
    return "" if value is None else f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s" if value < 90 else f"{value / 60:.1f} min"


def chart(night, series):
    """Lines over the night; each has its own scale, which its label tells."""
    width, height, end = 900, 170, max((s["when"] for s in night.samples), default=1) or 1
    parts = []
    for index, (key, label, colour, dash) in enumerate(series):
        points = [(s["when"], s[key]) for s in night.samples if s.get(key) is not None]
        most = max((v for _, v in points), default=0) or 1
        line = " ".join(f"{t / end * width:.1f},{height - v / most * (height - 20):.1f}" for t, v in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.6" stroke-dasharray="{dash}"/>')
        parts.append(f'<text x="8" y="{16 + 16 * index}" fill="{colour}" font-size="13">{e(label.format(most))}</text>')
    return f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="What waited, and the keeper\'s memory, over the night">{"".join(parts)}</svg>'


def regions(result):
    of = collections.defaultdict(collections.Counter)
    for row in result["rows"]:
        of[row["region"]]["dropped"] += 1
        of[row["region"]][row["last"][3] if row["last"] else "nothing"] += 1
        of[row["region"]]["again"] += row["verdicts"] > 1
    return table([("Region", False), ("Files", True), *((o, True) for o in OUTCOMES), ("Judged again", True), ("Not accounted for", True)],
                 [[e(r), f'{c["dropped"]:,}', *(f"{c[o]:,}" for o in OUTCOMES), f'{c["again"]:,}', f'{c["nothing"]:,}'] for r, c in sorted(of.items())])


def kinds(result):
    of = collections.defaultdict(collections.Counter)
    for row in result["rows"]:
        of[row["kind"]]["dropped"] += 1
        of[row["kind"]][row["last"][3] if row["last"] else "nothing"] += 1
    return table([("Kind of file", False), ("Files", True), *((o, True) for o in OUTCOMES)],
                 [[e(k), f'{c["dropped"]:,}', *(f"{c[o]:,}" for o in OUTCOMES)] for k, c in sorted(of.items())])


def files(night, result):
    rows = []
    for row in sorted(result["rows"], key=lambda r: r["when"]):
        last, report = row["last"], row["report"]
        rows.append([f'{row["when"] - night.began:.1f}', e(row["region"]), f'<code>{e(row["name"][:60])}</code>', e(row["kind"]),
                     str(row["seq"] or ""), e(last[3]) if last else '<span class="bad">nothing</span>', str(last[2]) if last else "",
                     f"<code>{e(last[1])}</code>" if last else "", seconds(report[0] - row["when"]) if report else ""])
    return table([("Dropped at, s", True), ("Region", False), ("Name", False), ("Kind", False), ("Arrival", True), ("Outcome", False),
                  ("Revision", True), ("Verdict", False), ("Report after", True)], rows)


def headline(result):
    wrong = [p for p in result["proofs"] if not p["good"]]
    n = len(result["rows"])
    if not wrong:
        return f'<span class="good">Every one of {n:,} files is accounted for.</span>'
    return f'<span class="bad">{len(wrong)} of {len(result["proofs"])} proofs failed</span> for a night of {n:,} files.'


def lone(result):
    if not result["lone"]:
        return ""
    return (f"<p>While all this went on, cornwall dropped {len(result['lone'])} lone files; a report was there after "
            f"{seconds(statistics.median(result['lone']))} (median), {seconds(result['lone'][-1])} at worst.</p>")


def render(night, result):
    proofs = table([("", False), ("What was to be proved", False), ("", False)],
                   [['<span class="good">✓ yes</span>' if p["good"] else '<span class="bad">✗ no</span>', e(p["what"]), f'<code>{e(p["detail"])}</code>']
                    for p in result["proofs"]])
    diary = table([("After", True), ("What was done to it", False)], [[f"{t:.0f} s", e(what)] for t, what in night.diary])
    memory = result["memory"]
    return f"""<!DOCTYPE html>
<html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>poold: the account of a night</title><style>{STYLE}</style></head><body>
<h1>{headline(result)}</h1>
<p>A night of {night.seconds} seconds, seed {night.seed}, ended {time.strftime('%-d %B %Y, %H:%M')}. The keeper was started {night.keeper.starts} times.
The same seed gives the same plan of the night; <code>make night NIGHT="{night.seconds} {night.seed}"</code>.</p>
<h2>What was to be proved</h2>{proofs}
<h2>By region</h2>{regions(result)}{lone(result)}
<h2>By kind of file</h2>{kinds(result)}
<h2>What was done to it</h2>{diary}
<h2>Over the night</h2>{chart(night, [("waiting", "waiting to be judged, at most {:,}", "var(--blue)", ""),
        ("untold", "records not yet told, at most {:,}", "var(--bad)", "4 3"), ("memory", "memory of the keeper, at most {:,} kB", "var(--good)", "1 3")])}
<p class="note">Memory of the keeper: {min(memory, default=0):,} to {max(memory, default=0):,} kB.</p>
<h2>Every file</h2><details><summary>All {len(result["rows"]):,} of them, in the order they were dropped</summary>{files(night, result)}</details>
</body></html>
"""
