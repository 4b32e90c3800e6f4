"""Facts: what a source said about a person, dated and correctable.

A fact is known by (source, id) and a monotone version; the highest version known counts,
whatever order the versions came in (Belgian REST guide, rule async-order). An annulment is
a version too. Identifiers are opaque: a national number never gets here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final, Literal, NamedTuple, TypeAlias

from ledger.domain.calendar import Term
from ledger.domain.making import quickly_made
from ledger.domain.quantities import Unit

Evidence: TypeAlias = Literal["declared", "settled"]
"""`declared` is indicative (Dimona); `settled` prevails over it (DmfA)."""

Region: TypeAlias = str
"""Where, lower case: `be-vlg`, `be-bru`, `be-wal`, `fr`, ... (ISO 3166, Belgian regions apart)."""


class FactId(NamedTuple):
    """Who said it (absolute URI) and what the source calls it."""

    source: str
    id: str


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Employment:
    """Work under an employment contract.

    Attributes:
        employer: enterprise number or another opaque reference.
        sector: `private` or `public` (contractual staff of a public body).
        place: region of the establishment unit, not of the home.
        share: exact part of full time, 0 to 1.
        weekly: contractual minutes a week.
        assumed: whether `share` and `weekly` are, because the source does not know them; what was
            last settled for the job is better.

    """

    employer: str
    sector: Literal["private", "public"]
    place: Region
    share: Fraction
    weekly: int
    assumed: bool = False

    def __repr__(self) -> str:
        """Leave out what is not said; digests of facts are made of it (`account.digest`)."""
        assumed = ", assumed=True" if self.assumed else ""
        return (
            f"Employment(employer={self.employer!r}, sector={self.sector!r}, "
            f"place={self.place!r}, share={self.share!r}, weekly={self.weekly!r}{assumed})"
        )


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class CivilService:
    """Statutory work for a public body; `share` is the exact part of full time."""

    employer: str
    place: Region
    share: Fraction


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Jobseeking:
    """Registered as a jobseeker; `benefit` says whether an unemployment benefit is paid."""

    benefit: bool


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class SelfEmployment:
    """Self-employed, as main or as side activity.

    Attributes:
        contributes: pays the training contribution.
        enterprise: the account of the enterprise that the person runs; `` when nobody said.

    """

    activity: Literal["main", "side"]
    place: Region
    contributes: bool = True
    enterprise: str = ""

    def __repr__(self) -> str:
        """Leave out what is not said; digests of facts are made of it (`account.digest`)."""
        enterprise = f", enterprise={self.enterprise!r}" if self.enterprise else ""
        return (
            f"SelfEmployment(activity={self.activity!r}, place={self.place!r}, "
            f"contributes={self.contributes!r}{enterprise})"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Study:
    """Enrolled as a student."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inactivity:
    """None of the other statuses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retirement:
    """Drawing a retirement pension."""


CIRCUMSTANCES: Final[frozenset[str]] = frozenset(
    {
        "arduous-work",
        "asylum-material-help",
        "cao-metalektro",
        "career-break-training",
        "citizen",
        "civil-service-category-c",
        "co-funding",
        "continued-course",
        "detention",
        "development-plan",
        "disability-66",
        "edusprong-place",
        "employer-10-to-19",
        "employer-20-or-more",
        "integration-contract",
        "living-wage",
        "low-income",
        "medium-enterprise",
        "one-person-enterprise",
        "parental-leave",
        "pilot-participant",
        "priority-group",
        "recognised-training-path",
        "resignation",
        "sector-training-minimum",
        "single",
        "small-enterprise",
        "voorsprongfonds-place",
        "work-injury",
    }
)
"""What a circumstance can be; a rule that asks for another one is refused at load."""


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstance:
    """Something else that a rule may ask and a source vouches for, such as a living wage.

    Attributes:
        name: one of `CIRCUMSTANCES`.

    """

    name: str


Size: TypeAlias = Literal["small", "medium", "large"]
"""Of an enterprise, as the register that vouches for it has it."""


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Enterprise:
    """In business: the one status of an enterprise's account, which no person has."""

    size: Size
    place: Region


Status: TypeAlias = (
    Employment
    | CivilService
    | Jobseeking
    | SelfEmployment
    | Study
    | Inactivity
    | Retirement
    | Circumstance
    | Enterprise
)


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A dated period of one status; a holder may have several at once.

    Attributes:
        settles: the days about which a settled job speaks at its employer beside its own, such as
            the quarter of a DmfA: there was no other work than what is settled.

    """

    term: Term
    status: Status
    evidence: Evidence
    settles: Term | None = None

    @property
    def speaks_for(self) -> Term:
        """Its own days and those that it settles."""
        return self.term if self.settles is None else self.term.hull(self.settles)

    def __repr__(self) -> str:
        """Leave out what is not said; digests of facts are made of it (`account.digest`)."""
        settles = "" if self.settles is None else f", settles={self.settles!r}"
        return (
            f"Spell(term={self.term!r}, status={self.status!r}, "
            f"evidence={self.evidence!r}{settles})"
        )


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """The day a person was born."""

    on: date


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Death:
    """The last day of a person's life; no status and no home goes on after it."""

    on: date


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Sex:
    """A person's sex, as a register has it; no rule can ask it, only reports by group do."""

    sex: Literal["female", "male", "x"]


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Qualification:
    """Highest qualification held from a day on.

    Attributes:
        level: European Qualifications Framework level, 0 (none) to 8; upper secondary is 4,
            a French CAP/BEP is 3.
        since: first day.

    """

    level: int
    since: date


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Residence:
    """Where a person lives during a term."""

    region: Region
    term: Term


Profile: TypeAlias = Birth | Death | Sex | Qualification | Residence


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class TopUp:
    """What a funder adds to a person's rights under a scheme.

    Attributes:
        bucket: which kind of top-up, as the scheme's regulation calls it, e.g. `dotation`.
        funder: who pays, and gets back what is left at the deadline.
        quantity: in `unit`; counts only when that is the scheme's smallest unit.
        term: the days on which it can be used; its end is the funder's deadline.
        course: the id of the one course that it is for; `` for any.
        purposes: the kinds of course that it is for; empty for any.

    """

    scheme: str
    bucket: str
    funder: str
    quantity: int
    unit: Unit
    term: Term
    course: str = ""
    purposes: tuple[str, ...] = ()


Content: TypeAlias = Spell | Profile | TopUp
"""What a fact can say."""

Holder: TypeAlias = Literal["person", "enterprise"]
"""Whose an account, and the rights in it, are."""

WHOSE: Final[Mapping[Holder, str]] = {"person": "a person", "enterprise": "an enterprise"}
"""How holders are called in a sentence."""


def holder_of(content: Content) -> Holder | None:
    """Return whom a fact can be about; None for what a funder adds, to either."""
    if isinstance(content, TopUp):
        return None
    about_enterprise = isinstance(content, Spell) and isinstance(content.status, Enterprise)
    return "enterprise" if about_enterprise else "person"


About: TypeAlias = Literal["status", "profile", "top-up"]
"""Which of these a fact is, also when it never was."""


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One version of one fact; `content` None says that it never was (annulled).

    Attributes:
        about: kept apart because an annulment has no content.

    """

    id: FactId
    version: int
    about: About
    content: Content | None
