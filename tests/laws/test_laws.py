"""The laws of the architecture, each as a property over random lives."""

from datetime import date, timedelta

from hypothesis import given, note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from ledger.audit.asof import LotAsOf
from ledger.domain.account import fold
from ledger.domain.calendar import OPEN, Term
from ledger.domain.commands import Freeze, RecordFact, Transfer, Unfreeze
from ledger.domain.events import RightGranted, RightTransferred, RightWithdrawn, ShortfallRecorded
from ledger.domain.facts import Fact, FactId, Spell
from ledger.domain.lots import negatives
from ledger.domain.reasons import Rejection
from tests.laws.lives import LAST, SOURCE, days, histories, spells
from tests.story import Story, capture, release, reserve, reverse, use

SCHEMES = {
    "be-vlg/vov": "minute",
    "be-vlg/opleidingscheques": "cent",
    "fr/cpf": "cent",
    "fr/cpf-heures": "minute",
}
PROVIDERS = ["cvo-semper", "greta-lille", "unknown-provider"]


def net_grants(story: Story) -> dict[str, tuple[int, int]]:
    """Return what each lot got, lot by lot, leaving out what came and went."""
    return {
        id_: (lot.net, lot.transferred_in)
        for id_, lot in story.account.lots.items()
        if lot.net or lot.transferred_in
    }


def told(history: list[RecordFact], arrivals: list[date]) -> Story:
    """Tell facts on their days of arrival, then let the last day come."""
    story = Story()
    for day, request in zip(sorted(arrivals), history, strict=True):
        assert not isinstance(story.ask(day.isoformat(), request), Rejection)
    story.tell((LAST + timedelta(days=1)).isoformat())
    return story


@given(st.data())
def test_confluence_any_order_and_duplication_ends_in_the_same_net_grants(
    data: st.DataObject,
) -> None:
    """Law 2, without uses: lot by lot."""
    history = data.draw(histories())
    again = data.draw(st.lists(st.sampled_from(history), max_size=3))
    order = data.draw(st.permutations(history + again))
    one = told(history, [LAST] * len(history))
    arrivals = data.draw(st.lists(days, min_size=len(order), max_size=len(order)))
    other = told(order, arrivals)
    note(f"{sorted(arrivals)}")
    assert net_grants(other) == net_grants(one)


@given(histories(), spells(), days)
def test_acquired_rights_no_new_status_lowers_what_is_kept(
    history: list[RecordFact], later: Spell, today: date
) -> None:
    """Law 6: a status that begins after today takes nothing that is there."""
    story = Story()
    for request in history:
        story.ask(today.isoformat(), request)
    before = {id_: (lot.net, lot.available) for id_, lot in story.account.lots.items()}
    begins = Term(today + timedelta(days=1), OPEN)
    spell = Spell(term=begins, status=later.status, evidence="settled")
    fact = Fact(id=FactId(SOURCE, "new"), version=1, about="status", content=spell)
    story.ask(today.isoformat(), RecordFact(fact=fact))
    after = {id_: (lot.net, lot.available) for id_, lot in story.account.lots.items()}
    assert before == {id_: after[id_] for id_ in before}


@given(histories(), days)
def test_determinism_the_same_inputs_give_the_same_events(
    history: list[RecordFact], today: date
) -> None:
    """Law 8, on the events; their bytes are the codec's test."""
    one, other = (told(history, [today] * len(history)) for _ in range(2))
    assert repr(one.envelopes) == repr(other.envelopes)


@given(histories(max_facts=4), st.sampled_from(sorted(SCHEMES)), st.integers(1, 9000), st.data())
def test_confluence_with_uses_ends_in_the_same_totals_when_none_was_refused(
    history: list[RecordFact], scheme: str, quantity: int, data: st.DataObject
) -> None:
    """Law 2, with a use that is told last in one telling and in the middle of the other."""
    on = data.draw(days)
    provider = "greta-lille" if scheme.startswith("fr/") else "cvo-semper"
    spend = use("u", scheme, quantity, on.isoformat(), unit=SCHEMES[scheme], provider=provider)
    late = told(history, [LAST] * len(history))
    early = Story()
    arrivals = sorted(data.draw(st.lists(days, min_size=len(history), max_size=len(history))))
    spent = False
    for day, request in zip(arrivals, history, strict=True):
        if not spent and day > on:
            spent = True
            if isinstance(early.ask(day.isoformat(), spend), Rejection):
                return
        early.ask(day.isoformat(), request)
    end = (LAST + timedelta(days=1)).isoformat()
    if not spent and isinstance(early.ask(end, spend), Rejection):
        return
    early.tell(end)
    if isinstance(late.ask(end, spend), Rejection):
        return
    assert totals(early) == totals(late)


