"""What a scheme would give for a course, before anybody asks for it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from ledger.domain.account import Account
from ledger.domain.career import Asked
from ledger.domain.commands import Course
from ledger.domain.dues import UNTOLD
from ledger.domain.events import Allocation
from ledger.domain.hindrances import (
    Hindrance,
    halted,
    in_the_way,
    not_due,
    not_open,
    out_of_reach,
    reached,
    used_up,
)
from ledger.domain.quantities import Unit
from ledger.domain.reasons import Reason
from ledger.domain.regulation import Scheme
from ledger.domain.rulebook import Rulebook
from ledger.domain.settle import Draft, Now, settle
from ledger.domain.shared import Limit, Taken, drawn
from ledger.domain.taking import allocated, asks, left_in, taken_for, usable

QUOTED = "quote"
"""The identifier of a request that is only thought of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What one scheme would give a person for a course that is asked for on a day.

    Attributes:
        holder: the account of the enterprise that would give it; `` when it is the asker's own.
        quantity: what it would give, in the smallest unit; 0 when it gives nothing.
        worth: the most that the course brings under the scheme; None when it is not limited.
        available: what the person could take on that day, whatever the course brings.
        pays: what the learner pays, in the scheme's money; None when it, or the course, is silent.
        allocation: from which lots it would come.
        since: the first day on which it can be asked for; None when it is not limited.
        until: the last such day.
        hindrances: why it can't be used; empty when it can.

    """

    scheme: Scheme
    bucket: str
    holder: str = ""
    quantity: int = 0
    worth: int | None = None
    available: int = 0
    pays: int | None = None
    allocation: Allocation = ()
    since: date | None = None
    until: date | None = None
    hindrances: tuple[Hindrance, ...]

    @property
    def unit(self) -> Unit:
        """The scheme's smallest unit."""
        return self.scheme.unit


def quote(
    account: Account,
    scheme: Scheme,
    course: Course,
    on: date,
    now: Now,
    rulebook: Rulebook,
    bucket: str = "",
    taken: Taken | None = None,
) -> Quote:
    """Say what a scheme would give for a course that is asked for on a day; changes nothing.

    The account must have reached today; a day to come is judged by what is known today. `taken` is
    what all accounts take of the shared limits; None: these are not looked at.
    """
    hindrance = out_of_reach(account, scheme, on)
    if hindrance is not None:
        return Quote(scheme=scheme, bucket=bucket, hindrances=(hindrance,))
    asked = Asked(QUOTED, on, course, made=False)
    person = account.person(asking=(scheme.id, asked))
    draft = Draft(account)
    settle(draft, person, replace(now, today=max(now.today, on)), rulebook, [asks(course)])
    lots = usable(draft.account, scheme, person, asked, bucket)
    available = sum(map(left_in, lots))
    worth = scheme.brings(person, asked)
    if worth is not None:
        worth = max(worth - taken_for(account, scheme, course), 0)
    quantity = available if worth is None else min(available, worth)
    rooms = [] if taken is None else list(_rooms(account, scheme, course, on, taken))
    quantity = min([quantity, *(left for limit, left in rooms if limit.counts == "quantity")])
    hindrances = list(in_the_way(person, scheme, asked, quantity, rulebook))
    halt = halted(account, scheme.id)
    if halt:
        hindrances.insert(0, halt)
    if not available:
        day = max(now.today, on)
        hindrances += not_due(scheme, person, asked, day) or [used_up(scheme, on)]
    elif not worth and worth is not None:
        detail = "the course brings nothing under this scheme, or has brought it already"
        hindrances.append(Hindrance(kind="worthless", reason=Reason.NOT_ENOUGH, detail=detail))
    hindrances += [reached(limit) for limit, left in rooms if not left]
    since, until = scheme.window(person, asked)
    quantity = 0 if hindrances else quantity
    return Quote(
        scheme=scheme,
        bucket=bucket,
        quantity=quantity,
        worth=worth,
        available=available,
        pays=scheme.pays(person, asked, quantity),
        allocation=allocated(lots, quantity),
        since=since,
        until=until,
        hindrances=tuple(hindrances),
    )


def hindered(account: Account, scheme: Scheme, on: date) -> list[Hindrance]:
    """Say why nothing of a scheme can be had on a day, whatever the course; empty if it can."""
    hindrance = out_of_reach(account, scheme, on)
    if hindrance is not None:
        return [hindrance]
    asked = Asked(QUOTED, on, Course(id="", provider="", starts_on=on), made=False)
    person = account.person(asking=(scheme.id, asked))
    standing = scheme.standing(person, on)
    if standing.mode != "open":
        return [not_open(scheme, standing, on)]
    found = not_due(scheme, person, asked, on)
    if scheme.gives_on_request and (not found or any(map(_needs_a_course, found))):
        return []
    return found or [used_up(scheme, on)]


def _needs_a_course(hindrance: Hindrance) -> bool:
    return hindrance.condition.startswith(UNTOLD.partition("{")[0] + "course-")


def _rooms(
    account: Account, scheme: Scheme, course: Course, on: date, taken: Taken
) -> Iterator[tuple[Limit, int]]:
    """Yield each shared limit of a day, and what a person's request may still take of it."""
    own = drawn(account)
    for limit in scheme.limits(on):
        key = limit.key(scheme.id, course, on)
        left = max(scheme.most(limit, on) - taken.get(key, 0), 0)
        yield limit, 1 if limit.counts == "people" and own.get(key) else left
