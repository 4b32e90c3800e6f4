"""Receipts, wired: an event, or a tree's growth, with what proves it, for somebody to keep."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import Field, TypeAdapter, ValidationError

from ledger.audit.proofs.keys import Keys
from ledger.audit.proofs.leaves import WrongLeaf
from ledger.audit.proofs.merkle import WrongProof
from ledger.audit.proofs.notes import Note, WrongNote, read_note
from ledger.audit.proofs.receipts import Growth, Receipt, check, check_growth, growth, receipt
from ledger.audit.proofs.tiles import CHECKPOINT, Folder, WrongBundle, checkpoint_path
from ledger.service.logged import LoggedRow
from ledger.store.proofs import ProvenRows
from ops.proofs.proving import NoProofs, published_keys, tree_folder
from ops.proofs.witnessing import witness_keys
from ops.settings import Settings
from schemas.receipts import MAX_RECEIPT_BYTES, EventReceipt, GrowthReceipt, LoggedEvent

_RECEIPT: Final[TypeAdapter[EventReceipt | GrowthReceipt]] = TypeAdapter(
    Annotated[EventReceipt | GrowthReceipt, Field(discriminator="kind")]
)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Say in one sentence that a file of the tree, or in its folder, is not what it should be."""
    try:
        yield
    except (WrongBundle, WrongLeaf, WrongNote) as error:
        raise NoProofs(f"{path}: {error}; `rugzak audit verify` tells more") from None


def event_receipt(url: str, settings: Settings, asked: int | tuple[UUID, int]) -> EventReceipt:
    """Make the receipt of an event.

    Raises:
        NoProofs: there is no such event, it is not in the tree, or the tree can't be read.

    """
    folder = tree_folder(settings)
    keys = published_keys(folder)
    with ProvenRows(url) as log_:
        position = asked if isinstance(asked, int) else log_.position_of(*asked)
        rows = [] if position is None else log_.rows(position - 1, 1)
    if not rows or rows[0].position != position:
        raise NoProofs("the log has no such event")
    note = _newest(folder)
    with _readable(folder.path):
        made = receipt(folder, note, rows[0])
    if made is None:
        gone = "its key was destroyed" if rows[0].destroyed else "the tree has not got so far"
        raise NoProofs(f"nothing proves the event at position {position}: {gone}")
    try:
        check(made, keys)
        payload = made.row.payload.decode()
    except (WrongProof, WrongNote, UnicodeDecodeError) as error:
        raise NoProofs(f"position {position} is not what was published: {error}") from None
    return EventReceipt(
        kind="rugzak-receipt-1",
        event=LoggedEvent(
            account=made.row.account,
            version=made.row.version,
            position=made.row.position,
            name=made.row.name,
            payload=payload,
        ),
        blind=made.blind.hex(),
        proof=made.proof,
    )


def growth_receipt(settings: Settings, smaller: int, size: int) -> GrowthReceipt:
    """Make what shows that a tree goes on from a smaller one.

    Raises:
        NoProofs: one of them was never signed, the first is not the smaller one, or the tree can't
            be read.

    """
    folder = tree_folder(settings)
    if smaller > size:
        raise NoProofs(f"a tree of {size} leaves does not begin with one of {smaller}")
    notes = []
    for each in (smaller, size):
        data = folder.read(checkpoint_path(each))
        if data is None:
            last = ", ".join(map(str, folder.sizes()[-5:]))
            raise NoProofs(f"no tree of {each} leaves was signed; the last ones: {last}")
        with _readable(folder.path / checkpoint_path(each)):
            notes.append(read_note(data))
    with _readable(folder.path):
        made = growth(folder, *notes)
    first, second = (bytes(note).decode() for note in notes)
    return GrowthReceipt(kind="rugzak-growth-1", first=first, second=second, proof=[*made.proof])


def check_receipt(settings: Settings, file: Path, keys: Keys) -> dict[str, Any]:
    """Say what a file of either kind shows.

    Raises:
        NoProofs: it does not; says why.

    """
    data = file.read_bytes()[: MAX_RECEIPT_BYTES + 1]
    try:
        found = _RECEIPT.validate_json(data)
        if isinstance(found, GrowthReceipt):
            first, second = check_growth(
                Growth(
                    first=read_note(found.first.encode()),
                    second=read_note(found.second.encode()),
                    proof=found.proof,
                ),
                keys,
            )
            text = f"the tree of {second.size} leaves begins with that of {first.size}"
            return {"text": text, "first": first.size, "second": second.size}
        event = found.event
        row = LoggedRow(
            event.position, event.account, event.version, event.name, event.payload.encode()
        )
        made = Receipt(row=row, blind=bytes.fromhex(found.blind), proof=found.proof)
        shown = check(made, keys, witness_keys(settings))
    except ValidationError as error:
        wrong = error.errors(include_input=False)[0]
        place = ".".join(map(str, wrong["loc"]))
        raise NoProofs(f"it is no receipt: {place}: {wrong['msg']}") from None
    except (WrongProof, WrongNote) as error:
        raise NoProofs(str(error)) from None
    checkpoint_ = shown.checkpoint
    text = (
        f"{event.name}, version {event.version} of {event.account}, is leaf {shown.leaf} of the"
        f" tree of {checkpoint_.size} leaves that {checkpoint_.origin} signed"
    )
    seen = f"; seen by {', '.join(shown.witnesses)}" if shown.witnesses else ""
    return {"text": text + seen, "leaf": shown.leaf, "size": checkpoint_.size,
            "event": event.model_dump(), "witnesses": shown.witnesses}  # fmt: skip


def _newest(folder: Folder) -> Note:
    data = folder.read(CHECKPOINT)
    if data is None:
        raise NoProofs(f"{folder.path} has no published tree: `rugzak audit checkpoint`")
    with _readable(folder.path / CHECKPOINT):
        return read_note(data)
