"""What the tests of policies share: judging many submissions at a time, patches, TAP."""

import copy
import json
import os
import shutil
import subprocess
import sys
import tempfile

BUILD = os.environ.get("B", "build")
FIXTURES = "tests/fixtures"
POLICIES = "lua-policies"


def say(*lines):
    """In one piece, because tests run side by side."""
    sys.stdout.flush()
    sys.stderr.write("".join("# " + str(line).rstrip("\n").replace("\n", "\n# ") + "\n" for line in lines))
    sys.stderr.flush()


class Tap:
    """Counts tests, and prints the plan at the end.  Why one failed goes to standard error: prove shows that."""

    def __init__(self):
        self.n = 0
        self.failed = 0

    def ok(self, good, name, *why):
        self.n += 1
        self.failed += not good
        print(("ok" if good else "not ok"), self.n, "-", name.replace("#", "no. "))
        if not good:
            say(f"{sys.argv[0]}: not ok {self.n} - {name}", *why)

    def done(self):
        print("1..%d" % self.n)
        sys.exit(self.failed > 0)


def _steps(pointer):
    return [p.replace("~1", "/").replace("~0", "~") for p in pointer.split("/")[1:]]


def _walk(document, steps):
    for step in steps:
        document = document[int(step) if isinstance(document, list) else step]
    return document


def patched(document, sets=None, removals=None):
    """A copy with values set by JSON pointer ("-" appends), then others removed."""
    document = copy.deepcopy(document)
    for pointer, value in (sets or {}).items():
        steps = _steps(pointer)
        parent = _walk(document, steps[:-1])
        if isinstance(parent, list):
            if steps[-1] == "-":
                parent.append(value)
            else:
                parent[int(steps[-1])] = value
        else:
            parent[steps[-1]] = copy.deepcopy(value)
    for pointer in removals or []:
        steps = _steps(pointer)
        parent = _walk(document, steps[:-1])
        del parent[int(steps[-1]) if isinstance(parent, list) else steps[-1]]
    return document


class Judge:
    """Judges files in batches: one run of the program for all that share time, region and policies."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="judged.")
        self.waiting = {}
        self.verdicts = {}
        self.trees = {None: POLICIES}

    def policies_with(self, name, path, site=None):
        """The policies with lua-policies/site/NAME.csv, under a name for `site`."""
        site = site or name
        tree = os.path.join(self.folder, "policies-" + site)
        shutil.copytree(POLICIES, tree)
        os.makedirs(os.path.join(tree, "site"), exist_ok=True)
        shutil.copy(path, os.path.join(tree, "site", name + ".csv"))
        self.trees[site] = tree

    def policies_set(self, parameters):
        """The policies whose site.lua sets parameters ('x = 1, y = date "2016-01-01"'); their name for `site`."""
        if parameters not in self.trees:
            tree = os.path.join(self.folder, "policies-set-%d" % len(self.trees))
            shutil.copytree(POLICIES, tree)
            with open(tree + "/site.lua", encoding="utf-8") as file:
                site = file.read()
            assert site.count("\n}") == 1, "site.lua ends with its site { }"
            with open(tree + "/site.lua", "w", encoding="utf-8") as file:
                file.write(site.replace("\n}", "\n  parameters = { %s },\n}" % parameters))
            self.trees[parameters] = tree
        return parameters

    def write(self, document):
        """The path of a document written as JSON."""
        path = os.path.join(self.folder, "%05d.json" % len(self.verdicts))
        self.verdicts[path] = None
        with open(path, "w", encoding="utf-8") as file:
            file.write(json.dumps(document))  # in one piece, which is far cheaper than json.dump()
        return path

    def add(self, key, what, received, region, site=None, previous=None, packs=()):
        """what: a path, or a document to be written as JSON; previous: a path, or several; packs: switched on besides."""
        if not isinstance(what, str):
            what = self.write(what)
        previous = tuple([previous] if isinstance(previous, str) else previous or ())
        self.waiting.setdefault((received, region, site, previous, tuple(packs)), []).append((key, what))

    def table(self, path, replace):
        """A path to the same file with texts replaced, each of which it must have once."""
        if not replace:
            return path
        with open(path, encoding="utf-8", newline="") as file:
            text = file.read()
        for old, new in replace.items():
            assert text.count(old) == 1, "%s has %r %d times" % (path, old, text.count(old))
            text = text.replace(old, new)
        self.verdicts[path] = self.verdicts.get(path, 0) + 1
        made = os.path.join(self.folder, "%05d-%s" % (len(self.verdicts) * 1000 + self.verdicts[path], os.path.basename(path)))
        with open(made, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        return made

    def run(self):
        """key -> verdict, for everything added."""
        found = {}
        for (received, region, site, previous, packs), files in self.waiting.items():
            command = [BUILD + "/poolctl", "check", "--policies", self.trees[site], "--format", "json",
                       "--at", received, "--region", region]
            command += ["--with=" + path for path in previous] + ["--pack=" + pack for pack in packs]
            done = subprocess.run(command + [path for _, path in files], capture_output=True, text=True, check=False)
            try:
                verdicts = json.loads(done.stdout)
            except ValueError:
                print("Bail out! %s: exit %d: %s" % (" ".join(command), done.returncode, done.stderr))
                sys.exit(1)
            verdicts = verdicts if isinstance(verdicts, list) else [verdicts]
            assert len(verdicts) == len(files), "as many verdicts as files"
            for (key, _), verdict in zip(files, verdicts):
                found[key] = verdict
        self.waiting = {}
        return found

    def close(self):
        shutil.rmtree(self.folder)


def open_findings(verdict):
    """Ids of the open findings that are errors or queries, and of absences that weigh as queries."""
    ids = {f["condition"] for f in verdict["findings"] if f["status"] == "open" and f["severity"] in ("error", "query")}
    return sorted(ids | {n["condition"] for n in verdict["not_evaluated"] if n["kind"] == "absent" and n["decides"]})


def result(verdict, condition):
    """How one condition ended: pass, fail, a kind of not evaluated, nothing, or unreadable."""
    if verdict["outcome"] == "unreadable":
        return "unreadable"
    if any(f["condition"] == condition for f in verdict["findings"]):
        return "fail"
    kinds = sorted({n["kind"] for n in verdict["not_evaluated"] if n["condition"] == condition})
    if kinds:
        return " and ".join(kinds)
    for ran in verdict["conditions"]:
        if ran["condition"] == condition:
            return "pass" if ran["passed"] > 0 else "nothing"
    return "nothing"


def essence(verdict):
    """What of a verdict may not depend on the order in the file."""
    found = sorted((f["condition"], f["severity"], f["status"], f.get("difference") or "",
                    sorted(at.get("key") or "" for at in [f["at"]] + f.get("related", [])))
                   for f in verdict["findings"])
    figures = sorted((d["condition"], d["name"], d["of"] or "", d["period"] or "", d.get("amount") or d.get("value") or "")
                     for d in verdict["determinations"])
    nots = sorted((n["condition"], n["kind"]) for n in verdict["not_evaluated"])
    return {"outcome": verdict["outcome"], "found": found, "figures": figures, "not evaluated": nots,
            "counts": verdict["counts"]}
