"""What pydantic finds wrong with a part of a request, as a text in each language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledger.words.language import Language
from ledger.words.texts import Sayable, Text

OTHER: Final = "wrong-value"
"""The message of what has none of its own."""

OUR_OWN: Final = "value_error"
"""The type of what our validators raise: it is told by its text."""


@dataclass(frozen=True, slots=True)
class Raised:
    """What a validator of ours says, found by its English."""

    english: str

    def said(self, say: Language) -> str:
        """Return it in a language."""
        return self.english if say.code == "en" else say.known(self.english) or say(OTHER)


def finding(error: Mapping[str, Any]) -> Sayable:
    """Return what one finding says is right."""
    if error["type"] == OUR_OWN:
        return Raised(error["msg"].removeprefix("Value error, "))
    message = f"wrong-{error['type'].replace('_', '-')}"
    about = {name: _plain(name, value) for name, value in (error.get("ctx") or {}).items()}
    return Text(message if message in MESSAGES else OTHER, **about)


def _plain(name: str, value: object) -> str:
    """Return a value of a finding as it is put into a text: a list has no word for its last."""
    return str(value).replace(" or ", ", ") if name == "expected" else str(value)


MESSAGES: Final = frozenset(
    {
        "wrong-missing",
        "wrong-extra-forbidden",
        "wrong-written",
        "wrong-string-type",
        "wrong-string-too-short",
        "wrong-string-too-long",
        "wrong-string-pattern-mismatch",
        "wrong-string-unicode",
        "wrong-int-type",
        "wrong-int-parsing",
        "wrong-int-parsing-size",
        "wrong-int-from-float",
        "wrong-float-type",
        "wrong-float-parsing",
        "wrong-finite-number",
        "wrong-decimal-type",
        "wrong-decimal-parsing",
        "wrong-bool-type",
        "wrong-bool-parsing",
        "wrong-greater-than-equal",
        "wrong-greater-than",
        "wrong-less-than-equal",
        "wrong-less-than",
        "wrong-too-short",
        "wrong-too-long",
        "wrong-list-type",
        "wrong-tuple-type",
        "wrong-dict-type",
        "wrong-model-type",
        "wrong-model-attributes-type",
        "wrong-literal-error",
        "wrong-enum",
        "wrong-date-type",
        "wrong-date-parsing",
        "wrong-date-from-datetime-parsing",
        "wrong-date-from-datetime-inexact",
        "wrong-datetime-type",
        "wrong-datetime-parsing",
        "wrong-datetime-from-date-parsing",
        "wrong-timezone-aware",
        "wrong-uuid-type",
        "wrong-uuid-parsing",
        "wrong-json-invalid",
        "wrong-invalid-json",
        "wrong-invalid-utf8",
        "wrong-duplicate-key",
        "wrong-not-a-number",
        "wrong-too-deep",
        "wrong-forbidden-character",
    }
)
"""By pydantic's types of errors, and the codes of `schemas.parsing`."""
