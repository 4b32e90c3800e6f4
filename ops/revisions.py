"""Regulations as they are in a folder, a file, or a revision of a Git repository."""

import subprocess
from pathlib import Path
from typing import Final

from ledger.service.changed import files_at

REGULATIONS: Final = "ledger/regulations"
"""Where a revision of this repository has them."""

GIT_SECONDS: Final = 30


class NoRegulations(ValueError):  # noqa: N818  reads as the answer it is
    """There are no regulations there."""


def files_of(ref: str) -> dict[str, bytes]:
    """Return regulation files by name: of a file or folder, or else of a revision of Git.

    The repository is that of the folder in which the command is run.

    Raises:
        NoRegulations: it is none of these, or holds none.

    """
    path = Path(ref)
    if path.exists():
        try:
            return files_at(path)
        except OSError as error:
            raise NoRegulations(str(error)) from None
    whole = ("-r", "--name-only", "--full-tree", "-z", "--end-of-options", ref, "--", REGULATIONS)
    listed = _git("ls-tree", *whole)
    if listed is None:
        told = f"{ref} is no file or folder, and no revision that Git knows here"
        raise NoRegulations(f"{told}; give a folder of regulations, or a commit, tag or branch")
    names = [name for name in listed.decode().split("\0") if name.endswith(".yaml")]
    if not names:
        raise NoRegulations(f"the revision {ref} has no file below {REGULATIONS}")
    return {f"{ref}:{name}": _content(f"{ref}:{name}") for name in names}


def _content(named: str) -> bytes:
    found = _git("show", "--end-of-options", named)
    if found is None:
        raise NoRegulations(f"Git can't show {named}")
    return found


def _git(command: str, *arguments: str) -> bytes | None:
    """Ask Git; None when it can't say."""
    try:
        done = subprocess.run(  # noqa: S603  no shell, and no argument is read as an option
            ["git", command, *arguments],  # noqa: S607  whichever git there is
            capture_output=True,
            check=False,
            timeout=GIT_SECONDS,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
