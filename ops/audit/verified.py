"""What a verification says of itself: how far it looked, and which check each finding is of."""

from collections.abc import Iterator
from typing import Final

from ledger.audit.report.model import CheckName, Looked
from ops.audit.verifying import Whole

CHECKS: Final[dict[str, CheckName]] = {
    "receipt": "receipts",
    "regulation": "regulations",
    "state": "states",
    "shared": "states",
    "log": "states",
    "model": "models",
}
"""The check of a finding by the first word of its kind; all others are of the tree."""


def check_of(kind: str) -> CheckName:
    """Return which check a kind of finding is of."""
    return CHECKS.get(kind.partition(" ")[0], "tree")


def looked(found: Whole, since: int = 0) -> Iterator[Looked]:
    """Say how far a verification looked, and what it did not look at."""
    events, size = found.size - found.start, found.size
    if since:
        about = {"events": events, "since": since, "size": size}
        yield Looked("tree", "verify-held-since", about)
    else:
        yield Looked("tree", "verify-held", {"events": events, "size": size})
    if found.destroyed:
        yield Looked("tree", "verify-destroyed", {"count": found.destroyed})
    if found.waiting:
        yield Looked("tree", "verify-waiting", {"count": found.waiting})
    yield from beside(found)


def beside(found: Whole) -> Iterator[Looked]:
    """Say likewise of what is kept beside the log."""
    about = {"accounts": found.accounts, "events": found.events, "receipts": found.receipts}
    yield Looked("states", "verify-beside", about)
    if found.receipts_size:
        about = {"size": found.receipts_size, "waiting": found.receipts_waiting}
        yield Looked("receipts", "verify-receipts", about)
    elif not any(each.kind == "tree missing" for each in found.findings):
        yield Looked("receipts", "verify-no-receipts")
    for model, count in found.behind.items():
        yield Looked("models", "verify-behind", {"model": model, "count": count})
    for model, why in found.not_compared.items():
        message = "verify-not-made" if why == "not made" else "verify-other-version"
        yield Looked("models", message, {"model": model})
