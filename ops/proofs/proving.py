"""Tamper evidence, wired: the tree that is published of the log, its keys, and its witnesses."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Final, NamedTuple

import psycopg
import structlog

from ledger.audit.proofs.findings import Finding
from ledger.audit.proofs.kept import Copy, copies, gone, known
from ledger.audit.proofs.keys import KEYS, Keys, read_keys
from ledger.audit.proofs.making import MOST_COSIGNED, Diverged, Maker, known_keys
from ledger.audit.proofs.notes import (
    Note,
    Signer,
    Verifier,
    WrongNote,
    read_checkpoint,
    read_note,
    read_signer,
)
from ledger.audit.proofs.tiles import CHECKPOINT, Folder, FolderBusy, WrongBundle
from ledger.audit.proofs.verifying import Verification, Verified
from ledger.service.outage import Outage
from ledger.service.ports import StoreUnavailable
from ledger.store.datastore import answers
from ledger.store.proofs import PROOFS_ROLE, ProvenRows
from ops.proofs import receipts_tree
from ops.proofs.witnessing import WitnessFailed, cosigned, witness_keys, witnesses
from ops.running.beside import beside
from ops.settings import Settings, SettingsError, variable
from ops.wiring import Servers

_ADMITTED: Final = (
    "SELECT pg_has_role(oid, 'SET') FROM pg_roles WHERE rolname = %s"
    " AND EXISTS (SELECT FROM pg_tables WHERE schemaname = 'proofs' AND tablename = 'published')"
    " AND has_table_privilege(oid, to_regclass('ledger.receipts')::oid, 'SELECT')"
)

PUBLISHED: Final = "proofs.published"
"""The table that has the newest checkpoint of each tree."""

CHECKPOINT_SECONDS: Final = 60.0
"""How often a tree is brought up to the log."""

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
    except OSError as error:
        raise SettingsError([f"the key can't be read: {path}: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise SettingsError([f"the key can't be read: {path} is no text"]) from None
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
    folder, key, wrong = tree_folder(settings), signer(settings), None
    admitted(where.database_url)
    with folder.alone(), ProvenRows(where.database_url) as rows:
        before = rows.published()
        maker = Maker(rows, folder, key, before=before.get(key.name))
        new = maker.grow(say)
        makers = {"": maker}
        try:
            makers[receipts_tree.NAME] = receipts_tree.grow(
                where.database_url, folder, key, before, say
            )
        except Diverged as error:  # the log's is published nevertheless
            wrong = error
        notes = {within: each.signed for within, each in makers.items()}
        rows.publish({read_checkpoint(each.text).origin: bytes(each) for each in notes.values()})
        failed = _witness(makers, notes, settings, where)
    if wrong is not None:
        raise wrong
    return maker.signed, new, failed


def _witness(
    makers: Mapping[str, Maker], notes: Mapping[str, Note], settings: Settings, where: Servers
) -> list[str]:
    """Hand the newest checkpoints to witnesses, and keep what they signed of them and of others."""
    failed, seen, keys = list[str](), list[Copy](), witness_keys(settings)
    for witness in witnesses(settings, where.bootstrap_servers):
        try:
            witness.tell(notes)
            seen += witness.seen(MOST_COSIGNED) if keys else []
        except WitnessFailed as error:
            failed.append(f"{witness.where}: {error}")
    if seen:
        for maker in makers.values():
            maker.cosign(lambda each: cosigned(each, seen, keys))
    return failed


class Elsewhere(NamedTuple):
    """What others than the folder have of the trees: the database and the witnesses.

    Attributes:
        seen: checkpoints of all trees, and what is none.
        keyed: when an account first got a key, as for a tree only; None when none has any.
        failed: who can't be asked, or has nothing of a tree.

    """

    seen: list[Copy]
    keyed: datetime | None
    failed: list[Finding]


def elsewhere(where: Servers, settings: Settings) -> Elsewhere:
    """Ask the database and the witnesses what they have of the trees.

    Raises:
        SettingsError: the login may not ask.
        StoreUnavailable: the database gives no answer.

    """
    admitted(where.database_url)
    with ProvenRows(where.database_url) as rows:
        published, keyed = rows.published(), rows.keyed_since()
    seen, failed = list[Copy](), list[Finding]()
    for witness in witnesses(settings, where.bootstrap_servers):
        try:
            theirs = witness.seen()
        except WitnessFailed as error:
            failed.append(Finding("witness", f"{witness.where} can't be asked: {error}"))
            continue
        has = {each.data.partition(b"\n")[0] for each in theirs}
        for origin in published:
            if origin.encode() not in has:
                text = f"{witness.where} has no checkpoint of {origin}, and there are some"
                failed.append(Finding("witness", text))
        seen += theirs
    seen += (Copy(f"{PUBLISHED}, {origin}", note) for origin, note in published.items())
    return Elsewhere(seen, keyed, failed)


def verify(
    where: Servers,
    settings: Settings,
    *,
    trusted: Path | None,
    since: int,
    say: Callable[[str], object],
    others: Elsewhere | None = None,
) -> Verified:
    """Hold the log against the published tree, and that against what `others` have of it.

    Raises:
        NoProofs: there is no tree and nothing says that there was one, or none of `since` leaves
            was signed.

    """
    folder = tree_folder(settings)
    seen, keyed, failed = others or elsewhere(where, settings)
    if folder.read(KEYS) is None and trusted is None:
        missing = gone(folder, [*copies(folder), *receipts_tree.split(seen, None)[1]])
        if missing is None and keyed is not None:
            text = f"{folder.path} has no published tree, and accounts have keys for one"
            missing = Finding("tree missing", f"{text} since {keyed:%Y-%m-%d %H:%M}")
        if missing is not None:
            return Verified(findings=[missing, *failed])
    keys = published_keys(folder, trusted)
    of_the_log = receipts_tree.split(seen, keys.all[0].verifier.name)[1]
    kept = known(copies(folder), of_the_log, keys, since)
    if since and since not in kept.roots:
        sizes = ", ".join(str(size) for size in list(kept.roots)[-5:])
        raise NoProofs(f"no tree of {since} leaves was signed; the last ones: {sizes}")
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
        raise SettingsError(["the database is not up to date: `rugzak migrate` as its owner"])
    if row != (True,):
        right = f"GRANT {PROOFS_ROLE} TO {user}"
        raise SettingsError([f"{user} can't become {PROOFS_ROLE}: {right}, or take another login"])
