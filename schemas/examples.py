"""One example of every message; they are in the published schemas and in the tests."""

from copy import deepcopy

from schemas.cloudevents import Json
from schemas.examples_out import INSTALLATION, OUT

NORA = "6f1d3a52-7c1e-4b8e-9a40-5d2c86b1f0a7"
PAYROLL = "https://payroll.example.be"
REGISTER = "https://register.example.be"
FUNDER = "https://france-travail.example.fr"
TRAINING_DESK = "https://training-desk.example.be"
COURSE = {"id": "french-a2", "provider": "cvo-semper", "startDate": "2025-10-06"}
JOB = {
    "person": NORA,
    "id": "employment-1",
    "version": 1,
    "status": {
        "kind": "employee",
        "employerNumber": "0566988259",
        "sector": "private",
        "placeOfWork": "be-vlg",
        "fraction": "4/5",
        "weeklyMinutes": 1824,
    },
    "period": {"from": "2025-09-01"},
    "evidence": "declared",
}
DIPLOMA = {
    "person": NORA,
    "id": "diploma-7781",
    "version": 1,
    "profile": {"kind": "qualification", "eqfLevel": 4, "from": "2006-06-30"},
}
DOTATION = {
    "person": NORA,
    "id": "dotation-2025-118",
    "version": 1,
    "scheme": "fr/cpf",
    "bucket": "dotation",
    "funder": "fr/france-travail",
    "quantity": 50000,
    "unit": "cent",
    "period": {"from": "2025-10-01", "until": "2026-10-01"},
    "courseKinds": ["certification", "driving-licence"],
}
NSSO = "https://nsso.example.be"
NORA_SSIN = "93051822361"
"""A published example of a national number; nobody's."""

FOR_NORA = {"person": NORA, "effectiveOn": "2025-10-05"}

