"""Receipts of commands held against the log: what each says is what the events say came of it.

The events of a command name it, so a decision is there twice: in its receipt, and as its events. A
receipt that is gone, or says something else, is found by the events; one that says what no event
says, by itself. Of what left no event (a command that changed nothing, a request of somebody who
was erased) the log only shows whether it can have been so: what else such a receipt says, and the
digest of each, is shown by nothing but the tree of receipts (`proofs`).
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

from ledger.audit.proofs.findings import Finding
from ledger.domain.events import (
    AccountJoined,
    AccountMerged,
    AccountParted,
    AccountUnmerged,
    Envelope,
    RequestRefused,
)
from ledger.service.clock import CLOCKS_APART
from ledger.service.door import CLOCK, UNTOLD
from ledger.service.logged import LoneReceipt, Misplaced, ReceiptRow

TABLE: Final = "ledger.receipts"

_OWN: Final = (AccountMerged, AccountUnmerged)
_OTHERS: Final = (AccountJoined, AccountParted)


class Housekeeping(NamedTuple):
    """Which receipts the housekeeping may have dropped: whole months, once they are old.

    Attributes:
        since: the first month that is kept for certain.
        left: earlier ones of which there still are receipts.

    """

    since: date
    left: Collection[date]

    def may_have_dropped(self, at: datetime) -> bool:
        """Tell whether the receipt of what was decided at an instant may be gone."""
        month = at.date().replace(day=1)
        return month < self.since and month not in self.left


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decision:
    """What the log says of one command, in the words of a receipt.

    Attributes:
        days: how many of its events, the first ones, only let days come.
        accounts: of which the receipt may be; of several when only days came.

    """

    accounts: frozenset[UUID]
    decided_in: UUID | None
    version: int | None
    events: int
    days: int
    refused: RequestRefused | None
    last: Envelope


def held(
    accounts: Collection[UUID],
    envelopes: Iterable[Envelope],
    receipts_of: Callable[[Collection[str]], Iterable[ReceiptRow]],
    housekeeping: Housekeeping,
    kept_as: Callable[[str], str],
) -> Iterator[Finding]:
    """Hold the receipts of what was decided about some accounts against their events.

    Args:
        accounts: whose.
        envelopes: all of theirs, and what commands of theirs wrote to other accounts.
        receipts_of: reads the receipts of some commands.
        housekeeping: tells which may be gone.
        kept_as: returns how a receipt keeps the words of a refusal.

    """
    groups = defaultdict[tuple[str, datetime], list[Envelope]](list)
    for each in envelopes:
        groups[each.metadata.command, each.metadata.recorded_at].append(each)
    found = defaultdict[str, list[ReceiptRow]](list)
    for receipt in receipts_of({command for command, _ in groups}):
        found[receipt.command].append(receipt)
    decisions = {key: _decision(group) for key, group in groups.items()}
    for (command, at), decision in decisions.items():
        if decision is None or not (decision.decided_in or decision.accounts & {*accounts}):
            continue
        about = found[command]
        its = next((each for each in about if each.recorded_at == at), None)
        if its is None and housekeeping.may_have_dropped(at):
            continue  # another one may be of the same id, asked again since
        others = [each for each in about if (command, each.recorded_at) not in groups]
        if its is not None or others:
            wrong = _wrong(its or others[0], decision, at, kept_as)
            if wrong:
                yield _finding("receipt", command, decision.last, wrong)
        elif decision.days < decision.events:
            text = "is gone, and its events are there"
            yield _finding("receipt missing", command, decision.last, text)


def _decision(group: list[Envelope]) -> _Decision | None:
    """Read what a command did; None of a merge whose own account is elsewhere."""
    group.sort(key=lambda each: each.position or 0)
    asked = [each for each in group if each.metadata.actor != CLOCK]
    last, days = group[-1], len(group) - len(asked)
    if not asked:
        return _Decision(
            accounts=frozenset(each.account for each in group),
            decided_in=None,
            version=None,
            events=len(group),
            days=days,
            refused=None,
            last=last,
        )
    own = [each for each in asked if isinstance(each.event, _OWN)]
    if not own and any(isinstance(each.event, _OTHERS) for each in asked):
        return None
    by = own[-1] if own else asked[-1]
    named = None if own else by.metadata.named
    return _Decision(
        accounts=frozenset({named or by.account}),
        decided_in=None if named is None else by.account,
        version=max(each.version for each in group if each.account == by.account),
        events=len(group),
        days=days,
        refused=next((e.event for e in asked if isinstance(e.event, RequestRefused)), None),
        last=last,
    )


def _wrong(
    receipt: ReceiptRow, decision: _Decision, at: datetime, kept_as: Callable[[str], str]
) -> str:
    """Say what of a receipt is not what the events say; nothing when all is."""
    refused = decision.refused
    right: dict[str, object] = {
        "recorded_at": at,
        "position": decision.last.position,
        "reason": refused and refused.reason,
        "detail": refused and kept_as(refused.detail),
    }
    fewest = max(decision.events - decision.days, 1)
    if refused is not None:
        right |= {"version": None, "events": None}
    elif not fewest <= (receipt.events or 0) <= decision.events:
        right["events"] = decision.events  # a first try may have let days come at the same instant
    if decision.days < decision.events:
        [account] = decision.accounts
        right |= {"account": account, "decided_in": decision.decided_in}
        if refused is None:
            right["version"] = decision.version
    elif receipt.place not in decision.accounts:
        right["account"] = min(decision.accounts)
    wrong = [
        f"says {name} {getattr(receipt, name)}, and the log {value}"
        for name, value in right.items()
        if getattr(receipt, name) != value
    ]
    return "; it ".join(wrong)


def alone(receipts: Iterable[LoneReceipt]) -> Iterator[Finding]:
    """Say which receipts tell what the log does not.

    Args:
        receipts: in the order of their commands, as far as more than one of a command shall be
            found.

    """
    before: str | None = None
    for each in receipts:
        receipt, command = each.row, each.row.command
        wrong = "is there twice" if command == before else _baseless(each)
        before = command
        if wrong:
            yield _inserted(receipt, wrong)


def misplaced(receipts: Iterable[Misplaced]) -> Iterator[Finding]:
    """Say of receipts that can't have come where their numbers say why not."""
    for row, number, last, before_at in receipts:
        if before_at is not None:
            before = f"and the one that came before it at {before_at}"
            wrong = f"was recorded at {row.recorded_at}, {before}"
        elif number is None:
            wrong = "has no number, and came since receipts have them"
        elif number > last:
            wrong = f"has number {number}, and {last} is the last one that was given"
        else:
            wrong = f"has number {number}, and so has another one"
        yield _inserted(row, wrong)


