"""The checker notices what is lost, doubled or out of order; and is silent when nothing is."""

from dataclasses import replace
from typing import Any

import pytest

from tests.chaos.checker import check
from tests.chaos.evidence import Evidence, Finding
from tests.chaos.population import CAREER, RIGHTS
from tests.chaos.reading import Event, Log, Out, Parked, Read, Receipt, Tables, Told
from tests.chaos.sampler import Sample

PERSON = "6f1d3a52-7c1e-4b8e-9a40-5d2c86b1f0a7"
LOT = "be-vlg/vov/2024-25"
FACTS, ASKED = (CAREER, 0), (RIGHTS, 0)
SOURCE = "https://example.be"


def read(place: tuple[str, int], offset: int, id_: str, type_: str, **data: Any) -> Read:
    message = {"source": SOURCE, "id": id_, "type": type_, "data": {"person": PERSON, **data}}
    return Read(place, offset, "", message)


JOB = read(
    FACTS, 0, "job-v1", "career.v1.statusSpells.notify.recorded",
    id="job", version=1, status={"fraction": "4/5"},
)  # fmt: skip
RESERVE = read(ASKED, 0, "reserve", "rights.v1.reservations.create", id="r1", quantity=60)
CAPTURE = read(ASKED, 1, "capture", "rights.v1.reservations.capture", reservationId="r1")
GARBAGE = Read(FACTS, 1, "invalid-json", None)
AGAIN = replace(JOB, offset=2)


def event(version: int, kind: str, command: str, /, **content: Any) -> Event:
    return Event(PERSON, version, version + 10, kind, f"{SOURCE} {command}", content)


EVENTS = [
    event(1, "status-recorded", "job-v1", source=SOURCE, fact="job", version=1),
    event(2, "right-granted", "job-v1", lot=LOT, quantity=6000, effective_on="2024-09-01"),
    event(3, "right-reserved", "reserve", reservation="r1", allocation=[[LOT, 60]]),
    event(4, "right-used", "capture", use="r1", reserved=True, allocation=[[LOT, 60]]),
]
RECEIPTS = [
    Receipt(number, SOURCE, id_, PERSON, "")
    for number, id_ in enumerate(("job-v1", "reserve", "capture"), start=1)
]
BALANCE = {
    "lot": LOT, "granted": 6000, "withdrawn": 0, "reserved": 0, "used": 60, "expired": 0,
}  # fmt: skip


def sent(id_: str, key: str = PERSON, **value: Any) -> Told:
    return Told(("out", 0), key, {"source": "urn:us", "id": id_, **value}, {})


SENT = [
    sent(f"ledger-{each.position}", data={"version": each.version, "position": each.position})
    for each in EVENTS
]
LETTER = Told(
    ("parked", 0), PERSON, None,
    {f"__connect.errors.{name}": text
     for name, text in (("topic", CAREER), ("partition", "0"), ("offset", "1"))},
)  # fmt: skip


def sample(at: float, facts: int, asked: int, receipt: int, parked: int, head: int) -> Sample:
    return Sample(at, {FACTS: facts, ASKED: asked}, receipt, parked, head, {}, {})


TABLES = Tables(
    events=EVENTS,
    receipts=RECEIPTS,
    parked=[Parked(1, FACTS, 1, "invalid-json", waits=True)],
    positions={FACTS: 3, ASKED: 2},
    versions={PERSON: 4},
    balances={(PERSON, LOT): (6000, 0, 60, 0)},
    projected={"balances": 14},
)
WHOLE = Evidence(
    log=Log({FACTS: [JOB, GARBAGE, AGAIN], ASKED: [RESERVE, CAPTURE]}, {FACTS: 3, ASKED: 2}),
    tables=TABLES,
    samples=[
        sample(1.0, 0, 0, 0, 0, 0),
        sample(2.0, 2, 0, 1, 1, 12),
        sample(3.0, 3, 1, 2, 1, 13),
        sample(4.0, 3, 2, 3, 1, 14),
    ],
    out=Out(
        ledger=SENT,
        balances=[sent("balance-14", data={"version": 4, "lots": [BALANCE]})],
        outcomes=[
            sent(f"outcome-{r.number}", relatedtosource=SOURCE, relatedto=r.id, data={})
            for r in RECEIPTS
        ],
        parked=[LETTER],
    ),
    reference=TABLES,
)


def tables(**changes: Any) -> Evidence:
    return replace(WHOLE, tables=replace(WHOLE.tables, **changes))


def out(**changes: Any) -> Evidence:
    return replace(WHOLE, out=replace(WHOLE.out, **changes))


def samples(*changed: Sample) -> Evidence:
    return replace(WHOLE, samples=[WHOLE.samples[0], *changed])


def found(evidence: Evidence) -> dict[str, list[Finding]]:
    return {name: findings for name, findings in check(evidence).items() if findings}


def test_what_is_whole_has_no_findings() -> None:
    assert found(WHOLE) == {}


