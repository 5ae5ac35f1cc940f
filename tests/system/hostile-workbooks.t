#!/usr/bin/env python3
"""A hundred and fifty hostile workbooks through poolctl cells; tests/system/hostile_workbooks.py says what must hold, and runs thousands."""
import subprocess
import sys

sys.path.insert(0, "tests/regress")
from judged import Tap  # noqa: E402

tap = Tap()
done = subprocess.run([sys.executable, "tests/system/hostile_workbooks.py", "1", "150"], capture_output=True, text=True, timeout=600, check=False)
tap.ok(done.returncode == 0 and done.stdout.startswith("150 workbooks"), "each is read or refused, with a reason, in bounded time and memory", done.stdout[-4000:], done.stderr[-2000:])
print("#", done.stdout.strip()[-300:])
tap.done()
