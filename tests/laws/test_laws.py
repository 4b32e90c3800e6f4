"""The laws of the architecture, each as a property over random lives."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, note
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from ledger.audit.asof import LotAsOf
from ledger.domain.account import Account
from ledger.domain.calendar import OPEN, Term
from ledger.domain.commands import EndMandate, Freeze, GiveMandate, RecordFact, Transfer, Unfreeze
from ledger.domain.decide import reach
from ledger.domain.events import (
    Envelope,
    RightGranted,
    RightTransferred,
    RightWithdrawn,
    TransferReversed,
)
from ledger.domain.evolve import fold
from ledger.domain.facts import (
    Birth,
    Content,
    Employment,
    Fact,
    FactId,
    Qualification,
    Residence,
    Spell,
    holder_of,
)
from ledger.domain.occasions import Grant
from ledger.domain.portability import CLOSING
from ledger.domain.reasons import Rejection
from ledger.domain.rulebook import Rulebook
from ledger.service import rulebook
from ledger.store.catalogue import CODEC
from tests.amounts import each_lot_holds_what_requests_do, negatives
from tests.laws.books import Books
from tests.laws.lives import (
    FEWER,
    LAST,
    SOURCE,
    businesses,
    days,
    histories,
    profiles,
    settlings,
    spells,
    top_ups,
    versions_of,
)
from tests.story import (
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

ROOT = Path(__file__).parent.parent.parent

SCHEMES = {
    "be-vlg/vov": ("minute", "cvo-semper"),
    "be-vlg/opleidingscheques": ("cent", "cvo-semper"),
    "fr/cpf": ("cent", "greta-lille"),
    "fr/cpf-heures": ("minute", "greta-lille"),
    "fr/cpf-agents": ("minute", "greta-lille"),
    "test/capped": ("cent", "trial-school"),
    "test/lapsing": ("minute", "trial-school"),
    "test/asked": ("voucher", "trial-school"),
    "test/once": ("cent", "trial-school"),
    "test/topped": ("cent", "trial-school"),
    "test/grown": ("gbp-penny", "trial-school"),
}
schemes = st.sampled_from(sorted(SCHEMES))


@cache
def trial() -> Rulebook:
    """Return schemes made to reach the rare paths soon: a low cap, a lapse, a conversion."""
    return rulebook.load(Path(__file__).parent / "regulations")


@cache
def rules() -> Rulebook:
    """Return the regulations that the product ships, and the trial ones."""
    shipped = rulebook.load()
    return Rulebook(
        schemes={**shipped.schemes, **trial().schemes},
        providers={**shipped.providers, **trial().providers},
    )


def assert_settled(story: Story, today: date) -> None:
    """A fact, a use or a day woke all that it should have: asked anew, nothing is due."""
    assert reach(story.account, now(today.isoformat()), story.rules).events == []


def net_grants(story: Story) -> dict[str, tuple[int, int]]:
    """Return what each lot got, lot by lot, leaving out what came and went."""
    return {
        id_: (lot.net, lot.transferred_in)
        for id_, lot in story.account.lots.items()
        if lot.net or lot.transferred_in
    }


def told(
    history: list[RecordFact], arrivals: list[date], under: Callable[[], Rulebook] = rules
) -> Story:
    """Tell facts on their days of arrival, then let the last day come."""
    story = Story(under())
    for day, request in zip(sorted(arrivals), history, strict=True):
        assert not isinstance(story.hear(day.isoformat(), request), Rejection)
        assert_settled(story, day)
    story.tell((LAST + timedelta(days=1)).isoformat())
    return story


@pytest.mark.parametrize("under", [rules, trial])
@given(data=st.data())
def test_confluence_any_order_and_duplication_ends_in_the_same_net_grants(
    under: Callable[[], Rulebook], data: st.DataObject
) -> None:
    """Law 2, without uses: lot by lot."""
    assert_confluent(data.draw(histories()), data, under)


@given(data=st.data())
def test_confluence_of_a_job_that_was_declared_and_quarters_of_it_that_were_settled(
    data: st.DataObject,
) -> None:
    """Law 2, where evidence decides: what is settled reaches beyond its own days."""
    assert_confluent(data.draw(settlings("be-vlg").flatmap(versions_of)), data, rules)


@given(data=st.data())
def test_confluence_of_an_enterprise_which_never_has_what_is_held_by_people(
    data: st.DataObject,
) -> None:
    """Law 2, with what funders add; whoever told an account's only business annuls it."""
    contents: list[st.SearchStrategy[Content]] = [businesses()]
    contents += data.draw(st.lists(st.sampled_from([businesses(), top_ups()]), max_size=3))
    history = data.draw(versions_of(contents))
    assert_confluent(history, data, rules)
    story = told(history, [LAST] * len(history))
    if story.account.holder() == "enterprise":
        held = {story.account.lots[id_].scheme for id_ in net_grants(story)}
        assert {story.rules.schemes[id_].holder for id_ in held} <= {"enterprise"}


