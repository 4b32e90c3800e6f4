"""One plausible event of every kind, and a generated log of a realistic mix.

The samples are what `schemas/stored/` froze as golden payloads: add, never edit.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import count
from uuid import UUID

from ledger.domain import acts
from ledger.domain import events as e
from ledger.domain.calendar import Term
from ledger.domain.commands import Course
from ledger.domain.facts import Birth, Employment, Jobseeking, SelfEmployment, Status

LOT = "be-vlg/vov/2025-26"
TOPPED_UP = "fr/cpf/top-up-dotation-2025-118-5c1d0b7e/dotation"
COURSE = Course(id="opl-7781", provider="cvo-antwerpen", starts_on=date(2025, 10, 20))
SCHEME = "be-vlg/vov"
DRAWS: e.Draws = (
    ("be-vlg/vov/budget/2025-26", "quantity"),
    ("be-vlg/vov/full/2025-26/cvo-antwerpen/opl-7781", "requests"),
)
TOPIC = UUID("0c9b1e52-9a3d-4e0a-8f3c-5b7d2a1e6f10")
OTHER = UUID("0e6f2c1b-5d0c-4b7f-8a57-3a2f6b1c9d10")
DAY = date(2025, 10, 6)
SCHOOL_YEAR = Term(date(2025, 9, 1), date(2026, 9, 1))
BASIS = e.Basis(
    rule="grant@3f2a9c81",
    facts=(1, 3),
    steps=(("share", "4/5"), ("base", "7500"), ("amount", "6000")),
)
FUNDER = "https://abondements.france-travail.example.fr"
SOURCES = (
    "https://dimona.socialsecurity.example.be",
    "https://arbeidsbemiddeling.vdab.example.be",
    "https://loopbaan.rsvz-inasti.example.be",
    "https://burgerprofiel.vlaanderen.example",
)

SAMPLES: tuple[e.Event, ...] = (
    e.StatusRecorded(
        source=SOURCES[0],
        fact="4f1c9a27d3be-1",
        version=2,
        term=Term(date(2025, 9, 1)),
        status=Employment(
            employer="0403227515",
            sector="private",
            place="be-vlg",
            share=Fraction(4, 5),
            weekly=1824,
        ),
        evidence="settled",
    ),
    e.StatusAnnulled(source=SOURCES[0], fact="4f1c9a27d3be-1", version=3),
    e.ProfileRecorded(
        source=SOURCES[3], fact="4f1c9a27d3be-9", version=1, profile=Birth(on=date(1988, 4, 17))
    ),
    e.ProfileAnnulled(source=SOURCES[3], fact="4f1c9a27d3be-9", version=2),
    e.RightGranted(
        lot=LOT,
        scheme=SCHEME,
        unit="minute",
        quantity=6000,
        term=SCHOOL_YEAR,
        funder="vlaanderen/wse",
        effective_on=date(2025, 9, 1),
        basis=BASIS,
    ),
    e.RightWithdrawn(lot=LOT, quantity=1500, from_expired=0, effective_on=DAY, basis=BASIS),
    e.ShortfallRecorded(lot=LOT, quantity=300, effective_on=DAY, basis=BASIS),
    e.ShortfallSettled(lot=LOT, quantity=300, effective_on=DAY, basis=BASIS),
    e.RightReserved(
        reservation="enrolment-2025-118",
        scheme=SCHEME,
        course=COURSE,
        allocation=((LOT, 2400),),
        effective_on=DAY,
        pays=10_320,
        rule="use@3f2a9c81",
        draws=DRAWS,
    ),
    e.ReservationReleased(
        reservation="enrolment-2025-118",
        allocation=((LOT, 400),),
        effective_on=DAY,
        reason="The course was shortened.",
    ),
    e.RightUsed(
        use="enrolment-2025-118",
        reserved=True,
        scheme=SCHEME,
        course=COURSE,
        allocation=((LOT, 2000),),
        effective_on=DAY,
        pays=10_320,
        rule="use@3f2a9c81",
        draws=DRAWS,
    ),
    e.UseReversed(
        use="enrolment-2025-118",
        allocation=((LOT, 2000),),
        effective_on=DAY,
        reason="The course was cancelled.",
    ),
    e.RightTransferred(
        transfer="conversion",
        from_lot="fr/cpf-heures/compte",
        quantity_out=7200,
        lot="fr/cpf/compte",
        scheme="fr/cpf",
        unit="cent",
        quantity_in=180000,
        rate="25",
        rounding="nearest",
        term=Term(date(2019, 1, 1)),
        funder="fr/caisse-des-depots",
        effective_on=date(2019, 1, 1),
        basis=BASIS,
    ),
    e.TransferReversed(
        from_lot="fr/cpf-heures/compte",
        quantity_out=600,
        lot="fr/cpf/compte",
        quantity_in=15000,
        effective_on=DAY,
        basis=BASIS,
    ),
    e.RightExpired(lot=LOT, quantity=3600, effective_on=date(2026, 9, 1), reason="term"),
    e.RightRestored(lot=LOT, quantity=3600, effective_on=DAY, reason="eligible again"),
    e.RightRestricted(scheme=SCHEME, mode="freeze", effective_on=DAY, reason="not eligible"),
    e.RestrictionLifted(scheme=SCHEME, effective_on=DAY, reason="eligible again"),
    e.RightsFrozen(scheme="fr/cpf", effective_on=DAY, reason="A fraud inquiry is open."),
    e.RightsUnfrozen(scheme="fr/cpf", effective_on=DAY, reason="The inquiry is closed."),
    e.RequestRefused(
        request="reserve",
        scheme="be-vlg/vov",
        reason="not-enough",
        detail="2400 minutes were asked of be-vlg/vov; 40 h is available until 2026-09-01.",
        effective_on=DAY,
    ),
    e.TopUpRecorded(
        source=FUNDER,
        fact="dotation-2025-118",
        version=1,
        scheme="fr/cpf",
        bucket="dotation",
        funder="fr/france-travail",
        quantity=50_000,
        unit="cent",
        term=Term(date(2025, 10, 1), date(2026, 10, 1)),
        course="caces-r489",
        purposes=("certification", "licence"),
    ),
    e.TopUpAnnulled(source=FUNDER, fact="dotation-2025-118", version=2),
    e.TermCorrected(
        lot=TOPPED_UP,
        term=Term(date(2025, 10, 1), date(2027, 1, 1)),
        funder="fr/france-travail",
        effective_on=date(2025, 10, 1),
        basis=BASIS,
    ),
    e.CourseEnded(
        id="enrolment-2025-118",
        scheme=SCHEME,
        unit="minute",
        money="cent",
        withdrawn=False,
        attended=Fraction(2, 5),
        exam="missed",
        gives_back=0,
        refunds=None,
        recovers=2000,
        effective_on=DAY,
        because="less than half of the course was attended",
        rule="ending:2@3f2a9c81",
    ),
    e.RegulationPublished(
        scheme=SCHEME,
        digest="e053171e",
        sha256="e053171ed33f9c62c51c2be4b643c426b73553ec1497f06002fb9648e818475f",
        content='[["scheme", "be-vlg/vov"], ["unit", "hour"]]',
        effective_on=DAY,
    ),
    e.RecordDropped(
        topic="rugzak.rights.v1",
        topic_id=TOPIC,
        partition=3,
        offset=41_207,
        reason="unknown-reservation",
        source=SOURCES[0],
        message="0199a2c4-7d4e-7c1a-9b9e-2f6f5a1c3d09",
        because="The provider confirmed that it never made this reservation.",
        effective_on=DAY,
    ),
    e.GapAccepted(
        topic="rugzak.career.v1",
        topic_id=TOPIC,
        partition=5,
        was_topic_id=UUID("4a0c1a3e-63a4-4a50-9b3e-0d2f6f1f7a11"),
        since=18_400,
        until=0,
        because="The topic was made again; the source publishes all of it anew.",
        effective_on=DAY,
    ),
    e.MandateGiven(
        mandate="mandate-2025-7",
        helper=UUID("0b54f3c1-2f0d-4a55-8d1e-7c3a90f1d2e4"),
        organisation="",
        actions=("authorize", "read"),
        schemes=("be-vlg/vov",),
        term=SCHOOL_YEAR,
        effective_on=DAY,
    ),
    e.MandateEnded(mandate="mandate-2025-7", effective_on=DAY, reason="The person asked for it."),
    e.AccountErased(because="Asked for by the person, file 2025-118.", effective_on=DAY),
    e.AccountMerged(into=OTHER, because="One person had two numbers, file 41.", effective_on=DAY),
    e.AccountUnmerged(into=OTHER, because="They were twins, file 41.", effective_on=DAY),
    e.AccountJoined(account=OTHER, because="One person had two numbers.", effective_on=DAY),
    e.AccountParted(account=OTHER, because="They were twins, file 41.", effective_on=DAY),
    acts.LogKeyChanged(
        key="rights.example.be/log+8f3a1c5d+AVeh3hsN0QvqAxXPZSbZHfh3bQhSsXw6sKq0oZbN7p0V",
        since=4_712,
        instead_of="rights.example.be/log+12ab34cd+ARmZmN2M9n6vX0cKx2m3Tt3nYxVJr5yTn1bW5cZp3Q4S",
        because="The yearly rotation.",
        effective_on=DAY,
    ),
    acts.MasterKeyChanged(key="2026", because="The yearly rotation.", effective_on=DAY),
    acts.SettingsChanged(
        command="consume",
        version="1.4.0",
        settings=(("batch_max_records", "1000"), ("vault_key", "set")),
        effective_on=DAY,
    ),
    acts.StatesRepaired(
        rows=(
            (str(OTHER), "the state row differs from the log in uses"),
            ("be-vlg/vov/budget/2025-26", "2400 is taken of it, by the log 4800"),
        ),
        because="A restored backup, incident 12.",
        effective_on=DAY,
    ),
    acts.ProjectionRebuilt(
        projection="balances",
        generation=3,
        position=4_711,
        because="A disk was full.",
        effective_on=DAY,
    ),
    acts.RecordsReplayed(
        records=((7, "rugzak.rights.v1-3@41207"), (9, "rugzak.rights.v1-3@41209")),
        because="The register knows the provider now.",
        effective_on=DAY,
    ),
    acts.DecidedAnew(
        until=DAY, because="The decree of July counts from September.", effective_on=DAY
    ),
)

METADATA = e.Metadata(
    command=f"{SOURCES[0]} 0199a2c4-7d4e-7c1a-9b9e-2f6f5a1c3d01",
    actor=SOURCES[0],
    recorded_at=datetime(2025, 10, 6, 8, 15, 0, 123456, tzinfo=UTC),
)


def account(seed: random.Random) -> UUID:
    """Return a random account id, as accounts have."""
    return UUID(int=seed.getrandbits(128), version=4)


def lives(seed: random.Random, start: datetime) -> Iterator[list[e.Envelope]]:
    """Yield for one new person after another the two events that a first status gives."""
    for number in count():
        person = account(seed)
        at = start + timedelta(microseconds=number * 1_317)
        source = seed.choice(SOURCES)
        metadata = e.Metadata(
            command=f"{source} {UUID(int=seed.getrandbits(128), version=4)}",
            actor=source,
            recorded_at=at,
        )
        since = date(2025, 1, 1) + timedelta(days=seed.randrange(365))
        share = Fraction(seed.choice((5, 4, 3)), 5)
        minutes = int(7500 * share)
        said = e.StatusRecorded(
            source=source,
            fact=f"{seed.getrandbits(60):015x}-{seed.randrange(1, 30)}",
            version=seed.randrange(1, 4),
            term=Term(since),
            status=_status(seed, share),
            evidence=seed.choice(("declared", "settled")),
        )
        given = e.RightGranted(
            lot=f"be-vlg/vov/{since.year}-{(since.year + 1) % 100}",
            scheme=SCHEME,
            unit="minute",
            quantity=minutes,
            term=SCHOOL_YEAR,
            funder="vlaanderen/wse",
            effective_on=since,
            basis=e.Basis(
                rule=f"grant@{seed.choice(('3f2a9c81', '90be11d2'))}",
                facts=(1,),
                steps=(("share", str(share)), ("base", "7500"), ("amount", str(minutes))),
            ),
        )
        yield [
            e.Envelope(account=person, version=version, event=event, metadata=metadata)
            for version, event in enumerate((said, given), start=1)
        ]


def _status(seed: random.Random, share: Fraction) -> Status:
    if seed.random() < 0.2:
        return Jobseeking(benefit=seed.random() < 0.5)
    if seed.random() < 0.1:
        return SelfEmployment(activity="main", place="be-vlg")
    return Employment(
        employer=f"0{seed.randrange(4 * 10**8, 9 * 10**8)}",
        sector="private",
        place="be-vlg",
        share=share,
        weekly=int(2280 * share),
    )
