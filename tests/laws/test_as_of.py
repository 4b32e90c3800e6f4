"""Law 5, whole: what was once answered is answered again, whatever was recorded since.

Balance, history, overview and explanation are asked at random days as known at random instants,
while a random life goes on and regulations are published anew, and once more at the end: the same
bytes, as `rugzak ... --json` writes them.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from ledger.audit.diff import diff
from ledger.audit.histories import Histories
from ledger.audit.seen import Seen, Texts
from ledger.domain.calendar import Term
from ledger.domain.commands import Freeze, RecordFact, Unfreeze
from ledger.domain.events import REGULATIONS, Envelope, Metadata, RegulationPublished
from ledger.domain.evolve import fold
from ledger.domain.facts import Residence
from ledger.domain.rulebook import Rulebook
from ledger.service.changed import load_with
from ledger.service.published import contents
from ledger.service.rulebook import load
from ops.cli.differing import as_data as diff_form
from ops.cli.explanation import as_data as explanation_form
from ops.cli.forms import written
from ops.cli.person import lot_form, told_then
from ops.cli.prospects import schemes_form
from tests.laws.lives import FEWER, days, histories
from tests.laws.test_laws import SCHEMES
from tests.story import (
    NORA,
    Story,
    capture,
    employment,
    end,
    give_up,
    now,
    release,
    reserve,
    reverse,
    said,
    use,
)

FOLDER: Final = Path(__file__).parent / "regulations"
CHANGED: Final = "test/capped"
YEARLY: Final = (100, 110, 90)
"""The euros a year of the texts that take each other's place."""

TRIAL: Final = sorted(id_ for id_ in SCHEMES if id_.startswith("test/"))
EVERYTHING: Final = 1_000


@cache
def text(number: int) -> tuple[str, Rulebook]:
    """Return a text of the scheme that changes, and the rules with it."""
    file = (FOLDER / "capped.yaml").read_text("utf-8")
    other = file.replace("2015-01-01: 100}", f"2015-01-01: {YEARLY[number]}}}")
    rules = load_with({"capped.yaml": other.encode()}, FOLDER)
    return rules.schemes[CHANGED].sha256, rules


@cache
def shipped() -> dict[str, str]:
    """Return the contents that are published first."""
    return contents(FOLDER)


@dataclass
class Office:
    """One person's ledger and the regulations', with the questions that were asked of it."""

    story: Story = field(default_factory=lambda: Story(load(FOLDER)))
    today: date = date(2019, 6, 1)
    log: dict[UUID, list[Envelope]] = field(default_factory=dict)
    number: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.texts = Texts(self, self.story.rules, FOLDER)
        self.histories = Histories(self, long=1, every=4)
        for scheme, content in shipped().items():
            self.publish(scheme, content)

    def events_of(self, account: UUID, after_version: int = 0) -> Sequence[Envelope]:
        """Return an account's envelopes, as a store would."""
        return self.log.get(account, [])[after_version:]

    def publish(self, scheme: str, content: str) -> None:
        """Put a text in the log, at noon of the day."""
        whole = sha256(content.encode()).hexdigest()
        event = RegulationPublished(
            scheme=scheme,
            digest=whole[:8],
            sha256=whole,
            content=content,
            effective_on=self.today,
        )
        told = self.log.setdefault(REGULATIONS, [])
        at = now(self.today.isoformat()).recorded_at
        metadata = Metadata(command=f"text {len(told)}", actor="An", recorded_at=at)
        told.append(
            Envelope(
                account=REGULATIONS,
                version=len(told) + 1,
                event=event,
                metadata=metadata,
                position=next(self.number),
            )
        )

    def change_rules(self, number: int) -> None:
        """Publish another text, by which the life goes on."""
        whole, rules = text(number)
        if whole == self.story.rules.schemes[CHANGED].sha256:
            return
        content = shipped()[CHANGED].replace('"100"', f'"{YEARLY[number]}"')
        assert sha256(content.encode()).hexdigest() == whole
        self.publish(CHANGED, content)
        self.story.rules = rules
        self.texts = Texts(self, rules, FOLDER)

    def hear(self, request: object) -> None:
        """Let a request arrive today."""
        self.story.hear(self.today.isoformat(), request)  # type: ignore[arg-type]
        told = self.log.setdefault(NORA, [])
        for each in self.story.envelopes[len(told) :]:
            told.append(replace(each, position=next(self.number)))

    def let_days_pass(self, by: int) -> None:
        """Let the clock reach a later day."""
        self.today += timedelta(days=by)

    def seen(self, known: datetime | None = None) -> Seen:
        """Look at the account in the evening of the day."""
        evening, log = now(self.today.isoformat(), hour=20), self.histories
        return Seen(
            log.events_of(NORA),
            log=log,
            texts=self.texts,
            now=evening,
            known=known,
            state=log.state,
        )


