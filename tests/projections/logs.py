"""Logs for the tests: valid lives of lots drawn from a seed, and a log held in a list."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from ledger.domain import events as e
from ledger.domain.calendar import Term
from ledger.domain.commands import Course
from ledger.domain.events import Basis, Envelope, Event, Metadata
from ledger.domain.facts import Birth, Jobseeking
from ledger.domain.lots import Lot, apply
from ledger.domain.quantities import Unit
from tests.amounts import negatives

VOV, CPF = "be-vlg/vov", "fr/cpf"
BASIS = Basis(rule="grant-2021@9f3c", facts=(1,), steps=(("share", "4/5"),))
DAY = date(2021, 9, 1)
REGISTER = "https://dimona.example.be"


class ListLog:
    """A log in memory; the second implementation of `projections.runner.Log`."""

    def __init__(self, envelopes: Sequence[Envelope] = ()) -> None:
        """Start with some envelopes."""
        self.envelopes = list(envelopes)

    def events_after(self, position: int, limit: int) -> list[Envelope]:
        """Read the envelopes after a position."""
        return [x for x in self.envelopes if (x.position or 0) > position][:limit]

    def head(self) -> int:
        """Return the last position."""
        return self.envelopes[-1].position or 0 if self.envelopes else 0


def person(number: int) -> UUID:
    """Return the account of example person `number`."""
    return UUID(int=(0x6F1D3A52 << 96) + number)


def granted(
    lot: str = "be-vlg/vov/2021-22",
    quantity: int = 7500,
    *,
    scheme: str = VOV,
    unit: Unit = "minute",
    year: int = 2021,
) -> e.RightGranted:
    """Return a grant of a school year."""
    return e.RightGranted(
        lot=lot,
        scheme=scheme,
        unit=unit,
        quantity=quantity,
        term=Term(date(year, 9, 1), date(year + 1, 9, 1)),
        funder="be-vlg",
        effective_on=DAY,
        basis=BASIS,
    )


def enveloped(
    events: Sequence[Event], account: UUID, *, after: int = 0, command: str = f"{REGISTER} m1"
) -> list[Envelope]:
    """Give events places in the log, all of one command."""
    at = datetime(2021, 9, 1, 6, tzinfo=UTC)
    return [
        Envelope(
            account=account,
            version=number,
            event=event,
            metadata=Metadata(command=command, actor=REGISTER, recorded_at=at),
            position=after + number,
        )
        for number, event in enumerate(events, start=1)
    ]


def noras_life(account: UUID) -> list[Envelope]:
    """Return the events on Nora's lot in the example life, in minutes."""
    lot, held = "be-vlg/vov/2021-22", {"allocation": (("be-vlg/vov/2021-22", 1200),)}
    course = {"course": Course(id="french-a2", provider="cvo-semper", starts_on=DAY)}
    autumn = date(2021, 10, 5)
    events = [
        granted(),
        e.RightReserved(reservation="r1", scheme=VOV, effective_on=autumn, **course, **held),
        e.RightUsed(use="r1", reserved=True, scheme=VOV, effective_on=autumn, **course, **held),
        e.RightWithdrawn(lot=lot, quantity=1500, from_expired=0, effective_on=DAY, basis=BASIS),
        e.RightRestricted(
            scheme=VOV, mode="keep", effective_on=date(2022, 3, 1), reason="not employed"
        ),
        e.RightExpired(
            lot=lot, quantity=4800, effective_on=date(2022, 9, 1), reason="the term is over"
        ),
        e.RightWithdrawn(lot=lot, quantity=4800, from_expired=4800, effective_on=DAY, basis=BASIS),
        e.ShortfallRecorded(lot=lot, quantity=1200, effective_on=DAY, basis=BASIS),
    ]
    return enveloped(events, account)


def lives(seed: int, events: int, accounts: int = 5) -> list[Envelope]:
    """Draw a log in which every kind of event may come and no quantity gets negative."""
    chance = random.Random(seed)  # noqa: S311  no secret
    held: dict[UUID, dict[str, Lot]] = {person(n): {} for n in range(accounts)}
    versions = dict.fromkeys(held, 0)
    log: list[Envelope] = []
    command, position = 0, 0
    while len(log) < events:
        account = chance.choice(list(held))
        event = _drawn(chance, held[account])
        trial = dict(held[account])
        apply(trial, event)
        if any(negatives(lot) for lot in trial.values()):
            continue
        held[account] = trial
        versions[account] += 1
        position += chance.choice((1, 1, 1, 3))
        if chance.random() < 0.6 or (log and log[-1].account != account):
            command += 1
        log.append(
            Envelope(
                account=account,
                version=versions[account],
                event=event,
                metadata=Metadata(
                    command=f"{chance.choice((REGISTER,))} m{command}",
                    actor=REGISTER,
                    recorded_at=datetime(2021, 9, 1, tzinfo=UTC) + timedelta(seconds=position),
                ),
                position=position,
            )
        )
    return log


