"""The one write door: a batch of commands in, one outcome each, one transaction."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from ledger.domain.account import Account
from ledger.domain.commands import (
    NAMES,
    AcceptGap,
    Command,
    DropRecord,
    Merge,
    PublishRegulation,
    PutOnRecord,
    ReachDay,
    Request,
    Reserve,
    Unmerge,
    Use,
)
from ledger.domain.decide import decide, reach
from ledger.domain.entrusted import helping_known_as
from ledger.domain.events import (
    NOBODYS,
    OPERATIONS,
    REGULATIONS,
    Key,
    Metadata,
    RequestRefused,
)
from ledger.domain.forwarding import forwarded, known_as
from ledger.domain.mandating import unmandated
from ledger.domain.merging import Side, merge
from ledger.domain.parting import unmerge
from ledger.domain.reasons import Reason, Rejection
from ledger.domain.rulebook import Rulebook
from ledger.domain.settle import Draft, Now, next_due
from ledger.domain.shared import Taken
from ledger.domain.waiting import NOT_THERE, awaited, behind, comes_after, may_come
from ledger.service.clock import Clock
from ledger.service.defects import isolated
from ledger.service.outcomes import Accepted, Outcome, Rejected
from ledger.service.plan import Plan, Working, draws_of, leads_to, outcomes_of, stands_in
from ledger.service.ports import (
    AccountRow,
    AlreadyHandled,
    Append,
    Conflict,
    Delivery,
    Held,
    Receipt,
    Store,
    StoreUnavailable,
)

MAX_ATTEMPTS = 20
"""How often a batch is decided anew after another writer was first."""

CONFLICT_PAUSE_S = 0.01
"""Pause after the first conflict, in seconds; it grows with every attempt."""

CLOCK = "clock"
"""The actor of what falls due or lapses by itself, whatever made the door look."""

NO_DELIVERY = Delivery()

KEPT_IN: dict[type, UUID] = {
    PublishRegulation: REGULATIONS,
    DropRecord: OPERATIONS,
    AcceptGap: OPERATIONS,
    PutOnRecord: OPERATIONS,
}
"""The account that a request is made of when it is of no person's; of no other one it can be."""

UNRECORDED = frozenset(
    {
        Reason.ID_WITH_OTHER_CONTENT,
        Reason.FACT_CONTRADICTS_ITSELF,
        Reason.FACT_OF_ANOTHER_HOLDER,
        Reason.NO_PERSON,
    }
)
"""Refusals for what a message says of itself or of whom: its source erred; no event holds it."""

UNDECIDED = frozenset({Reason.FACT_OF_ANOTHER_HOLDER})
"""Refusals that a correction of others lifts: no receipt keeps them from being told again."""

UNTOLD = frozenset({Reason.ERASED})
"""Refusals that only a receipt keeps: the account's log ends before them, and no bytes are kept."""


