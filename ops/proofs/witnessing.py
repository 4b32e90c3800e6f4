"""Witnesses of the published trees: those who keep checkpoints where we can't take them back.

They keep those of the log's tree and of the receipts', which the name in the first line tells apart
(the origin of C2SP tlog-checkpoint); a folder and a repository have a folder for each as well.

A witness that has looked whether a checkpoint goes on from the one before adds a line with its
signature to the file (C2SP tlog-cosignature); it is taken over when its key is known.
"""

import io
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

from ledger.audit.proofs.kept import Copy
from ledger.audit.proofs.notes import Note, Verifier, WrongNote, read_checkpoint, read_note
from ledger.audit.proofs.notes import read_verifier as read_key
from ledger.audit.proofs.tiles import CHECKPOINT, Folder, checkpoint_path
from ops.proofs import receipts_tree
from ops.settings import Settings, SettingsError, variable

TREES: Final = ("", receipts_tree.NAME)
"""Where each tree is within the log's folder, and what is kept of it within a witness's."""

LOOKED_BACK: Final = 100
"""Among so many of the last records of a topic it is looked whether a checkpoint is there."""

GIT_SECONDS: Final = 60
"""So long one command of git may take."""


class WitnessFailed(Exception):  # noqa: N818  it is a finding
    """A witness could not be told, or asked."""


class Witness(Protocol):
    """Somebody who keeps checkpoints."""

    where: str

    def tell(self, notes: Mapping[str, Note]) -> None:
        """Hand over the newest checkpoint of each of some trees, by where it is (`TREES`).

        Raises:
            WitnessFailed: it was not taken.

        """
        ...

    def seen(self, most: int | None = None) -> list[Copy]:
        """Return what the witness has of all trees, or the newest ones of each.

        Raises:
            WitnessFailed: it can't be asked.

        """
        ...


class FolderWitness:
    """A folder, such as one on a disk of somebody else's, with a file for each checkpoint."""

    def __init__(self, path: Path) -> None:
        """Take the folder."""
        self.where = str(path)
        self._folders = {within: Folder(path / within) for within in TREES}

    def tell(self, notes: Mapping[str, Note]) -> None:
        """Write the checkpoints, unless there is one of that size: nothing is taken back."""
        try:
            for within, note in notes.items():
                folder, place = self._folders[within], checkpoint_path(_size(note))
                if folder.read(place) is None:
                    folder.write(place, bytes(note))
                    folder.flush()
        except OSError as error:
            raise WitnessFailed(str(error)) from error

    def seen(self, most: int | None = None) -> list[Copy]:
        """Return what the folder has."""
        if not Path(self.where).is_dir():  # a checkpoint makes it
            raise WitnessFailed("there is no such folder")
        try:
            return [
                Copy(str(folder.path / place), data)
                for folder in self._folders.values()
                for place in map(checkpoint_path, folder.sizes()[-(most or 0) :])
                if (data := folder.read(place)) is not None
            ]
        except OSError as error:
            raise WitnessFailed(str(error)) from error


