#!/usr/bin/env python3
"""Fifty kills of every process under load: every file that was dropped is accounted for."""
import os
import sys
import time

sys.path[:0] = ["tests/regress", "tests/system"]
from judged import Tap  # noqa: E402
from storm import storm  # noqa: E402

tap = Tap()
summary = storm(tap, 50, int(os.environ.get("SEED", time.time_ns() % 1_000_000)))
tap.ok(summary["arrivals"] > 50 and summary["outcomes"].get("compliant"), "and there was a load", summary)
tap.done()
