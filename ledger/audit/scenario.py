"""Scenarios: what is told of a person and when, and what must come of it.

Run on lives in memory, one for each account, without a server. `ledger.audit.scenario_file` reads
them from files; what their words mean is in `ops/docs/scenarios.md`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from typing import Literal, TypeAlias, assert_never

from ledger.audit.asof import LotAsOf, as_of
from ledger.audit.explain import Assessment, assessed, stops_on
from ledger.audit.life import Life
from ledger.audit.prospects import enterprises_run
from ledger.domain.account import Account
from ledger.domain.commands import NAMES, Course, ReachDay, RecordFact, Request
from ledger.domain.events import CourseEnded, Envelope, Event, Key, LotId, RightGranted
from ledger.domain.evolve import fold
from ledger.domain.quantities import Unit, shown
from ledger.domain.quoting import Quote, quote
from ledger.domain.reasons import Reason, Rejection
from ledger.domain.regulation import Scheme
from ledger.domain.rulebook import Rulebook
from ledger.domain.settle import Now
from ledger.domain.shared import Taken, together
from ledger.service.clock import OFFICE_ZONE

NOON, EVENING = 12, 23
"""The hours, office time, at which a day's story is told, and at which it is known."""

CAP = "balance-at-most"
"""What stands for the condition when it is the cap on the balance that leaves nothing."""

DAYS_KEPT = 8_192
"""How many instants are kept worked out."""

Kind: TypeAlias = Literal["official", "published", "derived"]
"""Printed by a government or the scheme; by a bureau, the press or a school; worked out."""

