"""Tamper evidence, wired: the tree that is published of the log, its keys, and its witnesses."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Annotated, Any, Final
from uuid import UUID

import psycopg
import structlog
from pydantic import Field, TypeAdapter, ValidationError

from ledger.audit.proofs.findings import Finding
from ledger.audit.proofs.kept import Copy, copies, known
from ledger.audit.proofs.keys import KEYS, Keys, read_keys
from ledger.audit.proofs.making import MOST_COSIGNED, Diverged, Maker, known_keys
from ledger.audit.proofs.merkle import WrongProof
from ledger.audit.proofs.notes import (
    Note,
    Signer,
    Verifier,
    WrongNote,
    read_checkpoint,
    read_note,
    read_signer,
)
from ledger.audit.proofs.receipts import Growth, Receipt, check, check_growth, growth, receipt
from ledger.audit.proofs.tiles import CHECKPOINT, Folder, FolderBusy, WrongBundle, checkpoint_path
from ledger.audit.proofs.verifying import Verification, Verified
from ledger.service.logged import LoggedRow
from ledger.service.outage import Outage
from ledger.service.ports import StoreUnavailable
from ledger.store.postgres import answers
from ledger.store.proofs import PROOFS_ROLE, ProvenRows
from ops.proofs import receipts_tree
from ops.proofs.witnessing import WitnessFailed, cosigned, witness_keys, witnesses
from ops.running.beside import beside
from ops.settings import Settings, SettingsError, variable
from ops.wiring import Servers
from schemas.receipts import MAX_RECEIPT_BYTES, EventReceipt, GrowthReceipt, LoggedEvent

_RECEIPT: Final[TypeAdapter[EventReceipt | GrowthReceipt]] = TypeAdapter(
    Annotated[EventReceipt | GrowthReceipt, Field(discriminator="kind")]
)

_ADMITTED: Final = (
    "SELECT pg_has_role(oid, 'SET') FROM pg_roles WHERE rolname = %s"
    " AND EXISTS (SELECT FROM pg_tables WHERE schemaname = 'proofs' AND tablename = 'keys')"
    " AND has_table_privilege(oid, to_regclass('ledger.receipts')::oid, 'SELECT')"
)

log = structlog.get_logger(__name__)


class NoProofs(Exception):  # noqa: N818  it is an answer
    """There is no tree, or no key."""


def tree_folder(settings: Settings) -> Folder:
    """Return the folder of the published tree."""
    return Folder(settings.audit_dir or settings.data_dir / "audit")


def signer(settings: Settings) -> Signer:
    """Return the private key.

    Raises:
        SettingsError: there is none, or it is written otherwise.

    """
    name = variable("audit_key_file")
    if settings.audit_key_file is None:
        raise SettingsError([f"{name} is not set: `rugzak audit keys generate` makes a key"])
    return read_key_file(settings.audit_key_file)


def read_key_file(path: Path) -> Signer:
    """Read a private key.

    Raises:
        SettingsError: it can't be read, others can read it, or it is written otherwise.

    """
    try:
        others = path.stat().st_mode & 0o077
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([f"the key can't be read: {path}: {error}"]) from None
    if others:
        raise SettingsError([f"others can read the key: chmod 600 {path}"])
    try:
        return read_signer(text)
    except WrongNote as error:
        raise SettingsError([f"{path}: {error}"]) from None


def published_keys(folder: Folder, trusted: Path | None = None) -> Keys:
    """Return the keys of a tree, of which a trusted file may tell the first, or all.

    Raises:
        NoProofs: there are none, or they are not those that are trusted.

    """
    data = folder.read(KEYS)
    try:
        if trusted is not None:
            known_ones = read_keys(trusted.read_bytes())
            keys = known_ones if data is None else read_keys(data)
            if keys.all[: len(known_ones.all)] != known_ones.all:
                raise NoProofs(f"the keys of {folder.path} do not begin with those of {trusted}")
            return keys
        if data is None:
            raise NoProofs(f"{folder.path} has no published tree: `rugzak audit checkpoint`")
        return read_keys(data)
    except WrongNote as error:
        raise NoProofs(f"the keys of {folder.path}: {error}") from None


def checkpoint(
    where: Servers, settings: Settings, say: Callable[[str], object] = lambda _: None
) -> tuple[Note, int, list[str]]:
    """Bring the tree up to the log, sign it, and hand it to the witnesses.

    Returns:
        The checkpoint, how many events are new, and what went wrong with witnesses.

    """
    folder, key = tree_folder(settings), signer(settings)
    admitted(where.database_url)
    with folder.alone(), ProvenRows(where.database_url) as rows:
        maker = Maker(rows, folder, key)
        new = maker.grow(say)
        failed = _witness(maker, settings, where)
        assert maker.note is not None  # noqa: S101  it was signed
        receipts_tree.grow(where.database_url, folder, key, say)
        return maker.note, new, failed


def _witness(maker: Maker, settings: Settings, where: Servers) -> list[str]:
    """Hand the newest checkpoint to witnesses, and keep what they signed of it and of others."""
    failed, seen, note = list[str](), list[Copy](), maker.note
    assert note is not None  # noqa: S101  it was signed before
    keys = witness_keys(settings)
    for witness in witnesses(settings, where.bootstrap_servers):
        try:
            witness.tell(note)
            seen += witness.seen(MOST_COSIGNED) if keys else []
        except WitnessFailed as error:
            failed.append(f"{witness.where}: {error}")
    if seen:
        maker.cosign(lambda each: cosigned(each, seen, keys))
    return failed


def verify(
    where: Servers,
    settings: Settings,
    *,
    trusted: Path | None,
    since: int,
    say: Callable[[str], object],
) -> Verified:
    """Hold the log against the published tree, and that against what witnesses have.

    Raises:
        NoProofs: there is no tree, or none of `since` leaves was signed.

    """
    folder = tree_folder(settings)
    keys = published_keys(folder, trusted)
    seen, failed = list[Copy](), list[Finding]()
    for witness in witnesses(settings, where.bootstrap_servers):
        try:
            seen += witness.seen()
        except WitnessFailed as error:
            failed.append(Finding("witness", f"{witness.where} can't be asked: {error}"))
    kept = known(copies(folder), seen, keys, since)
    if since and since not in kept.roots:
        sizes = ", ".join(str(size) for size in list(kept.roots)[-5:])
        raise NoProofs(f"no tree of {since} leaves was signed; the last ones: {sizes}")
    admitted(where.database_url)
    with ProvenRows(where.database_url) as rows:
        found = Verification(rows, folder, kept).run(since, say)
    found.findings += failed
    return found


def rotated(
    settings: Settings, old: Signer, new: Verifier, announce: Callable[[int], object]
) -> Keys:
    """Let the present key sign a new one, which signs the tree from its next leaf on.

    `announce` is told the size of the smallest tree that it signs, before it may.

    Raises:
        NoProofs: there is no tree.
        Diverged: the key is not the one that signs now.

    """
    folder = tree_folder(settings)
    with folder.alone():
        keys = known_keys(folder, old)
        newest = folder.read(CHECKPOINT)
        if newest is None:
            raise NoProofs(f"{folder.path} has no published tree: `rugzak audit checkpoint`")
        size = read_checkpoint(read_note(newest).text).size
        keys = keys.rotated(old, new, size)
        announce(keys.all[-1].since)
        receipts_tree.rotate(folder, old, new)
        folder.write(KEYS, keys.written())
        folder.flush()
    return keys


def event_receipt(url: str, settings: Settings, asked: int | tuple[UUID, int]) -> EventReceipt:
    """Make the receipt of an event.

    Raises:
        NoProofs: there is no such event, or it is not in the tree.

    """
    folder = tree_folder(settings)
    keys = published_keys(folder)
    with ProvenRows(url) as log_:
        position = asked if isinstance(asked, int) else log_.position_of(*asked)
        rows = [] if position is None else log_.rows(position - 1, 1)
    if not rows or rows[0].position != position:
        raise NoProofs("the log has no such event")
    note = _newest(folder)
    made = receipt(folder, note, rows[0])
    if made is None:
        gone = "its key was destroyed" if rows[0].destroyed else "the tree has not got so far"
        raise NoProofs(f"nothing proves the event at position {position}: {gone}")
    told = EventReceipt(
        kind="rugzak-receipt-1",
        event=LoggedEvent(
            account=made.row.account,
            version=made.row.version,
            position=made.row.position,
            name=made.row.name,
            payload=made.row.payload.decode(),
        ),
        blind=made.blind.hex(),
        proof=made.proof,
    )
    try:
        check(made, keys)
    except (WrongProof, WrongNote) as error:
        raise NoProofs(f"position {position} is not what was published: {error}") from None
    return told


def growth_receipt(settings: Settings, smaller: int, size: int) -> GrowthReceipt:
    """Make what shows that a tree goes on from a smaller one.

    Raises:
        NoProofs: one of them was never signed, or the first is not the smaller one.

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
        notes.append(read_note(data))
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
    return read_note(data)