@given(histories(3), businesses().flatmap(lambda one: versions_of([st.just(one)])), st.data())
def test_no_account_is_of_two_holders_whatever_is_told_of_it(
    history: list[RecordFact], business: list[RecordFact], data: st.DataObject
) -> None:
    """What is refused leaves no trace, and what counts is all of one kind of holder."""
    apart = [
        replace(each, fact=replace(each.fact, id=FactId(SOURCE, "business"))) for each in business
    ]
    story = Story(rules())
    for request in data.draw(st.permutations(history + apart)):
        before = story.account
        if isinstance(story.hear(LAST.isoformat(), request), Rejection):
            assert story.account == before
        counts = [known.content for known in story.account.facts.values() if known.content]
        assert len({holder_of(each) for each in counts} - {None}) <= 1
        assert_settled(story, LAST)


def assert_confluent(
    history: list[RecordFact], data: st.DataObject, under: Callable[[], Rulebook]
) -> None:
    """Tell it in its order at the end, and in another, with repetitions, over the years."""
    again = data.draw(st.lists(st.sampled_from(history), max_size=3))
    order = data.draw(st.permutations(history + again))
    one = told(history, [LAST] * len(history), under)
    arrivals = data.draw(st.lists(days, min_size=len(order), max_size=len(order)))
    other = told(order, arrivals, under)
    note(f"{sorted(arrivals)}")
    assert net_grants(other) == net_grants(one)


ANOTHER_EMPLOYER = "0400378485"


@given(histories(), spells(), days)
def test_acquired_rights_no_new_status_lowers_what_is_kept(
    history: list[RecordFact], later: Spell, today: date
) -> None:
    """Law 6: a status that begins today takes nothing that is there, but what the rule ends."""
    story = Story(rules())
    for request in history:
        story.hear(today.isoformat(), request)
    before = {id_: (lot.net, lot.available) for id_, lot in story.account.lots.items()}
    begins = Term(today, OPEN)
    status = later.status
    if isinstance(status, Employment):  # settled work where a job was declared corrects that job
        status = replace(status, employer=ANOTHER_EMPLOYER)
    spell = Spell(term=begins, status=status, evidence="settled")
    fact = Fact(id=FactId(SOURCE, "new"), version=1, about="status", content=spell)
    story.hear(today.isoformat(), RecordFact(fact=fact))
    after = {id_: (lot.net, lot.available) for id_, lot in story.account.lots.items()}
    for id_, (net, available) in before.items():
        scheme = story.rules.schemes[story.account.lots[id_].scheme]
        ends = scheme.standing(story.account.person(), today).mode in CLOSING
        assert after[id_][0] >= net, id_
        assert after[id_][1] >= available or ends, id_


@given(histories(), days, st.data())
def test_once_a_version_told_again_changes_nothing_and_may_not_say_something_else(
    history: list[RecordFact], today: date, data: st.DataObject
) -> None:
    """Law 3, for facts; for command ids it is the door's test."""
    story = told(history, [today] * len(history))
    again = data.draw(st.sampled_from(history))
    end = (LAST + timedelta(days=1)).isoformat()
    assert story.hear(end, again) == []
    other = replace(again.fact, content=Birth(on=date(1949, 1, 1)))
    assert isinstance(story.hear(end, RecordFact(fact=other)), Rejection)