class Door:
    """Decides commands and writes what became true.

    Attributes:
        store: where events, states and receipts live.
        rulebook: the regulations in force.
        clock: tells when something is recorded and which day it is.

    """

    def __init__(
        self,
        store: Store,
        rulebook: Rulebook,
        clock: Clock,
        *,
        encode: Callable[[Account], bytes],
        decode: Callable[[bytes], Account],
    ) -> None:
        """Open the door; `encode` and `decode` are the store's codec for account states."""
        self.store = store
        self.rulebook = rulebook
        self.clock = clock
        self._encode = encode
        self._decode = decode

    def handle(
        self,
        commands: Sequence[Command],
        *,
        delivery: Delivery = NO_DELIVERY,
        of_known: bool = False,
    ) -> list[Outcome]:
        """Decide a batch and commit it once; return one outcome per command, in order.

        A command that is rejected never takes another one with it. `delivery` (Kafka
        positions, parked records) is written in the same transaction. With its patience, what
        names something that has not arrived is not decided: it waits as a held record. `of_known`
        lets no command make an account: of one that isn't there, or was erased, it leaves nothing.

        Raises:
            Fenced: a Kafka position was not where it was expected, or a parked record was tried
                by somebody else; nothing was written.
            StoreUnavailable: the database gave no answer, or other writers were first
                `MAX_ATTEMPTS` times in a row; the same batch may be tried again.

        """
        for attempt in range(1, MAX_ATTEMPTS + 1):
            plan = self._plan(commands, delivery, of_known=of_known)
            batch = Append(
                envelopes=plan.envelopes,
                accounts=self._rows(plan),
                receipts=list(plan.new_receipts.values()),
                last_events=plan.last_events,
                draws=draws_of(plan),
                delivery=self._with_parked(delivery, commands, plan),
            )
            try:
                positions = self.store.append(batch) if _writes(batch) else ()
            except (Conflict, AlreadyHandled):
                time.sleep(CONFLICT_PAUSE_S * attempt)
            else:
                return outcomes_of(plan, positions)
        raise StoreUnavailable(f"other writers were first {MAX_ATTEMPTS} times in a row")

    def rehearse(self, command: Command) -> tuple[Outcome, dict[UUID, Account]]:
        """Decide a command as `handle` would, and write nothing.

        Returns the outcome, without positions, and the accounts as they would be after it.
        """
        plan = self._plan([command], NO_DELIVERY)
        [outcome] = outcomes_of(plan, positions=None)
        return outcome, {id_: working.state for id_, working in plan.accounts.items()}

    def state(self, account: UUID) -> Account:
        """Return what is known of an account now; of one without events, nothing."""
        return self.states([account])[account]

    def states(self, accounts: Collection[UUID]) -> dict[UUID, Account]:
        """Return what is known of some accounts now; of one without events, nothing."""
        rows = self.store.load(accounts, [])[0]
        return {
            id_: self._decode(rows[id_].state) if id_ in rows else Account() for id_ in accounts
        }

    def knows(self, account: UUID) -> bool:
        """Whether an account is known, and somebody's, and not erased."""
        return _is_somebodys(account, self.state(account))

    def handle_each(
        self, commands: Sequence[Command], *, of_known: bool = False
    ) -> list[Outcome | Exception]:
        """Handle commands of many callers in one transaction, as `handle` does: group commit.

        Returns, for each, its outcome or why there is none: `StoreUnavailable` when the database
        gave no answer, or what our own code failed with on this one, without which the others are
        taken.
        """
        found: dict[int, Outcome | Exception] = {}

        def handle(some: Sequence[tuple[int, Command]]) -> None:
            outcomes = self.handle([command for _, command in some], of_known=of_known)
            found.update(zip([index for index, _ in some], outcomes, strict=True))

        numbered = list(enumerate(commands))
        try:
            for (index, _), defect in isolated(numbered, handle):
                found[index] = defect
        except StoreUnavailable as away:
            found = {index: away for index, _ in numbered} | found
        return [found[index] for index, _ in numbered]

    def _plan(
        self, commands: Sequence[Command], delivery: Delivery, *, of_known: bool = False
    ) -> Plan:
        now = self.clock.now()
        ids = {c.id for c in commands if not isinstance(c.request, ReachDay)}
        accounts, receipts = self._load({c.account for c in commands}, ids)
        others = {into for c in commands if (into := leads_to(accounts, c)) is not None}
        if others := others - accounts.keys():
            accounts |= self._load(others, [])[0]
        asked = self._asked(commands)
        plan = Plan(
            accounts=accounts,
            receipts=receipts,
            asked=asked,
            taken=dict(asked),
            waiting=(
                None if delivery.patience is None else self._waiting(accounts, commands, delivery)
            ),
            again=delivery.mark is not None,
        )
        for command in commands:
            known = plan.accounts.get(command.account, Working()).state
            if of_known and not _is_somebodys(command.account, known):
                plan.answers.append(_no_person(command, None))
            else:
                self._decide(plan, command, now)
        for working in plan.accounts.values():
            if working.changed:
                working.due_on = next_due(working.state, now.today, self.rulebook)
        return plan

    def _load(
        self, ids: Collection[UUID], commands: Collection[str]
    ) -> tuple[dict[UUID, Working], dict[str, Receipt]]:
        rows, receipts = self.store.load(ids, commands)
        found = {id_: Working(self._decode(row.state), row.due_on) for id_, row in rows.items()}
        return found, receipts

    def _asked(self, commands: Sequence[Command]) -> Taken:
        """Read what is taken of the shared limits that requests can draw from, if there are any.

        After the accounts: what an account takes of them moves with its version.
        """
        keys: set[Key] = set()
        for request in (command.request for command in commands):
            if isinstance(request, Reserve | Use) and request.scheme in self.rulebook.schemes:
                draws = self.rulebook.schemes[request.scheme].draws(request.course, request.on)
                keys.update(key for key, _ in draws)
        return dict.fromkeys(keys, 0) | self.store.taken(keys) if keys else {}

    def _waiting(
        self, accounts: Mapping[UUID, Working], commands: Sequence[Command], delivery: Delivery
    ) -> set[tuple[UUID, str]]:
        """Read for what others of the same accounts wait, so that none overtakes them.

        Those that are tried again are the ones that wait.
        """
        about = {stands_in(accounts, each) for each in commands if awaited(each.request)}
        return self.store.waiting(about) if about and delivery.mark is None else set()

    def _decide(self, plan: Plan, command: Command, now: Now) -> None:
        before = plan.new_receipts.get(command.id) or plan.receipts.get(command.id)
        if before is not None:
            same = before.digest == command.digest and before.account == command.account
            plan.answers.append((command.id, True) if same else _other_content(command))
            return
        where = KEPT_IN.get(type(command.request))
        if command.account != where and (where or command.account in NOBODYS):
            plan.answers.append(_no_person(command, where))
            return
        if isinstance(command.request, Merge | Unmerge):
            self._bring_together(plan, command, command.request, now)
            return
        place = stands_in(plan.accounts, command)
        named = None if place == command.account else command.account
        working = plan.accounts.setdefault(place, Working())
        at = max(now.recorded_at, working.state.recorded_at)
        if at != now.recorded_at:
            now = replace(now, recorded_at=at)
        metadata = Metadata(command=command.id, actor=command.actor, recorded_at=at, named=named)
        before_it = len(plan.envelopes)
        self._reach(plan, command.id, place, now, metadata)
        request: Request = command.request
        one, helping = None, command.helping
        if named is not None:
            one = Side(named, plan.accounts[named].state)
            request = known_as(one, working.state, request)
            helping = helping_known_as(named, working.state, helping)
        waiting = plan.waiting or ()
        if any((place, each) in waiting for each in comes_after(request)):
            version = working.state.version if plan.again else 0
            plan.wait(command, place, request, behind(request), version)
            return
        decision = unmandated(working.state, request, helping, now) or (
            decide(working.state, request, now, self.rulebook, plan.taken)
            if one is None
            else forwarded(one, working.state, request, now, self.rulebook, plan.taken)
        )
        if (
            plan.waiting is not None
            and isinstance(decision, Rejection)
            and decision.reason in NOT_THERE
            and may_come(working.state, request)
            and (one is None or may_come(one.account, request))
        ):
            plan.wait(command, place, request, decision, working.state.version)
            return
        if isinstance(decision, Rejection) and decision.reason in UNDECIDED:
            plan.answers.append(Rejected(command=command.id, rejection=decision, position=None))
            return
        if isinstance(decision, Rejection):
            if decision.reason not in UNTOLD:
                refused = Draft(working.state, named)
                refused.add(_refusal(command, decision, now))
                plan.take_in(command.id, place, refused, metadata)
            outcome: Accepted | Rejected = Rejected(
                command=command.id,
                rejection=decision,
                position=None,
                decided_in=None if named is None else place,
            )
        else:
            plan.take_in(command.id, place, decision, metadata)
            outcome = Accepted(
                command=command.id,
                version=working.state.version,
                events=len(plan.envelopes) - before_it,
                position=None,
                decided_in=None if named is None else place,
            )
        plan.keep(command, outcome, at)

    def _bring_together(
        self, plan: Plan, command: Command, request: Merge | Unmerge, now: Now
    ) -> None:
        """Merge two accounts, or let one part: a command that writes to both, or to none.

        A refusal leaves no receipt, so that it can be asked again when the reason is gone.
        """
        other = leads_to(plan.accounts, command)
        ids = (command.account, command.account if other is None else other)
        found = [plan.accounts.get(id_, Working()) for id_ in ids]
        at = max(now.recorded_at, *(each.state.recorded_at for each in found))
        now = replace(now, recorded_at=at)
        metadata = Metadata(command=command.id, actor=command.actor, recorded_at=at)
        before_it = len(plan.envelopes)
        for id_ in dict.fromkeys(ids):
            if id_ in plan.accounts:
                self._reach(plan, command.id, id_, now, metadata)
        one, into = (Side(id_, each.state) for id_, each in zip(ids, found, strict=True))
        decision = (
            merge(one, into, request, now, self.rulebook)
            if isinstance(request, Merge)
            else unmerge(one, into, request, now, self.rulebook)
        )
        if isinstance(decision, Rejection):
            plan.answers.append(Rejected(command=command.id, rejection=decision, position=None))
            return
        own, others = decision
        plan.take_in(command.id, into.id, others, replace(metadata, named=one.id))
        plan.take_in(command.id, one.id, own, metadata)
        outcome = Accepted(
            command=command.id,
            version=plan.accounts[one.id].state.version,
            events=len(plan.envelopes) - before_it,
            position=None,
        )
        plan.keep(command, outcome, at)

    def _reach(self, plan: Plan, command: str, id_: UUID, now: Now, metadata: Metadata) -> None:
        """Let what fell due in an account until today be there before anything else."""
        working = plan.accounts[id_]
        if working.due_on is not None and working.due_on <= now.today:
            days = replace(metadata, actor=CLOCK, named=None)  # the command only made us look
            reached = reach(working.state, now, self.rulebook, working.due_on)
            plan.take_in(command, id_, reached, days)
            working.changed, working.due_on = True, None

    def _with_parked(self, delivery: Delivery, commands: Sequence[Command], plan: Plan) -> Delivery:
        """Park the records whose content no event keeps, and mark those that were parked."""
        if delivery.mark is not None:
            return replace(
                delivery, marks=(*delivery.marks, *delivery.mark(outcomes_of(plan, positions=None)))
            )
        if delivery.park is None:
            return delivery
        parked = list(delivery.parked)
        for index, outcome in enumerate(outcomes_of(plan, positions=None)):
            if not isinstance(outcome, Rejected):
                continue
            waits, held = outcome.waits, None
            if waits is not None:
                until = self.clock.now().recorded_at + (delivery.patience or timedelta())
                held = Held(until=until, at_version=waits.version, thing=waits.thing)
            if held or outcome.rejection.reason in UNRECORDED:
                record = delivery.park(index, outcome.rejection)
                about = stands_in(plan.accounts, commands[index])
                parked.append(replace(record, account=about, held=held))
        return replace(delivery, parked=tuple(parked))

    def _rows(self, plan: Plan) -> list[AccountRow]:
        return [
            AccountRow(
                account=id_,
                version=working.state.version,
                state=self._encode(working.state),
                due_on=working.due_on,
            )
            for id_, working in plan.accounts.items()
            if working.changed
        ]


