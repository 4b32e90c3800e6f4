"""Commands that prove that nothing changed: keys, checkpoints, proofs, cosignatures."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from ops.cli.keeping import audit
from ops.cli.opening import act, connected, ledger, on_record
from ops.cli.output import AsJson, Because, By, Exit, Problem, console, emit, progress

if TYPE_CHECKING:
    from ledger.audit.proofs.keys import Keys
    from ledger.store.postgres import PostgresStore
    from ops.settings import Settings

keys = typer.Typer(help="The keys with which the published tree is signed.", no_args_is_help=True)

KeyFile = Annotated[
    Path | None,
    typer.Option(
        "--key",
        exists=True,
        dir_okay=False,
        help="A file with the log's public key, as you got it from elsewhere; without it, the keys"
        " that are published beside the tree are taken.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module to those of the audit."""
    del app
    audit.add_typer(keys, name="keys")
    for command in (checkpoint, prove, cosign):
        audit.command()(command)


@keys.command()
def generate(
    name: Annotated[
        str, typer.Argument(help="Of the log, such as rights.example.be/log: no space, no plus.")
    ],
    file: Annotated[
        Path | None, typer.Argument(help="A new file for it; RUGZAK_AUDIT_KEY_FILE if left out.")
    ] = None,
    *,
    witness: Annotated[
        bool, typer.Option("--witness", help="Of a witness, who signs what others publish.")
    ] = False,
    offline: Annotated[
        bool, typer.Option("--offline", help="The ledger is elsewhere: it does not learn of it.")
    ] = False,
    because: Because = "",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Make a key in a file that only this user can read, and print the public one.

    That a key of the log was made, and by whom, is an event.
    """
    from ledger.audit.proofs.notes import COSIGNATURE, ED25519, WrongNote, new_signer
    from ops.settings import read_settings, variable

    path = file or read_settings().audit_key_file
    if path is None:
        raise Problem(f"name a file, or set {variable('audit_key_file')}")
    try:
        made = new_signer(name, COSIGNATURE if witness else ED25519)
    except WrongNote as error:
        raise Problem(str(error)) from None
    actor, because = act(by, because)
    with _kept(path, made.written()):
        if not witness and not offline:
            with ledger() as (_, _, store):
                _on_record(store, actor, because, str(made.verifier))
    _say_key(str(made.verifier), path, as_json)


@keys.command()
def rotate(
    file: Annotated[Path, typer.Argument(help="A new file for the new key.")],
    *,
    because: Because = "",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Make a new key, which the present one vouches for, and which signs from the next leaf on.

    Set RUGZAK_AUDIT_KEY_FILE to the new file then. The old key is not needed any more: destroy it.
    """
    from ledger.audit.proofs.making import Diverged
    from ledger.audit.proofs.notes import WrongNote, new_signer
    from ops.proofs.proving import NoProofs, rotated, signer
    from ops.settings import read_settings

    actor, because = act(by, because)
    old = signer(read_settings())
    made = new_signer(old.name)
    with _kept(file, made.written()), ledger() as (settings, _, store):

        def announce(since: int) -> None:
            new, before = str(made.verifier), str(old.verifier)
            _on_record(store, actor, because, new, since=since, instead_of=before)

        try:
            rotated(settings, old, made.verifier, announce)
        except (NoProofs, Diverged, WrongNote) as error:
            raise Problem(str(error), Exit.FINDINGS) from None
    _say_key(str(made.verifier), file, as_json)


@keys.command("list")
def list_keys(*, key: KeyFile = None, as_json: AsJson = False) -> None:
    """List the public keys of the published tree, each with the size since which it signs."""
    from ops.settings import read_settings

    found = [
        {"key": str(each.verifier), "since": each.since}
        for each in keys_of(read_settings(), key).all
    ]

    def show() -> None:
        for each in found:
            print(f"{each['key']}  since a tree of {each['since']} leaves")

    emit({"keys": found}, as_json, show)


def checkpoint(*, as_json: AsJson = False) -> None:
    """Bring the published tree up to the log, sign it, hand it to the witnesses, print it."""
    from ledger.audit.proofs.making import Diverged
    from ledger.audit.proofs.notes import read_checkpoint
    from ledger.audit.proofs.tiles import FolderBusy, WrongBundle
    from ledger.store.migrations import migrate
    from ops.proofs import proving

    with connected(broker=False) as (settings, where), progress("growing the tree") as say:
        proving.signer(settings)
        migrate(where.database_url)
        try:
            note, new, failed = proving.checkpoint(where, settings, say)
        except (Diverged, FolderBusy, WrongBundle) as error:
            raise Problem(str(error), Exit.FINDINGS) from None
    told = read_checkpoint(note.text)
    answer = {"size": told.size, "new": new, "root": told.root.hex(),
              "note": bytes(note).decode(), "failed": failed}  # fmt: skip

    def show() -> None:
        print(answer["note"], end="")
        for each in failed:
            console.print(f"WITNESS NOT TOLD  {each}", markup=False, soft_wrap=True)

    emit(answer, as_json, show)
    if failed:
        raise typer.Exit(Exit.FINDINGS)


def prove(
    event: Annotated[
        str | None,
        typer.Argument(help="A position in the log, or an account and a version: UUID/3."),
    ] = None,
    *,
    from_size: Annotated[
        int | None, typer.Option("--from", min=1, help="That a tree of this size …")
    ] = None,
    to_size: Annotated[
        int | None, typer.Option("--to", min=1, help="… is the beginning of one of this size.")
    ] = None,
) -> None:
    """Print a receipt: an event, or a tree's growth, with what proves it. Keep it in a file.

    Whoever has the file and the log's public key checks it with `audit verify --receipt`, or
    with any other program: the files are described in ops/docs/proofs.md.
    """
    from ops.proofs import receipting
    from ops.proofs.proving import NoProofs
    from ops.settings import read_settings

    if (event is None) == (from_size is None) or (from_size is None) != (to_size is None):
        raise Problem("name an event, or two sizes: --from and --to")
    try:
        if event is None:
            grown = receipting.growth_receipt(read_settings(), from_size or 0, to_size or 0)
            text = grown.model_dump_json(indent=2)
        else:
            asked = _event(event)
            with connected(broker=False) as (settings, where):
                made = receipting.event_receipt(where.database_url, settings, asked)
            text = made.model_dump_json(indent=2)
    except NoProofs as error:
        raise Problem(str(error), Exit.FINDINGS) from None
    print(text)


def _event(text: str) -> "int | tuple[UUID, int]":
    """Read which event is meant."""
    account, _, version = text.rpartition("/")
    try:
        return (UUID(account), int(version)) if account else int(version)
    except ValueError:
        right = "a position such as 17, or an account and a version such as UUID/3"
        raise Problem(f"{text!r} names no event: write {right}") from None


def cosign(
    tree: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="The published files, or a copy.")
    ],
    *,
    witness_key: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="Your private key.")
    ],
    key: Annotated[
        Path,
        typer.Option(exists=True, dir_okay=False, help="The log's public key, as you trust it."),
    ],
    state: Annotated[
        Path, typer.Option(dir_okay=False, help="Your own file: what you signed last.")
    ],
    into: Annotated[
        Path | None,
        typer.Option(file_okay=False, help="Your folder, in which the log looks for the line."),
    ] = None,
) -> None:
    """Sign the newest checkpoints as a witness, if each goes on from the last one; print them.

    `audit keys generate NAME FILE --witness` makes the key. No database and no settings are needed.
    """
    import time

    from ledger.audit.proofs.tiles import Folder
    from ops.proofs.cosigning import NotSigned, cosign_all
    from ops.proofs.proving import NoProofs, published_keys, read_key_file

    folder = Folder(tree)
    try:
        for note in cosign_all(
            folder,
            published_keys(folder, key),
            read_key_file(witness_key),
            state.absolute(),
            int(time.time()),
            None if into is None else Folder(into),
        ):
            print(bytes(note).decode(), end="")
    except (NotSigned, NoProofs) as error:
        raise Problem(f"not signed: {error}", Exit.FINDINGS) from None


