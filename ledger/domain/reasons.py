"""Why a command was refused, in words that say what was wrong and what would be right."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """Stable codes of refusal; a client may decide on them."""

    UNKNOWN_SCHEME = "unknown-scheme"
    WRONG_HOLDER = "wrong-holder"
    WRONG_UNIT = "wrong-unit"
    WRONG_QUANTITY = "wrong-quantity"
    NOT_ENOUGH = "not-enough"
    NOT_ELIGIBLE = "not-eligible"
    OUTSIDE_WINDOW = "outside-window"
    RESTRICTED = "restricted"
    FROZEN = "frozen"
    SHARED_LIMIT = "shared-limit"
    PROVIDER_NOT_RECOGNISED = "provider-not-recognised"
    COURSE_NOT_RECOGNISED = "course-not-recognised"
    UNKNOWN_RESERVATION = "unknown-reservation"
    UNKNOWN_USE = "unknown-use"
    ENDED_ALREADY = "ended-already"
    ENDING_UNTOLD = "ending-untold"
    IDENTIFIER_TAKEN = "identifier-taken"
    NOT_CONVERTIBLE = "not-convertible"
    NOT_FROZEN = "not-frozen"
    UNKNOWN_MANDATE = "unknown-mandate"
    TOO_MANY_MANDATES = "too-many-mandates"
    HELPER_IS_PROVIDER = "helper-is-provider"
    NOT_MANDATED = "not-mandated"
    FACT_CONTRADICTS_ITSELF = "fact-contradicts-itself"
    FACT_OF_ANOTHER_HOLDER = "fact-of-another-holder"
    IN_THE_FUTURE = "in-the-future"
    NO_PERSON = "no-person"
    DIGEST_TAKEN = "digest-taken"
    UNEXPLAINED = "unexplained"
    NO_GAP = "no-gap"
    ERASED = "erased"
    NOT_MERGEABLE = "not-mergeable"
    NOT_MERGED = "not-merged"
    ID_WITH_OTHER_CONTENT = "id-with-other-content"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A refusal; it changes nothing.

    Attributes:
        reason: the stable code.
        detail: one English sentence: what was wrong, where, and what would be right.

    """

    reason: Reason
    detail: str


def no(reason: Reason, detail: str) -> Rejection:
    """Refuse for a reason."""
    return Rejection(reason=reason, detail=detail)
