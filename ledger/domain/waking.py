"""Waking: what a fact changed, so that what can notice it is looked at again, and nothing else."""

from typing import assert_never

from ledger.domain.account import Account
from ledger.domain.calendar import ALWAYS, Term, since
from ledger.domain.evidence import changed
from ledger.domain.facts import (
    Birth,
    Circumstance,
    CivilService,
    Content,
    Death,
    Employment,
    Enterprise,
    FactId,
    Inactivity,
    Jobseeking,
    Qualification,
    Residence,
    Retirement,
    SelfEmployment,
    Sex,
    Spell,
    Study,
    TopUp,
)
from ledger.domain.occasions import FUNDED, Touched

EMPLOYMENT = "employment"
_KINDS: dict[type, str] = {
    Employment: EMPLOYMENT,
    CivilService: "civil-service",
    Jobseeking: "jobseeking",
    SelfEmployment: "self-employment",
    Study: "study",
    Inactivity: "inactivity",
    Retirement: "retirement",
    Circumstance: "circumstance",
    Enterprise: "enterprise",
}


def woken(before: Account, after: Account, id_: FactId) -> list[Touched | None]:
    """Name the kinds of fact that one fact changed, and the shortest term of each change.

    Where other facts are about the same employer, evidence decides between them: then the work
    that counts is compared. A death can change anything, and so can an account that turns out to be
    of another holder: that is None.
    """
    known = before.facts.get(id_)
    old = known.content if known is not None else None
    told = after.facts.get(id_)  # None: the account that it was told of is no longer of this one
    new = told.content if told is not None else None
    if old == new:
        return []
    if isinstance(old, Death) or isinstance(new, Death):
        return [None]  # all that was true of a life may end otherwise
    if (before.holder() == "enterprise") != (after.holder() == "enterprise"):
        return [None]
    changes = _changes(old, new)
    if any(_is_contradictable(after, id_, content) for content in (old, new)):
        changes[EMPLOYMENT] = changed(before.career.jobs, after.career.jobs)
    return [Touched(kind, term) for kind, term in sorted(changes.items()) if term is not None]


def _changes(old: Content | None, new: Content | None) -> dict[str, Term | None]:
    """Return, by kind, the days that change when nothing else contradicts either content."""
    if isinstance(old, Spell) and isinstance(new, Spell) and old.status == new.status:
        return {_KINDS[type(new.status)]: old.term.changed(new.term)}
    changes: dict[str, Term | None] = {}
    for content in (old, new):
        if content is not None:
            kind, term = _reach_of(content)
            other = changes.get(kind)
            changes[kind] = term if other is None else other.hull(term)
    return changes


def _is_contradictable(account: Account, id_: FactId, content: Content | None) -> bool:
    """Whether another fact is about the same employer."""
    if not isinstance(content, Spell) or not isinstance(content.status, Employment):
        return False
    employer = content.status.employer
    return any(
        isinstance(known.content, Spell)
        and isinstance(known.content.status, Employment)
        and known.content.status.employer == employer
        and other != id_
        for other, known in account.facts.items()
    )


def _reach_of(content: Content) -> tuple[str, Term]:
    match content:
        case Birth():
            return "birth", ALWAYS
        case Death():
            return "death", ALWAYS
        case Sex():
            return "sex", ALWAYS
        case Qualification(since=day):
            return "qualification", since(day)
        case Residence(term=term):
            return "residence", term
        case TopUp(term=term):
            return FUNDED, term
        case Spell(term=term, status=status):
            return _KINDS[type(status)], term
        case _:
            assert_never(content)