@given(histories(), days)
def test_determinism_the_same_inputs_give_the_same_events(
    history: list[RecordFact], today: date
) -> None:
    """Law 8, byte for byte as they are stored."""
    one, other = (told(history, [today] * len(history)) for _ in range(2))
    for first, second in zip(one.envelopes, other.envelopes, strict=True):
        assert CODEC.encode(first.event) == CODEC.encode(second.event)


@given(histories(), st.lists(days, min_size=1, max_size=4))
def test_determinism_a_state_that_was_stored_gives_the_same_events_as_one_that_was_not(
    history: list[RecordFact], until: list[date]
) -> None:
    """Law 8: how the log was cut into batches leaves no trace in it."""
    one, other = Story(rules()), Story(rules())
    for day in sorted(until):
        for request in history:
            other.account = CODEC.decode(Account, CODEC.encode(other.account))
            assert one.hear(day.isoformat(), request) == other.hear(day.isoformat(), request)


RETELL = """
import hashlib
from datetime import date
from ledger.domain.commands import RecordFact
from ledger.store.catalogue import CODEC
from ops.demo.population import as_published, population
from tests.story import Story

digest = hashlib.sha256()
for seed in range(12):
    story = Story()
    for _, told in as_published(population(1, seed, date(2026, 6, 1)), seed):
        story.hear("2026-06-01", RecordFact(fact=told.fact))
    for envelope in story.envelopes:
        digest.update(CODEC.encode(envelope.event))
print(digest.hexdigest(), len(story.envelopes))
"""


