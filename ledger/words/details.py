"""The details of what a verification found, in another language than their English.

Where something is found, its detail is written in English: `--json` and logs have that. As with
refusals, a detail is found again by its form. What other programs said of an error, and what
stands in a row, is quoted as it is.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final, Literal, TypeAlias

from ledger.words.forms import pattern
from ledger.words.language import Language

How: TypeAlias = Literal[
    "as it is", "number", "count", "places", "sentence", "error", "differences", "row"
]

_PATTERNS: Final[Mapping[How, str]] = {
    "as it is": ".+?",
    "number": r"-?\d+",
    "count": r"\d+(?: (?:event|receipt)s?)?",
    "places": r"(?:position|number)s? -?\d+(?: to -?\d+)?",
    "sentence": ".+",
    "error": ".+",
    "differences": ".+",
    "row": ".+?",
}

_COUNTED: Final = {"event": "detail-events", "receipt": "detail-receipts"}
_ONE_PLACE: Final = {"position": "detail-position", "number": "detail-number"}
_SOME_PLACES: Final = {"position": "detail-positions", "number": "detail-numbers"}

_PLACES: Final = re.compile(r"(position|number)s? (-?\d+)(?: to (-?\d+))?")
_DIFFERENCE: Final = re.compile(r"(\w+) (.+), and the log (.+)", re.DOTALL)
_NEXT_DIFFERENCE: Final = "; it says "


def _form(**values: How) -> Mapping[str, How]:
    return values


def _names(*names: str) -> dict[str, How]:
    return dict.fromkeys(names, "as it is")


def _numbers(*names: str) -> dict[str, How]:
    return dict.fromkeys(names, "number")


_RECEIPT: Final = _names("command")

FORMS: Final[Mapping[str, Mapping[str, How]]] = {
    "detail-of-receipts": _form(found="sentence"),
    # the log held against its tree
    "detail-unpublished-row": _form(position="number", row="sentence"),
    "detail-other-past": _form(place="places", count="count"),
    "detail-moved": _form(**_numbers("position", "other"), row="sentence"),
    "detail-key-changed": _form(account="as it is", count="number"),
    "detail-account": _form(position="number", **_names("owner", "account")),
    "detail-payload": _form(position="number", row="sentence"),
    "detail-event-and-entry": _form(position="number", row="sentence"),
    "detail-order": _form(**_numbers("position", "other"), row="sentence"),
    "detail-name": _form(position="number", **_names("name", "other")),
    "detail-version": _form(**_numbers("position", "version", "other"), account="as it is"),
    "detail-tail": _form(count="count", places="places"),
    "detail-missing": _form(count="count", places="places"),
    "detail-key-again": _names("account"),
    "detail-key-gone": _names("account"),
    # the files of a tree
    "detail-no-leaf": _names("written"),
    "detail-bundle-cut": {},
    "detail-bundle-long": _numbers("count", "most"),
    "detail-bundle-other": _form(file="as it is", **_numbers("count", "width")),
    "detail-file-short": _names("file"),
    "detail-tile": _names("file"),
    "detail-leaf": _form(file="as it is", leaf="number"),
    "detail-tree": _form(**_numbers("size", "leaf"), where="as it is"),
    # what was signed
    "detail-fork": _form(size="number", **_names("where", "other")),
    "detail-no-checkpoint": {},
    "detail-no-checkpoint-of-it": _form(size="number", where="as it is"),
    "detail-tree-gone": _form(folder="as it is", size="number", where="as it is"),
    "detail-tree-keyless": _form(folder="as it is", size="number", where="as it is"),
    "detail-tree-keyed": _names("folder", "since"),
    "detail-witness-lacks": _names("where", "origin"),
    "detail-checkpoint-gone": _names("where"),
    "detail-checkpoint-older": _form(**_numbers("size", "newest"), where="as it is"),
    "detail-witness": _form(where="as it is", wrong="error"),
    "detail-note-bytes": {},
    "detail-note-form": {},
    "detail-note-signatures": _numbers("most"),
    "detail-no-signature": _names("written"),
    "detail-checkpoint-form": {},
    "detail-signature": _names("key"),
    "detail-other-signer": _names("names"),
    "detail-other-log": _names("origin"),
    "detail-other-key": _form(size="number", key="as it is"),
    "detail-no-key": _names("written"),
    "detail-new-key-form": _names("written"),
    "detail-key-unsigned": _names("key"),
    "detail-key-other": _names("key"),
    "detail-other-keys": {},
    "detail-keys-of": _form(folder="as it is", wrong="sentence"),
    "detail-keys-begin": _names("folder", "trusted"),
    "detail-no-tree": _names("folder"),
    "detail-not-signed": _form(size="number", sizes="as it is"),
    # receipts
    "detail-receipt-other": _form(**_RECEIPT, number="number"),
    "detail-receipt-unpublished": _form(**_RECEIPT, number="number"),
    "detail-receipt-gone": _RECEIPT,
    "detail-receipt-twice": _RECEIPT,
    "detail-receipt-month": _form(**_RECEIPT, **_names("month", "instant")),
    "detail-receipt-no-event": _form(**_RECEIPT, position="number"),
    "detail-receipt-other-event": _form(**_RECEIPT, position="number", other="as it is"),
    "detail-receipt-unrefused": _form(**_RECEIPT, reason="as it is"),
    "detail-receipt-led": _form(**_RECEIPT, count="row"),
    "detail-receipt-version": _form(**_RECEIPT, version="number"),
    "detail-receipt-ended": _form(**_RECEIPT, version="number", instant="as it is"),
    "detail-receipt-early": _form(**_RECEIPT, **_names("instant", "before")),
    "detail-receipt-unnumbered": _RECEIPT,
    "detail-receipt-number": _form(**_RECEIPT, **_numbers("number", "last")),
    "detail-receipt-number-twice": _form(**_RECEIPT, number="number"),
    "detail-receipt-says": _form(**_RECEIPT, differences="differences"),
    # regulations
    "detail-regulation-digest": _names("scheme", "digest", "other"),
    "detail-regulation-then": _form(position="number", rule="as it is"),
    "detail-regulation-here": _form(difference="sentence"),
    "detail-scheme-lacking": _names("scheme", "digest"),
    "detail-scheme-older": _names("scheme", "digest", "last"),
    "detail-scheme-other": _names("scheme", "digest", "last"),
    "detail-scheme-unpublished": _names("scheme", "digest"),
    # state rows, and what of the log gives none
    "detail-no-state": {},
    "detail-state-version": _numbers("version", "right"),
    "detail-state-unread": _form(wrong="error"),
    "detail-state-due": _form(day="row", right="row"),
    "detail-state-spelling": {},
    "detail-state-differs": _names("names"),
    "detail-taken": _numbers("count", "right"),
    "detail-no-version": _numbers("version"),
    "detail-before": _numbers("version"),
    "detail-unfolded": _form(wrong="error"),
    "detail-unread": _form(event="sentence", wrong="error", until="as it is"),
    "detail-form": _names("written"),
    "detail-damaged-long": {},
    "detail-damaged": _form(wrong="error"),
    "detail-no-json": _form(wrong="error"),
    "detail-no-payload": {},
    "detail-no-name": _names("name"),
    # read models
    "detail-registry-lacks": _names("name"),
    "detail-registry-ahead": _form(name="as it is", **_numbers("position", "head")),
    "detail-model-row": _form(table="as it is", expected="row", found="row"),
    # parts of others, and what has one after its subject
    "detail-event-name": _form(**_names("account", "name"), version="number"),
    "detail-row": _form(**_names("name", "account"), version="number"),
    "detail-about": _form(about="as it is", wrong="sentence"),
}  # fmt: skip
"""By message, how each of its values is said. Before a form comes what is a special case of it."""


def detail(english: str, say: Language) -> str:
    """Say a detail in a language; what belongs to no form stays English, and is marked so."""
    if say.code == "en":
        return english
    return _known(english, say) or say.text(english)


def _known(english: str, say: Language) -> str | None:
    for message, values in FORMS.items():
        found = _pattern(message).fullmatch(english)
        if found is None:
            continue
        said = {name: _HOW[how](found[name], say) for name, how in values.items()}
        whole = {name: value for name, value in said.items() if value is not None}
        if len(whole) == len(said):
            return _say(say, message, **whole)
    return None


def _say(say: Language, message: str, **values: str) -> str:
    """Say a message; Fluent puts in no value that is as long as a row of a table can be."""
    parts = say(message, **{name: f"\0{name}\0" for name in values}).split("\0")
    return "".join(values[part] if index % 2 else part for index, part in enumerate(parts))


def _counted(written: str, say: Language) -> str:
    count, _, of = written.partition(" ")
    return say(_COUNTED[of.removesuffix("s")], count=int(count)) if of else count


def _placed(written: str, say: Language) -> str | None:
    found = _PLACES.fullmatch(written)
    if found is None:
        return None
    what, first, last = found.groups()
    if last is None:
        return say(_ONE_PLACE[what], first=first)
    return say(_SOME_PLACES[what], first=first, last=last)


def _quoted(written: str, say: Language) -> str:
    return _known(written, say) or _say(say, "quoted", what=written)


def _of_row(written: str, say: Language) -> str:
    return say("detail-nothing") if written == "None" else written


def _differing(written: str, say: Language) -> str | None:
    told = list[str]()
    for part in written.split(_NEXT_DIFFERENCE):
        found = _DIFFERENCE.fullmatch(part)
        if found is None:
            return None
        name, value, right = found.groups()
        about = {"value": _of_row(value, say), "right": _of_row(right, say)}
        told.append(_say(say, "detail-difference", name=name, **about))
    return "; ".join(told)


def _as_it_is(written: str, say: Language) -> str:
    del say
    return written


_HOW: Final[Mapping[How, Callable[[str, Language], str | None]]] = {
    "as it is": _as_it_is,
    "number": _as_it_is,
    "count": _counted,
    "places": _placed,
    "sentence": _known,
    "error": _quoted,
    "differences": _differing,
    "row": _of_row,
}


@cache
def _pattern(message: str) -> re.Pattern[str]:
    return pattern(message, {name: _PATTERNS[how] for name, how in FORMS[message].items()})
