#!/usr/bin/env python3
"""The catalogue of conditions: every shipped condition is in it, its numbers have sources, and the page is whole in itself."""
import glob
import html.parser
import json
import re
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, "tests/regress")
from judged import BUILD, POLICIES, Tap  # noqa: E402


def policy(*words, policies=POLICIES):
    return subprocess.run([BUILD + "/poolctl", "policy", *words, "--policies", policies], capture_output=True, text=True, timeout=120, check=False)


def declared():
    """Ids of the conditions, as their files write them."""
    ids = set()
    for path in glob.glob(POLICIES + "/**/*.lua", recursive=True):
        with open(path, encoding="utf-8") as file:
            ids.update(re.findall(r'(?:^|\W)(?:id = |grant\(|purpose\()"([A-Z0-9]+(?:-[A-Z0-9]+)+)"', file.read()))
    return ids


class Page(html.parser.HTMLParser):
    VOID = {"meta", "br", "hr", "img", "link", "path", "circle"}

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.links, self.tags, self.loads, self.unbalanced, self.text = [], [], [], set(), [], [], ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.add(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if tag == "a":
            self.links.append(attrs.get("href", ""))
        self.loads += [attrs[k] for k in ("src", "srcset", "data", "action", "background") if k in attrs]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data):
        if not self.open or self.open[-1] != "style":
            self.text += data


def check_json(tap, shipped):
    run = policy("docs", "--format", "json")
    made = json.loads(run.stdout)
    found = {c["id"]: (p, c) for p in made["packs"] for c in p["conditions"]}
    tap.ok(set(found) == shipped, "every shipped condition is in it, and no other", set(found) ^ shipped)
    empty = [i for i, (_, c) in found.items() if not all(c[k] for k in ("title", "severity", "source", "remedy", "in_force", "file"))]
    tap.ok(not empty, "each has title, severity, source, remedy, dates and place", empty)
    numbers = {p["name"]: p for p in made["parameters"]}
    unsourced = [n for n, p in numbers.items() if not all(v["source"] and v["value"] and v["when"] for v in p["values"])]
    tap.ok(numbers and not unsourced, "each number has a value, days and a source", unsourced)
    registers = {r["name"]: r for r in made["registers"]}
    tap.ok(registers and all(r["origin"] and r["as_of"] and r["rows"] for r in registers.values()), "each register has rows, an origin and a date", registers)
    strays = [i for i, (_, c) in found.items() if not set(c["parameters"]) <= set(numbers) or not set(c["registers"]) <= set(registers)
              or not set(c["after"]) <= set(found)]
    tap.ok(not strays, "numbers, registers and other conditions that one names are there", strays)
    for name, wants in (("BCF-FUND-001", {"allocations"}), ("COI-003", {"quorum"}), ("POOL-ID-002", {"ccgs", "councils", "icbs"}),
                        ("POOL-ID-001", {"health_and_wellbeing_boards"}), ("TIME-001", {"deadlines"})):
        tap.ok(wants <= set(found[name][1]["registers"]), "%s reads %s, also where a library does it" % (name, ", ".join(sorted(wants))), found[name][1])
    figures = {i: set(c["determinations"]) for i, (_, c) in found.items()}
    tap.ok({"held", "earned", "unearned"} <= figures["BCF-P4P-011"] and {"released", "held in all"} <= figures["ITF-008"], "figures are named", figures["ITF-008"])
    tap.ok(figures["BCF-FUND-008"] and figures["CSB-006"] and not figures["BCF-FUND-001"], "and whoever works none out has none", figures["BCF-FUND-001"])
    states = {p["id"]: (p["status"], p["on"]) for p in made["packs"]}
    with open(POLICIES + "/site.lua", encoding="utf-8") as file:
        on = set(re.findall(r'"([a-z0-9-]+)"', re.search(r"packs = \{(.*?)\n?\}", file.read(), re.S)[1]))
    tap.ok({i for i, (_, is_on) in states.items() if is_on} == on, "packs that are off here are marked so", states, on)
    tap.ok(all(not is_on for status, is_on in states.values() if status == "proposed"), "proposals are off", states)
    return found


