"""A frozen dataclass that is made quickly is otherwise as it was."""

import copy
import inspect
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, replace
from datetime import date

import pytest

from ledger.domain.calendar import Term
from ledger.domain.making import quickly_made


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """What the other one is compared with."""

    name: str
    count: int = 3


@quickly_made
@dataclass(frozen=True, slots=True, kw_only=True)
class Quick:
    """The same fields."""

    name: str
    count: int = 3


def test_it_is_asked_and_shown_as_before() -> None:
    assert inspect.signature(Quick) == inspect.signature(Plain)
    assert repr(Quick(name="a")) == "Quick(name='a', count=3)"
    assert Quick(name="a") == Quick(name="a", count=3) != Quick(name="b")
    assert hash(Quick(name="a")) == hash(Plain(name="a"))
    with pytest.raises(TypeError, match="missing 1 required keyword-only argument: 'name'"):
        Quick()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="unexpected keyword argument 'color'"):
        Quick(name="a", color="red")  # type: ignore[call-arg]


def test_once_made_it_does_not_change() -> None:
    quick = Quick(name="a")
    assert type(quick) is Quick
    with pytest.raises(FrozenInstanceError):
        quick.name = "b"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del quick.name
    assert not hasattr(quick, "__dict__")


def test_it_is_replaced_copied_and_sent_to_other_processes() -> None:
    quick = Quick(name="a")
    assert replace(quick, count=5) == Quick(name="a", count=5)
    assert copy.deepcopy(quick) == pickle.loads(pickle.dumps(quick)) == quick  # noqa: S301  ours


def test_what_it_refuses_when_it_is_made_is_still_refused() -> None:
    with pytest.raises(ValueError, match="a term ends after it begins"):
        Term(date(2025, 9, 1), date(2025, 9, 1))


def test_a_class_whose_values_would_be_shared_is_not_taken() -> None:
    @dataclass(frozen=True, slots=True)
    class Shared:
        names: list[str] = field(default_factory=list)

    with pytest.raises(AssertionError, match="names"):
        quickly_made(Shared)