def _inserted(row: ReceiptRow, wrong: str) -> Finding:
    return Finding(
        "receipt inserted",
        f"the receipt of {row.command} {wrong}",
        row.position,
        table=TABLE,
        key=row.command,
        account=str(row.account),
    )


def _baseless(each: LoneReceipt) -> str:
    """Say why a receipt can't be of what the log holds; nothing when it can."""
    it = each.row
    if it.month != it.recorded_at.date().replace(day=1):
        return f"is kept with those of {it.month}, and was recorded at {it.recorded_at}"
    if it.position is not None:
        if each.command in {it.command, ""}:  # of what can't be read another finding tells
            return ""
        there = "no event is there" if each.command is None else f"that is of {each.command}"
        return f"says that its event is at position {it.position}, and {there}"
    if it.reason is not None:
        if it.reason in UNTOLD and each.closed:
            return ""
        return f"says that it was refused ({it.reason}), and no event does"
    if it.events or it.version is None:
        return f"says that it led to {it.events} events, and to none where"
    if it.version and (each.version_at is None or each.version_at > it.recorded_at):
        return f"says that its account was at version {it.version} then, and it was not"
    if each.next_at is not None and it.recorded_at > each.next_at + CLOCKS_APART:
        return f"says that its account was at version {it.version}, which ended at {each.next_at}"
    return ""


def _finding(kind: str, command: str, last: Envelope, text: str) -> Finding:
    return Finding(
        kind,
        f"the receipt of {command} {text}",
        last.position,
        table=TABLE,
        key=command,
        account=str(last.account),
    )