class GitWitness:
    """A repository with a file for each tree: what is new is a commit, pushed if there is where."""

    def __init__(self, path: Path) -> None:
        """Take the repository's folder."""
        self.where = str(path)
        self._path = path
        # A folder within another repository is not taken for it; nobody is there to be asked.
        ours = {"GIT_CEILING_DIRECTORIES": str(path.parent), "GIT_TERMINAL_PROMPT": "0"}
        self._environ = os.environ | ours

    def tell(self, notes: Mapping[str, Note]) -> None:
        """Commit the checkpoints and push them, what could not be pushed before included."""
        away = self._pulled()
        folder, new = Folder(self._path), list[str]()
        try:
            for within, note in notes.items():
                if _text(folder.read(_file(within)) or b"") != _text(bytes(note)):
                    folder.write(_file(within), bytes(note))
                    new.append(within)
        except OSError as error:
            raise WitnessFailed(str(error)) from error
        if new:
            told = (f"{_size(notes[each])} leaves{each and f' of {each}'}" for each in new)
            files = [_file(each) for each in new]
            self._git("add", "--", *files)
            message = f"Checkpoint of {', '.join(told)}"
            self._git("commit", "--quiet", "--message", message, "--", *files)
        if away:
            self._git("push", "--quiet")

    def seen(self, most: int | None = None) -> list[Copy]:
        """Return what was ever committed, here or there."""
        self._pulled()
        if not self._git("for-each-ref", "--count=1").strip():
            return []
        return [copy for within in TREES for copy in self._committed(_file(within), most)]

    def _committed(self, file: str, most: int | None) -> Iterator[Copy]:
        few = [] if most is None else [f"--max-count={most}"]
        commits = self._git("rev-list", *few, "HEAD", "--", file).decode().split()
        asked = "".join(f"{commit}:{file}\n" for commit in commits)
        told = io.BytesIO(self._git("cat-file", "--batch", given=asked))
        for commit in commits:
            *_, length = told.readline().split()
            if length == b"missing":  # somebody took the file away: the commits before have it
                continue
            yield Copy(f"{self.where} {commit[:12]}", told.read(int(length)))
            told.readline()

    def _pulled(self) -> bool:
        """Bring here what others committed; tell whether there is another repository."""
        away = bool(self._git("remote").strip())
        if away and self._git("ls-remote", "--heads").strip():
            self._git("pull", "--quiet", "--ff-only")
        return away

    def _git(self, *arguments: str, given: str = "") -> bytes:
        try:
            done = subprocess.run(  # noqa: S603  our own words
                ["git", "-C", self.where, *arguments],  # noqa: S607  whichever git there is
                input=given.encode(),
                capture_output=True,
                check=False,
                timeout=GIT_SECONDS,
                env=self._environ,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise WitnessFailed(f"git {arguments[0]}: {error}") from error
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            fatal = [line for line in said if line.startswith(("fatal:", "error:"))]
            raise WitnessFailed(f"git {arguments[0]}: {' '.join(fatal or said)}")
        return done.stdout


class TopicWitness:
    """A topic of Kafka, whose readers keep what they read."""

    def __init__(self, settings: Settings, topic: str, bootstrap_servers: str | None) -> None:
        """Take the topic, and where the broker is."""
        self.where = f"topic {topic}"
        self._settings = settings
        self._topic = topic
        self._servers = bootstrap_servers

    def tell(self, notes: Mapping[str, Note]) -> None:
        """Send the checkpoints, under the names of their logs, unless they are there already."""
        there = {_text(each.data) for each in self.seen(LOOKED_BACK)}
        new = [note for note in notes.values() if _text(bytes(note)) not in there]
        if not new:
            return
        from consumers import checkpoints  # noqa: PLC0415  most have no topic

        told = [(read_checkpoint(note.text).origin, bytes(note)) for note in new]
        with _kafka():
            checkpoints.publish(self._config(), self._topic, told)

    def seen(self, most: int | None = None) -> list[Copy]:
        """Return what the topic has."""
        from consumers import checkpoints  # noqa: PLC0415  as above

        with _kafka():
            return [Copy(*each) for each in checkpoints.read(self._config(), self._topic, most)]

    def _config(self) -> dict[str, Any]:
        return self._settings.kafka_client_config(self._servers)


def _file(within: str) -> str:
    return f"{within}/{CHECKPOINT}" if within else CHECKPOINT


def _text(note: bytes) -> bytes:
    """Return what is signed of a note, which more signatures do not change."""
    return note.partition(b"\n\n")[0]


def _size(note: Note) -> int:
    return read_checkpoint(note.text).size


@contextmanager
def _kafka() -> Iterator[None]:
    from kafka.errors import KafkaError  # noqa: PLC0415  as above

    from consumers.publisher import PublishError  # noqa: PLC0415
    from consumers.refusals import BrokerRefused  # noqa: PLC0415

    try:
        yield
    except (KafkaError, PublishError, BrokerRefused, SettingsError) as error:
        raise WitnessFailed(str(error) or type(error).__name__) from error


def witnesses(settings: Settings, bootstrap_servers: str | None) -> list[Witness]:
    """Return the witnesses of the settings; the broker may be an embedded one."""
    found = list[Witness]()
    if settings.audit_witness_folder is not None:
        found.append(FolderWitness(settings.audit_witness_folder))
    if settings.audit_witness_repository is not None:
        found.append(GitWitness(settings.audit_witness_repository))
    if settings.audit_topic is not None:
        found.append(TopicWitness(settings, settings.audit_topic, bootstrap_servers))
    return found


def witness_keys(settings: Settings) -> list[Verifier]:
    """Return the public keys of witnesses whose signatures are kept, one a line of the file.

    Raises:
        SettingsError: it is no text, or a line is no key.

    """
    if settings.audit_witness_keys_file is None:
        return []
    try:
        lines = settings.audit_witness_keys_file.read_text("utf-8").splitlines()
        return [read_key(line) for line in lines if line.strip()]
    except (WrongNote, UnicodeDecodeError) as error:
        raise SettingsError([f"{variable('audit_witness_keys_file')}: {error}"]) from None


def cosigned(note: Note, seen: Sequence[Copy], keys: Sequence[Verifier]) -> Note:
    """Return a checkpoint with what witnesses signed of it, as they have it; others are ignored."""
    for copy in seen:
        try:
            theirs = read_note(copy.data)
        except WrongNote:
            continue
        if theirs.text == note.text:
            more = [
                s
                for s in theirs.signatures
                if any(k.made(s) and k.holds(note.text, s) for k in keys)
            ]
            note = note.beside(more)
    return note