def _writes(batch: Append) -> bool:
    more = batch.delivery
    return bool(batch.accounts or batch.receipts or more.moves or more.parked or more.marks)


def _refusal(command: Command, rejection: Rejection, now: Now) -> RequestRefused:
    return RequestRefused(
        request=NAMES[type(command.request)],
        scheme=getattr(command.request, "scheme", ""),
        reason=rejection.reason.value,
        detail=rejection.detail,
        effective_on=getattr(command.request, "on", now.today),
    )


def _is_somebodys(id_: UUID, account: Account) -> bool:
    return account.version > 0 and account.erased is None and id_ not in NOBODYS


def _no_person(command: Command, where: UUID | None) -> Rejected:
    """Refuse what is in the wrong kind of account: what is nobody's is kept apart from rights."""
    detail = f"the account {command.account} is no person's, and has no rights; name a person's"
    if where is not None:
        asked = NAMES[type(command.request)]
        detail = f"{asked} is for the account {where} only, not for {command.account}"
    return Rejected(
        command=command.id,
        rejection=Rejection(reason=Reason.NO_PERSON, detail=detail),
        position=None,
    )


def _other_content(command: Command) -> Rejected:
    detail = f"the id {command.id!r} was used before for another content; a new one needs a new id"
    return Rejected(
        command=command.id,
        rejection=Rejection(reason=Reason.ID_WITH_OTHER_CONTENT, detail=detail),
        position=None,
    )
