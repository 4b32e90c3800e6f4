"""What stands in the way of taking rights, and what would have to be otherwise."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from ledger.domain.account import Account
from ledger.domain.career import Asked, Person
from ledger.domain.dues import Due, assess
from ledger.domain.facts import WHOSE
from ledger.domain.portability import Standing
from ledger.domain.reasons import Reason, Rejection
from ledger.domain.regulation import Scheme
from ledger.domain.rulebook import Rulebook
from ledger.domain.shared import Limit

Hindering: TypeAlias = Literal[
    "holder",
    "standing",
    "provider",
    "register",
    "before",
    "course",
    "window",
    "frozen",
    "restricted",
    "unmet",
    "ceiling",
    "zero",
    "worthless",
    "used-up",
    "over",
    "shared",
]
"""What can stand in the way; by it, and by the question, each language makes its sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hindrance:
    """Why a scheme can't be used for a course, and what would have to be otherwise.

    Attributes:
        detail: a sentence in English.
        condition: the name of the condition of a grant block that does not hold, `` for others.
        texts: those of the regulation that it is about.

    """

    kind: Hindering
    reason: Reason
    detail: str
    condition: str = ""
    texts: tuple[str, ...] = ()


def out_of_reach(account: Account, scheme: Scheme, on: date) -> Hindrance | None:
    """Say why nothing of a scheme can be had in an account, whatever the facts of the day."""
    refusal = of_other_holder(account, scheme)
    if refusal is not None:
        return Hindrance(kind="holder", reason=refusal.reason, detail=refusal.detail)
    if on >= scheme.since:
        return None
    detail = f"{scheme.id} has no rules before {scheme.since}, so none on {on}"
    return Hindrance(kind="before", reason=Reason.NOT_ELIGIBLE, detail=detail)


def not_open(scheme: Scheme, standing: Standing, on: date) -> Hindrance:
    """Say that the portability rule lets nothing new be used."""
    detail = f"no new use of {scheme.id} on {on}: {standing.reason}"
    texts = (standing.reason,)
    return Hindrance(kind="standing", reason=Reason.RESTRICTED, detail=detail, texts=texts)


def used_up(scheme: Scheme, on: date) -> Hindrance:
    """Say that nothing is left; or that the scheme gives nothing any more."""
    until = max(grant.valid.until for grant in scheme.grants)
    detail = f"nothing of {scheme.id} is left on {on}"
    if until > on:
        return Hindrance(kind="used-up", reason=Reason.NOT_ENOUGH, detail=detail)
    detail += f"; it gives nothing new since {until}"
    return Hindrance(kind="over", reason=Reason.NOT_ENOUGH, detail=detail)


def unknown_scheme(scheme: str, rulebook: Rulebook) -> Rejection:
    """Refuse a scheme that there is not."""
    known = ", ".join(sorted(rulebook.schemes))
    detail = f"there is no scheme {scheme!r}; known: {known}"
    return Rejection(reason=Reason.UNKNOWN_SCHEME, detail=detail)


def of_other_holder(account: Account, scheme: Scheme) -> Rejection | None:
    """Refuse a scheme whose rights are in the accounts of other holders."""
    holder = account.career.holder
    if holder == scheme.holder:
        return None
    detail = f"the rights of {scheme.id} are in the account of {WHOSE[scheme.holder]}; this one is "
    return Rejection(reason=Reason.WRONG_HOLDER, detail=f"{detail}that of {WHOSE[holder]}")


def measure(scheme: Scheme, quantity: int, unit: str) -> Rejection | None:
    """Refuse a quantity of another unit, or of nothing."""
    if unit != scheme.unit:
        detail = f"{scheme.id} is counted in {scheme.unit}, not in {unit}"
        return Rejection(reason=Reason.WRONG_UNIT, detail=detail)
    if quantity <= 0:
        detail = f"a quantity is a whole number above 0, not {quantity}"
        return Rejection(reason=Reason.WRONG_QUANTITY, detail=detail)
    return None


