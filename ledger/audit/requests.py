"""What was asked for one account, from its events: to live the same life under other rules.

What followed from rules (grants, lapses, conversions, restrictions) is left out: the rules under
which the life is told again give it anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import compress
from typing import NamedTuple, assert_never
from uuid import UUID

from ledger.domain import acts
from ledger.domain import commands as c
from ledger.domain import events as e
from ledger.domain.account import BY_RULE, Account, Holding
from ledger.domain.calendar import OPEN
from ledger.domain.decide import REST
from ledger.domain.evolve import take
from ledger.domain.facts import About, Content, Fact, FactId
from ledger.domain.lots import bucket_of
from ledger.domain.settle import Now
from ledger.service.clock import at


class Asked(NamedTuple):
    """A request, and the door's clock when it came."""

    now: Now
    request: c.Request


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """All that was asked for one account.

    Attributes:
        asked: in the order in which it came.
        untold: how many requests were refused and can't be told again: the log keeps why a
            request was refused, not all that it asked.

    """

    asked: tuple[Asked, ...]
    untold: int = 0


def history_of(envelopes: Sequence[e.Envelope], until: date = date.max) -> History:
    """Return what was asked for an account until a day, from its events in order of version.

    Of one that is merged then, nothing: it is asked for the other one. Of one from which another
    has parted, nothing that was that one's.
    """
    state, asked, untold = Account(), list[Asked](), 0
    named = list[UUID | None]()
    answer: e.Envelope | None = None
    for envelope in envelopes:
        now = at(envelope.metadata.recorded_at)
        if now.today > until:
            break
        take(state, envelope.event, envelope.metadata.named)
        if isinstance(envelope.event, e.AccountParted):
            kept = [of != envelope.event.account for of in named]
            asked, named = list(compress(asked, kept)), list(compress(named, kept))
        untold += isinstance(envelope.event, e.RequestRefused)
        if not _follows(envelope, answer):
            answer = envelope
            request = _request(envelope.event, state)
            whole = None
            if isinstance(request, c.Transfer) and asked:
                whole = _together(asked[-1].request, request)
            if whole is not None:
                asked[-1] = Asked(now, whole)
            elif request is not None:
                asked.append(Asked(now, request))
                named.append(envelope.metadata.named)
    if state.merged is not None:
        return History(asked=())
    return History(asked=tuple(asked), untold=untold)


def request_of(answer: Sequence[e.Envelope], state: Account) -> c.Request | None:
    """Return the request that one command's events answer, on the state that it met, if any."""
    after, found = state.copy(), None
    last: e.Envelope | None = None
    for envelope in answer:
        take(after, envelope.event, envelope.metadata.named)
        if _follows(envelope, last):
            continue
        last = envelope
        request = _request(envelope.event, after)
        if found is None:
            found = request
        elif isinstance(request, c.Transfer):
            found = _together(found, request) or found
    return found


def _follows(envelope: e.Envelope, answer: e.Envelope | None) -> bool:
    """Whether it comes of what answered the same request: a capture's rest, or a course's end."""
    if answer is None or envelope.metadata != answer.metadata:
        return False
    match answer.event, envelope.event:
        case e.RightUsed(use=id_), e.ReservationReleased(reservation=of, reason=reason):
            return id_ == of and reason == REST
        case e.CourseEnded(id=id_), e.RightUsed(use=of) | e.UseReversed(use=of):
            return id_ == of
        case e.CourseEnded(id=id_), e.ReservationReleased(reservation=of):
            return id_ == of
        case _:
            return False