FIGURES: Mapping[str, Callable[[LotAsOf], int]] = {
    "granted": lambda had: had.lot.net + had.lot.transferred_in,
    "available": lambda had: had.available,
    "reserved": lambda had: had.lot.reserved,
    "used": lambda had: had.lot.used,
    "expired": lambda had: had.lot.expired,
    "converted": lambda had: had.lot.transferred_out,
    "shortfall": lambda had: had.lot.shortfall,
}
"""What can be expected of a lot, or of all lots of a scheme together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OthersTook:
    """How much other people take of a shared limit by then, in all."""

    key: Key
    taken: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One thing that becomes known, is asked for, or only a day that comes.

    Attributes:
        line: in the file, from 1; 0 when only a day comes.
        of: which account it is told of; `` for the story's own.
        on: the day on which the ledger hears of it.
        what: the request, what others granted and the ledger is given, or what others took.
        outcome: the reason for which it must be refused; None: it must be accepted.
        says: words that the refusal must have.

    """

    line: int
    of: str = ""
    on: date
    hour: int = NOON
    what: Request | RightGranted | OthersTook
    outcome: Reason | None = None
    says: str = ""

    @property
    def expects(self) -> bool:
        """Whether it is a question, whose answer may be wrong."""
        silent = RecordFact | ReachDay | RightGranted | OthersTook
        return bool(self.outcome) or not isinstance(self.what, silent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """How much of a figure there must be: of a lot, or (`lot` None) of the scheme in all."""

    lot: LotId | None
    figure: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NotDue:
    """Nothing is due for a period of the day, because a named condition does not hold."""

    condition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUse:
    """Whether new use is `open` or `stopped`, and words that the reason must have."""

    state: str
    says: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """What the scheme gives for a course; what is None is not looked at.

    Attributes:
        gives: in the scheme's smallest unit.
        pays: what the learner pays, in the scheme's money.
        since: the first day on which it can be asked for.
        until: the last such day.
        because: the reason code, or the name of a condition, that stands in the way.
        says: words that a hindrance must have.

    """

    course: Course
    bucket: str
    gives: int | None
    pays: int | None
    since: date | None
    until: date | None
    because: str
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedWith:
    """What the end of a course gave back; what is None is not looked at.

    Attributes:
        id: of the reservation or use.
        gives_back: to the lots, in the scheme's smallest unit.
        refunds: to the learner, in its money.
        recovers: to the funder, in the scheme's smallest unit.
        says: words of the rule's case.

    """

    id: str
    gives_back: int | None
    refunds: int | None
    recovers: int | None
    says: str


Check: TypeAlias = Amount | NotDue | NewUse | Quoted | EndedWith


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What must be found of one scheme.

    Attributes:
        line: in the file, from 1.
        of: in which account; `` for the story's own.
        on: the day asked about.
        known: the day at whose end the ledger is asked.

    """

    line: int
    of: str
    on: date
    known: date
    scheme: Scheme
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One case.

    Attributes:
        name: unique in its file.
        source: who says that it comes out so, or the rule that it is worked out from.
        told: in the order in which it is heard of, days of expectations among it.

    """

    file: str
    line: int
    name: str
    kind: Kind
    source: str
    told: tuple[Told, ...]
    expected: tuple[Expectation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What came out otherwise than expected, in words."""

    line: int
    what: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A scenario that ran.

    Attributes:
        lives: by what the story calls the account; its own is ``.
        answers: to each thing told: the new events, or the refusal.

    """

    scenario: Scenario
    lives: Mapping[str, Life]
    answers: tuple[Sequence[Event] | Rejection, ...]
    differences: tuple[Difference, ...]


@dataclass(slots=True)
class Beginning:
    """A life up to something that was told, and how it went on from there.

    The cases of a table begin alike: what they have in common is lived once.
    """

    life: Life
    answer: Sequence[Event] | Rejection = ()
    after: dict[tuple[date, int, object], "Beginning"] = field(default_factory=dict)

    def tell(self, told: Told) -> "Beginning":
        """Return the life after one more thing."""
        key = (told.on, told.hour, told.what)
        if key not in self.after:
            life = self.life.copy()
            self.after[key] = Beginning(life, _tell(life, told))
        return self.after[key]


def run(scenario: Scenario, rules: Rulebook, empty: Beginning | None = None) -> Run:
    """Tell a scenario to empty accounts, and compare.

    Args:
        scenario: what is told and expected.
        rules: that decide.
        empty: an empty life under these rules, which remembers what other scenarios told it.

    """
    empty = empty or Beginning(Life(rules))
    reached = dict.fromkeys(("", *(each.of for each in scenario.told)), empty)
    answers: list[Sequence[Event] | Rejection] = []
    for told in scenario.told:
        reached[told.of] = reached[told.of].tell(told)
        answers.append(reached[told.of].answer)
    lives = {of: each.life for of, each in reached.items()}
    differences = [
        found
        for told, answer in zip(scenario.told, answers, strict=True)
        for found in _answered(told, answer)
    ]
    for expectation in scenario.expected:
        others = {
            told.what.key: told.what.taken
            for told in scenario.told
            if isinstance(told.what, OthersTook) and told.on <= expectation.known
        }
        differences += _compared(expectation, lives, rules, others)
    return Run(
        scenario=scenario,
        lives=lives,
        answers=tuple(answers),
        differences=tuple(sorted(differences, key=lambda each: each.line)),
    )


def day_comes(day: date, of: str = "") -> Told:
    """Return the end of a day, on which nothing else is told of an account."""
    return Told(line=0, of=of, on=day, hour=EVENING, what=ReachDay())


def _tell(life: Life, told: Told) -> Sequence[Event] | Rejection:
    now = Now(recorded_at=_instant(told.on, told.hour), today=told.on)
    if isinstance(told.what, OthersTook):
        life.others = {**(life.others or {}), told.what.key: told.what.taken}
        return []
    if isinstance(told.what, RightGranted):
        life.given(now, told.what)
        return [told.what]
    return life.ask(now, told.what)


@lru_cache(DAYS_KEPT)
def _instant(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=OFFICE_ZONE).astimezone(UTC)


def _answered(told: Told, answer: Sequence[Event] | Rejection) -> Iterator[Difference]:
    """Compare the answer to a request with the outcome."""
    refused = answer if isinstance(answer, Rejection) else None
    if refused is None and told.outcome is None:
        return
    if refused and refused.reason == told.outcome and told.says in refused.detail:
        return
    expected = told.outcome.value if told.outcome else "accepted"
    yield Difference(
        line=told.line,
        what=f"{_named(told.what)} on {told.on}",
        expected=f"{expected}, saying {told.says!r}" if told.says else expected,
        found=f"{refused.reason.value}: {refused.detail}" if refused else "accepted",
    )


def _named(what: Request | RightGranted | OthersTook) -> str:
    match what:
        case RightGranted():
            return what.lot
        case OthersTook():
            return what.key
        case _:
            return NAMES[type(what)]


class Known:
    """What the ledger knew of one scheme at the end of a day; the account only when asked for."""

    def __init__(
        self,
        expectation: Expectation,
        lives: Mapping[str, Life],
        rules: Rulebook,
        others: Taken,
    ) -> None:
        """Keep what of the lives was recorded by then, and what others took of shared limits."""
        self.others = others
        self.scheme, self.on, self.rules = expectation.scheme, expectation.on, rules
        instant = _instant(expectation.known, EVENING)
        self.now = Now(recorded_at=instant, today=expectation.known)
        self.lives = lives
        self.envelopes = self._recorded(expectation.of)
        self.lots = {
            id_: had
            for id_, had in as_of(self.envelopes, self.on).items()
            if had.lot.scheme == self.scheme.id
        }

    def _recorded(self, of: str) -> list[Envelope]:
        known = self.now.recorded_at
        return [each for each in self.lives[of].envelopes if each.metadata.recorded_at <= known]

    @cached_property
    def account(self) -> Account:
        """The account's state at that time."""
        return fold(self.envelopes)

    def assessed(self) -> list[Assessment]:
        """Return the periods open on the day that give nothing, or that are not granted yet."""
        return list(assessed(self.scheme, self.account, self.envelopes, self.on))

    def found(self, check: Check) -> tuple[str, str, str] | None:
        """Return what, what was expected of it and what came, if the two differ."""
        match check:
            case Amount():
                return self._amount(check)
            case NotDue(condition=condition):
                return self._not_due(condition)
            case NewUse():
                return self._new_use(check)
            case Quoted():
                return self._quoted(check)
            case EndedWith():
                return self._ended(check)
            case _:
                assert_never(check)

    def _amount(self, check: Amount) -> tuple[str, str, str] | None:
        figure = FIGURES[check.figure]
        lots = self.lots.values() if check.lot is None else [self.lots.get(check.lot)]
        quantity = sum(figure(had) for had in lots if had is not None)
        if quantity == check.quantity:
            return None
        found = amount(quantity, self.scheme.unit)
        if check.lot is None or check.lot not in self.lots:
            found += f"; {self._there()}"
        what = f"{check.figure} of {check.lot or f'{self.scheme.id} in all'}"
        return what, amount(check.quantity, self.scheme.unit), found

    def _there(self) -> str:
        parts = [
            f"{amount(granted(had), self.scheme.unit)} of {id_}" for id_, had in self.lots.items()
        ]
        return f"granted then: {', '.join(parts) or 'nothing'}"

    def _not_due(self, condition: str) -> tuple[str, str, str] | None:
        periods = self.assessed()
        if any(not each.quantity and (each.unmet or CAP) == condition for each in periods):
            return None
        unit = self.scheme.unit
        found = "; ".join(_assessed(each, unit) for each in periods)
        return f"reason why {self.scheme.id} gives nothing", condition, found or self._there()

    def _new_use(self, check: NewUse) -> tuple[str, str, str] | None:
        stops = stops_on(self.envelopes, self.scheme.id, self.on)
        frozen = [stop.reason for stop in stops if stop.mode == "frozen"]
        standing = self.scheme.standing(self.account.person(), self.on)
        state = "stopped" if frozen or standing.mode != "open" else "open"
        reason = frozen[0] if frozen else standing.reason
        if state == check.state and check.says in reason:
            return None
        expected = f"{check.state}, because {check.says}" if check.says else check.state
        return f"new use of {self.scheme.id}", expected, f"{state}, because {reason}"

    def _best(self, check: Quoted) -> Quote:
        """Return the quote that gives most, of the enterprises that are run if they hold it."""
        held: Mapping[str, Account] = {}
        if self.scheme.holder == "enterprise":
            run = {of: fold(self._recorded(of)) for of in self.lives if of}
            held = enterprises_run(self.account, self.on, run)
        found = (
            quote(
                each,
                self.scheme,
                check.course,
                self.on,
                self.now,
                self.rules,
                check.bucket,
                together(each, self.others),
            )
            for each in (held or {"": self.account}).values()
        )
        return max(found, key=lambda each: each.quantity)

    def _quoted(self, check: Quoted) -> tuple[str, str, str] | None:
        found = self._best(check)
        unit = self.scheme.unit
        reasons = [word for each in found.hindrances for word in (each.reason, each.condition)]
        said = "; ".join(each.detail for each in found.hindrances)
        sides: tuple[tuple[str, int | None, int | None, Unit], ...] = (
            ("gives", check.gives, found.quantity, unit),
            ("the learner pays", check.pays, found.pays, self.scheme.money),
        )
        expected, came = [], []
        for what, wanted, there, of in sides:
            if wanted is not None and wanted != there:
                expected.append(f"{what} {shown(wanted, of)}")
                came.append(f"{what} {'?' if there is None else shown(there, of)}")
        for what, day, there_on in (
            ("from", check.since, found.since),
            ("until", check.until, found.until),
        ):
            if day is not None and day != there_on:
                expected.append(f"asked for {what} {day}")
                came.append(f"{what} {there_on}")
        if check.because and check.because not in reasons:
            expected.append(f"not, because {check.because}")
            came.append(f"because {', '.join(filter(None, reasons)) or 'of nothing'}")
        if check.says not in said:
            expected.append(f"saying {check.says!r}")
        if not expected:
            return None
        what = f"quote of {self.scheme.id} for {check.course.id}"
        return what, ", ".join(expected), ", ".join([*came, *([said] if said else [])])

    def _ended(self, check: EndedWith) -> tuple[str, str, str] | None:
        ends = [each.event for each in self.envelopes if isinstance(each.event, CourseEnded)]
        end = next((each for each in ends if each.id == check.id), None)
        what = f"the end of {check.id}"
        if end is None:
            return what, "told", "no end of it was told"
        expected, came = [], []
        for way, wanted, there, unit in (
            ("gives back", check.gives_back, end.gives_back, end.unit),
            ("refunds", check.refunds, end.refunds or 0, end.money),
            ("recovers", check.recovers, end.recovers, end.unit),
        ):
            if wanted is not None and wanted != there:
                expected.append(f"{way} {amount(wanted, unit)}")
                came.append(f"{way} {amount(there, unit)}")
        if check.says not in end.because:
            expected.append(f"saying {check.says!r}")
        if not expected:
            return None
        return what, ", ".join(expected), ", ".join([*came, end.because])


granted = FIGURES["granted"]


def _assessed(each: Assessment, unit: Unit) -> str:
    if each.quantity:
        return f"{shown(each.quantity, unit)} of {each.lot} is due"
    return f"{each.lot} gives nothing: {each.unmet or CAP}"


def amount(quantity: int, unit: Unit) -> str:
    """Write an amount as scenarios do."""
    return shown(quantity, unit) if quantity else "nothing"


def _compared(
    expectation: Expectation, lives: Mapping[str, Life], rules: Rulebook, others: Taken
) -> Iterator[Difference]:
    known = Known(expectation, lives, rules, others)
    when = f" on {expectation.on}"
    if expectation.known != expectation.on:
        when += f", as known on {expectation.known}"
    for check in expectation.checks:
        found = known.found(check)
        if found is not None:
            what, expected, came = found
            yield Difference(line=expectation.line, what=what + when, expected=expected, found=came)
