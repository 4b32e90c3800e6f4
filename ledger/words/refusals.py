"""Why the ledger refused, in another language than the English in which it keeps that.

The domain writes a detail in English, and receipts and events keep it: an answer that is repeated
says what the first one said. So a detail is found again by its English form, whose parts are days,
amounts, names and texts of regulations; each is said anew.
"""

import re
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, Literal, TypeAlias

from ledger.domain.reasons import Reason
from ledger.domain.rulebook import Rulebook
from ledger.words.forms import pattern
from ledger.words.language import Language

How: TypeAlias = Literal["as it is", "figures", "left", "text", "holder"]

_PATTERNS: Final[Mapping[How, str]] = {
    "as it is": ".+?",
    "figures": "[^;,]+?",
    "left": "[^;,]+?",
    "text": ".+?",
    "holder": "a person|an enterprise",
}

MAX_DETAIL_CHARACTERS: Final = 1_000
"""A longer detail is not looked through; it stays English."""

MAX_PARTS: Final = 8
"""So many parts, with `; ` between them, a detail is taken to have at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A detail as the domain writes it.

    Attributes:
        message: whose English is what the domain writes.
        reasons: with which codes.
        values: how each value of the message is said in another language.

    """

    message: str
    reasons: tuple[Reason, ...]
    values: Mapping[str, How]


def _form(message: str, *reasons: Reason, **values: How) -> Form:
    return Form(message=message, reasons=reasons, values=values)


def _names(*names: str) -> dict[str, How]:
    return dict.fromkeys(names, "as it is")


def _figures(*names: str) -> dict[str, How]:
    return dict.fromkeys(names, "figures")


R: Final = Reason
_COURSE: Final = _names("scheme") | _figures("starts", "day")

FORMS: Final[tuple[Form, ...]] = (
    _form("refused-unknown-scheme", R.UNKNOWN_SCHEME, **_names("scheme", "known")),
    _form(
        "refused-wrong-holder", R.WRONG_HOLDER, scheme="as it is", holder="holder", other="holder"
    ),
    _form("refused-wrong-unit", R.WRONG_UNIT, **_names("scheme", "unit", "other")),
    _form("refused-nothing", R.WRONG_QUANTITY, quantity="figures"),
    _form("refused-capture", R.WRONG_QUANTITY, **_figures("asked", "held")),
    _form("refused-reverse", R.WRONG_QUANTITY, **_figures("asked", "held")),
    _form("refused-too-little", R.WRONG_QUANTITY, asked="figures", scheme="as it is"),
    _form("refused-not-enough", R.NOT_ENOUGH, **_figures("asked", "held", "day")),
    _form(
        "refused-beyond-course",
        R.NOT_ENOUGH,
        **_figures("asked", "worth", "left"),
        **_names("course", "scheme"),
    ),
    _form("hindrance-over", R.NOT_ENOUGH, scheme="as it is", **_figures("day", "until")),
    _form("hindrance-used-up", R.NOT_ENOUGH, scheme="as it is", day="figures"),
    _form("hindrance-worthless", R.NOT_ENOUGH),
    _form("not-met", R.NOT_ENOUGH, R.NOT_ELIGIBLE, condition="text"),
    _form("hindrance-ceiling", R.NOT_ENOUGH, R.NOT_ELIGIBLE),
    _form("hindrance-zero", R.NOT_ENOUGH, R.NOT_ELIGIBLE),
    _form("refused-before", R.NOT_ELIGIBLE, scheme="as it is", **_figures("since", "day")),
    _form("hindrance-before", R.NOT_ELIGIBLE, scheme="as it is", since="figures"),
    _form("hindrance-early", R.OUTSIDE_WINDOW, **_COURSE, since="figures"),
    _form("hindrance-early-or-late", R.OUTSIDE_WINDOW, **_COURSE, **_figures("since", "until")),
    _form("hindrance-late", R.OUTSIDE_WINDOW, **_COURSE, until="figures"),
    _form("hindrance-restricted", R.RESTRICTED, scheme="as it is"),
    _form("hindrance-standing", R.RESTRICTED, scheme="as it is", day="figures", reason="text"),
    _form("hindrance-frozen", R.FROZEN, scheme="as it is"),
    _form("refused-shared", R.SHARED_LIMIT, otherwise="text", left="left", key="as it is"),
    _form(
        "hindrance-provider",
        R.PROVIDER_NOT_RECOGNISED,
        **_names("provider", "scheme"),
        starts="figures",
    ),
    _form(
        "refused-struck", R.COURSE_NOT_RECOGNISED, **_names("course", "scheme"),
        **_figures("starts", "struck"),
    ),
    _form(
        "hindrance-register", R.COURSE_NOT_RECOGNISED, **_names("course", "scheme"),
        starts="figures",
    ),
    _form("refused-no-reservation", R.UNKNOWN_RESERVATION, id="as it is"),
    _form("refused-behind", R.UNKNOWN_RESERVATION, R.UNKNOWN_USE, what="as it is"),
    _form("refused-no-use", R.UNKNOWN_USE, id="as it is"),
    _form("refused-holds-nothing", R.UNKNOWN_USE, id="as it is"),
    _form("refused-ended", R.ENDED_ALREADY, id="as it is", ended="text"),
    _form("refused-no-endings", R.ENDING_UNTOLD, scheme="as it is"),
    _form("refused-attended", R.ENDING_UNTOLD, scheme="as it is"),
    _form("refused-transfer-taken", R.IDENTIFIER_TAKEN, id="as it is"),
    _form("refused-taken", R.IDENTIFIER_TAKEN, id="as it is"),
    _form("refused-convert", R.NOT_CONVERTIBLE, **_names("scheme", "target"), day="figures"),
    _form("refused-not-frozen-all", R.NOT_FROZEN),
    _form("refused-not-frozen", R.NOT_FROZEN, scheme="as it is"),
    _form("refused-contradiction", R.FACT_CONTRADICTS_ITSELF, **_names("version", "known")),
    _form("refused-other-holder", R.FACT_OF_ANOTHER_HOLDER, holder="holder"),
    _form("refused-future", R.IN_THE_FUTURE, **_figures("day", "today")),
    _form("refused-no-person", R.NO_PERSON, account="as it is"),
    _form("refused-no-place", R.NO_PERSON, **_names("asked", "place", "account")),
    _form("refused-digest", R.DIGEST_TAKEN, **_names("digest", "scheme")),
    _form("refused-drop-why", R.UNEXPLAINED),
    _form("refused-gap-why", R.UNEXPLAINED),
    _form("refused-repair-why", R.UNEXPLAINED),
    _form("refused-erase-why", R.UNEXPLAINED),
    _form("refused-no-gap", R.NO_GAP, **_names("partition", "until", "since")),
    _form("refused-erased", R.ERASED, day="figures"),
    _form("refused-mandate-taken", R.IDENTIFIER_TAKEN, id="as it is"),
    _form("refused-helper-gives-courses", R.HELPER_IS_PROVIDER, organisation="as it is"),
    _form("refused-too-many-mandates", R.TOO_MANY_MANDATES, limit="as it is"),
    _form("refused-no-mandate", R.UNKNOWN_MANDATE, id="as it is"),
    _form("refused-not-mandated", R.NOT_MANDATED, id="as it is", day="figures"),
    _form("refused-other-content", R.ID_WITH_OTHER_CONTENT, id="as it is"),
)  # fmt: skip
"""Before a form comes what is a special case of it."""


