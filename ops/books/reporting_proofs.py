"""What a report tells of the published tree: the log held against it, and its newest checkpoint."""

from collections.abc import Callable
from pathlib import Path

from ledger.audit.proofs.tiles import CHECKPOINT
from ledger.audit.report.model import Proven, Prover, TreeFinding
from ops.proofs.proving import NoProofs, tree_folder, verify
from ops.settings import Settings
from ops.wiring import Servers


def prover(
    where: Servers, settings: Settings, trusted: Path | None, say: Callable[[str], object]
) -> Prover:
    """Return what holds the log against its published tree, if there is one, or should be."""

    def prove() -> Proven | None:
        note = tree_folder(settings).read(CHECKPOINT)
        if note is None and trusted is None and settings.audit_key_file is None:
            return None
        checkpoint = (note or b"").decode("utf-8", "replace")
        try:
            found = verify(where, settings, trusted=trusted, since=0, say=say)
        except NoProofs as error:
            finding = TreeFinding(str(error))
            return Proven(
                size=0, checkpoint=checkpoint, waiting=0, destroyed=0, findings=(finding,)
            )
        return Proven(
            size=found.size,
            checkpoint=checkpoint,
            waiting=found.waiting,
            destroyed=found.destroyed,
            findings=tuple(TreeFinding(str(each)) for each in found.findings),
        )

    return prove
