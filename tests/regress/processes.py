"""The processes of a keeper: found by whose child they are, and by their title."""

import os
import pathlib


def children(pid):
    try:
        return [int(p) for p in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:  # it has ended
        return []


def title(pid):
    """As ps shows it."""
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def titled(keeper, word):
    """Those of the keeper whose title has this word: rulebook, publisher."""
    return [p for p in children(keeper) if word in title(p)]


def evaluators(keeper):
    return [p for rulebook in titled(keeper, "rulebook") for p in children(rulebook)]


def send(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass
