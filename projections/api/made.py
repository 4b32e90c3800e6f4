"""What a command did, told from its events: these don't change, so neither does the answer."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from ledger.domain import events as e
from ledger.domain.account import BY_RULE
from ledger.domain.events import Envelope
from ledger.service.door import CLOCK
from ledger.service.naming import Lots
from ledger.service.outcomes import Accepted
from ledger.words.language import ENGLISH, Language
from projections.api.asking import Desk
from schemas.api_v1 import commands as wire
from schemas.outgoing import Part


def stretch(account: UUID, outcome: Accepted) -> tuple[UUID, int, int]:
    """Return which events of an account tell what was done: after a version, up to another.

    One that wrote nothing is answered with the place of what was so already.
    """
    return account, outcome.version - max(outcome.events, 1), outcome.version


def done(
    desk: Desk,
    account: UUID,
    outcome: Accepted,
    found: Sequence[Envelope],
    say: Language = ENGLISH,
) -> wire.Done:
    """Return what an accepted command did, by its stretch; texts of rules are in a language."""
    did: dict[str, Any] = {}
    for each in found if outcome.events else ():
        if each.metadata.actor != CLOCK:  # what fell due by itself is not of the command
            _tell(did, each.event, account, desk, say)
    return wire.Done(person=account, position=found[-1].position, version=outcome.version, **did)


def _tell(did: dict[str, Any], event: e.Event, account: UUID, desk: Desk, say: Language) -> None:
    """Add what an event is of a command, if anything; the rest are consequences by the rules."""
    lots = desk.lots
    match event:
        case e.RightReserved(reservation=id_):
            did["reserved"] = _by_the_rules(event, id_, account, desk)
        case e.RightUsed(use=id_):
            did["used"] = _by_the_rules(event, id_, account, desk)
        case e.ReservationReleased(reservation=id_) | e.UseReversed(use=id_):
            did["given_back"] = wire.Taken(**_taken(event, id_, account, lots))
        case e.CourseEnded():
            did["ended"] = wire.Ended(
                id=event.id,
                scheme=event.scheme,
                unit=event.unit,
                gives_back=event.gives_back,
                recovers=event.recovers,
                rule=event.rule,
                because=say.of(desk.rules.schemes[event.scheme]).text(event.because),
            )
        case e.RightTransferred() if event.transfer != BY_RULE:
            moved = did.get("transferred", ())
            did["transferred"] = (*moved, _transferred(event, account, lots))
        case e.RightsFrozen() | e.RightsUnfrozen():
            name = "frozen" if isinstance(event, e.RightsFrozen) else "unfrozen"
            scheme = {"scheme": event.scheme} if event.scheme else {}
            did[name] = wire.Frozen(**scheme, effective_on=event.effective_on)
        case e.MandateGiven() | e.MandateEnded():
            name = "mandate_given" if isinstance(event, e.MandateGiven) else "mandate_ended"
            did[name] = wire.Mandated(id=event.mandate, effective_on=event.effective_on)


def _by_the_rules(
    event: e.RightReserved | e.RightUsed, id_: str, account: UUID, desk: Desk
) -> wire.ByTheRules:
    of = _taken(event, id_, account, desk.lots)
    if event.rule:
        of["rule"] = event.rule
    if event.pays is not None:
        of |= {"pays": event.pays, "pays_unit": desk.door.rulebook.schemes[event.scheme].money}
    return wire.ByTheRules(**of)


def _taken(
    event: e.RightReserved | e.RightUsed | e.ReservationReleased | e.UseReversed,
    id_: str,
    account: UUID,
    lots: Lots,
) -> dict[str, Any]:
    """Tell what is held, used or given back; there is always a lot, and one scheme."""
    scheme = lots.scheme_of(event.allocation[0][0])
    return {
        "id": id_,
        "effective_on": event.effective_on,
        "scheme": scheme,
        "unit": lots.units[scheme],
        "quantity": sum(quantity for _, quantity in event.allocation),
        "lots": tuple(
            Part(lot=lots.named(account, lot, scheme), quantity=quantity)
            for lot, quantity in event.allocation
        ),
    }


def _transferred(event: e.RightTransferred, account: UUID, lots: Lots) -> wire.Transferred:
    left = lots.scheme_of(event.from_lot)
    return wire.Transferred(
        id=event.transfer,
        from_lot=lots.named(account, event.from_lot, left),
        from_unit=lots.units[left],
        quantity_out=event.quantity_out,
        scheme=event.scheme,
        lot=lots.named(account, event.lot, event.scheme),
        unit=event.unit,
        quantity_in=event.quantity_in,
        rate=event.rate,
        effective_on=event.effective_on,
        rule=event.basis.rule,
    )
