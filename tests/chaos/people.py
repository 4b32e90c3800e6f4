"""Checks of the accounts: whole, and as the messages say."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tests.chaos.evidence import Evidence, Finding, Sort
from tests.chaos.model import LOT, Expected, expected
from tests.chaos.reading import Event, Read, accounts


def every_account_is_whole(evidence: Evidence) -> Iterator[Finding]:
    """The versions of an account are 1, 2, 3 and so on; its state is of the last; nothing twice."""
    for account, events in accounts(evidence.tables.events):
        versions = [event.version for event in events]
        if versions != list(range(1, len(events) + 1)):
            yield Finding("wrong", f"{account} has the versions {versions}")
        if evidence.tables.versions.get(account) != len(events):
            kept = evidence.tables.versions.get(account)
            yield Finding("wrong", f"{account}: its state is of {kept}, its log has {len(events)}")
        for key, times in Counter(map(_said, events)).items():
            if times > 1:
                last = max(event.position for event in events if _said(event) == key)
                told = f"{account} holds {times} times {key[:3]}"
                yield Finding("doubled", told, evidence.written(last))


def _said(event: Event) -> tuple[str, str, str, str]:
    """Return what may be said once: a version of a fact, and what one request led to."""
    content = event.content
    if event.kind.startswith(("status-", "profile-")):
        return ("fact", content["source"], content["fact"], str(content["version"]))
    return (event.kind, event.command, str(sorted(content.items(), key=str)), "")


def every_account_is_as_the_messages_say(evidence: Evidence) -> Iterator[Finding]:
    """Facts, refusals, requests and the lot of each person are those of the model."""
    people: dict[str, list[Read]] = {}
    for copies in evidence.sound.values():
        message = copies[0].message
        assert message is not None
        people.setdefault(message["data"]["person"], []).append(copies[0])
    events = dict(accounts(evidence.tables.events))
    for person, records in people.items():
        # A career is in one partition and requests are in another; neither order matters to it.
        records.sort(key=lambda one: (one.place[0], one.place[1], one.offset))
        model = expected(one.message for one in records if one.message is not None)
        assert not model.waiting, f"the population left something waiting: {model.waiting}"
        yield from _differs(evidence, person, model, events.get(person, []), records)


def _differs(
    evidence: Evidence,
    person: str,
    model: Expected,
    events: Sequence[Event],
    records: Sequence[Read],
) -> Iterator[Finding]:
    at = evidence.at(records[-1])
    facts = [_said(event)[1:] for event in events if _said(event)[0] == "fact"]
    known = {(source, fact, int(version)) for source, fact, version in facts}
    for missing in model.facts - known:
        yield Finding("lost", f"{person} lacks {missing}", at)
    for more in known - model.facts:
        yield Finding("wrong", f"{person} holds {more}, which nobody said", at)
    became = Counter(_became(event) for event in events if event.kind in REQUESTS)
    asked = Counter(model.events)
    for missing_event in (asked - became).elements():
        yield Finding("lost", f"{person} lacks {missing_event}", at)
    for more_event in (became - asked).elements():
        sort: Sort = "doubled" if more_event in asked else "wrong"
        yield Finding(sort, f"{person} holds {more_event} once too often", at)
    refused = {
        one.id: receipt.reason
        for one in records
        for receipt in evidence.receipts.get(one.id, ())
        if receipt.reason
    }
    if refused != model.refusals:
        yield Finding("wrong", f"{person}: refused {refused}, expected {model.refusals}", at)
    lot = lots(events).get(LOT, Lot())
    found, wanted = (lot.net, lot.reserved, lot.used), (model.granted, model.reserved, model.used)
    if found != wanted:
        told = f"{person}: granted, reserved and used of {LOT} are {found}, expected {wanted}"
        yield Finding("wrong", told, at)


def every_account_is_as_without_faults(evidence: Evidence) -> Iterator[Finding]:
    """Facts, requests and the sums of every lot are those of a ledger that saw no fault.

    What fell due since yesterday is left out: the two were not there at the same time.
    """
    tables, reference = dict(accounts(evidence.tables.events)), evidence.reference
    others = dict(accounts(reference.events))
    for account in tables.keys() | others.keys():
        found, wanted = _net(tables.get(account, [])), _net(others.get(account, []))
        if found != wanted:
            differs = {
                str(key): (found.get(key), wanted.get(key))
                for key in found.keys() | wanted.keys()
                if found.get(key) != wanted.get(key)
            }
            yield Finding("wrong", f"{account}: found and, without faults: {differs}")
    found_receipts = {(r.source, r.id): r.reason for r in evidence.tables.receipts}
    wanted_receipts = {(r.source, r.id): r.reason for r in reference.receipts}
    for id_ in found_receipts.keys() | wanted_receipts.keys():
        if found_receipts.get(id_) != wanted_receipts.get(id_):
            told = f"{id_}: {found_receipts.get(id_)}, without faults {wanted_receipts.get(id_)}"
            yield Finding("wrong", told)


def _net(events: Sequence[Event]) -> dict[tuple[str, ...], object]:
    """Return what an account comes to, in whatever order it did."""
    yesterday = (date.today() - timedelta(days=1)).isoformat()  # noqa: DTZ011  a civil day
    by_time = {"right-granted", "right-expired", "right-restored"}
    settled = [
        event
        for event in events
        if event.kind not in by_time or event.content["effective_on"] < yesterday
    ]
    net: dict[tuple[str, ...], object] = {
        ("lot", id_): (lot.net, lot.reserved, lot.used, lot.expired)
        for id_, lot in lots(settled).items()
        if lot != Lot()
    }
    net |= {_said(event): 1 for event in events if _said(event)[0] == "fact"}
    became = Counter(_became(event) for event in events if event.kind in REQUESTS)
    return net | {("request", *map(str, key)): times for key, times in became.items()}


REQUESTS = {
    "right-reserved": "reservation",
    "right-used": "use",
    "reservation-released": "reservation",
    "use-reversed": "use",
}
"""What requests become, and under which name each is."""


def _became(event: Event) -> tuple[str, str, int]:
    minutes = sum(quantity for _, quantity in event.content["allocation"])
    return event.kind, event.content[REQUESTS[event.kind]], minutes


@dataclass(slots=True)
class Lot:
    """A lot's sums, by its events."""

    net: int = 0
    reserved: int = 0
    used: int = 0
    expired: int = 0


def lots(events: Sequence[Event]) -> dict[str, Lot]:
    """Add up the lots of an account."""
    found: dict[str, Lot] = {}
    for event in events:
        content = event.content
        if event.kind in SIGNS:
            lot = found.setdefault(content["lot"], Lot())
            net, expired = SIGNS[event.kind]
            lot.net += net * content["quantity"]
            lot.expired += expired * content["quantity"] - content.get("from_expired", 0)
        for id_, quantity in content["allocation"] if event.kind in REQUESTS else ():
            lot = found.setdefault(id_, Lot())
            lot.reserved += RESERVED.get(event.kind, 0) * quantity
            lot.used += USED.get(event.kind, 0) * quantity
            if event.kind == "right-used" and content["reserved"]:
                lot.reserved -= quantity
    return found


SIGNS = {
    "right-granted": (1, 0),
    "right-withdrawn": (-1, 0),
    "right-expired": (0, 1),
    "right-restored": (0, -1),
}
"""What an event adds to the net and to the expired quantity of its lot."""

RESERVED = {"right-reserved": 1, "reservation-released": -1}
USED = {"right-used": 1, "use-reversed": -1}