def check_page(tap, shipped):
    run = policy("docs", "--format", "html")
    page = Page(run.stdout)
    tap.ok(not page.unbalanced and not page.open, "the page's elements are closed in order", page.unbalanced, page.open)
    tap.ok(not page.tags & {"script", "link", "iframe", "img", "object"} and not page.loads and "url(" not in run.stdout and "@import" not in run.stdout,
           "it has no script and loads nothing", page.tags, page.loads)
    tap.ok(len(page.ids) == len(set(page.ids)), "no id is there twice", [i for i in page.ids if page.ids.count(i) > 1])
    dead = sorted({link for link in page.links if not link.startswith("#") or link[1:] not in page.ids})
    tap.ok(page.links and not dead, "each link leads to a place on the page", dead)
    tap.ok(shipped <= set(page.ids), "each condition has its place", shipped - set(page.ids))
    tap.ok("prefers-color-scheme:dark" in run.stdout and "@page{size:A4" in run.stdout, "light, dark and A4")
    doubtful = html.unescape(re.search('<section id="memory".*?</section>', run.stdout, re.S)[0])
    tap.ok("p4p_unit_value" in doubtful and "BCF-P4P-007" in doubtful and "national_minimums" in doubtful and "p4p_variant" not in doubtful,
           "numbers, conditions and registers from memory are listed together", doubtful[:2000])
    said = run.stdout.lower().count("from memory") - run.stdout.count('class="mem">from memory')
    tap.ok(said == 3, "and wherever a source says so it is marked; the three others are a link, the heading and how to mend it", said)
    tap.ok("None: no condition is waived" in run.stdout, "that nothing is waived is said")
    with open(POLICIES + "/section-75/agreement.lua", encoding="utf-8") as file:
        line = 1 + file.read().split('id = "S75-002"')[0].count("\n")
    written = re.search('id="S75-002".*?Written in</dt><dd><code>([^<]*)</code>, line ([0-9]+)', run.stdout, re.S)
    tap.ok(written and written[1] == "section-75/agreement.lua" and abs(int(written[2]) - line) < 30, "where each is written is said", written and written.groups(), line)
    tap.ok(run.stdout == policy("docs", "--format", "html").stdout, "the same policies give the same bytes")


def check_trouble(tap, found):
    one = policy("show", "BCF-FUND-001")
    tap.ok(one.returncode == 0 and "### BCF-FUND-001" in one.stdout and one.stdout.count("### ") == 1, "show has one condition", one.stdout)
    none = policy("show", "BCF-FUND-0001")
    tap.ok(none.returncode == 1 and not none.stdout and "there is no condition BCF-FUND-0001" in none.stderr, "one that is not there: 1", none)
    listed = policy("list").stdout
    tap.ok(all(re.search("^  %s +" % re.escape(i), listed, re.M) for i in found), "list has a line for each")
    tap.ok(policy("docs", "--format", "pdf").returncode == 64 and policy("print").returncode == 64 and policy("show").returncode == 64, "wrong usage: 64")
    top = tempfile.mkdtemp(prefix="poold-catalogue-")
    policies = top + "/policies"
    shutil.copytree(POLICIES, policies)
    path = policies + "/section-75/agreement.lua"
    with open(path, encoding="utf-8") as file:
        good = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(good.replace('title = "', 'title = "<script>a | b & c</script> ', 1))
    hostile = policy("docs", "--format", "html", policies=policies)
    tap.ok("<script" not in hostile.stdout and "&lt;script&gt;a | b &amp; c" in hostile.stdout, "a title cannot become part of the page")
    tap.ok("<script>a \\| b & c" in policy("docs", policies=policies).stdout, "nor of a table of the Markdown")
    with open(policies + "/site.lua", "a", encoding="utf-8") as file:
        file.write('waive { condition = "S75-002", region = "leeds", reason = "The agreement is being signed", requester = "Ann Hall", '
                   'approver = "Ben Moor", expires = "2031-06-30" }\n')
    waived = policy("docs", "--format", "html", policies=policies).stdout
    tap.ok(all(word in waived.split('<section id="waivers"')[1].split("</section>")[0] for word in ("S75-002", "leeds", "being signed", "Ann Hall", "Ben Moor", "2031")),
           "a waiver is listed with its reason and who asked for and approved it")
    with open(path, "w", encoding="utf-8") as file:
        file.write(good.replace("remedy =", "remedi =", 1))
    broken = policy("docs", policies=policies)
    tap.ok(broken.returncode == 2 and not broken.stdout and "section-75/agreement.lua:" in broken.stderr, "policies with a mistake: 2, and where it is", broken)
    missing = policy("docs", policies=top + "/none")
    tap.ok(missing.returncode == 2 and missing.stderr, "policies that are not there: 2", missing)
    shutil.rmtree(top)


def main():
    tap = Tap()
    shipped = declared()
    found = check_json(tap, shipped)
    with open("docs/conditions.md", encoding="utf-8") as file:
        tap.ok(file.read() == policy("docs", "--format", "markdown").stdout, "docs/conditions.md is what is generated: `make conditions` writes it anew")
    check_page(tap, shipped)
    check_trouble(tap, found)
    tap.done()


main()
