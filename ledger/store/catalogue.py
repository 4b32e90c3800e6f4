"""Every stored event by its stable name: rows are added here, never edited.

A new form of an event keeps its name, moves its old form's golden payload to the upcaster's
test, and adds an upcaster: `right-granted` becomes `right-granted@2`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from ledger.domain import acts
from ledger.domain import events as e
from ledger.domain import facts as f
from ledger.store.codec import Codec, Undecodable

Payload: TypeAlias = dict[str, Any]

Upcaster: TypeAlias = Callable[[Payload], Payload]
"""The event's JSON object in one version to that in the next."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A row: what a stored event is called and which class it is today.

    Attributes:
        name: for ever.
        cls: the domain's class of the newest version.
        upcasters: one per older version, oldest first.

    """

    name: str
    cls: type
    upcasters: tuple[Upcaster, ...] = ()

    @property
    def version(self) -> int:
        """The version that is written now; 1 is the first."""
        return 1 + len(self.upcasters)

    @property
    def stored_name(self) -> str:
        """What the log says of those that are written now."""
        return stored_name(self.name, self.version)


def stored_name(name: str, version: int) -> str:
    """Return what the log says: the bare name for version 1, `name@2` and so on later."""
    return name if version == 1 else f"{name}@{version}"


def _same(payload: Payload) -> Payload:
    """Leave it as it is: the newer version may only say more."""
    return payload


def _with_the_course_apart(payload: Payload) -> Payload:
    """Put what was said of a course into an object of its own (right-reserved, right-used)."""
    moved = {"course": "id", "provider": "provider", "course_starts_on": "starts_on"}
    rest = {name: value for name, value in payload.items() if name not in moved}
    return {**rest, "course": {new: payload[old] for old, new in moved.items() if old in payload}}


KINDS: tuple[Kind, ...] = (
    Kind("status-recorded", e.StatusRecorded, (_same, _same)),
    Kind("status-annulled", e.StatusAnnulled),
    Kind("profile-recorded", e.ProfileRecorded, (_same,)),
    Kind("profile-annulled", e.ProfileAnnulled),
    Kind("right-granted", e.RightGranted, (_same,)),
    Kind("right-withdrawn", e.RightWithdrawn),
    Kind("shortfall-recorded", e.ShortfallRecorded),
    Kind("shortfall-settled", e.ShortfallSettled),
    Kind("right-reserved", e.RightReserved, (_with_the_course_apart, _same)),
    Kind("reservation-released", e.ReservationReleased),
    Kind("right-used", e.RightUsed, (_with_the_course_apart, _same)),
    Kind("use-reversed", e.UseReversed),
    Kind("right-transferred", e.RightTransferred, (_same,)),
    Kind("transfer-reversed", e.TransferReversed),
    Kind("right-expired", e.RightExpired),
    Kind("right-restored", e.RightRestored),
    Kind("right-restricted", e.RightRestricted),
    Kind("restriction-lifted", e.RestrictionLifted),
    Kind("rights-frozen", e.RightsFrozen),
    Kind("rights-unfrozen", e.RightsUnfrozen),
    Kind("request-refused", e.RequestRefused),
    Kind("top-up-recorded", e.TopUpRecorded, (_same,)),
    Kind("top-up-annulled", e.TopUpAnnulled),
    Kind("term-corrected", e.TermCorrected),
    Kind("course-ended", e.CourseEnded),
    Kind("regulation-published", e.RegulationPublished),
    Kind("record-dropped", e.RecordDropped),
    Kind("gap-accepted", e.GapAccepted),
    Kind("account-erased", e.AccountErased),
    Kind("mandate-given", e.MandateGiven),
    Kind("mandate-ended", e.MandateEnded),
    Kind("account-merged", e.AccountMerged),
    Kind("account-unmerged", e.AccountUnmerged),
    Kind("account-joined", e.AccountJoined),
    Kind("account-parted", e.AccountParted),
    Kind("log-key-changed", acts.LogKeyChanged),
    Kind("master-key-changed", acts.MasterKeyChanged),
    Kind("settings-changed", acts.SettingsChanged),
    Kind("states-repaired", acts.StatesRepaired),
    Kind("projection-rebuilt", acts.ProjectionRebuilt),
    Kind("records-replayed", acts.RecordsReplayed),
    Kind("decided-anew", acts.DecidedAnew),
)

MEMBERS: dict[type, str] = {
    f.Employment: "employment",
    f.CivilService: "civil-service",
    f.Jobseeking: "jobseeking",
    f.SelfEmployment: "self-employment",
    f.Study: "study",
    f.Inactivity: "inactivity",
    f.Retirement: "retirement",
    f.Circumstance: "circumstance",
    f.Enterprise: "enterprise",
    f.Birth: "birth",
    f.Death: "death",
    f.Sex: "sex",
    f.Qualification: "qualification",
    f.Residence: "residence",
    f.Spell: "spell",
    f.TopUp: "top-up",
}
"""Stable names of what occurs inside an event, or a state, as one of several."""

CODEC = Codec(MEMBERS)

BY_CLASS: dict[type, Kind] = {kind.cls: kind for kind in KINDS}

READABLE: dict[str, tuple[Kind, int]] = {
    stored_name(kind.name, version): (kind, version)
    for kind in KINDS
    for version in range(1, kind.version + 1)
}
"""Every name that the log may hold, with its row and version."""


def revived(name: str, payload: Payload) -> e.Event:
    """Read an event of any version ever written, upcast to today's.

    Raises:
        Undecodable: the name or version is unknown, or the payload is not of that version.

    """
    if name not in READABLE:
        raise Undecodable(f"no event is called {name!r}")
    kind, version = READABLE[name]
    for upcast in kind.upcasters[version - 1 :]:
        payload = upcast(payload)
    event: e.Event = CODEC.from_json(kind.cls, payload)
    return event
