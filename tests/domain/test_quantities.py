"""Quantities are written as people do, and read back as they were written, in every unit."""

from typing import get_args

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.quantities import DISPLAY, MONEY, Unit, shown
from ledger.service import marked
from schemas.examples import example
from schemas.published import json_schemas

UNITS: tuple[Unit, ...] = get_args(Unit)


@given(st.integers(0, 10**9), st.sampled_from(UNITS))
def test_what_is_shown_is_read_as_the_same_quantity_of_the_same_unit(
    quantity: int, unit: Unit
) -> None:
    node = yaml.ScalarNode("tag:yaml.org,2002:str", shown(quantity, unit))
    assert marked.amount(node) == (quantity, unit)


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_can_be_named_in_a_regulation_and_in_a_message(unit: Unit) -> None:
    """Another currency is one line: whatever lists the units is made from it."""
    name = next((code for code, of in MONEY.items() if of == unit), unit)
    node = yaml.ScalarNode("tag:yaml.org,2002:str", name)
    assert marked.unit(node) == (unit, DISPLAY[unit][1] if name in MONEY else 1)
    type_ = "be.rugzak.rights.v1.uses.create"
    assert example(type_)["data"]["unit"] in UNITS
    assert f'"{unit}"' in json_schemas()[f"{type_}.json"]
