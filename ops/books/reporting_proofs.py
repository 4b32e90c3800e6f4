"""What a report tells of a verification: all that the ledger keeps, or the published tree only."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from ledger.audit.proofs.findings import Finding
from ledger.audit.proofs.tiles import CHECKPOINT
from ledger.audit.report.model import CheckName, Looked, Proven, Prover
from ops.audit.verified import beside, check_of, looked
from ops.audit.verifying import Whole, verify, verify_beside
from ops.proofs import proving
from ops.settings import Settings
from ops.wiring import Servers

BESIDE: Final[tuple[CheckName, ...]] = ("receipts", "regulations", "states", "models")
"""What is held against the log; these take as long as `audit replay`."""

Say = Callable[[str], None]


def prover(
    where: Servers, settings: Settings, trusted: Path | None, say: Say, *, quick: bool
) -> Prover:
    """Return what verifies the ledger; when `quick`, only the log against its published tree."""

    def prove() -> Proven:
        note = proving.tree_folder(settings).read(CHECKPOINT)
        checkpoint = (note or b"").decode("utf-8", "replace")
        published = not (note is None and trusted is None and settings.audit_key_file is None)
        found, told = Whole(), list[Looked]()
        if published:
            found, told = _against_the_tree(where, settings, trusted, say, quick=quick)
        else:
            told.append(Looked("tree", "report-unchecked"))
        if quick:
            told += (Looked(each, "report-left-out") for each in BESIDE)
        elif not published or not found.size:
            held = verify_beside(where, settings, every=False, say=say)
            found.findings += held.findings
            found.stopped = held.stopped
            told += beside(held)
        if found.stopped:
            told.append(Looked("states", "report-stopped"))
        checked = [*(("tree",) if published else ()), *(() if quick else BESIDE)]
        return Proven(checkpoint, dict(_sorted(found.findings, checked)), tuple(told))

    return prove


def _against_the_tree(
    where: Servers, settings: Settings, trusted: Path | None, say: Say, *, quick: bool
) -> tuple[Whole, list[Looked]]:
    """Verify all, or with `quick` the tree alone; without a tree that can be read, say so."""
    try:
        if not quick:
            found = verify(where, settings, trusted=trusted, since=0, every=False, say=say)
            return found, [*looked(found)]
        found = Whole.of(proving.verify(where, settings, trusted=trusted, since=0, say=say))
    except proving.NoProofs as error:
        return Whole(findings=[Finding("tree", str(error))]), []
    return found, [each for each in looked(found) if each.check == "tree"]


def _sorted(
    findings: Iterable[Finding], checked: Iterable[CheckName]
) -> Iterator[tuple[CheckName, tuple[Finding, ...]]]:
    """Yield each check that was made, with its findings in an order that is always the same."""
    in_order = sorted(findings, key=lambda f: (f.position or 0, f.kind, f.table or "", f.text))
    for check in checked:
        yield check, tuple(each for each in in_order if check_of(each.kind) == check)
