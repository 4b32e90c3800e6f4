"""An explanation as a program reads it."""

from collections.abc import Mapping
from typing import Any

from ledger.audit.explain import Entry, Explanation, Ruling
from ledger.domain.events import LotId
from ledger.domain.quantities import Unit
from ledger.words.explanation import assumed
from ledger.words.language import number
from ledger.words.sentences import in_force, sentence
from ops.cli.forms import Json, amount, amounts, fields_of


def as_data(told: Explanation) -> Json:
    """Return an explanation for programs."""
    scheme = told.scheme
    head = ("id", "unit", "funder", "names", "digest", "source", "assumptions")
    return fields_of(told) | {
        "scheme": {name: getattr(scheme, name) for name in head},
        "lots": [
            amounts(story.stood.lot)
            | {
                "available": amount(story.stood.available, story.stood.lot.unit),
                "entries": [_entry(entry, story.id, told.units) for entry in story.entries],
                "rulings": [_ruling(ruling) for ruling in story.rulings],
                "lapsed_on": story.lapsed_on,
                "lapsed_because": story.lapsed_because,
            }
            for story in told.lots
        ],
        "assessed": [
            fields_of(each)
            | {
                "quantity": amount(each.quantity, scheme.unit),
                "ruling": _ruling(each.ruling),
                "assumed": assumed(each.facts),
            }
            for each in told.assessed
        ],
    }


def _entry(entry: Entry, lot: LotId, units: Mapping[LotId, Unit]) -> Json:
    event: Any = entry.envelope.event
    if hasattr(event, "allocation"):
        quantity = dict(event.allocation)[lot]
    elif hasattr(event, "from_lot"):
        quantity = event.quantity_in if event.lot == lot else event.quantity_out
    else:
        quantity = getattr(event, "quantity", 0)  # a correction of the term moves nothing
    told = {"amount": amount(quantity, units[lot]), "sentence": sentence(event, units, {})}
    return told | {
        "envelope": entry.envelope,
        "facts": entry.facts,
        "assumed": assumed(entry.facts),
    }


def _ruling(ruling: Ruling) -> Json:
    """Return a rule; without `block`, another text of its regulation is loaded here."""
    published = ruling.published and ruling.published.told
    return fields_of(ruling) | {
        "published": published,
        "numbers": [
            {"name": parameter.name, "shown": number(value.number, parameter.unit),
             "valid": in_force(parameter, value), "source": value.source}
            for parameter, value in ruling.numbers
        ]
    }  # fmt: skip
