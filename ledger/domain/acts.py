"""What operators do to the ledger itself: stored events of `OPERATIONS`, kept as they are asked.

`because` is why, in the operator's words, `` when nobody said; who it was is in the metadata.
"""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Final, TypeAlias, get_args


@dataclass(frozen=True, slots=True, kw_only=True)
class LogKeyChanged:
    """Another key signs the tree that is published of the log.

    Attributes:
        key: the public key, as C2SP signed-note writes it: name, hash and key, with a `+` between.
        since: size of the smallest tree that it may sign.
        instead_of: the public key that vouches for it, `` for the first key of a tree.

    """

    key: str
    since: int
    instead_of: str = ""
    because: str = ""
    effective_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterKeyChanged:
    """Another master key of the identity vault wraps the people's keys.

    Attributes:
        key: its name.

    """

    key: str
    because: str = ""
    effective_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsChanged:
    """A command began with other settings, or as another version, than the last time.

    Attributes:
        command: `up`, `consume` or `serve`.
        version: of the program.
        settings: name and value, by name; of a secret only that it is set.

    """

    command: str
    version: str
    settings: tuple[tuple[str, str], ...]
    effective_on: date

    @property
    def digest(self) -> str:
        """What tells these settings from others: 64 hexadecimal digits."""
        texts = [self.version, *(text for pair in self.settings for text in pair)]
        return sha256("\0".join(texts).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class StatesRepaired:
    """State rows, or counts of shared limits, were not what the log says, and were written anew.

    Attributes:
        rows: account or key, and what was wrong with it.

    """

    rows: tuple[tuple[str, str], ...]
    because: str
    effective_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectionRebuilt:
    """A read model was made anew from the log, by hand.

    Attributes:
        generation: number of the one that serves since.
        position: of the last event that it reflected then.

    """

    projection: str
    generation: int
    position: int
    because: str = ""
    effective_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsReplayed:
    """Parked records were tried again by hand, and are not parked any more.

    Attributes:
        records: the number of each among the parked ones, and where it was in Kafka:
            `topic-partition@offset`.

    """

    records: tuple[tuple[int, str], ...]
    because: str = ""
    effective_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedAnew:
    """Everything was decided again about all people, because the rules changed.

    Attributes:
        until: the day that was let come.

    """

    until: date
    because: str = ""
    effective_on: date


PutInUse: TypeAlias = LogKeyChanged | MasterKeyChanged | SettingsChanged

Act: TypeAlias = PutInUse | StatesRepaired | ProjectionRebuilt | RecordsReplayed | DecidedAnew


ACTS: Final[tuple[type[Act], ...]] = get_args(Act)
"""The classes of acts."""


def put_in_use(act: PutInUse) -> tuple[str, str]:
    """Return of what another one is in use since an act, and which."""
    match act:
        case LogKeyChanged():
            return "log key", act.key
        case MasterKeyChanged():
            return "master key", act.key
        case SettingsChanged():
            return f"settings of {act.command}", act.digest
