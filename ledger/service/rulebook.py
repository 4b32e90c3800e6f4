"""Reads regulations from dated data files, and refuses what is wrong with file, line and column."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from ledger.domain.regulation import Scheme
from ledger.domain.rulebook import Rulebook
from ledger.service.marked import Finding
from ledger.service.registers import PROVIDERS_FILE, Registers, read_registers
from ledger.service.scheme import Head, head_of, in_order, read_scheme
from ledger.service.sections import File

FOLDER = Path(__file__).resolve().parent.parent / "regulations"


class WrongRegulation(ValueError):  # noqa: N818  reads as the answer it is
    """A regulation can't be loaded; carries every finding."""

    def __init__(self, findings: list[Finding]) -> None:
        """Take all that is wrong."""
        super().__init__(findings)  # so that it comes out of another process as it is
        self.findings = findings

    def __str__(self) -> str:
        """Say all of it."""
        return "\n".join(map(str, self.findings))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What files say, and what is wrong in them.

    Attributes:
        book: the schemes in which nothing is wrong.
        roots: the content of each file that is YAML, by the name that findings use.

    """

    book: Rulebook
    findings: list[Finding]
    roots: Mapping[str, yaml.Node]


def load(folder: Path = FOLDER) -> Rulebook:
    """Read all regulations below a folder, or one file.

    Raises:
        WrongRegulation: something in them is wrong.

    """
    read_files = read(folder)
    if read_files.findings:
        raise WrongRegulation(read_files.findings)
    return read_files.book


def check(folder: Path = FOLDER) -> list[Finding]:
    """Return all for which the regulations below a folder can't be loaded."""
    return read(folder).findings


def read(where: Path = FOLDER) -> Reading:
    """Read the regulations below a folder, or one file, which may refer to the shipped schemes."""
    alone = where.is_file()
    folder = where.parent if alone else where
    paths = [where] if alone else sorted(folder.rglob("*.yaml"))
    findings: list[Finding] = []
    files = [File(path, folder, findings) for path in paths]
    shipped = [File(path, FOLDER, []) for path in FOLDER.rglob("*.yaml")] if alone else []
    of_schemes = [file for file in (*files, *shipped) if file.path.name != PROVIDERS_FILE]
    heads: dict[str, Head] = {}
    for scheme, head in filter(None, map(head_of, of_schemes)):
        heads.setdefault(scheme, head)
    schemes: dict[str, Scheme] = {}
    registers = Registers({}, {})
    for file in files:
        if file.path.name == PROVIDERS_FILE:
            read_registers(file, heads, registers)
        else:
            read_scheme(file, heads, schemes)
    return Reading(
        book=Rulebook(schemes=in_order(schemes), **registers._asdict()),
        findings=findings,
        roots={file.name: file.root for file in files if file.root is not None},
    )
