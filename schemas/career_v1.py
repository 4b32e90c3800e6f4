"""`be.rugzak.career.v1`: what sources say about a person's career and profile.

Or about an enterprise that holds rights, in the account of its own: that it is in business.

A fact has an id of its source and a version that only rises; the highest version known
counts, in whatever order they arrive. Every message carries the whole state after the change.
Source: Belgian REST guide, rules async-svctype and async-order.
"""

from datetime import date
from typing import Annotated, Literal, Self, TypeAlias
from uuid import UUID

from pydantic import Field, model_validator

from schemas.cloudevents import (
    MAX_VERSION,
    UUID_PATTERN,
    Content,
    Day,
    Identifier,
    Message,
    Person,
)
from schemas.incoming import ExactPart, Period, Region, Size

SERVICE = "be.rugzak.career.v1"
MINUTES_IN_A_WEEK = 7 * 24 * 60

FullTimeFraction: TypeAlias = Annotated[
    ExactPart, Field(description='Exact part of full time, 0 to 1, as text: "4/5", "0.8" or "1".')
]


class Employee(Content):
    """Work under an employment contract."""

    kind: Literal["employee"]
    employer_number: Annotated[Identifier, Field(description="Enterprise number of the employer.")]
    sector: Literal["private", "public"]
    place_of_work: Region
    fraction: FullTimeFraction
    weekly_minutes: Annotated[
        int,
        Field(
            ge=0,
            le=MINUTES_IN_A_WEEK,
            description="Contractual working time in minutes a week: 30.4 hours is 1824.",
        ),
    ]
    assumed: Annotated[
        bool,
        Field(
            description="Whether the source does not know the working time, and assumes it: what "
            "was last settled for the job is better, and counts instead."
        ),
    ] = False


class CivilServant(Content):
    """Statutory work for a public body."""

    kind: Literal["civilServant"]
    employer_number: Identifier
    place_of_work: Region
    fraction: FullTimeFraction


class Jobseeker(Content):
    """Registered as a jobseeker."""

    kind: Literal["jobseeker"]
    with_benefit: Annotated[bool, Field(description="Whether an unemployment benefit is paid.")]


class SelfEmployed(Content):
    """Self-employed."""

    kind: Literal["selfEmployed"]
    activity: Literal["main", "side"]
    place_of_work: Region
    contributes_to_training: Annotated[
        bool, Field(description="Whether the professional training contribution is paid.")
    ] = True
    enterprise: Annotated[
        UUID,
        Field(
            description="Opaque reference to the enterprise that the person runs: the account of "
            "its rights. Leave it out when it is not known.",
            json_schema_extra={"pattern": UUID_PATTERN},
        ),
    ] = None  # type: ignore[assignment]  # absent, never null


class Student(Content):
    """Enrolled as a student."""

    kind: Literal["student"]


class Inactive(Content):
    """None of the other statuses."""

    kind: Literal["inactive"]


class Retired(Content):
    """Drawing a retirement pension."""

    kind: Literal["retired"]


class Circumstance(Content):
    """Something else that a scheme's rule may ask, and that the source vouches for."""

    kind: Literal["circumstance"]
    name: Annotated[
        Literal[
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
        ],
        Field(description="What holds during the period, e.g. that a living wage is paid."),
    ]


class Enterprise(Content):
    """In business: the one status of an enterprise, told of its own account."""

    kind: Literal["enterprise"]
    size: Size
    place_of_work: Annotated[Region, Field(description="Region of its seat of operations.")]


Status: TypeAlias = Annotated[
    Employee
    | CivilServant
    | Jobseeker
    | SelfEmployed
    | Student
    | Inactive
    | Retired
    | Circumstance
    | Enterprise,
    Field(discriminator="kind"),
]


class BirthDate(Content):
    """The day a person was born."""

    kind: Literal["birthDate"]
    on: Day


