"""Witnesses of the published tree: those who keep checkpoints where we can't take them back.

A witness that has looked whether a checkpoint goes on from the one before adds a line with its
signature to the file (C2SP tlog-cosignature); it is taken over when its key is known.
"""

import io
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

from ledger.audit.proofs.kept import Copy
from ledger.audit.proofs.notes import Note, Verifier, WrongNote, read_checkpoint, read_note
from ledger.audit.proofs.notes import read_verifier as read_key
from ledger.audit.proofs.tiles import CHECKPOINT, Folder, checkpoint_path
from ops.settings import Settings, SettingsError, variable

GIT_SECONDS: Final = 60
"""So long one command of git may take."""


class WitnessFailed(Exception):  # noqa: N818  it is a finding
    """A witness could not be told, or asked."""


class Witness(Protocol):
    """Somebody who keeps checkpoints."""

    where: str

    def tell(self, note: Note) -> None:
        """Hand over a checkpoint.

        Raises:
            WitnessFailed: it was not taken.

        """
        ...

    def seen(self, most: int | None = None) -> list[Copy]:
        """Return what the witness has, or the newest ones of it.

        Raises:
            WitnessFailed: it can't be asked.

        """
        ...


class FolderWitness:
    """A folder, such as one on a disk of somebody else's, with a file for each checkpoint."""

    def __init__(self, path: Path) -> None:
        """Take the folder."""
        self.where = str(path)
        self._folder = Folder(path)

    def tell(self, note: Note) -> None:
        """Write the checkpoint, unless the folder has one of that size: nothing is taken back."""
        size = read_checkpoint(note.text).size
        try:
            if self._folder.read(checkpoint_path(size)) is None:
                self._folder.write(checkpoint_path(size), bytes(note))
                self._folder.flush()
        except OSError as error:
            raise WitnessFailed(str(error)) from error

    def seen(self, most: int | None = None) -> list[Copy]:
        """Return what the folder has."""
        try:
            places = [checkpoint_path(size) for size in self._newest(most)]
            found = [(place, self._folder.read(place)) for place in places]
        except OSError as error:
            raise WitnessFailed(str(error)) from error
        return [Copy(f"{self.where}/{place}", data) for place, data in found if data is not None]

    def _newest(self, most: int | None) -> list[int]:
        return self._folder.sizes() if most is None else self._folder.sizes()[-most:]


class GitWitness:
    """A repository with one file: each checkpoint is a commit, pushed if there is where to."""

    def __init__(self, path: Path) -> None:
        """Take the repository's folder."""
        self.where = str(path)
        self._path = path

    def tell(self, note: Note) -> None:
        """Commit the checkpoint and push it, what could not be pushed before included."""
        away = self._pulled()
        file = self._path / CHECKPOINT
        if not file.is_file() or file.read_bytes().partition(b"\n\n")[0] != note.text[:-1].encode():
            Folder(self._path).write(CHECKPOINT, bytes(note))
            told = f"Checkpoint of {read_checkpoint(note.text).size} leaves"
            self._git("add", "--", CHECKPOINT)
            self._git("commit", "--quiet", "--message", told, "--", CHECKPOINT)
        if away:
            self._git("push", "--quiet")

    def seen(self, most: int | None = None) -> list[Copy]:
        """Return what was ever committed, here or there."""
        self._pulled()
        if not self._git("for-each-ref", "--count=1").strip():
            return []
        few = [] if most is None else [f"--max-count={most}"]
        commits = self._git("rev-list", *few, "HEAD", "--", CHECKPOINT).decode().split()
        asked = "".join(f"{commit}:{CHECKPOINT}\n" for commit in commits)
        told, found = io.BytesIO(self._git("cat-file", "--batch", given=asked)), []
        for commit in commits:
            *_, length = told.readline().split()
            found.append(Copy(f"{self.where} {commit[:12]}", told.read(int(length))))
            told.readline()
        return found

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
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise WitnessFailed(f"git {arguments[0]}: {error}") from error
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip()
            raise WitnessFailed(f"git {arguments[0]}: {said}")
        return done.stdout


class TopicWitness:
    """A topic of Kafka, whose readers keep what they read."""

    def __init__(self, settings: Settings, topic: str, bootstrap_servers: str | None) -> None:
        """Take the topic, and where the broker is."""
        self.where = f"topic {topic}"
        self._settings = settings
        self._topic = topic
        self._servers = bootstrap_servers

    def tell(self, note: Note) -> None:
        """Send the checkpoint, unless it is the last one there."""
        text, last = note.text[:-1].encode(), self.seen(1)
        if text in [each.data.partition(b"\n\n")[0] for each in last]:
            return
        from consumers import checkpoints  # noqa: PLC0415  most have no topic

        origin = read_checkpoint(note.text).origin
        with _kafka():
            checkpoints.publish(self._config(), self._topic, origin, bytes(note))

    def seen(self, most: int | None = None) -> list[Copy]:
        """Return what the topic has."""
        from consumers import checkpoints  # noqa: PLC0415  as above

        with _kafka():
            return [Copy(*each) for each in checkpoints.read(self._config(), self._topic, most)]

    def _config(self) -> dict[str, Any]:
        return self._settings.kafka_client_config(self._servers)


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
        SettingsError: a line is no key.

    """
    if settings.audit_witness_keys_file is None:
        return []
    lines = settings.audit_witness_keys_file.read_text("utf-8").splitlines()
    try:
        return [read_key(line) for line in lines if line.strip()]
    except WrongNote as error:
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
