"""Replay: folds every account's log anew and compares with the caches: state rows, shared limits.

Accounts are read in pages, so memory does not grow with the log, and each with its row at one
moment, so the door may be open meanwhile. What is taken of shared limits is read at one moment too,
and held against the log as far as it went then.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Literal, NamedTuple, Protocol
from uuid import UUID

from ledger.domain.account import Account
from ledger.domain.events import Envelope, Key
from ledger.domain.evolve import fold
from ledger.domain.rulebook import Rulebook
from ledger.domain.settle import next_due
from ledger.domain.shared import drawn
from ledger.service import clock
from ledger.service.ports import LAST_ACCOUNT, AccountHistory, AccountRow

PAGE_EVENTS = 5_000
"""How many events one page of the walk holds, about."""

BEFORE_ALL = UUID(int=0)
"""No account has this id."""


class Log(Protocol):
    """What a replay needs of a store."""

    def histories(
        self, after: UUID, limit: int, until: UUID, without: Collection[UUID]
    ) -> Sequence[AccountHistory]:
        """Read whole accounts after one up to another, in order, about `limit` events of them.

        `without` some.
        """
        ...

    def rewrite(self, row: AccountRow, found: AccountRow | None) -> bool:
        """Put a state row in the place of the one that was found, unless that has changed."""
        ...

    def drawn(self) -> tuple[int, Mapping[Key, int]]:
        """Read what is taken of every shared limit, and the last position that it counts."""
        ...

    def recount(self, key: Key, taken: int, found: int) -> bool:
        """Correct what is taken of a key, unless that has changed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What is wrong with one account, or with what is taken of one shared limit.

    Attributes:
        about: the account, or the key.
        problem: one sentence.
        of: whether it is the state row, that there is none, or the account's log; of what is taken
            it says nothing.
        repaired: whether the state row, or what is taken, was rewritten from the log.

    """

    about: UUID | Key
    problem: str
    repaired: bool = False
    of: Literal["row", "no row", "log"] = "row"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """One page of a replay: how many accounts and events it had, and what was wrong."""

    accounts: int
    events: int
    findings: tuple[Finding, ...]


class Checked(NamedTuple):
    """What a page of the walk gave.

    Attributes:
        taken: what its accounts take of each key of a shared limit.
        whole: whether all of its accounts could be folded, so that this is all of it.

    """

    findings: tuple[Finding, ...]
    taken: Mapping[Key, int]
    whole: bool


def pages(
    log: Log,
    page_events: int = PAGE_EVENTS,
    after: UUID = BEFORE_ALL,
    until: UUID = LAST_ACCOUNT,
    without: Collection[UUID] = (),
) -> Iterator[Sequence[AccountHistory]]:
    """Walk accounts in order, a page in memory at a time; an account is never divided.

    From after one account, up to and with another, but `without` some.
    """
    while page := log.histories(after, page_events, until, without):
        yield page
        after = page[-1].account


class Replay:
    """Compares state rows with the fold, and can put them in order."""

    def __init__(
        self,
        log: Log,
        rulebook: Rulebook,
        today: date,
        *,
        encode: Callable[[Account], bytes],
        decode: Callable[[bytes], Account],
        spell: Callable[[Account], bytes],
        plain: Callable[[bytes], bytes],
    ) -> None:
        """Take the log, the rules that tell what is due next, and the codec of state rows.

        `spell` returns the canonical form of a state, and `plain` that of what `encode` of any
        version wrote.
        """
        self._log = log
        self._rulebook = rulebook
        self._today = today
        self._encode = encode
        self._decode = decode
        self._spell = spell
        self._plain = plain

    def run(self, *, repair: bool = False, page_events: int = PAGE_EVENTS) -> Iterator[Replayed]:
        """Yield what each page of the walk gave.

        Args:
            repair: rewrite wrong rows from the log, where the log itself is in order.
            page_events: about how many events are in memory at a time.

        Raises:
            ValueError: an event can't be read; says which.

        """
        last, found = self._log.drawn()
        taken, whole = Counter[Key](), True
        for page in pages(self._log, page_events):
            checked = self.check(page, last, repair=repair)
            taken.update(checked.taken)
            whole = whole and checked.whole
            events = sum(len(history.envelopes) for history in page)
            yield Replayed(accounts=len(page), events=events, findings=checked.findings)
        if whole:  # what an account takes whose log is broken, nobody knows
            shared = tuple(self.shared(taken, found, repair=repair))
            yield from [Replayed(accounts=0, events=0, findings=shared)] if shared else ()

    def check(self, page: Sequence[AccountHistory], last: int, *, repair: bool = False) -> Checked:
        """Compare the state rows of a page, and say what its accounts take of shared limits.

        Args:
            page: of the walk.
            last: the position up to which what is taken is counted.
            repair: rewrite wrong rows.

        Raises:
            ValueError: an event can't be read; says which.

        """
        findings, taken, whole = list[Finding](), Counter[Key](), True
        for account, row, envelopes in page:
            state = _folded(envelopes)
            if isinstance(state, str):
                findings.append(Finding(about=account, problem=state, of="log"))
                whole = False
                continue
            findings += self._check(account, row, state, repair=repair)
            ahead = envelopes and (envelopes[-1].position or 0) > last
            then = [each for each in envelopes if (each.position or 0) <= last] if ahead else None
            taken.update(drawn(state if then is None else fold(then)))
        return Checked(tuple(findings), taken, whole)

    def _check(
        self, account: UUID, row: AccountRow | None, state: Account, *, repair: bool
    ) -> Iterator[Finding]:
        problem = self._difference(row, state)
        if problem is not None:
            done = repair and self._log.rewrite(self._row(account, state), row)
            of: Literal["row", "no row"] = "row" if row else "no row"
            yield Finding(about=account, problem=problem, repaired=done, of=of)

    def shared(
        self, taken: Mapping[Key, int], found: Mapping[Key, int], *, repair: bool
    ) -> Iterator[Finding]:
        """Compare what is taken of shared limits with what the accounts take."""
        for key in sorted(taken.keys() | found.keys()):
            right, said = taken.get(key, 0), found.get(key, 0)
            if right != said:
                problem = f"{said} is taken of it, by the log {right}"
                done = repair and self._log.recount(key, right, said)
                yield Finding(about=key, problem=problem, repaired=done)

    def _difference(self, row: AccountRow | None, state: Account) -> str | None:
        if row is None:
            return "there is no state row"
        if row.version != state.version:
            return f"the state row is at version {row.version}, the log at {state.version}"
        try:
            same = self._plain(row.state) == self._spell(state)
        except ValueError as error:
            return f"the state row can't be read: {error}"
        if not same:
            return self._told(row.state, state)
        if row.due_on is None or row.due_on > self._today:
            due_on = next_due(state, self._today, self._rulebook)
            if row.due_on != due_on:
                return f"the state row waits for {row.due_on}, the regulations for {due_on}"
        return None  # an earlier day waits for the clock's next round

    def _told(self, data: bytes, state: Account) -> str:
        try:
            found = self._decode(data)
        except ValueError as error:
            return f"the state row can't be read: {error}"
        names = [
            field.name
            for field in fields(Account)
            if field.compare and getattr(found, field.name) != getattr(state, field.name)
        ]
        return f"the state row differs from the log in {', '.join(names) or 'its spelling'}"

    def _row(self, account: UUID, state: Account) -> AccountRow:
        """Return the row after the last event; that day's next due day is never too late."""
        day = clock.at(state.recorded_at).today if state.version else self._today
        return AccountRow(
            account=account,
            version=state.version,
            state=self._encode(state),
            due_on=next_due(state, day, self._rulebook),
        )


def _folded(envelopes: Sequence[Envelope]) -> Account | str:
    """Fold an account's log, or say what is wrong with it."""
    wrong = _disorder(envelopes)
    if wrong is not None:
        return wrong
    try:
        return fold(envelopes)
    except (LookupError, ArithmeticError, ValueError) as error:
        return f"the log does not fold: {error!r}"


def _disorder(envelopes: Sequence[Envelope]) -> str | None:
    """Say what is wrong with the order of an account's log."""
    previous = None
    for number, envelope in enumerate(envelopes, start=1):
        if envelope.version != number:
            return f"the log has no version {number}"
        at = envelope.metadata.recorded_at
        if previous is not None and at < previous:
            return f"version {number} was recorded before the one that it follows"
        previous = at
    return None
