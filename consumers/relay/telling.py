"""An event of the ledger becomes the message that others get of it.

What is published is not what is stored: `schemas.ledger_v1` says what, and nothing of a person's
life is in it. Identifiers that a source or a requester made are told as opaque references.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias, TypedDict, assert_never

from pydantic import BaseModel

from ledger.domain import acts
from ledger.domain import events as e
from ledger.domain.account import BY_RULE
from ledger.domain.calendar import OPEN, Term
from ledger.service.naming import Lots, reference
from schemas import ledger_v1 as wire
from schemas.outgoing import Outgoing, Part, Period

UTC_OFFSET: Final = "+00:00"


LotEvent: TypeAlias = (
    e.RightGranted
    | e.RightWithdrawn
    | e.RightExpired
    | e.RightRestored
    | e.TermCorrected
    | e.ShortfallRecorded
    | e.ShortfallSettled
)
TakingEvent: TypeAlias = e.RightReserved | e.ReservationReleased | e.RightUsed | e.UseReversed
RequestEvent: TypeAlias = TakingEvent | e.CourseEnded
SchemeEvent: TypeAlias = (
    e.RightRestricted | e.RestrictionLifted | e.RightsFrozen | e.RightsUnfrozen | e.RequestRefused
)
Of: TypeAlias = dict[str, Any]
"""Fields of what a message tells, by name; the model of the message checks them."""

FACTS: Final[Mapping[type[e.FactEvent], Callable[..., Outgoing]]] = {
    e.StatusRecorded: wire.StatusRecorded,
    e.StatusAnnulled: wire.StatusAnnulled,
    e.ProfileRecorded: wire.ProfileRecorded,
    e.ProfileAnnulled: wire.ProfileAnnulled,
    e.TopUpRecorded: wire.TopUpRecorded,
    e.TopUpAnnulled: wire.TopUpAnnulled,
}
"""What is told of what sources said: that they did."""


class Context(TypedDict):
    """The context attributes that each message says anew."""

    id: str
    source: str
    time: str


def instant(at: datetime) -> str:
    """Write an instant of UTC as RFC 3339 does."""
    return at.isoformat().removesuffix(UTC_OFFSET) + "Z"


def written(message: BaseModel) -> bytes:
    """Return a message's JSON; what is absent is left out."""
    return message.__pydantic_serializer__.to_json(message, by_alias=True, exclude_none=True)


