"""A file that is read section by section, so that all that is wrong in it is told at once."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from ledger.service import marked
from ledger.service.marked import Finding, Wrong

T = TypeVar("T")


class File:
    """One file being read; what is wrong is collected, part by part.

    Attributes:
        name: as findings call it.
        root: its content; None when it is no YAML.

    """

    def __init__(self, path: Path, folder: Path, findings: list[Finding]) -> None:
        """Begin to read a file of a folder; `findings` is where what is wrong is collected."""
        self.path = path
        self.name = path.relative_to(folder.parent).as_posix()
        self.findings = findings
        self.root = self.part(lambda: marked.compose(path.read_bytes()))

    def part(self, read: Callable[[], T]) -> T | None:
        """Read a part; what is wrong in it does not hide what is wrong in the next."""
        try:
            return read()
        except Wrong as wrong:
            self.findings.append(
                Finding(file=self.name, line=wrong.line, column=wrong.column, message=wrong.message)
            )
            return None

    def parts(self, read: Callable[..., T], all_arguments: Iterable[object]) -> tuple[T, ...]:
        """Read many parts, each with its argument, and keep those that are right."""
        read_parts = [self.part(lambda a=each: read(a)) for each in all_arguments]  # type: ignore[misc]
        return tuple(part for part in read_parts if part is not None)