def keys_of(settings: "Settings", trusted: Path | None) -> "Keys":
    """Return the keys of the published tree, of which a trusted file may tell the first, or all."""
    from ops.proofs.proving import NoProofs, published_keys, tree_folder

    try:
        return published_keys(tree_folder(settings), trusted)
    except NoProofs as error:
        raise Problem(str(error), Exit.FINDINGS) from None


def _write_new(path: Path, text: str) -> None:
    import os

    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Problem(f"{path} is there already: a key is never overwritten") from None
    except OSError as error:
        raise Problem(f"{path} can't be written: {error.strerror}") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())


@contextmanager
def _kept(path: Path, text: str) -> Iterator[None]:
    """Write a key, and take it away again when what belongs to it fails."""
    _write_new(path, text)
    try:
        yield
    except BaseException:
        path.unlink()
        raise


def _on_record(
    store: "PostgresStore",
    actor: str,
    because: str,
    key: str,
    *,
    since: int = 0,
    instead_of: str = "",
) -> None:
    from ledger.domain.acts import LogKeyChanged
    from ops.ledger_wiring import publishing_door

    door = publishing_door(store)
    changed = LogKeyChanged(
        key=key,
        since=since,
        instead_of=instead_of,
        because=because,
        effective_on=door.clock.now().today,
    )
    on_record(door, changed, actor)


def _say_key(public: str, path: Path, as_json: bool) -> None:
    answer: dict[str, Any] = {"key": public, "file": path}

    def show() -> None:
        print(public)
        console.print(f"the private key is in {path}; publish the line above", soft_wrap=True)

    emit(answer, as_json, show)
