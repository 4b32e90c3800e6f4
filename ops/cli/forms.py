"""JSON for programs: what the ledger itself holds, under the same names, with a few forms."""

from dataclasses import fields, is_dataclass
from typing import Any, TypeAlias

import orjson

from ledger.domain.calendar import OPEN, Term
from ledger.domain.events import Envelope
from ledger.domain.expressions import Expression
from ledger.domain.lots import Lot
from ledger.domain.quantities import Unit, shown
from ledger.domain.regulation import Parameter
from ledger.store.catalogue import BY_CLASS
from ledger.words.language import number

Json: TypeAlias = dict[str, Any]


def written(data: object) -> str:
    """Write one JSON document."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS
    return orjson.dumps(data, default=_form, option=options).decode()


def fields_of(value: Any) -> Json:  # noqa: ANN401  any dataclass
    """Return a dataclass's fields, without those that it derives from the others."""
    return {each.name: getattr(value, each.name) for each in fields(value) if each.init}


def amount(quantity: int, unit: Unit) -> Json:
    """Return a quantity: in the smallest unit, and as people write it."""
    return {"quantity": quantity, "shown": shown(quantity, unit)}


def amounts(lot: Lot) -> Json:
    """Return a lot with its quantities as amounts."""
    return {
        name: amount(value, lot.unit) if isinstance(value, int) else value
        for name, value in fields_of(lot).items()
    }


def _form(value: Any) -> object:  # noqa: ANN401  whatever JSON has no form for
    match value:
        case Term():
            return {"from": value.since, "until": None if value.until == OPEN else value.until}
        case Expression():
            return value.text
        case Lot():
            return amounts(value)
        case Envelope():
            return {"kind": BY_CLASS[type(value.event)].name} | fields_of(value)
        case Parameter():
            values = [
                {"since": each.since, "shown": number(each.number, value.unit),
                 "source": each.source} for each in value.values
            ]  # fmt: skip
            return {"name": value.name, "unit": value.unit, "values": values}
        case bytes():
            return value.decode("utf-8", "backslashreplace")
        case set() | frozenset():
            return sorted(value)
        case _ if is_dataclass(value):
            return fields_of(value)
        case _ if hasattr(value, "_asdict"):
            return value._asdict()
        case _:
            return str(value)  # a fraction, a path
