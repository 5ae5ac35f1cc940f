#!/usr/bin/env python3
"""A hundred and fifty mangled files through poolctl check and poold; tests/system/hostile_documents.py says what must hold, and runs thousands."""
import subprocess
import sys

sys.path.insert(0, "tests/regress")
sys.path.insert(0, "tests/system")
from hostile_documents import control_characters, page_faults  # noqa: E402
from judged import Tap  # noqa: E402

tap = Tap()
for bad in ("<html><h1>x</h1><script>1</script></html>", "<html><h1>x</h1><p onclick='x'></p></html>", "<html><h1>x</h1><img src=x></html>", "<html><h1>x</h1>"):
    tap.ok(page_faults(bad), f"a page is told from a bad one: {bad}")
tap.ok(not page_faults("<html><h1>x</h1></html>") and control_characters("a\x1b") and control_characters("\u202e"), "and so are characters")
done = subprocess.run([sys.executable, "tests/system/hostile_documents.py", "1", "150"], capture_output=True, text=True, timeout=600, check=False)
tap.ok(done.returncode == 0 and done.stdout.startswith("150 files"), "each has a clean verdict", done.stdout[-4000:], done.stderr[-2000:])
tap.done()