def totals(story: Story) -> dict[str, tuple[int, int]]:
    """Return used and due by scheme: due is what was granted less what is short."""
    sums: dict[str, tuple[int, int]] = {}
    for lot in story.account.lots.values():
        used, due = sums.get(lot.scheme, (0, 0))
        sums[lot.scheme] = (used + lot.used, due + lot.net + lot.transferred_in - lot.shortfall)
    return {scheme: pair for scheme, pair in sums.items() if pair != (0, 0)}


class Life(RuleBasedStateMachine):
    """A person's life in any order: facts, days, uses; the laws hold at every step."""

    def __init__(self) -> None:
        """Begin with an empty account on an early day."""
        super().__init__()
        self.story = Story()
        self.today = date(2018, 6, 1)
        self.answers: dict[tuple[date, date], dict[str, LotAsOf]] = {}
        self.held: list[str] = []

    def _ask(self, request: object) -> object:
        return self.story.ask(self.today.isoformat(), request)  # type: ignore[arg-type]

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
        scheme=st.sampled_from(sorted(SCHEMES)),
        quantity=st.integers(-1, 20_000),
        ago=st.integers(0, 300),
        provider=st.sampled_from(PROVIDERS),
        at_once=st.booleans(),
    )
    def take(self, *, scheme: str, quantity: int, ago: int, provider: str, at_once: bool) -> None:
        """Reserve or use, today or told late."""
        id_ = f"r{len(self.held)}"
        on = (self.today - timedelta(days=ago)).isoformat()
        ask = use if at_once else reserve
        request = ask(id_, scheme, quantity, on, unit=SCHEMES[scheme], provider=provider)
        if not isinstance(self._ask(request), Rejection):
            self.held.append(id_)

    @precondition(lambda self: self.held)
    @rule(pick=st.integers(0, 99), how=st.sampled_from([capture, release, reverse]))
    def follow_up(self, pick: int, how: object) -> None:
        """Capture, release or reverse something that was taken."""
        id_ = self.held[pick % len(self.held)]
        self._ask(how(id_, self.today.isoformat()))  # type: ignore[operator]

    @rule(scheme=st.sampled_from([*sorted(SCHEMES), ""]), stop=st.booleans())
    def freeze(self, *, scheme: str, stop: bool) -> None:
        """Freeze or unfreeze."""
        kind = Freeze if stop else Unfreeze
        self._ask(kind(scheme=scheme, on=self.today, reason="an inquiry"))

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
        known = self.today - timedelta(days=1)
        answer = self.story.had(on.isoformat(), known.isoformat())
        self.answers.setdefault((on, known), answer)

    @invariant()
    def conservation(self) -> None:
        """Law 1: nothing is negative, in the state and in every answer."""
        for lot in self.story.account.lots.values():
            assert negatives(lot) == (), lot
            if lot.shortfall:
                assert lot.available == 0, lot
                assert lot.expired == 0, lot

    @invariant()
    def replay(self) -> None:
        """Law 4: the fold of the log is the running state."""
        folded = fold(self.story.envelopes)
        account = self.story.account
        assert folded.lots == account.lots
        assert folded.facts == account.facts
        assert folded.uses == account.uses
        assert folded.version == account.version

    @invariant()
    def reasons(self) -> None:
        """Law 7: grants and adjustments name their rule, and grants their facts."""
        for envelope in self.story.envelopes:
            event = envelope.event
            if isinstance(
                event, RightGranted | RightWithdrawn | ShortfallRecorded | RightTransferred
            ):
                assert event.basis.rule, event
            if isinstance(event, RightGranted):
                assert event.basis.facts, event
                assert all(version < envelope.version for version in event.basis.facts)

    def teardown(self) -> None:
        """Law 5: an answer once given never changes."""
        for (on, known), answer in self.answers.items():
            assert self.story.had(on.isoformat(), known.isoformat()) == answer


TestLife = Life.TestCase
