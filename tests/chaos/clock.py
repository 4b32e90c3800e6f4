"""The wall clock of one process, that steps as a clock does that is set: without its clients.

A small C library is loaded before libc and shifts the time of day of the whole process: Python,
libpq, the logs. The monotonic clock goes on evenly, as it does when a machine's clock is set. The
servers' own clocks are not shifted. Where no C compiler is, no clock steps, and the table says so.
"""

import shutil
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).with_name("clock.c")
SECONDS = struct.Struct("=q")


def library(folder: Path) -> Path | None:
    """Return the library, compiled into a folder; None without a C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return None
    made = folder / "clock.so"
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(made), str(SOURCE), "-ldl"]
    done = subprocess.run(command, check=False, capture_output=True)
    return made if done.returncode == 0 else None


@dataclass(slots=True)
class SteppingClock:
    """The clock of one process.

    Attributes:
        file: holds by how many seconds it is off.
        library: what reads the file; None: the clock doesn't step.

    """

    file: Path
    library: Path | None
    seconds: int = 0

    def __post_init__(self) -> None:
        self.set(0)

    @property
    def environment(self) -> dict[str, str]:
        """Return what the process must be started with."""
        if self.library is None:
            return {}
        return {"LD_PRELOAD": str(self.library), "CHAOS_CLOCK_FILE": str(self.file)}

    def set(self, seconds: int) -> None:
        """Let the clock be off by so much, at once."""
        self.seconds = seconds
        with self.file.open("r+b" if self.file.exists() else "wb") as out:
            out.write(SECONDS.pack(seconds))
