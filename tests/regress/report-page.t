#!/usr/bin/env python3
"""Every sample verdict against docs/verdict.schema.json, and every page as a browser and a reader take it."""
import copy
import json
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, "tests/regress")
from judged import Tap  # noqa: E402
from reading import Page, wrong  # noqa: E402

NAMES = ["compliant", "refused", "unreadable", "undetermined", "crowded", "hostile"]
tap = Tap()
ok = tap.ok


def luminance(colour):
    if len(colour) == 4:
        colour = "#" + "".join(c * 2 for c in colour[1:])
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(a, b):
    a, b = sorted((luminance(a), luminance(b)), reverse=True)
    return (a + 0.05) / (b + 0.05)


def check_schema(schema, folder):
    docs = {}
    for name in NAMES:
        with open(f"{folder}/{name}.json", encoding="utf-8") as f:
            docs[name] = json.load(f)
        found = wrong(schema, docs[name], schema)
        ok(found is None, f"{name}: the verdict is as the schema says", found)
    try:
        import jsonschema

        validator = jsonschema.Draft202012Validator(schema)
        found = [e.message for d in docs.values() for e in validator.iter_errors(d)]
        ok(not found, "a whole JSON Schema validator agrees", "\n".join(found[:5]))
    except (ImportError, AttributeError):
        ok(True, "a whole JSON Schema validator agrees # SKIP none is installed")
    spoilt = copy.deepcopy(docs["refused"])
    spoilt["findings"][0]["severity"] = "fatal"
    ok(wrong(schema, spoilt, schema) is not None, "a severity that is none is refused")
    spoilt = copy.deepcopy(docs["refused"])
    del spoilt["findings"][0]["at"]["field"]
    ok(wrong(schema, spoilt, schema) is not None, "a place without a field is refused")
    spoilt = copy.deepcopy(docs["refused"])
    spoilt["money_at_stake"] = 91000.0
    ok(wrong(schema, spoilt, schema) is not None, "an amount that is a number is refused")


def check_page(name, text):
    page = Page()
    page.feed(text)
    page.close()
    ok(not page.faults and not page.open, f"{name}: tags are in balance", page.faults or page.open)
    steps = all(b <= a + 1 for a, b in zip(page.levels, page.levels[1:]))
    ok(page.levels[:1] == [1] and page.levels.count(1) == 1 and steps, f"{name}: headings are in order", page.levels)
    loads = [a for a in page.attrs if a[1] in ("src", "href", "srcset", "action", "data") or a[1].startswith("on")]
    never = {"script", "link", "img", "iframe", "object", "form", "base"} & set(page.tags)
    ok(not loads and not never and "url(" not in text and "@import" not in text,
       f"{name}: the page loads and runs nothing", [loads, never])
    head = text[: text.index("</head>")]
    ok('lang="en-GB"' in head and "<title>" in head and "default-src 'none'; style-src 'unsafe-inline'" in head[: head.index("<style>")],
       f"{name}: the page has a language, a title and a policy")


def check_contrast(style):
    faults = []
    palettes = re.findall(r"\{(?:color-scheme:[a-z ]+;)?((?:--\w+:#[0-9a-f]+;)+)\}", style)
    for palette in palettes:
        colour = dict(re.findall(r"--(\w+):(#[0-9a-f]+)", palette))
        for name in ("ink", "soft", "bad", "ask", "good", "ours", "dumb"):
            ratio = contrast(colour[name], colour["paper"])
            if ratio < 4.5:
                faults.append(f"{name} {colour[name]} on {colour['paper']}: {ratio:.2f}")
    ok(len(palettes) == 3 and not faults, "text stands out in light, dark and print", [len(palettes), faults])


def main():
    with tempfile.TemporaryDirectory() as folder:
        build = os.environ.get("B", "build")
        ran = subprocess.run([f"{build}/tests/render"], env={**os.environ, "RENDER_DIR": folder},
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if ran.returncode != 0:
            ok(False, "the samples are made", ran.stdout.decode())
            return
        with open("docs/verdict.schema.json", encoding="utf-8") as f:
            check_schema(json.load(f), folder)
        for name in NAMES:
            with open(f"{folder}/{name}.html", encoding="utf-8") as f:
                text = f.read()
            check_page(name, text)
        check_contrast(text)


main()
tap.done()
sys.exit(0)
