"""Evidence: which jobs count when what was declared and what was settled disagree.

Settled work overrules what its employer declared for the days about which it speaks: its own, and
those of the term that it settles. Where it is silent a declared job counts; its working time, if it
is assumed, is the one that was last settled for that job.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from itertools import pairwise, takewhile
from typing import Final

from ledger.domain.calendar import Term
from ledger.domain.facts import Employment, FactId, Spell, Status

FULL_TIME: Final = Fraction(1)


@dataclass(frozen=True, slots=True)
class Piece:
    """A spell, or what evidence left of it.

    Attributes:
        facts: the one that tells it, then those from which its working time is taken.

    """

    term: Term
    status: Status
    facts: tuple[FactId, ...]


@dataclass(frozen=True, slots=True)
class _Settled:
    """A settled job: its own days, and all those about which it speaks at its employer."""

    term: Term
    speaks_for: Term
    job: Employment
    fact: FactId


def resolve(spells: Iterable[tuple[FactId, Spell]]) -> list[Piece]:
    """Return what counts of a person's spells, in the order of their days."""
    pieces: list[Piece] = []
    declared: list[tuple[Employment, Piece]] = []
    settled: dict[str, list[_Settled]] = {}
    for id_, spell in spells:
        term, job = spell.term, spell.status
        piece = Piece(term, job, (id_,))
        if isinstance(job, Employment):
            if spell.evidence == "declared":
                declared.append((job, piece))
                continue
            known = _Settled(term, spell.speaks_for, job, id_)
            settled.setdefault(job.employer, []).append(known)
        pieces.append(piece)
    for job, piece in declared:
        others = settled.get(job.employer)
        if others is None:
            pieces.append(piece)
        else:
            pieces += _where_silent(job, piece, others)
    pieces.sort(key=lambda each: (each.term.since, each.term.until, each.facts))
    return pieces


def _where_silent(job: Employment, whole: Piece, others: Sequence[_Settled]) -> Iterator[Piece]:
    """Yield the parts of a declared job about which its employer's settled facts do not speak."""
    of_the_job = [each for each in others if job.assumed and each.term.overlaps(whole.term)]
    for term in _gaps(whole.term, (each.speaks_for for each in others)):
        last = _last_before(term.since, of_the_job)
        status, facts = job, whole.facts
        if last:
            share = sum((each.job.share for each in last), start=Fraction(0))
            weekly = sum(each.job.weekly for each in last)
            status = replace(job, share=min(share, FULL_TIME), weekly=weekly)
            facts += tuple(sorted(each.fact for each in last))
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
    earlier = [each for each in settled if each.term.until <= day]
    until = max((each.term.until for each in earlier), default=None)
    return [each for each in earlier if each.term.until == until]


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