def answers(seen: Seen, on: date) -> dict[str, str]:
    """Ask all that there is to ask; return the answers as they are written."""
    assert seen.account == fold(seen.envelopes), "a snapshot that is not what the fold gives"
    told: dict[str, Any] = {
        "balance": [lot_form(each) for each in seen.held(on)],
        "history": told_then(seen, None, EVERYTHING, newest=True),
        "history on": told_then(seen, on, EVERYTHING, newest=False),
        "overview": schemes_form(seen.overview(on), on, NORA),
    }
    for scheme in TRIAL:
        told[scheme] = explanation_form(seen.explained(scheme, on)) | {"known": None}
    return {name: written(each) for name, each in told.items()}


facts = histories(max_facts=2, topped=("test/topped", "test/capped"))
asked = st.tuples(days, st.integers(0, 400))
"""A day, and how many days ago it is asked as known."""

moves = st.lists(
    st.one_of(
        st.tuples(st.just("learn"), facts),
        st.tuples(st.just("pass"), st.integers(1, 500)),
        st.tuples(st.just("pass"), st.integers(1, 500)),
        st.tuples(st.just("take"), st.sampled_from(TRIAL), st.integers(1, 4_000), st.booleans()),
        st.tuples(
            st.just("follow"),
            st.integers(0, 3),
            st.sampled_from([capture, release, reverse, give_up, end]),
        ),
        st.tuples(st.just("freeze"), st.sampled_from([*TRIAL, ""]), st.booleans()),
        st.tuples(st.just("publish"), st.integers(0, 2)),
        st.tuples(st.just("ask"), asked),
        st.tuples(st.just("ask"), asked),
    ),
    min_size=5,
    max_size=25,
)


def lived(
    steps: Sequence[Any], look: Callable[[Office, date, int], None], office: Office | None = None
) -> Office:
    """Let a life go on; whenever something is asked, look."""
    office, taken = office or Office(), count()
    office.hear(said("job", employment(), "2016-01-01"))
    office.hear(said("home", Residence(region="be-vlg", term=Term(date(2000, 1, 1)))))
    office.let_days_pass(30)
    for number, step in enumerate(steps):
        match step:
            case ("learn", history):
                for each in history:
                    id_ = each.fact.id._replace(id=f"{each.fact.id.id}-{number}")
                    office.hear(RecordFact(fact=replace(each.fact, id=id_)))
            case ("pass", by):
                office.let_days_pass(by)
            case ("take", scheme, quantity, at_once):
                unit, provider = SCHEMES[scheme]
                ask = use if at_once else reserve
                on = office.today.isoformat()
                office.hear(
                    ask(f"r{next(taken)}", scheme, quantity, on, unit=unit, provider=provider)
                )
            case ("follow", which, how):
                office.hear(how(f"r{which}", office.today.isoformat()))
            case ("freeze", scheme, stop):
                kind = Freeze if stop else Unfreeze
                office.hear(kind(scheme=scheme, on=office.today, reason="an inquiry"))
            case ("publish", which):
                office.change_rules(which)
            case ("ask", (on, ago)):
                look(office, on, ago)
    office.let_days_pass(1)
    return office


@FEWER
@given(moves)
def test_law_5_an_answer_once_given_never_changes(steps: Sequence[Any]) -> None:
    """As known at an instant that is over."""
    given_then: list[tuple[date, datetime, dict[str, str]]] = []

    def look(office: Office, on: date, ago: int) -> None:
        day = office.today - timedelta(days=ago + 1)
        known = now(day.isoformat(), hour=23).recorded_at
        given_then.append((on, known, answers(office.seen(known), on)))

    office = lived(steps, look)
    for on, known, before in given_then:
        assert answers(office.seen(known), on) == before


@FEWER
@given(moves)
def test_law_5_what_was_told_as_the_newest_is_told_as_known_then(steps: Sequence[Any]) -> None:
    """Of any day, also of one to come: what an employee saw that evening."""
    given_then: list[tuple[date, date, dict[str, str]]] = []

    def look(office: Office, on: date, _: int) -> None:
        given_then.append((on, office.today, answers(office.seen(), on)))
        office.let_days_pass(1)

    office = lived(steps, look)
    for on, day, before in given_then:
        known = now(day.isoformat(), hour=20).recorded_at
        assert answers(office.seen(known), on) == before


@given(moves, days, st.lists(st.integers(0, 3_000), min_size=3, max_size=3))
def test_what_moved_between_two_instants_is_named_and_adds_up(
    steps: Sequence[Any], on: date, ago: list[int]
) -> None:
    """Each lot that is told otherwise has an event that says why; nothing is left out."""
    office = lived(steps, lambda *_: None)
    first, middle, last = (
        office.seen(now((office.today - timedelta(days=each)).isoformat(), hour=23).recorded_at)
        for each in sorted(ago, reverse=True)
    )
    whole = diff(first, last, on)
    for each in whole.moved:
        assert each.entries, each
        assert (each.before and each.before.lot) or (each.after and each.after.lot)
    parts = diff(first, middle, on), diff(middle, last, on)
    told = [act.envelopes for act in whole.acts]
    assert sum(told, ()) == sum((act.envelopes for part in parts for act in part.acts), ())
    named = {each.lot for part in parts for each in part.moved}
    assert {each.lot for each in whole.moved} <= named
    assert not diff(last, last, on).moved
    assert written(diff_form(whole)) == written(diff_form(diff(first, last, on)))