MORE = replace(EVENTS[1], content={**EVENTS[1].content, "quantity": 7500})
TWICE = replace(EVENTS[2], version=5, position=15)

BROKEN: list[tuple[str, Evidence, str, str]] = [
    ("a message has no receipt", tables(receipts=RECEIPTS[:-1]),
     "every record has one outcome", "lost"),
    ("a message has two receipts", tables(receipts=[*RECEIPTS, replace(RECEIPTS[0], number=4)]),
     "every record has one outcome", "doubled"),
    ("garbage is not parked", tables(parked=[]),
     "every record has one outcome", "lost"),
    ("garbage is parked for something else",
     tables(parked=[Parked(1, FACTS, 1, "defect", waits=True)]),
     "every record has one outcome", "wrong"),
    ("something sound is parked",
     tables(parked=[*WHOLE.tables.parked, Parked(2, ASKED, 0, "defect", waits=True)]),
     "every record has one outcome", "wrong"),
    ("a receipt of nothing",
     tables(receipts=[*RECEIPTS, Receipt(4, SOURCE, "never", PERSON, "")]),
     "nothing has an outcome that never came", "wrong"),
    ("a partition was not read to its end", tables(positions={FACTS: 3, ASKED: 1}),
     "every partition is read to its end", "lost"),
    ("a position went back", samples(sample(2.0, 3, 1, 2, 1, 13), sample(3.0, 2, 2, 3, 1, 14)),
     "positions never go back", "wrong"),
    ("an outcome before its position",
     samples(sample(2.0, 2, 0, 2, 1, 13), sample(4.0, 3, 2, 3, 1, 14)),
     "positions and outcomes move together", "doubled"),
    ("a position before its outcome",
     samples(sample(2.0, 2, 1, 1, 1, 12), sample(4.0, 3, 2, 3, 1, 14)),
     "positions and outcomes move together", "lost"),
    ("parked before its position",
     samples(sample(2.0, 1, 0, 1, 1, 12), sample(4.0, 3, 2, 3, 1, 14)),
     "positions and outcomes move together", "doubled"),
    ("a version is missing", tables(events=EVENTS[:1] + EVENTS[2:]),
     "every account is whole", "wrong"),
    ("a state is behind its log", tables(versions={PERSON: 3}),
     "every account is whole", "wrong"),
    ("an event is there twice", tables(events=[*EVENTS, TWICE]),
     "every account is whole", "doubled"),
    ("a reservation twice", tables(events=[*EVENTS, TWICE]),
     "every account is as the messages say", "doubled"),
    ("a fact is missing", tables(events=EVENTS[1:]),
     "every account is as the messages say", "lost"),
    ("a request was refused that is sound",
     tables(receipts=[*RECEIPTS[:-1], replace(RECEIPTS[-1], reason="not-enough")]),
     "every account is as the messages say", "wrong"),
    ("without faults more was granted",
     replace(WHOLE, reference=replace(TABLES, events=[EVENTS[0], MORE, *EVENTS[2:]])),
     "every account is as without faults", "wrong"),
    ("a read model is behind", tables(projected={"balances": 13}),
     "every read model is as the log says", "lost"),
    ("a read model says something else", tables(balances={(PERSON, LOT): (6000, 60, 0, 0)}),
     "every read model is as the log says", "wrong"),
    ("an event did not go out", out(ledger=SENT[:-1]),
     "every event goes out in its order", "lost"),
    ("events went out in another order", out(ledger=[*SENT[:2], SENT[3], SENT[2]]),
     "every event goes out in its order", "wrong"),
    ("an event went out under two ids",
     out(ledger=[*SENT, replace(SENT[-1], value={**(SENT[-1].value or {}), "id": "other"})]),
     "every event goes out in its order", "doubled"),
    ("the last balance is an old one",
     out(balances=[sent("balance-13", data={"version": 3, "lots": [BALANCE]})]),
     "every balance that goes out is the last", "wrong"),
    ("no balance went out", out(balances=[]),
     "every balance that goes out is the last", "lost"),
    ("a message has no reply", out(outcomes=WHOLE.out.outcomes[:-1]),
     "every message is answered once", "lost"),
    ("nobody was told of garbage", out(parked=[]),
     "what is parked is told of and nothing else", "lost"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("evidence", "by", "sort"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN]
)
def test_what_does_not_hold_is_found(evidence: Evidence, by: str, sort: str) -> None:
    assert sort in {finding.sort for finding in found(evidence)[by]}


def test_what_went_out_twice_under_one_id_is_one() -> None:
    assert found(out(ledger=[*SENT[:3], SENT[2], *SENT[3:]])) == {}


def test_what_was_held_and_handled_later_is_no_finding() -> None:
    held = [*WHOLE.tables.parked, Parked(2, ASKED, 1, "unknown-reservation", waits=False)]
    seen = (sample(2.0, 3, 2, 2, 2, 13), sample(3.0, 3, 2, 3, 2, 14))
    assert found(replace(tables(parked=held), samples=[WHOLE.samples[0], *seen])) == {}