def test_determinism_another_process_with_other_hashes_gives_the_same_bytes() -> None:
    """Law 8: no order of a set or of an address leaks into an event."""
    answers = {
        subprocess.run(
            [sys.executable, "-c", RETELL],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(answers) == 1


@given(
    histories(max_facts=4, topped=("test/topped", "test/no-scheme")),
    schemes,
    st.integers(1, 9000),
    st.data(),
)
def test_confluence_with_uses_ends_in_the_same_totals_when_none_was_refused(
    history: list[RecordFact], scheme: str, quantity: int, data: st.DataObject
) -> None:
    """Law 2, with a use that is told last in one telling and in the middle of the other.

    Without top-ups beside a ceiling: what was known at the use decides from which of the two it is
    taken, and only what is taken of a person's own makes room under the ceiling.
    """
    on = data.draw(days)
    unit, provider = SCHEMES[scheme]
    spend = use("u", scheme, quantity, on.isoformat(), unit=unit, provider=provider)
    late = told(history, [LAST] * len(history))
    early = Story(rules())
    arrivals = sorted(data.draw(st.lists(days, min_size=len(history), max_size=len(history))))
    spent = False
    for day, request in zip(arrivals, history, strict=True):
        if not spent and day > on:
            spent = True
            if isinstance(early.hear(day.isoformat(), spend), Rejection):
                return
        early.hear(day.isoformat(), request)
    end = (LAST + timedelta(days=1)).isoformat()
    if not spent and isinstance(early.hear(end, spend), Rejection):
        return
    early.tell(end)
    if isinstance(late.hear(end, spend), Rejection):
        return
    assert totals(early) == totals(late)


def totals(story: Story) -> dict[str, tuple[int, int]]:
    """Return used and due by scheme: due is what was granted less what is short."""
    sums: dict[str, tuple[int, int]] = {}
    for lot in story.account.lots.values():
        used, due = sums.get(lot.scheme, (0, 0))
        sums[lot.scheme] = (used + lot.used, due + lot.net + lot.transferred_in - lot.shortfall)
    return {scheme: pair for scheme, pair in sums.items() if pair != (0, 0)}


def tallied(envelopes: list[Envelope]) -> Counter[tuple[str, str]]:
    """Add up what the events say of each lot, in the plainest way."""
    tally: Counter[tuple[str, str]] = Counter()
    for envelope in envelopes:
        match envelope.event:
            case RightGranted(lot=lot, quantity=quantity):
                tally[lot, "granted"] += quantity
            case RightWithdrawn(lot=lot, quantity=quantity):
                tally[lot, "withdrawn"] += quantity
            case RightTransferred() as moved:
                tally[moved.from_lot, "out"] += moved.quantity_out
                tally[moved.lot, "in"] += moved.quantity_in
            case TransferReversed() as back:
                tally[back.from_lot, "out"] -= back.quantity_out
                tally[back.lot, "in"] -= back.quantity_in
            case _:
                pass
    return tally


class Life(RuleBasedStateMachine):
    """A person's life in any order: facts, days, uses; the laws hold at every step."""

    def __init__(self) -> None:
        """Begin with an empty account on an early day."""
        super().__init__()
        self.story = Story(rules())
        self.today = date(2019, 6, 1)
        self.answers: dict[tuple[date, date], dict[str, LotAsOf]] = {}
        self.held: list[str] = []
        self.checked = 0
        self.books = Books()

    @initialize(
        place=st.sampled_from(["be-vlg", "fr"]), sector=st.sampled_from(["private", "public"])
    )
    def begin(self, place: str, sector: str) -> None:
        """Begin as somebody who has rights: a job for some years, a home and a diploma."""
        self._ask(said("job", employment("1", sector=sector, place=place), "2016-01-01"))
        self._ask(said("home", Residence(region=place, term=Term(date(2000, 1, 1)))))
        self._ask(said("diploma", Qualification(level=2, since=date(2005, 7, 1))))

    @rule(name=st.sampled_from(["job", "diploma"]), version=st.integers(2, 5), data=st.data())
    def correct(self, name: str, version: int, data: st.DataObject) -> None:
        """Correct the job or the diploma, or hear that it never was."""
        content = spells() if name == "job" else profiles(["be-vlg", "fr"])
        about: Literal["status", "profile"] = "status" if name == "job" else "profile"
        fact = Fact(
            id=FactId(SOURCE, name),
            version=version,
            about=about,
            content=data.draw(st.one_of(content, content, st.none())),
        )
        self._ask(RecordFact(fact=fact))

    def _ask(self, request: object) -> object:
        return self.story.hear(self.today.isoformat(), request)  # type: ignore[arg-type]

    @rule(history=histories(max_facts=2), name=st.integers(0, 3))
    def learn(self, history: list[RecordFact], name: int) -> None:
        """Learn the versions of some facts."""
        for request in history:
            id_ = FactId(SOURCE, f"{request.fact.id.id}-{name}")
            fact = request.fact
            self._ask(
                RecordFact(
                    fact=Fact(id=id_, version=fact.version, about=fact.about, content=fact.content)
                )
            )

    @rule(by=st.integers(1, 500))
    def let_days_pass(self, by: int) -> None:
        """Let the clock reach a later day."""
        self.today += timedelta(days=by)
        self.story.tell(self.today.isoformat())

    @rule(
        scheme=schemes,
        quantity=st.integers(1, 4_000) | st.sampled_from([-1, 0, 7_500, 25_000]),
        ago=st.integers(0, 300),
        unknown=st.integers(0, 9),
        at_once=st.booleans(),
    )
    def take(self, *, scheme: str, quantity: int, ago: int, unknown: int, at_once: bool) -> None:
        """Reserve or use, today or told late; one in ten at a provider that is not recognised."""
        unit, provider = SCHEMES[scheme]
        provider = provider if unknown else "unknown-provider"
        id_ = f"r{len(self.held)}"
        on = (self.today - timedelta(days=ago)).isoformat()
        ask = use if at_once else reserve
        request = ask(id_, scheme, quantity, on, unit=unit, provider=provider)
        if not isinstance(self._ask(request), Rejection):
            self.held.append(id_)

    @precondition(lambda self: self.held)
    @rule(pick=st.integers(0, 99), how=st.sampled_from([capture, release, reverse, give_up, end]))
    def follow_up(self, pick: int, how: object) -> None:
        """Capture, release or reverse something that was taken, or let its course end."""
        id_ = self.held[pick % len(self.held)]
        self._ask(how(id_, self.today.isoformat()))  # type: ignore[operator]

    @rule(scheme=st.sampled_from([*sorted(SCHEMES), ""]), stop=st.booleans())
    def freeze(self, *, scheme: str, stop: bool) -> None:
        """Freeze or unfreeze."""
        kind = Freeze if stop else Unfreeze
        self._ask(kind(scheme=scheme, on=self.today, reason="an inquiry"))

    @rule(scheme=st.sampled_from([*sorted(SCHEMES), ""]), number=st.integers(0, 3))
    def mandate(self, *, scheme: str, number: int) -> None:
        """Give a mandate, or end the one of that number; what it lets is no matter of rights."""
        id_ = f"m{number}"
        if id_ in self.story.account.mandates:
            self._ask(EndMandate(mandate=id_, on=self.today, reason="no longer needed"))
            return
        schemes = (scheme,) if scheme else ()
        self._ask(
            GiveMandate(
                mandate=id_,
                organisation="0206731645",
                actions=("read",),
                schemes=schemes,
                since=self.today,
                on=self.today,
            )
        )

    @rule(quantity=st.integers(1, 9000))
    def transfer(self, quantity: int) -> None:
        """Ask for public hours to become euros."""
        self._ask(
            Transfer(
                transfer=f"t{self.story.account.version}",
                scheme="fr/cpf-agents",
                to_scheme="fr/cpf",
                quantity=quantity,
                unit="minute",
                on=self.today,
            )
        )

    @rule(on=days)
    def look(self, on: date) -> None:
        """Ask for a day as known yesterday, and keep the answer."""
        known = self.today - timedelta(days=1)  # today is not over: more may become known
        answer = self.story.had(on.isoformat(), known.isoformat())
        self.answers.setdefault((on, known), answer)

    @invariant()
    def conservation(self) -> None:
        """Law 1: nothing is negative, and each quantity is what the events add up to."""
        account = self.story.account
        tally = tallied(self.story.envelopes)
        each_lot_holds_what_requests_do(account)
        for lot in account.lots.values():
            assert negatives(lot) == (), lot
            assert lot.granted + lot.transferred_in == (
                lot.available
                + lot.reserved
                + lot.used
                + lot.expired
                + lot.transferred_out
                + lot.withdrawn
            )
            assert lot.granted == tally[lot.id, "granted"]
            assert lot.withdrawn == tally[lot.id, "withdrawn"]
            assert lot.transferred_in == tally[lot.id, "in"]
            assert lot.transferred_out == tally[lot.id, "out"]
            if lot.shortfall:
                assert lot.available == 0, lot
                assert lot.expired == 0, lot

    @invariant()
    def double_entry(self) -> None:
        """The books add up to zero after each event, and each lot's accounts are its quantities."""
        self.books.follow(self.story.envelopes)

    @invariant()
    def settled(self) -> None:
        """What is due is always what was granted: nothing waits for the next look."""
        assert_settled(self.story, self.today)

    @invariant()
    def replay(self) -> None:
        """Law 4: the fold of the log is the running state."""
        account = self.story.account
        assert replace(fold(self.story.envelopes), recorded_at=account.recorded_at) == account

    @invariant()
    def reasons(self) -> None:
        """Law 7: grants and adjustments name their rule, facts and steps; the rule is found."""
        for envelope in self.story.envelopes[self.checked :]:
            event = envelope.event
            basis = getattr(event, "basis", None)
            if basis is None:
                continue
            block = self.story.rules.rule(basis.rule)
            assert block is not None, event
            assert block.source, event
            assert basis.steps, event
            assert all(version <= envelope.version for version in basis.facts)
            if isinstance(event, RightGranted):
                assert isinstance(block, Grant), event
                assert basis.facts, event
        self.checked = len(self.story.envelopes)

    def teardown(self) -> None:
        """Law 5: an answer once given never changes."""
        for (on, known), answer in self.answers.items():
            assert self.story.had(on.isoformat(), known.isoformat()) == answer


TestLife = Life.TestCase
TestLife.settings = FEWER