def _request(event: e.Event, state: Account) -> c.Request | None:
    """Return the request that an event answers; None for what followed from another one."""
    match event:
        case e.StatusRecorded():
            return _fact(event, "status", event.spell)
        case e.ProfileRecorded():
            return _fact(event, "profile", event.profile)
        case e.TopUpRecorded():
            return _fact(event, "top-up", event.top_up)
        case e.StatusAnnulled():
            return _fact(event, "status", None)
        case e.ProfileAnnulled():
            return _fact(event, "profile", None)
        case e.TopUpAnnulled():
            return _fact(event, "top-up", None)
        case e.RightReserved():
            return _reserve(event.reservation, state.reservations[event.reservation], state)
        case e.RightUsed(reserved=True):
            return c.Capture(
                reservation=event.use, quantity=_sum(event.allocation), on=event.effective_on
            )
        case e.RightUsed():
            return _reserve(event.use, state.uses[event.use], state).at_once()
        case e.ReservationReleased():
            return c.Release(
                reservation=event.reservation, on=event.effective_on, reason=event.reason
            )
        case e.UseReversed():
            return c.Reverse(
                use=event.use,
                quantity=_sum(event.allocation),
                on=event.effective_on,
                reason=event.reason,
            )
        case e.CourseEnded():
            return c.End(
                id=event.id,
                on=event.effective_on,
                withdrawn=event.withdrawn,
                attended=event.attended,
                exam=event.exam,
            )
        case e.RightTransferred() if event.transfer != BY_RULE:
            source = state.lots[event.from_lot]
            return c.Transfer(
                transfer=event.transfer,
                scheme=source.scheme,
                to_scheme=event.scheme,
                quantity=event.quantity_out,
                unit=source.unit,
                on=event.effective_on,
            )
        case e.RightsFrozen():
            return c.Freeze(scheme=event.scheme, on=event.effective_on, reason=event.reason)
        case e.RightsUnfrozen():
            return c.Unfreeze(scheme=event.scheme, on=event.effective_on, reason=event.reason)
        case e.MandateGiven():
            return c.GiveMandate(
                mandate=event.mandate,
                helper=event.helper,
                organisation=event.organisation,
                actions=event.actions,
                schemes=event.schemes,
                since=event.term.since,
                until=None if event.term.until == OPEN else event.term.until,
                on=event.effective_on,
            )
        case e.MandateEnded():
            return c.EndMandate(mandate=event.mandate, on=event.effective_on, reason=event.reason)
        case e.AccountErased():
            return c.Erase(because=event.because)
        case (
            e.RightGranted()
            | e.RightWithdrawn()
            | e.TermCorrected()
            | e.ShortfallRecorded()
            | e.ShortfallSettled()
            | e.RightTransferred()
            | e.TransferReversed()
            | e.RightExpired()
            | e.RightRestored()
            | e.RightRestricted()
            | e.RestrictionLifted()
            | e.RequestRefused()
            | e.RegulationPublished()
            | e.RecordDropped()
            | e.GapAccepted()
            | acts.LogKeyChanged()
            | acts.MasterKeyChanged()
            | acts.SettingsChanged()
            | acts.StatesRepaired()
            | acts.ProjectionRebuilt()
            | acts.RecordsReplayed()
            | acts.DecidedAnew()
            | e.AccountMerged()
            | e.AccountUnmerged()
            | e.AccountJoined()
            | e.AccountParted()
        ):
            return None
        case _:
            assert_never(event)


def _fact(event: e.FactEvent, about: About, content: Content | None) -> c.RecordFact:
    id_ = FactId(event.source, event.fact)
    return c.RecordFact(fact=Fact(id=id_, version=event.version, about=about, content=content))


def _reserve(id_: str, held: Holding, state: Account) -> c.Reserve:
    """Return the request by which a holding, as it is just after it, was made.

    What it holds of several buckets came from an order of use: a request names one at most.
    """
    assert held.course is not None  # noqa: S101  only a transfer has none
    lot = state.lots[held.allocation[0][0]]
    buckets = {bucket_of(each, held.scheme) for each, _ in held.allocation}
    return c.Reserve(
        reservation=id_,
        scheme=held.scheme,
        quantity=held.quantity,
        unit=lot.unit,
        course=held.course,
        on=held.on,
        bucket=buckets.pop() if len(buckets) == 1 else "",
    )


def _sum(allocation: e.Allocation) -> int:
    return sum(quantity for _, quantity in allocation)


def _together(last: c.Request, part: c.Transfer) -> c.Transfer | None:
    """Return the transfer of which two events, each about a lot of its own, are parts."""
    if not isinstance(last, c.Transfer) or last.transfer != part.transfer:
        return None
    return replace(last, quantity=last.quantity + part.quantity)