def stopped(account: Account, scheme: str) -> Rejection | None:
    """Refuse a use that an authority, or the portability rule, has stopped."""
    if scheme in account.frozen or "" in account.frozen:
        detail = f"uses of {scheme} are frozen; the rights are kept"
        return Rejection(reason=Reason.FROZEN, detail=detail)
    if account.restrictions.get(scheme) == "freeze":
        detail = f"no use of {scheme} until the person is eligible again"
        return Rejection(reason=Reason.RESTRICTED, detail=detail)
    return None


def halted(account: Account, scheme: str) -> Hindrance | None:
    """Say what `stopped` refuses."""
    refusal = stopped(account, scheme)
    if refusal is None:
        return None
    kind: Hindering = "frozen" if refusal.reason is Reason.FROZEN else "restricted"
    return Hindrance(kind=kind, reason=refusal.reason, detail=refusal.detail)


def in_the_way(
    person: Person, scheme: Scheme, asked: Asked, quantity: int, rulebook: Rulebook
) -> Iterator[Hindrance]:
    """Yield what stands in the way of a new use, whatever is available."""
    course, on = asked.course, asked.on
    standing = scheme.standing(person, on)
    if standing.mode != "open":
        yield not_open(scheme, standing, on)
    if not rulebook.provider_recognised(course.provider, scheme.id, course.starts_on):
        detail = (
            f"{course.provider} is not recognised for {scheme.id} on {course.starts_on}, "
            "when the course starts"
        )
        yield Hindrance(kind="provider", reason=Reason.PROVIDER_NOT_RECOGNISED, detail=detail)
    if scheme.course_register is not None and not rulebook.course_recognised(course, scheme.id):
        struck_on = rulebook.struck_on(course, scheme.id)
        if struck_on is None or not scheme.continues(person, asked, struck_on):
            detail = (
                f"{course.id} is not in the register of {scheme.id} on {course.starts_on}, when "
            )
            detail += "it starts" if struck_on is None else f"it starts; it was until {struck_on}"
            reason = Reason.COURSE_NOT_RECOGNISED
            yield Hindrance(kind="register", reason=reason, detail=detail)
    failures = scheme.check_use(person, asked, quantity)
    if failures:
        yield Hindrance(
            kind="before" if on < scheme.since else "course",
            reason=Reason.NOT_ELIGIBLE,
            detail="; ".join(failures),
            texts=tuple(failures),
        )
    since, until = scheme.window(person, asked)
    if (since is not None and on < since) or (until is not None and until < on):
        detail = f"{scheme.id} is asked for {_span(since, until)} for a course that starts on "
        detail += f"{course.starts_on}, not on {on}"
        yield Hindrance(kind="window", reason=Reason.OUTSIDE_WINDOW, detail=detail)


def _span(since: date | None, until: date | None) -> str:
    if since is None:
        return f"at the latest on {until}"
    return f"from {since} on" if until is None else f"from {since} to {until}"


def reached(limit: Limit) -> Hindrance:
    """Say that all people together have taken what there is."""
    said = limit.otherwise
    return Hindrance(kind="shared", reason=Reason.SHARED_LIMIT, detail=said, texts=(said,))


def not_due(scheme: Scheme, person: Person, asked: Asked, until: date) -> list[Hindrance]:
    """Say why nothing is due that a request could take, block by block."""
    found: dict[str, Hindrance] = {}
    for due in assess(scheme, person, until, every=True):
        if due.quantity or due.grant.of == "change" or not _concerns(due, asked):
            continue
        unmet = due.judged.unmet
        kind: Hindering = "unmet"
        if unmet is not None:
            detail = f"not met: {unmet.replace('-', ' ').replace('_', ' ')}"
        elif due.grant.at_most:
            kind, detail = "ceiling", "the balance has reached its ceiling"
        else:
            kind, detail = "zero", "it comes to 0"
        found[detail] = Hindrance(
            kind=kind, reason=Reason.NOT_ELIGIBLE, detail=detail, condition=unmet or ""
        )
    return list(found.values())


def _concerns(due: Due, asked: Asked) -> bool:
    """Whether a due is of the day of a request, or of the request itself."""
    occasion = due.occasion
    if occasion.asked is not None:
        return occasion.asked.id == asked.id
    return asked.on in occasion.term(due.effective_on)
