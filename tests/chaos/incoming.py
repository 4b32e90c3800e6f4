"""Checks of what came in: each record has one outcome, and positions move with the outcomes."""

from bisect import bisect_left
from collections.abc import Iterator

from tests.chaos.evidence import Evidence, Finding, Sort
from tests.chaos.reading import Place, Read

REGULATION = "regulation-published"


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
            elif not one.garbage and any(row.waits for row in rows):
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
        if not receipts or any((one.place, one.offset) in evidence.parked for one in copies):
            continue  # it was held, and handled later: its parked row came with the position
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
