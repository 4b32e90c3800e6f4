"""What a question of the kind "what if" supposes, as written: `status=jobseeker,benefit=no`."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from fractions import Fraction
from typing import Final, Literal, TypeAlias
from uuid import UUID

from ledger.domain import facts as f
from ledger.domain.account import Account
from ledger.domain.events import Envelope
from ledger.domain.evolve import fold

STATUSES: Final = "employee, civil-servant, jobseeker, self-employed, student, inactive, retired"

FULL_WEEK_HOURS: Final = 38
"""What full time is a week for a supposed job."""

_SHARE: Final = re.compile(r"[0-9]{1,6}([./][0-9]{1,6})?")


Wrong: TypeAlias = Literal["share", "full-time", "enterprise", "says-nothing", "status"]
"""What can be wrong with a supposition."""


class WrongSupposition(ValueError):  # noqa: N818  reads as the answer it is
    """A text supposes nothing that can be; it says what would be right.

    Attributes:
        kind: what is wrong.
        about: the name, or the values, that it is about; `` when that is clear.

    """

    def __init__(self, kind: Wrong, text: str, about: str = "") -> None:
        """Say it in English."""
        super().__init__(text)
        self.kind: Wrong = kind
        self.about = about


def supposition(text: str) -> f.Status:
    """Read a status that is supposed.

    Raises:
        WrongSupposition: it is none.

    """
    pairs = [part.partition("=") for part in text.split(",")]
    told = {name.strip(): value.strip() for name, _, value in pairs}
    status, place = told.pop("status", ""), told.pop("place", "be-vlg")
    written = told.pop("share", "1")
    try:
        share = Fraction(written) if _SHARE.fullmatch(written) else None
    except ZeroDivisionError:
        share = None
    if share is None:
        raise WrongSupposition("share", "a share is written as 1, 0.8 or 4/5")
    if share > 1:
        raise WrongSupposition("full-time", "a share is at most full time, 1")
    benefit = told.pop("benefit", "yes") != "no"
    sector = told.pop("sector", "private")
    activity, enterprise = told.pop("activity", "main"), told.pop("enterprise", "")
    if enterprise:
        try:
            enterprise = str(UUID(enterprise))
        except ValueError:
            text = "an enterprise is named by its reference, a UUID"
            raise WrongSupposition("enterprise", text) from None
    if told:
        name = repr(next(iter(told)))
        raise WrongSupposition("says-nothing", f"{name} says nothing here", name)
    statuses: dict[str, f.Status] = {
        "employee": f.Employment(
            employer="supposed",
            sector="public" if sector == "public" else "private",
            place=place,
            share=share,
            weekly=int(share * FULL_WEEK_HOURS * 60),
        ),
        "civil-servant": f.CivilService(employer="supposed", place=place, share=share),
        "jobseeker": f.Jobseeking(benefit=benefit),
        "self-employed": f.SelfEmployment(
            activity="side" if activity == "side" else "main", place=place, enterprise=enterprise
        ),
        "student": f.Study(),
        "inactive": f.Inactivity(),
        "retired": f.Retirement(),
    }
    if status not in statuses:
        raise WrongSupposition("status", f"write status=..., one of {STATUSES}", STATUSES)
    return statuses[status]


def run_by(status: f.Status | None) -> tuple[str, ...]:
    """Return the enterprise that is run in a supposed status."""
    if isinstance(status, f.SelfEmployment) and status.enterprise:
        return (status.enterprise,)
    return ()


def enterprises_of(
    account: Account,
    on: date,
    events_of: Callable[[UUID], Iterable[Envelope]],
    supposed: Iterable[str] = (),
) -> dict[str, Account]:
    """Return what the ledger knows of the enterprises that are run on a day, by id.

    `supposed` names more of them.
    """
    run = {*account.career.enterprises(on), *supposed}
    return {id_: fold(events_of(UUID(id_))) for id_ in sorted(run)}