class DeathDate(Content):
    """The last day of a person's life."""

    kind: Literal["deathDate"]
    on: Day


class Sex(Content):
    """A person's sex, as a register has it; only reports by group look at it."""

    kind: Literal["sex"]
    sex: Literal["female", "male", "x"]


class Qualification(Content):
    """The highest qualification held from a day on."""

    kind: Literal["qualification"]
    eqf_level: Annotated[
        int, Field(ge=0, le=8, description="European Qualifications Framework; 0 for none.")
    ]
    since: Annotated[Day, Field(alias="from", description="First day.")]


class Residence(Content):
    """Where a person lives during a period."""

    kind: Literal["residence"]
    region: Region
    period: Period


Profile: TypeAlias = Annotated[
    BirthDate | DeathDate | Sex | Qualification | Residence, Field(discriminator="kind")
]


class FactVersion(Content):
    """One version of one fact about a person or enterprise; by itself, that it never was."""

    person: Person
    id: Annotated[Identifier, Field(description="What the source calls this fact, for ever.")]
    version: Annotated[
        int, Field(ge=1, le=MAX_VERSION, description="Rises with every change; no timestamp.")
    ]


class StatusSpell(FactVersion):
    """A dated period of one status; a person may have several at once."""

    status: Status
    period: Period
    evidence: Annotated[
        Literal["declared", "settled"],
        Field(description="`settled` (a checked declaration) prevails over `declared`."),
    ]
    settles: Annotated[
        Period,
        Field(
            description="The days for which a settled job speaks at its employer, its quarter: "
            "beside what is settled there was no work. They hold the period; without them, the "
            "job speaks for its period only."
        ),
    ] = None  # type: ignore[assignment]  # absent, never null

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        job = self.status if isinstance(self.status, Employee) else None
        if self.evidence == "settled" and job is not None and job.assumed:
            raise ValueError("what is settled is not assumed: leave out assumed, or it is declared")
        if self.settles is None:
            return self
        if self.evidence != "settled" or job is None:
            raise ValueError("only the settled work of an employee settles days: leave out settles")
        ends = (self.settles.until or date.max, self.period.until or date.max)
        if self.period.since < self.settles.since or ends[0] < ends[1]:
            raise ValueError("settles holds the whole period of the job, and may hold more")
        return self


class ProfileFact(FactVersion):
    """A dated fact about who the person is."""

    profile: Profile


class CareerMessage(Message):
    """A message of this service."""

    service: Literal["be.rugzak.career.v1"]


class StatusSpellRecorded(CareerMessage):
    """A status spell became known."""

    type: Literal["be.rugzak.career.v1.statusSpells.notify.recorded"]
    data: StatusSpell


class StatusSpellCorrected(CareerMessage):
    """A status spell is otherwise than said before."""

    type: Literal["be.rugzak.career.v1.statusSpells.notify.corrected"]
    data: StatusSpell


class StatusSpellAnnulled(CareerMessage):
    """A status spell never was."""

    type: Literal["be.rugzak.career.v1.statusSpells.notify.annulled"]
    data: FactVersion


class ProfileFactRecorded(CareerMessage):
    """A profile fact became known."""

    type: Literal["be.rugzak.career.v1.profileFacts.notify.recorded"]
    data: ProfileFact


class ProfileFactCorrected(CareerMessage):
    """A profile fact is otherwise than said before."""

    type: Literal["be.rugzak.career.v1.profileFacts.notify.corrected"]
    data: ProfileFact


class ProfileFactAnnulled(CareerMessage):
    """A profile fact never was."""

    type: Literal["be.rugzak.career.v1.profileFacts.notify.annulled"]
    data: FactVersion


CareerEvent: TypeAlias = (
    StatusSpellRecorded
    | StatusSpellCorrected
    | StatusSpellAnnulled
    | ProfileFactRecorded
    | ProfileFactCorrected
    | ProfileFactAnnulled
)