class Teller:
    """Tells events of the ledger in the published form."""

    def __init__(self, source: str, lots: Lots) -> None:
        """Speak as an installation.

        Args:
            source: its absolute URI.
            lots: how lots are told.

        """
        self._source = source
        self._lots = lots

    def told(self, envelope: e.Envelope) -> Outgoing | None:
        """Return the message of an event; none of what operators decided, which is nobody's right.

        Raises:
            UnknownScheme: it is about a lot of no scheme that is known.

        """
        context = Context(
            id=f"ledger-{envelope.position}",
            source=self._source,
            time=instant(envelope.metadata.recorded_at),
        )
        of: Of = {
            "person": envelope.account,
            "position": envelope.position,
            "version": envelope.version,
        }
        event = envelope.event
        match event:
            case e.RegulationPublished():
                return wire.RegulationPublished(
                    **context,
                    data=wire.Published(
                        **{name: of[name] for name in ("position", "version")},
                        effective_on=event.effective_on,
                        scheme=event.scheme,
                        digest=event.digest,
                    ),
                )
            case (
                e.StatusRecorded()
                | e.StatusAnnulled()
                | e.ProfileRecorded()
                | e.ProfileAnnulled()
                | e.TopUpRecorded()
                | e.TopUpAnnulled()
            ):
                return FACTS[type(event)](**context, data=wire.Happened(**of))
            case (
                e.RightReserved()
                | e.ReservationReleased()
                | e.RightUsed()
                | e.UseReversed()
                | e.CourseEnded()
            ):
                return self._request(event, context, of)
            case e.RightTransferred() | e.TransferReversed():
                return self._transfer(event, context, of)
            case (
                e.RightRestricted()
                | e.RestrictionLifted()
                | e.RightsFrozen()
                | e.RightsUnfrozen()
                | e.RequestRefused()
            ):
                return self._scheme(event, context, of)
            case e.MandateGiven() | e.MandateEnded():
                about = wire.Mandate(
                    **of,
                    effective_on=event.effective_on,
                    id=reference(envelope.account, event.mandate),
                )
                if isinstance(event, e.MandateGiven):
                    return wire.MandateGiven(**context, data=about)
                return wire.MandateEnded(**context, data=about)
            case e.AccountErased():
                erased = wire.Effective(**of, effective_on=event.effective_on)
                return wire.AccountErased(**context, data=erased)
            case e.AccountMerged() | e.AccountUnmerged() | e.AccountJoined() | e.AccountParted():
                return _together(event, context, of)
            case (
                e.RecordDropped()
                | e.GapAccepted()
                | acts.LogKeyChanged()
                | acts.MasterKeyChanged()
                | acts.SettingsChanged()
                | acts.StatesRepaired()
                | acts.ProjectionRebuilt()
                | acts.RecordsReplayed()
                | acts.DecidedAnew()
            ):
                return None
            case _:
                return self._lot(event, context, of)

    def _lot(self, event: LotEvent, context: Context, of: Of) -> Outgoing:
        scheme = self._lots.scheme_of(event.lot)
        about = {
            **of,
            "effective_on": event.effective_on,
            "scheme": scheme,
            "lot": self._lots.named(of["person"], event.lot, scheme),
        }
        unit = self._lots.units[scheme]
        match event:
            case e.TermCorrected():
                corrected = wire.Corrected(
                    **about,
                    period=period(event.term),
                    **self._lots.funder(event.lot, scheme, event.funder),
                    rule=event.basis.rule,
                )
                return wire.RightCorrected(**context, data=corrected)
            case e.RightExpired() | e.RightRestored():
                changed = wire.Changed(**about, unit=unit, quantity=event.quantity)
                if isinstance(event, e.RightExpired):
                    return wire.RightExpired(**context, data=changed)
                return wire.RightRestored(**context, data=changed)
            case _:
                about |= {"unit": unit, "quantity": event.quantity, "rule": event.basis.rule}
        match event:
            case e.RightGranted():
                granted = wire.Granted(
                    **about,
                    period=period(event.term),
                    **self._lots.funder(event.lot, scheme, event.funder),
                )
                return wire.RightGranted(**context, data=granted)
            case e.RightWithdrawn():
                withdrawn = wire.Withdrawn(**about, from_expired=event.from_expired)
                return wire.RightWithdrawn(**context, data=withdrawn)
            case e.ShortfallRecorded():
                return wire.ShortfallRecorded(**context, data=wire.ByRule(**about))
            case e.ShortfallSettled():
                return wire.ShortfallSettled(**context, data=wire.ByRule(**about))
            case _:
                assert_never(event)

    def _request(self, event: RequestEvent, context: Context, of: Of) -> Outgoing:
        match event:
            case e.CourseEnded():
                ended = wire.Ended(
                    **of,
                    id=reference(of["person"], event.id),
                    effective_on=event.effective_on,
                    scheme=event.scheme,
                    unit=event.unit,
                    gives_back=event.gives_back,
                    recovers=event.recovers,
                )
                return wire.EndingRecorded(**context, data=ended)
            case e.RightReserved():
                taken = self._taken(event.reservation, event, of)
                return wire.ReservationCreated(**context, data=wire.Taken(**taken))
            case e.ReservationReleased():
                taken = self._taken(event.reservation, event, of)
                return wire.ReservationReleased(**context, data=wire.Taken(**taken))
            case e.RightUsed():
                taken = self._taken(event.use, event, of)
                used = wire.Used(**taken, captured=event.reserved)
                return wire.UseCreated(**context, data=used)
            case e.UseReversed():
                taken = self._taken(event.use, event, of)
                return wire.UseReversed(**context, data=wire.Taken(**taken))
            case _:
                assert_never(event)

    def _taken(self, id_: str, event: TakingEvent, of: Of) -> Of:
        """Tell what is held, used or given back; there is always a lot, and one scheme."""
        scheme = self._lots.scheme_of(event.allocation[0][0])
        return {
            **of,
            "id": reference(of["person"], id_),
            "effective_on": event.effective_on,
            "scheme": scheme,
            "unit": self._lots.units[scheme],
            "quantity": sum(quantity for _, quantity in event.allocation),
            "lots": tuple(
                Part(lot=self._lots.named(of["person"], lot, scheme), quantity=quantity)
                for lot, quantity in event.allocation
            ),
        }

    def _transfer(
        self, event: e.RightTransferred | e.TransferReversed, context: Context, of: Of
    ) -> Outgoing:
        left, entered = self._lots.scheme_of(event.from_lot), self._lots.scheme_of(event.lot)
        person = of["person"]
        moved = {
            **of,
            "effective_on": event.effective_on,
            "from_scheme": left,
            "from_lot": self._lots.named(person, event.from_lot, left),
            "from_unit": self._lots.units[left],
            "quantity_out": event.quantity_out,
            "scheme": entered,
            "lot": self._lots.named(person, event.lot, entered),
            "unit": self._lots.units[entered],
            "quantity_in": event.quantity_in,
            "rule": event.basis.rule,
        }
        if isinstance(event, e.TransferReversed):
            return wire.TransferReversed(**context, data=wire.Moved(**moved))
        if event.transfer != BY_RULE:
            moved["id"] = reference(person, event.transfer)
        transferred = wire.Transferred(
            **moved,
            rate=event.rate,
            period=period(event.term),
            **self._lots.funder(event.lot, entered, event.funder),
        )
        return wire.TransferCreated(**context, data=transferred)

    def _scheme(self, event: SchemeEvent, context: Context, of: Of) -> Outgoing:
        about = {**of, "effective_on": event.effective_on}
        if event.scheme in self._lots.units:  # one that is refused may name no scheme, or any text
            about["scheme"] = event.scheme
        match event:
            case e.RightRestricted():
                restricted = wire.Restricted(**about, mode=event.mode)
                return wire.RestrictionImposed(**context, data=restricted)
            case e.RestrictionLifted():
                return wire.RestrictionLifted(**context, data=wire.OfScheme(**about))
            case e.RightsFrozen():
                return wire.FreezeImposed(**context, data=wire.OfSchemeOrAll(**about))
            case e.RightsUnfrozen():
                return wire.FreezeLifted(**context, data=wire.OfSchemeOrAll(**about))
            case e.RequestRefused():
                refused = wire.Refused(**about, request=event.request, reason=event.reason)
                return wire.RequestRefused(**context, data=refused)
            case _:
                assert_never(event)


def _together(
    event: e.AccountMerged | e.AccountUnmerged | e.AccountJoined | e.AccountParted,
    context: Context,
    of: Of,
) -> Outgoing:
    """Tell that two accounts are one holder's, or two again."""
    about = {**of, "effective_on": event.effective_on}
    match event:
        case e.AccountMerged():
            data = wire.MergedInto(**about, into=event.into)
            return wire.AccountMerged(**context, data=data)
        case e.AccountUnmerged():
            data = wire.MergedInto(**about, into=event.into)
            return wire.AccountUnmerged(**context, data=data)
        case e.AccountJoined():
            joined = wire.JoinedBy(**about, account=event.account)
            return wire.AccountJoined(**context, data=joined)
        case e.AccountParted():
            joined = wire.JoinedBy(**about, account=event.account)
            return wire.AccountParted(**context, data=joined)


def period(term: Term) -> Period:
    """Return a term as it is published."""
    if term.until == OPEN:
        return Period(since=term.since)
    return Period(since=term.since, until=term.until)
