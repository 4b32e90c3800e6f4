"""Laws of merging: two accounts that are one holder's have what one account would have."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from uuid import UUID, uuid5

from hypothesis import assume, given, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from ledger.audit.asof import as_of
from ledger.domain.account import Account
from ledger.domain.calendar import Term
from ledger.domain.commands import (
    Command,
    EndMandate,
    Freeze,
    GiveMandate,
    Merge,
    ReachDay,
    RecordFact,
    Request,
    Unfreeze,
    Unmerge,
)
from ledger.domain.decide import reach
from ledger.domain.events import RightGranted
from ledger.domain.evolve import fold
from ledger.domain.facts import Death, FactId, Qualification, Residence
from ledger.domain.lots import Lot
from ledger.domain.reasons import Reason
from ledger.service.clock import SetClock
from ledger.service.outcomes import Accepted, Outcome, Rejected
from tests.amounts import each_lot_holds_what_requests_do, negatives
from tests.laws.books import Books
from tests.laws.lives import FEWER, LAST, SOURCE, days, histories
from tests.laws.test_laws import SCHEMES, rules, schemes
from tests.memory_store import MemoryStore
from tests.service.doors import agrees, command, decoded, open_door
from tests.story import (
    NORA,
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

OTHER = uuid5(NORA, "the number before")
ALONE = uuid5(NORA, "told in one account")
END = LAST + timedelta(days=1)
WHY = "file 118: one person with two numbers"
PLACES = ("be-vlg", "fr")
FIRST_DAY = "2016-01-01"
LIVES_OF_TWO = settings(max_examples=settings().max_examples // 5)
"""Each example decides about two accounts, on a store: fewer are tried than of one life."""

ACCOUNTS = st.sampled_from([NORA, OTHER])
TOPPED = ("test/topped", "test/no-scheme")


@dataclass(slots=True)
class Office:
    """A door on a store in memory, at which days come."""

    store: MemoryStore = field(default_factory=MemoryStore)
    clock: SetClock = field(default_factory=SetClock)
    count: int = 0

    def tell(self, on: date, request: Request, account: UUID) -> Outcome:
        """Let a request about an account arrive on a day."""
        self.clock.set(on)
        self.count += 1
        asked: Command = command(f"c{self.count}", request, account)
        [outcome] = open_door(self.store, self.clock, rules()).handle([asked])
        return outcome

    def account(self, id_: UUID) -> Account:
        """Return what is known of an account, which is what its log folds to."""
        assert agrees(self.store, [id_])
        row = self.store.load([id_], [])[0].get(id_)
        return Account() if row is None else decoded(row.state)

    def settled(self, id_: UUID) -> Account:
        """Return an account after it is made sure that nothing is left to be settled."""
        account = self.account(id_)
        assert reach(account, now(self.clock.now().today.isoformat()), rules()).events == []
        assert all(negatives(lot) == () for lot in account.lots.values())
        envelopes = self.store.events_of(id_)
        for use_ in account.uses.values():
            for on in (use_.on, use_.on + timedelta(days=1)):
                assert all(negatives(each.lot) == () for each in as_of(envelopes, on).values())
        return account


def held(account: Account) -> dict[str, tuple[int, int, int]]:
    """Return what each lot got and what is left of it, leaving out what came and went."""
    return {
        id_: (lot.net, lot.transferred_in, lot.available)
        for id_, lot in account.lots.items()
        if lot.net or lot.transferred_in
    }


def left(account: Account) -> dict[str, int]:
    """Return what can be used of each scheme, less what was used beyond what is due."""
    found: dict[str, int] = {}
    for lot in account.lots.values():
        found[lot.scheme] = found.get(lot.scheme, 0) + _left(lot)
    return {scheme: quantity for scheme, quantity in found.items() if quantity}


def _left(lot: Lot) -> int:
    return lot.available + lot.expired - lot.shortfall


def split(data: st.DataObject, history: Sequence[RecordFact]) -> list[UUID]:
    """Draw of which account each version is told."""
    return [data.draw(st.sampled_from([NORA, OTHER])) for _ in history]


def without_deaths(history: list[RecordFact]) -> list[RecordFact]:
    """Return a history of somebody who lives: who died is not merged."""
    return [each for each in history if not isinstance(each.fact.content, Death)]


lives = histories(topped=TOPPED).map(without_deaths).filter(bool)


def told(office: Office, history: Sequence[RecordFact], accounts: Sequence[UUID], on: date) -> None:
    """Tell facts, each of an account; both accounts are known by one at least."""
    for request, account in zip(history, accounts, strict=True):
        assert isinstance(office.tell(on, request, account), Accepted)


def begun(draw: st.DrawFn, history: list[RecordFact]) -> list[RecordFact]:
    """Return a history after facts by which somebody has rights: a job, a home and a diploma."""
    sector, place = draw(st.sampled_from(["private", "public"])), draw(st.sampled_from(PLACES))
    return [
        said("job", employment("1", sector=sector, place=place), "2016-01-01"),
        said("home", Residence(region=place, term=Term(date(2000, 1, 1)))),
        said("diploma", Qualification(level=2, since=date(2005, 7, 1))),
        *history,
    ]


@st.composite
def spenders(draw: st.DrawFn) -> list[RecordFact]:
    """Draw a life in which there is something to use."""
    return begun(draw, draw(histories(3, topped=TOPPED).map(without_deaths)))


@FEWER
@given(lives, days, st.data())
def test_facts_that_were_split_over_two_accounts_end_in_the_same_net_grants_as_in_one(
    history: list[RecordFact], on: date, data: st.DataObject
) -> None:
    """Law 2: whichever account a version was told of, and when the accounts were merged."""
    office, accounts = Office(), split(data, history)
    known = [accounts.index(each) for each in (NORA, OTHER) if each in accounts]
    assume(len(known) > 1)
    merged_after = data.draw(st.integers(max(known) + 1, len(history)))
    note(f"merged after {merged_after}")
    told(office, history[:merged_after], accounts[:merged_after], on)
    assert isinstance(office.tell(on, Merge(into=NORA, because=WHY), OTHER), Accepted)
    told(office, history[merged_after:], accounts[merged_after:], on)
    office.tell(END, history[0], ALONE)
    told(office, history[1:], [ALONE] * (len(history) - 1), END)
    office.tell(END, history[0], NORA)  # the day comes
    assert held(office.settled(NORA)) == held(office.settled(ALONE))


@FEWER
@given(spenders(), schemes, st.integers(1, 2000), st.data())
def test_uses_in_two_accounts_leave_what_they_would_leave_in_one(
    history: list[RecordFact], scheme: str, quantity: int, data: st.DataObject
) -> None:
    """Law 2: in totals, wherever no use was refused."""
    office, accounts = Office(), split(data, history)
    unit, provider = SCHEMES[scheme]
    told(office, history, accounts, END)
    told(office, history, [ALONE] * len(history), END)
    for number in range(2):
        on = data.draw(days)
        account = data.draw(st.sampled_from([NORA, OTHER]))
        spend = use(f"u{number}", scheme, quantity, on.isoformat(), unit=unit, provider=provider)
        both = [office.tell(END, spend, each) for each in (account, ALONE)]
        if any(isinstance(each, Rejected) for each in both):
            return
    if isinstance(office.tell(END, Merge(into=NORA, because=WHY), OTHER), Accepted):
        assert left(office.settled(NORA)) == left(office.settled(ALONE))


@FEWER
@given(spenders(), schemes, st.integers(1, 2000), days, st.data())
def test_who_is_merged_and_unmerged_has_what_each_had(
    history: list[RecordFact], scheme: str, quantity: int, on: date, data: st.DataObject
) -> None:
    """Nothing of the one stays in the other, also when both had used something."""
    office, accounts = Office(), split(data, history)
    unit, provider = SCHEMES[scheme]
    told(office, history, accounts, END)
    for number, account in enumerate((NORA, OTHER)):
        for name in ("same", f"u{number}"):
            office.tell(
                END,
                use(name, scheme, quantity, on.isoformat(), unit=unit, provider=provider),
                account,
            )
        helper = uuid5(account, "a friend")
        friend = GiveMandate(mandate="m", helper=helper, actions=("read",), since=END, on=END)
        office.tell(END, friend, account)
    before = {id_: office.account(id_) for id_ in (NORA, OTHER)}
    if isinstance(office.tell(END, Merge(into=NORA, because=WHY), OTHER), Rejected):
        return
    office.settled(NORA)
    assert isinstance(office.tell(END, Unmerge(because=WHY), OTHER), Accepted)
    for id_, was in before.items():
        is_ = office.settled(id_)
        assert held(is_) == held(was)
        assert {i: k.content for i, k in is_.facts.items()} == {
            i: k.content for i, k in was.facts.items()
        }
        assert (is_.uses, is_.reservations) == (was.uses, was.reservations)
        assert is_.mandates == was.mandates
        assert (is_.joined, is_.own, is_.merged, is_.frozen) == ({}, {}, None, was.frozen)
    again = office.tell(END, Unmerge(because=WHY), OTHER)
    assert isinstance(again, Rejected)
    assert again.rejection.reason is Reason.NOT_MERGED
    assert fold(office.store.events_of(OTHER)).merged is None


class Two(RuleBasedStateMachine):
    """Two accounts to which anything happens, merged and unmerged at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.office = Office()
        self.today = date(2019, 1, 1)
        self.held: list[str] = []
        self.checked = 0
        self.books = Books()

    def _ask(self, request: Request, account: UUID) -> Outcome:
        return self.office.tell(self.today, request, account)

    @initialize(sector=st.sampled_from(["private", "public"]), place=st.sampled_from(PLACES))
    def begin(self, sector: str, place: str) -> None:
        """Begin as two who have rights, and may be one."""
        for account in (NORA, OTHER):
            job = said(
                f"job of {account}", employment("1/2", sector=sector, place=place), FIRST_DAY
            )
            self._ask(job, account)
            self._ask(said("home", Residence(region=place, term=Term(date(2000, 1, 1)))), account)
            self._ask(said("diploma", Qualification(level=2, since=date(2005, 7, 1))), account)

    @rule(
        history=histories(max_facts=2).map(without_deaths), account=ACCOUNTS, name=st.integers(0, 2)
    )
    def learn(self, history: list[RecordFact], account: UUID, name: int) -> None:
        """Learn the versions of some facts, of either."""
        for request in history:
            id_ = FactId(SOURCE, f"{request.fact.id.id}-{name}")
            self._ask(RecordFact(fact=replace(request.fact, id=id_)), account)

    @rule(by=st.integers(1, 400), account=ACCOUNTS)
    def let_days_pass(self, by: int, account: UUID) -> None:
        """Let the clock reach a later day."""
        self.today += timedelta(days=by)
        for each in (NORA, OTHER):
            self._ask(ReachDay(), each)
        self._ask(ReachDay(), account)

    @rule(
        scheme=schemes,
        quantity=st.integers(1, 3_000),
        ago=st.integers(0, 300),
        account=ACCOUNTS,
        at_once=st.booleans(),
        same=st.booleans(),
    )
    def take(
        self, *, scheme: str, quantity: int, ago: int, account: UUID, at_once: bool, same: bool
    ) -> None:
        """Reserve or use, now and then under a name that the other account has, too."""
        unit, provider = SCHEMES[scheme]
        id_ = self.held[-1] if same and self.held else f"r{len(self.held)}"
        on = (self.today - timedelta(days=ago)).isoformat()
        ask = use if at_once else reserve
        request = ask(id_, scheme, quantity, on, unit=unit, provider=provider)
        if isinstance(self._ask(request, account), Accepted):
            self.held.append(id_)

    @precondition(lambda self: self.held)
    @rule(
        pick=st.integers(0, 99),
        how=st.sampled_from([capture, release, reverse, give_up, end]),
        account=ACCOUNTS,
    )
    def follow_up(self, pick: int, how: Callable[..., Request], account: UUID) -> None:
        """Capture, release or reverse something that was taken, or let its course end."""
        self._ask(how(self.held[pick % len(self.held)], self.today.isoformat()), account)

    @rule(scheme=st.sampled_from([*sorted(SCHEMES), ""]), stop=st.booleans(), account=ACCOUNTS)
    def freeze(self, *, scheme: str, stop: bool, account: UUID) -> None:
        """Freeze or unfreeze."""
        kind = Freeze if stop else Unfreeze
        self._ask(kind(scheme=scheme, on=self.today, reason="an inquiry"), account)

    @rule(name=st.integers(0, 2), give=st.booleans(), account=ACCOUNTS)
    def entrust(self, *, name: int, give: bool, account: UUID) -> None:
        """Let a helper act, or no more."""
        id_, on = f"m{name}", self.today
        if give:
            helper = uuid5(account, id_)
            mandate = GiveMandate(mandate=id_, helper=helper, actions=("read",), since=on, on=on)
            self._ask(mandate, account)
        else:
            self._ask(EndMandate(mandate=id_, on=on, reason="no longer needed"), account)

    @rule(one=ACCOUNTS)
    def merge(self, one: UUID) -> None:
        """Find that both are one."""
        self._ask(Merge(into=NORA if one == OTHER else OTHER, because=WHY), one)

    @rule(one=ACCOUNTS)
    def unmerge(self, one: UUID) -> None:
        """Find that both are two."""
        self._ask(Unmerge(because=WHY), one)

    @invariant()
    def laws(self) -> None:
        """Nothing is negative or left to settle, and the log folds to what is known."""
        for id_ in (NORA, OTHER):
            account = self.office.account(id_)
            if account.merged is None:
                self.office.settled(id_)
            else:
                other = self.office.account(account.merged.into)
                assert id_ in other.joined
                assert not any(each.open(self.today) for each in account.mandates.values())
            whose = {name: of for of, each in account.joined.items() for name in each.mandates}
            for name, mandate in account.mandates.items():
                of = whose.get(name, id_)
                assert mandate.helper == uuid5(of, name.removesuffix(f"@{of}"))
            each_lot_holds_what_requests_do(account)
            for lot in account.lots.values():
                if lot.shortfall and account.merged is None:
                    assert (lot.available, lot.expired) == (0, 0), lot

    @invariant()
    def double_entry(self) -> None:
        """The books add up to zero after each event; nothing of a merged account counts there."""
        self.books.follow(self.office.store.log)

    @invariant()
    def reasons(self) -> None:
        """Law 7: what is granted or adjusted names a rule that is found, facts and steps."""
        log = self.office.store.log
        for envelope in log[self.checked :]:
            basis = getattr(envelope.event, "basis", None)
            if basis is not None:
                assert rules().rule(basis.rule) is not None, envelope
                assert basis.steps, envelope
                assert all(version <= envelope.version for version in basis.facts)
                assert basis.facts or not isinstance(envelope.event, RightGranted), envelope
        self.checked = len(log)


TestTwo = Two.TestCase
TestTwo.settings = LIVES_OF_TWO
