"""One example of every message that goes out, beside those that come in."""

from schemas.cloudevents import Json

NORA = "6f1d3a52-7c1e-4b8e-9a40-5d2c86b1f0a7"
OTHER = "0e6f2c1b-5d0c-4b7f-8a57-3a2f6b1c9d10"
INSTALLATION = "https://rugzak.example.be"
LEDGER = "be.rugzak.ledger.v1"
LOT = "be-vlg/vov/2025-26"
SCHOOL_YEAR = {"from": "2025-09-01", "until": "2026-09-01"}
RESERVATION = "8e88ce75-07b5-577c-8389-9010c8b9d80d"
MANDATE = "6e8868ad-6948-57a5-96bc-9f3a63c32e4e"
GRANTED_BY = "grant@3f2a9c81"

OF_SCHEME = {"effectiveOn": "2025-10-05", "scheme": "be-vlg/vov"}
OF_LOT = OF_SCHEME | {"lot": LOT}
TAKEN = OF_SCHEME | {
    "id": RESERVATION,
    "unit": "minute",
    "quantity": 1200,
    "lots": [{"lot": LOT, "quantity": 1200}],
}
LESS = {"unit": "minute", "quantity": 1500, "rule": GRANTED_BY}
MOVED = {
    "effectiveOn": "2019-01-01",
    "fromScheme": "fr/cpf-heures",
    "fromLot": "fr/cpf-heures/2018",
    "fromUnit": "minute",
    "quantityOut": 7200,
    "scheme": "fr/cpf",
    "lot": "fr/cpf/2019-01-01",
    "unit": "cent",
    "quantityIn": 180000,
    "rule": "convert@9b04c1de",
}

HAPPENED: dict[str, dict[str, Json]] = {
    "statusSpells.notify.recorded": {},
    "statusSpells.notify.annulled": {},
    "profileFacts.notify.recorded": {},
    "profileFacts.notify.annulled": {},
    "topUps.notify.recorded": {},
    "topUps.notify.annulled": {},
    "rights.notify.granted": {
        "effectiveOn": "2025-09-01",
        "scheme": "be-vlg/vov",
        "lot": LOT,
        "unit": "minute",
        "quantity": 6000,
        "rule": GRANTED_BY,
        "period": SCHOOL_YEAR,
        "funder": "vlaanderen/wse",
    },
    "rights.notify.withdrawn": OF_LOT | LESS | {"fromExpired": 0},
    "rights.notify.corrected": OF_LOT
    | {"period": SCHOOL_YEAR, "funder": "vlaanderen/wse", "rule": GRANTED_BY},
    "rights.notify.expired": OF_LOT | {"unit": "minute", "quantity": 4800},
    "rights.notify.restored": OF_LOT | {"unit": "minute", "quantity": 4800},
    "shortfalls.notify.recorded": OF_LOT | LESS,
    "shortfalls.notify.settled": OF_LOT | LESS,
    "reservations.notify.created": TAKEN,
    "reservations.notify.released": TAKEN,
    "uses.notify.created": TAKEN | {"captured": True},
    "uses.notify.reversed": TAKEN,
    "endings.notify.recorded": OF_SCHEME
    | {"id": RESERVATION, "unit": "minute", "givesBack": 120, "recovers": 0},
    "transfers.notify.created": MOVED
    | {"rate": "25", "period": {"from": "2019-01-01"}, "funder": "fr/caisse-des-depots"},
    "transfers.notify.reversed": MOVED,
    "restrictions.notify.imposed": OF_SCHEME | {"mode": "freeze"},
    "restrictions.notify.lifted": OF_SCHEME,
    "freezes.notify.imposed": OF_SCHEME,
    "freezes.notify.lifted": {"effectiveOn": "2025-10-05"},
    "mandates.notify.given": {"effectiveOn": "2025-10-05", "id": MANDATE},
    "mandates.notify.ended": {"effectiveOn": "2025-10-05", "id": MANDATE},
    "accounts.notify.erased": {"effectiveOn": "2025-10-05"},
    "accounts.notify.merged": {"effectiveOn": "2025-10-05", "into": OTHER},
    "accounts.notify.unmerged": {"effectiveOn": "2025-10-19", "into": OTHER},
    "accounts.notify.joined": {"effectiveOn": "2025-10-05", "account": OTHER},
    "accounts.notify.parted": {"effectiveOn": "2025-10-19", "account": OTHER},
    "requests.notify.refused": OF_SCHEME | {"request": "reserve", "reason": "not-enough"},
}
"""By the rest of its type, what an event of the ledger tells beside whom it is about."""

BALANCE: dict[str, Json] = {
    "person": NORA,
    "position": 4711,
    "version": 7,
    "lots": [
        {
            "scheme": "be-vlg/vov",
            "lot": LOT,
            "unit": "minute",
            "period": SCHOOL_YEAR,
            "funder": "vlaanderen/wse",
            "granted": 6000,
            "withdrawn": 0,
            "transferredIn": 0,
            "transferredOut": 0,
            "reserved": 1200,
            "used": 0,
            "expired": 0,
            "available": 4800,
            "shortfall": 0,
            "usable": 4800,
            "frozen": False,
        }
    ],
}
REPLY = {
    "relatedto": "0199a2c4-7d4e-7c1a-9b9e-2f6f5a1c3d07",
    "relatedtosource": "https://training-desk.example.be",
}
REFUSED: dict[str, Json] = {
    "type": "urn:problem-type:rugzak:outcomes:refused",
    "title": "Refused",
    "detail": "nothing of be-vlg/vov is left on 2025-10-05",
    "reason": "not-enough",
    "outcome": "refused",
    "request": 1,
    "position": 4711,
}

OUT: dict[str, dict[str, Json]] = {
    **{
        f"{LEDGER}.{what}": {"data": {"person": NORA, "position": 4711, "version": 7, **told}}
        for what, told in HAPPENED.items()
    },
    f"{LEDGER}.regulations.notify.published": {
        "data": OF_SCHEME | {"position": 4711, "version": 7, "digest": "3f2a9c81"}
    },
    "be.rugzak.balances.v1.balances.notify.changed": {"data": BALANCE},
    "be.rugzak.outcomes.v1.outcomes.notify.reply": REPLY
    | {
        "data": {"outcome": "accepted", "request": 1, "events": 1, "version": 7, "position": 4711},
    },
    "be.rugzak.outcomes.v1.outcomes.notify.problemReply": REPLY
    | {"datacontenttype": "application/problem+json", "data": REFUSED},
}
"""By type, the attributes of each message that say something of their own."""