@dataclass(frozen=True, slots=True)
class Detail:
    """A detail of the ledger's, to be said in whatever language.

    Attributes:
        english: as the domain wrote it.
        words: what regulations say in other languages.

    """

    english: str
    words: Mapping[str, Mapping[str, str]]

    def said(self, say: Language) -> str:
        """Return it in a language."""
        return in_language(self.english, replace(say, words=self.words))


def words_of(rules: Rulebook) -> Mapping[str, Mapping[str, str]]:
    """Return what all regulations say in other languages; which one a detail is of, it tells not.

    An English sentence of several regulations is said as the first of them does.
    """
    return ChainMap(*(dict(scheme.words) for scheme in rules.schemes.values()))


def in_language(detail: str, say: Language) -> str:
    """Say a detail in a language; `say` has the words of its scheme.

    A part that has no words stays English, and is marked so.
    """
    if say.code == "en":
        return detail
    known = None
    if len(detail) <= MAX_DETAIL_CHARACTERS:
        known = _known(detail, say) or _in_parts(detail.split("; "), say)
    return known or say.text(detail)


def _in_parts(parts: list[str], say: Language) -> str | None:
    """Say parts that stand one after another; a part may have `; ` in it."""
    if not 1 < len(parts) <= MAX_PARTS:
        return None
    said, at = list[str](), 0
    while at < len(parts):
        ends = range(len(parts), at, -1)
        wholes = ((end, _known("; ".join(parts[at:end]), say)) for end in ends)
        end, known = next(((e, text) for e, text in wholes if text), (at + 1, None))
        said.append(known or say.text(parts[at]))
        at = end
    return say.all_of(said)


def _known(part: str, say: Language) -> str | None:
    """Say what is one detail, or a text of the scheme; None when it is neither."""
    said = say.known(part)
    if said is not None:
        return said
    for form in FORMS:
        found = _pattern(form.message).fullmatch(part)
        if found:
            values = found.groupdict()
            return say(
                form.message, **{n: _value(values[n], h, say) for n, h in form.values.items()}
            )
    return None


def _value(written: str, how: How, say: Language) -> str:
    match how:
        case "figures":
            return say.figures(written)
        case "left":
            count, _, counted = written.partition(" ")
            people = counted in ("requests", "people")
            return say(f"shared-{counted}", amount=count) if people else say.figures(written)
        case "text":  # the name of a condition has dashes where it is defined
            dashed = written.replace(" ", "-")
            return say.known(written) or say.known(dashed) or in_language(written, say)
        case "holder":
            return say("holder-person" if written == "a person" else "holder-enterprise")
        case _:
            return written


@cache
def _pattern(message: str) -> re.Pattern[str]:
    (form,) = (each for each in FORMS if each.message == message)
    return pattern(message, {name: _PATTERNS[how] for name, how in form.values.items()})
