"""Runs `rugzak` and says how much memory it held at most: `python -m tests.system.peak WORDS...`."""

import sys
from pathlib import Path

from ops.cli import main

if __name__ == "__main__":
    try:
        main()
    finally:
        status = Path("/proc/self/status").read_text("utf-8").split("VmHWM:")[1]
        sys.stderr.write(f"\npeak {int(status.split()[0]) // 1024} MiB\n")