DATA: dict[str, tuple[str, dict[str, Json]]] = {
    "be.rugzak.career.v1.statusSpells.notify.recorded": (PAYROLL, JOB),
    "be.rugzak.career.v1.statusSpells.notify.corrected": (
        PAYROLL,
        JOB
        | {
            "version": 2,
            "evidence": "settled",
            "period": {"from": "2025-09-01", "until": "2026-03-01"},
        },
    ),
    "be.rugzak.career.v1.statusSpells.notify.annulled": (
        PAYROLL,
        {"person": NORA, "id": "employment-1", "version": 3},
    ),
    "be.rugzak.career.v1.profileFacts.notify.recorded": (REGISTER, DIPLOMA),
    "be.rugzak.career.v1.profileFacts.notify.corrected": (
        REGISTER,
        DIPLOMA
        | {
            "version": 2,
            "profile": {"kind": "qualification", "eqfLevel": 5, "from": "2008-06-30"},
        },
    ),
    "be.rugzak.career.v1.profileFacts.notify.annulled": (
        REGISTER,
        {"person": NORA, "id": "diploma-7781", "version": 3},
    ),
    "be.rugzak.rights.v1.reservations.create": (
        TRAINING_DESK,
        FOR_NORA
        | {
            "id": "reservation-2025-118",
            "scheme": "be-vlg/vov",
            "quantity": 1200,
            "unit": "minute",
            "course": COURSE,
        },
    ),
    "be.rugzak.rights.v1.reservations.capture": (
        TRAINING_DESK,
        FOR_NORA | {"reservationId": "reservation-2025-118", "quantity": 900},
    ),
    "be.rugzak.rights.v1.reservations.release": (
        TRAINING_DESK,
        FOR_NORA | {"reservationId": "reservation-2025-118", "reason": "The course was cancelled."},
    ),
    "be.rugzak.rights.v1.uses.create": (
        TRAINING_DESK,
        FOR_NORA
        | {
            "id": "use-2025-301",
            "scheme": "be-vlg/opleidingscheques",
            "quantity": 12500,
            "unit": "cent",
            "course": COURSE,
        },
    ),
    "be.rugzak.rights.v1.uses.reverse": (
        TRAINING_DESK,
        FOR_NORA | {"useId": "use-2025-301", "reason": "The provider was not recognized."},
    ),
    "be.rugzak.rights.v1.transfers.create": (
        TRAINING_DESK,
        FOR_NORA
        | {
            "id": "transfer-12",
            "scheme": "fr/dif",
            "toScheme": "fr/cpf",
            "quantity": 1200,
            "unit": "minute",
        },
    ),
    "be.rugzak.rights.v1.freezes.create": (
        TRAINING_DESK,
        FOR_NORA | {"scheme": "fr/cpf", "reason": "A fraud inquiry is open."},
    ),
    "be.rugzak.rights.v1.freezes.delete": (
        TRAINING_DESK,
        FOR_NORA | {"scheme": "fr/cpf", "reason": "The inquiry is closed."},
    ),
    "be.rugzak.dimona.v1.periods.notify.declared": (
        NSSO,
        {
            "ssin": NORA_SSIN,
            "periodId": "123",
            "sequence": 1,
            "result": "accepted",
            "employerNumber": "0566988259",
            "sector": "private",
            "placeOfWork": "be-vlg",
            "kind": "in",
            "period": {"from": "2025-07-01"},
        },
    ),
    "be.rugzak.dmfa.v1.declarations.notify.settled": (
        NSSO,
        {
            "ssin": NORA_SSIN,
            "employer": {"enterpriseNumber": "0566988259", "nssoNumber": "0212345609"},
            "sector": "private",
            "quarter": "2025-Q3",
            "version": 1,
            "occupations": [
                {
                    "number": 1,
                    "kind": "declared",
                    "period": {"from": "2025-07-01"},
                    "workRegime": {"worker": 3040, "reference": 3800},
                    "establishmentUnit": {"number": "2297964444", "region": "be-vlg"},
                }
            ],
        },
    ),
    "be.rugzak.jobseeker.v1.registrations.notify.changed": (
        "https://employment-office.example.be",
        {
            "ssin": NORA_SSIN,
            "id": "registration-88",
            "version": 1,
            "office": "vdab",
            "kind": "registered",
            "period": {"from": "2026-01-05"},
            "withBenefit": True,
        },
    ),
    "be.rugzak.selfemployed.v1.affiliations.notify.changed": (
        "https://insurance-fund.example.be",
        {
            "ssin": NORA_SSIN,
            "id": "affiliation-5",
            "version": 1,
            "kind": "affiliated",
            "period": {"from": "2026-03-01"},
            "activity": "side",
            "placeOfWork": "be-vlg",
            "contributionsPaid": True,
            "enterpriseNumber": "0884303369",
        },
    ),
    "be.rugzak.enterprise.v1.businesses.notify.changed": (
        "https://enterprises.example.be",
        {
            "enterpriseNumber": "0884303369",
            "id": "business-5",
            "version": 1,
            "kind": "inBusiness",
            "period": {"from": "2026-03-01"},
            "size": "small",
            "place": "be-vlg",
        },
    ),
    "be.rugzak.topups.v1.topUps.notify.recorded": (FUNDER, DOTATION),
    "be.rugzak.topups.v1.topUps.notify.corrected": (
        FUNDER,
        DOTATION | {"version": 2, "period": {"from": "2025-10-01", "until": "2027-01-01"}},
    ),
    "be.rugzak.topups.v1.topUps.notify.annulled": (
        FUNDER,
        {"person": NORA, "id": "dotation-2025-118", "version": 3},
    ),
    "be.rugzak.rights.v1.endings.create": (
        TRAINING_DESK,
        FOR_NORA | {"id": "reservation-2025-118", "attended": "9/10", "exam": "passed"},
    ),
    "be.rugzak.rights.v1.mandates.create": (
        TRAINING_DESK,
        FOR_NORA
        | {
            "id": "mandate-2025-7",
            "helper": {"organization": "0206731645"},
            "actions": ["read", "authorize"],
            "schemes": ["be-vlg/vov"],
            "period": {"from": "2025-10-05", "until": "2026-10-05"},
        },
    ),
    "be.rugzak.rights.v1.mandates.end": (
        TRAINING_DESK,
        FOR_NORA | {"mandateId": "mandate-2025-7", "reason": "The person asked for it."},
    ),
}


def example(type_: str) -> dict[str, Json]:
    """Return the whole example message of a type, anew each time."""
    service = ".".join(type_.split(".")[:4])
    if type_ in OUT:
        return {
            "specversion": "1.0",
            "id": f"{service.split('.')[2]}-4711",
            "source": INSTALLATION,
            "type": type_,
            "service": service,
            "time": "2025-10-05T06:15:00.125000Z",
            "datacontenttype": "application/json",
            **deepcopy(OUT[type_]),
        }
    source, content = DATA[type_]
    number = list(DATA).index(type_) + 1
    return {
        "specversion": "1.0",
        "id": f"0199a2c4-7d4e-7c1a-9b9e-2f6f5a1c3d{number:02d}",
        "source": source,
        "type": type_,
        "service": service,
        "time": "2025-10-05T08:15:00+02:00",
        "datacontenttype": "application/json",
        "data": deepcopy(content),
    }
