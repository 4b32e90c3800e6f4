"""Evidence: which jobs count when what was declared and what was settled disagree.

Settled work overrules what its employer declared for the days about which it speaks: its own, and
those of the term that it settles. Where it is silent a declared job counts; its working time, if it
is assumed, is the one that was last settled for that job.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import pairwise, takewhile
from typing import Final, TypeAlias

from ledger.domain.calendar import Term
from ledger.domain.facts import Employment, FactId, Spell, Status

FULL_TIME: Final = Fraction(1)

_Settled: TypeAlias = tuple[FactId, Spell, Employment]
"""A settled job, with its fact and spell."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A spell, or what evidence left of it.

    Attributes:
        facts: the one that tells it, then those from which its working time is taken.

    """

    term: Term
    status: Status
    facts: tuple[FactId, ...]


def resolve(spells: Iterable[tuple[FactId, Spell]]) -> list[Piece]:
    """Return what counts of a person's spells, in the order of their days."""
    pieces: list[Piece] = []
    declared: list[Piece] = []
    settled: dict[str, list[_Settled]] = {}
    for id_, spell in spells:
        piece = Piece(spell.term, spell.status, (id_,))
        if spell.evidence == "declared":
            declared.append(piece)
            continue
        pieces.append(piece)
        if isinstance(job := spell.status, Employment):
            settled.setdefault(job.employer, []).append((id_, spell, job))
    for piece in declared:
        pieces += _what_counts(piece, settled) if settled else (piece,)
    pieces.sort(key=lambda each: (each.term.since, each.term.until, each.facts))
    return pieces


def _what_counts(whole: Piece, settled: Mapping[str, Sequence[_Settled]]) -> Iterator[Piece]:
    """Yield the parts of what was declared about which no settled fact of its employer speaks."""
    job = whole.status
    others = settled.get(job.employer) if isinstance(job, Employment) else None
    if not isinstance(job, Employment) or others is None:
        yield whole
        return
    of_the_job = [each for each in others if job.assumed and each[1].term.overlaps(whole.term)]
    for term in _gaps(whole.term, (spell.speaks_for for _, spell, _ in others)):
        last = _last_before(term.since, of_the_job)
        status, facts = job, whole.facts
        if last:
            share = sum((known.share for _, _, known in last), start=Fraction(0))
            weekly = sum(known.weekly for _, _, known in last)
            status = replace(job, share=min(share, FULL_TIME), weekly=weekly)
            facts += tuple(sorted(id_ for id_, _, _ in last))
        yield Piece(term, status, facts)


def _gaps(whole: Term, terms: Iterable[Term]) -> Iterator[Term]:
    """Yield what some terms leave of a whole, in order."""
    since = whole.since
    for term in sorted(terms, key=lambda each: each.since):
        if term.since >= whole.until:
            break
        if since < term.since:
            yield Term(since, term.since)
        since = max(since, term.until)
    if since < whole.until:
        yield Term(since, whole.until)


def _last_before(day: date, settled: Sequence[_Settled]) -> list[_Settled]:
    """Return those that hold the last settled day before a day; several add up."""
    earlier = [each for each in settled if each[1].term.until <= day]
    until = max((spell.term.until for _, spell, _ in earlier), default=None)
    return [each for each in earlier if each[1].term.until == until]


def changed(before: Sequence[Piece], after: Sequence[Piece]) -> Term | None:
    """Return the shortest term that holds the days on which other facts count, or otherwise.

    Both are in the order of their days; what they have in common at either end costs little.
    """
    head = _common(before, after)
    before, after = before[head:], after[head:]
    tail = _common(before[::-1], after[::-1])
    before, after = before[: len(before) - tail], after[: len(after) - tail]
    days = sorted({day for p in (*before, *after) for day in (p.term.since, p.term.until)})
    spans = [(a, b) for a, b in pairwise(days) if _counts_on(a, before) != _counts_on(a, after)]
    return Term(spans[0][0], spans[-1][1]) if spans else None


def _common(one: Sequence[Piece], other: Sequence[Piece]) -> int:
    """Return how many pieces two careers have in common at their beginning."""
    return sum(1 for _ in takewhile(lambda two: two[0] == two[1], zip(one, other, strict=False)))


def _counts_on(day: date, pieces: Sequence[Piece]) -> dict[FactId, Status]:
    """Return what each fact says of a day; the parts of one share none."""
    return {piece.facts[0]: piece.status for piece in pieces if day in piece.term}
