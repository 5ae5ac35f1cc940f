#!/usr/bin/env python3
"""A hundred and twenty generated hostile policies in the real sandbox; tests/system/hostile_lua.py says what must hold, and runs thousands."""
import subprocess
import sys

sys.path.insert(0, "tests/regress")
from judged import Tap  # noqa: E402

tap = Tap()
done = subprocess.run([sys.executable, "tests/system/hostile_lua.py", "1", "120"], capture_output=True, text=True, timeout=600, check=False)
tap.ok(done.returncode == 0 and done.stdout.startswith("120 policies"), "none gets out, passes, or reaches another", done.stdout[-4000:], done.stderr[-2000:])
tap.done()