def _drawn(chance: random.Random, lots: dict[str, Lot]) -> Event:
    if not lots or chance.random() < 0.2:
        year = chance.choice((2021, 2022))
        return granted(f"be-vlg/vov/{year}-{year - 1999}", chance.randint(1, 9000), year=year)
    lot, size = chance.choice(list(lots)), chance.randint(1, 3000)
    about = {"lot": lot, "quantity": size, "effective_on": DAY}
    held = {"allocation": ((lot, size),), "effective_on": DAY}
    course = {"course": Course(id="french-a2", provider="cvo-semper", starts_on=DAY)}
    why = {"effective_on": DAY, "reason": "not employed"}
    fact = {"source": REGISTER, "fact": "s1", "version": 1}
    transfer = {
        "from_lot": lot, "quantity_out": size, "lot": "fr/cpf/euro", "quantity_in": size * 25,
        "effective_on": DAY, "basis": BASIS,
    }  # fmt: skip
    makers = [
        lambda: e.RightReserved(reservation="r", scheme=VOV, **course, **held),
        lambda: e.ReservationReleased(reservation="r", reason="cancelled", **held),
        lambda: e.RightUsed(use="r", reserved=True, scheme=VOV, **course, **held),
        lambda: e.RightUsed(use="u", reserved=False, scheme=VOV, **course, **held),
        lambda: e.UseReversed(use="u", reason="fraud of the provider", **held),
        lambda: e.RightWithdrawn(from_expired=0, basis=BASIS, **about),
        lambda: e.RightWithdrawn(from_expired=size, basis=BASIS, **about),
        lambda: e.RightExpired(reason="the term is over", **about),
        lambda: e.RightRestored(reason="corrected", **about),
        lambda: e.ShortfallRecorded(basis=BASIS, **about),
        lambda: e.ShortfallSettled(basis=BASIS, **about),
        lambda: e.RightTransferred(
            transfer="t", scheme=CPF, unit="cent", rate="25", rounding="nearest",
            term=Term(date(2021, 1, 1)), funder="fr", **transfer,
        ),
        lambda: e.TransferReversed(**transfer) if "fr/cpf/euro" in lots else granted(),
        lambda: e.RightRestricted(scheme=VOV, mode="keep", **why),
        lambda: e.RestrictionLifted(scheme=VOV, **why),
        lambda: e.RightsFrozen(scheme=chance.choice(("", VOV)), **why),
        lambda: e.RightsUnfrozen(scheme=chance.choice(("", VOV)), **why),
        lambda: e.MandateGiven(
            mandate=chance.choice(("m1", "m2")), helper=person(1), actions=("read",),
            schemes=chance.choice(((), (VOV,))), term=Term(DAY), effective_on=DAY,
        ),
        lambda: e.MandateEnded(mandate=chance.choice(("m1", "m2")), **why),
        lambda: e.StatusRecorded(
            term=Term(DAY), status=Jobseeking(benefit=True), evidence="declared", **fact
        ),
        lambda: e.StatusAnnulled(**fact),
        lambda: e.ProfileRecorded(profile=Birth(on=date(1988, 4, 2)), **fact),
        lambda: e.ProfileAnnulled(**fact),
        lambda: e.TopUpRecorded(
            scheme=CPF, bucket="dotation", funder="fr/france-travail", quantity=size, unit="cent",
            term=Term(DAY), **fact,
        ),
        lambda: e.TopUpAnnulled(**fact),
        lambda: e.TermCorrected(
            lot=lot, term=Term(DAY), funder="fr/france-travail",
            effective_on=DAY, basis=BASIS,
        ),
        lambda: e.RequestRefused(
            request="reserve", scheme="be-vlg/vov", reason="not-enough", detail="2 h left",
            effective_on=DAY,
        ),
    ]  # fmt: skip
    event: Event = chance.choice(makers)()
    return event


def moved(envelopes: Sequence[Envelope], by: int) -> list[Envelope]:
    """Return the envelopes further on in the log."""
    return [replace(x, position=(x.position or 0) + by) for x in envelopes]
