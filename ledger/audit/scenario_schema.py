"""The JSON Schema of a scenario file, for editors; made from the words that the reader knows.

It knows names and places. What only the rules know (schemes, conditions, units) and what a value
must look like is checked when the file is run.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeAlias, get_args

from ledger.audit.scenario import FIGURES, Kind
from ledger.audit.scenario_facts import FACTS, OUTCOME
from ledger.audit.scenario_file import ABOUT, ENDED, EXPECTATIONS, OF_SCENARIO, QUOTED
from ledger.audit.scenario_words import COURSE, OUTCOMES, REQUESTS

Json: TypeAlias = dict[str, Any]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

VALUE: Final[Json] = {"type": ["string", "number", "boolean"]}
"""A scalar, a table's `$column` too: readers of YAML don't agree on which of them is text."""


def schema() -> Json:
    """Return the schema."""
    facts = {name: _told(word.keys) for name, word in FACTS.items()}
    asked = {name: _told((*word.keys, *OUTCOME)) for name, word in REQUESTS.items()}
    about = _values(ABOUT) | {"kind": _one_of(get_args(Kind)), "person": _object(facts)}
    quote = _object({**_values(QUOTED), "course": _object(_values(COURSE))}, ["course"])
    ended = _object(_values(ENDED), ["id"])
    lot = {"anyOf": [VALUE, _object(_values(FIGURES))]}
    expected = _values(("on", "of", "known", "scheme", *EXPECTATIONS)) | {
        "lots": {"type": "object", "additionalProperties": lot},
        "ended": {"anyOf": [ended, {"type": "array", "items": ended}]},
        "quote": {"anyOf": [quote, {"type": "array", "items": quote}]},
    }
    told = _values(("on", "of")) | facts | asked
    scenario = {**about, **_values(OF_SCENARIO)} | {
        "told": {"type": "array", "items": _object(told, ["on"])},
        "expect": {"type": "array", "items": _object(expected, ["on"])},
        "cases": {"type": "array", "minItems": 2, "items": {"type": "array"}},
    }
    scenarios = {"type": "array", "minItems": 1, "items": _object(scenario, ["name"])}
    return {"$schema": DIALECT, **_object(about | {"scenarios": scenarios}, ["scenarios"])}


def _told(keys: Iterable[str]) -> Json:
    """Describe one thing that is told, or several; or its main field alone, or `none`."""
    special = {
        "outcome": _one_of(OUTCOMES),
        "course": {"anyOf": [VALUE, _object(_values(COURSE))]},
        "purposes": {"anyOf": [VALUE, {"type": "array", "items": VALUE}]},
    }
    one = {"anyOf": [VALUE, _object({key: special.get(key, VALUE) for key in keys})]}
    return {"anyOf": [*one["anyOf"], {"type": "array", "items": one}]}


def _values(names: Iterable[str]) -> Json:
    return dict.fromkeys(names, VALUE)


def _one_of(words: Sequence[str]) -> Json:
    return {"anyOf": [{"enum": list(words)}, {"type": "string", "pattern": r"\$"}]}


def _object(fields: Json, needed: Sequence[str] = ()) -> Json:
    return {
        "type": "object",
        "properties": fields,
        "required": list(needed),
        "additionalProperties": False,
    }