CHECKPOINT_SECONDS: Final = 60.0
"""How often a tree is brought up to the log."""


@contextmanager
def proving(settings: Settings, where: Servers, stop: Event) -> Iterator[None]:
    """Keep the tree behind the log until the block ends, in a process of its own.

    Without a key there is no tree.

    Raises:
        ProcessEnded: it ended by itself.

    """
    if settings.audit_key_file is None:
        yield
        return
    signer(settings)  # what is wrong with it is told before all else
    with beside("proofs", _prove, (settings, where), settings.log_format, stop):
        yield


def _prove(stop: Event, settings: Settings, where: Servers) -> None:
    """Make checkpoints until told to stop, and one then.

    What is wrong with the tree, its disk or a witness is logged, and stops nobody's intake.
    """
    outage = Outage("database", stop)
    stopping = False
    while not stopping:
        stopping = stop.wait(CHECKPOINT_SECONDS)
        try:
            note, new, failed = checkpoint(where, settings)
        except StoreUnavailable as error:
            outage.wait(error)
        except (Diverged, WrongBundle, FolderBusy, SettingsError, OSError) as error:
            log.error("no_checkpoint", error=str(error))  # noqa: TRY400  the sentence is enough
        else:
            outage.over()
            if new:
                log.info("checkpoint_signed", leaves=read_checkpoint(note.text).size, new=new)
            for each in failed:
                log.warning("witness_failed", witness=each)


def admitted(url: str) -> None:
    """Make sure that who logs in may become the role that reads the log for proofs.

    Raises:
        SettingsError: it may not, or the database is not up to date.
        StoreUnavailable: the database gives no answer.

    """
    with answers(), psycopg.connect(url, autocommit=True) as conn:
        row = conn.execute(_ADMITTED, (PROOFS_ROLE,)).fetchone()
        user = conn.info.user
    if row is None:
        raise SettingsError(["the database has no keys for proofs: `rugzak migrate` as its owner"])
    if row != (True,):
        right = f"GRANT {PROOFS_ROLE} TO {user}"
        raise SettingsError([f"{user} can't become {PROOFS_ROLE}: {right}, or take another login"])
