"""The independent checker: what came in, what the ledger holds, and what it showed meanwhile.

Each check reads the evidence and yields findings; none means that it holds.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from tests.chaos.model import LOT, Expected, expected
from tests.chaos.reading import Event, Log, Parked, Place, Read, Receipt, Tables, accounts
from tests.chaos.sampler import Sample

Sort: TypeAlias = Literal["lost", "doubled", "wrong"]

REGULATION = "regulation-published"
MOST_TOLD = 20
"""Findings of one check that are told; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What does not hold.

    Attributes:
        at: when it can have happened, on the monotonic clock; None when nothing says.

    """

    sort: Sort
    text: str
    at: float | None = None


@dataclass(frozen=True)
class Evidence:
    """All that the checker looks at."""

    log: Log
    tables: Tables
    samples: Sequence[Sample]

    @cached_property
    def sound(self) -> dict[tuple[str, str], list[Read]]:
        """The copies of each message."""
        found: dict[tuple[str, str], list[Read]] = {}
        for records in self.log.records.values():
            for one in records:
                if not one.garbage:
                    found.setdefault(one.id, []).append(one)
        return found

    @cached_property
    def receipts(self) -> dict[tuple[str, str], list[Receipt]]:
        """Those of each message."""
        found: dict[tuple[str, str], list[Receipt]] = {}
        for receipt in self.tables.receipts:
            found.setdefault((receipt.source, receipt.id), []).append(receipt)
        return found

    @cached_property
    def parked(self) -> dict[tuple[Place, int], list[Parked]]:
        """Those of each record."""
        found: dict[tuple[Place, int], list[Parked]] = {}
        for parked in self.tables.parked:
            found.setdefault((parked.place, parked.offset), []).append(parked)
        return found

    @cached_property
    def _passed(self) -> dict[Place, list[int]]:
        """The position of each partition in each sample, never lower than before."""
        passed: dict[Place, list[int]] = {}
        for place in self.log.records:
            highest, row = 0, []
            for sample in self.samples:
                highest = max(highest, sample.positions.get(place, 0))
                row.append(highest)
            passed[place] = row
        return passed

    def passed(self, one: Read) -> int | None:
        """Return the first sample in which a record was passed; None when none shows it."""
        row = self._passed[one.place]
        index = bisect_left(row, one.offset + 1)
        return index if index < len(row) else None

    def at(self, one: Read) -> float | None:
        """Return when a record was passed."""
        index = self.passed(one)
        return None if index is None else self.samples[index].at

    def written(self, position: int) -> float | None:
        """Return when an event was there, by its place in the ledger's log."""
        index = bisect_left(self.samples, position, key=lambda sample: sample.head)
        return self.samples[index].at if index < len(self.samples) else None


Check: TypeAlias = Callable[[Evidence], Iterator[Finding]]


def every_record_has_one_outcome(evidence: Evidence) -> Iterator[Finding]:
    """A sound message has one receipt and no parked row; garbage one parked row, of its kind."""
    for id_, copies in evidence.sound.items():
        found = len(evidence.receipts.get(id_, ()))
        if found != 1:
            sort: Sort = "doubled" if found else "lost"
            yield Finding(sort, f"{id_} has {found} receipts", evidence.at(copies[0]))
    for records in evidence.log.records.values():
        for one in records:
            rows = evidence.parked.get((one.place, one.offset), [])
            where = f"{one.place} at {one.offset}"
            if one.garbage and len(rows) != 1:
                sort = "doubled" if rows else "lost"
                yield Finding(
                    sort, f"{where}, garbage, is parked {len(rows)} times", evidence.at(one)
                )
            elif one.garbage and rows[0].reason != one.garbage:
                told = f"{where} is parked for {rows[0].reason}, not for {one.garbage}"
                yield Finding("wrong", told, evidence.at(one))
            elif rows and not one.garbage:
                told = f"{where} is parked for {rows[0].reason}, and is no garbage"
                yield Finding("wrong", told, evidence.at(one))


def nothing_has_an_outcome_that_never_came(evidence: Evidence) -> Iterator[Finding]:
    """Each receipt and each parked row is of a record that was published."""
    for id_, receipts in evidence.receipts.items():
        if id_ not in evidence.sound and receipts[0].account in evidence.tables.versions:
            kinds = {e.kind for e in evidence.tables.events if e.command == " ".join(id_)}
            if REGULATION not in kinds:
                yield Finding("wrong", f"{id_} has a receipt, and was never published")
    places = {(one.place, one.offset) for rows in evidence.log.records.values() for one in rows}
    for place in evidence.parked.keys() - places:
        yield Finding("wrong", f"{place} is parked, and was never published")


def every_partition_is_read_to_its_end(evidence: Evidence) -> Iterator[Finding]:
    """The position of each partition is what follows its last record."""
    for place, end in evidence.log.ends.items():
        position = evidence.tables.positions.get(place, 0)
        if position != end:
            sort: Sort = "lost" if position < end else "wrong"
            yield Finding(sort, f"{place} is read up to {position}, and ends at {end}")


def positions_never_go_back(evidence: Evidence) -> Iterator[Finding]:
    """From sample to sample, no position is lower than before."""
    last: dict[Place, int] = {}
    for sample in evidence.samples:
        for place, position in sample.positions.items():
            if position < last.get(place, 0):
                told = f"{place} went back from {last[place]} to {position}"
                yield Finding("wrong", told, sample.at)
            last[place] = position


def positions_and_outcomes_move_together(evidence: Evidence) -> Iterator[Finding]:
    """In each sample a record has its outcome if, and only if, it, or a copy, was passed."""
    numbers = [sample.receipt for sample in evidence.samples]
    rows = [sample.parked for sample in evidence.samples]
    for id_, copies in evidence.sound.items():
        receipts = evidence.receipts.get(id_)
        if not receipts:
            continue
        seen = bisect_left(numbers, receipts[0].number)
        passed = [index for one in copies if (index := evidence.passed(one)) is not None]
        yield from _together(evidence, f"{id_}", seen, min(passed, default=len(numbers)))
    for (place, offset), parked in evidence.parked.items():
        one = Read(place, offset, parked[0].reason, None)
        seen = bisect_left(rows, parked[0].id)
        index = evidence.passed(one) if place in evidence.log.records else None
        told = f"{place} at {offset}, parked,"
        yield from _together(evidence, told, seen, len(rows) if index is None else index)


def _together(evidence: Evidence, what: str, seen: int, passed: int) -> Iterator[Finding]:
    samples = evidence.samples
    if seen < passed and seen < len(samples):
        told = f"{what} had its outcome before its position was moved"
        yield Finding("doubled", told, samples[seen].at)
    if passed < seen and passed < len(samples):
        told = f"{what} was passed before it had its outcome"
        yield Finding("lost", told, samples[passed].at)


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

CHECKS: tuple[Check, ...] = (
    every_record_has_one_outcome,
    nothing_has_an_outcome_that_never_came,
    every_partition_is_read_to_its_end,
    positions_never_go_back,
    positions_and_outcomes_move_together,
    every_account_is_whole,
    every_account_is_as_the_messages_say,
)


def check(evidence: Evidence, checks: Sequence[Check] = CHECKS) -> dict[str, list[Finding]]:
    """Return what each check found."""
    return {each.__name__.replace("_", " "): list(each(evidence)) for each in checks}
