"""How the ledger's refusals are answered: one table, by reason.

409 when what the account holds stands in the way, so that the same may be right later; 422 when
the request is wrong whatever the account holds.
"""

from http import HTTPStatus
from typing import Final, NoReturn
from uuid import NAMESPACE_URL, uuid5

from ledger.domain.reasons import Reason
from ledger.domain.rulebook import Rulebook
from ledger.service.outcomes import Rejected
from ledger.words.refusals import Detail, words_of
from ledger.words.texts import Sayable, Text
from projections.api.asking import no_such_account
from projections.api.problems import KEY_REUSED, Kind, Refused

WRONG_WHATEVER_IS_HELD: Final = frozenset(
    {
        Reason.UNKNOWN_SCHEME,
        Reason.WRONG_HOLDER,
        Reason.WRONG_UNIT,
        Reason.WRONG_QUANTITY,
        Reason.OUTSIDE_WINDOW,
        Reason.PROVIDER_NOT_RECOGNISED,
        Reason.COURSE_NOT_RECOGNISED,
        Reason.NOT_CONVERTIBLE,
        Reason.ENDING_UNTOLD,
        Reason.IN_THE_FUTURE,
        Reason.HELPER_IS_PROVIDER,
    }
)
"""422; all others are 409."""

NOBODY_THERE: Final = frozenset({Reason.ERASED, Reason.NO_PERSON, Reason.NOT_MANDATED})
"""Refused as an account that is not known: nobody learns that there is, or was, one."""


def kind_of(reason: Reason) -> Kind:
    """Return the type of problem that a reason of the ledger is."""
    first, *more = reason.value.split("-")
    status = (
        HTTPStatus.UNPROCESSABLE_ENTITY if reason in WRONG_WHATEVER_IS_HELD else HTTPStatus.CONFLICT
    )
    named = first + "".join(word.capitalize() for word in more)
    return Kind(named, reason.value.replace("-", " ").title(), status, ours=True)


def refuse(rejected: Rejected, rules: Rulebook, *, detail: Sayable | None = None) -> NoReturn:
    """Answer a refusal: the same each time that the command comes.

    Args:
        rejected: by the ledger.
        rules: whose texts the ledger's detail may repeat.
        detail: what is told instead of what the ledger says.

    Raises:
        Refused: always.

    """
    reason = rejected.rejection.reason
    if reason in NOBODY_THERE:
        raise no_such_account()
    if reason is Reason.ID_WITH_OTHER_CONTENT:
        raise Refused(
            KEY_REUSED,
            Text("api-key-reused"),
        )
    at = rejected.position
    raise Refused(
        kind_of(reason),
        detail or Detail(rejected.rejection.detail, words_of(rules)),
        headers={} if at is None else {"Rugzak-Position": str(at)},
        instance=uuid5(NAMESPACE_URL, rejected.command),
    )
