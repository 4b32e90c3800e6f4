"""Texts that are said later, in the language of whoever reads them."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeAlias

from ledger.words.language import Language

Value: TypeAlias = "str | int | date | Sayable"


class Sayable(Protocol):
    """What can be said in a language."""

    def said(self, say: Language) -> str:
        """Return it in a language."""
        ...


@dataclass(frozen=True, slots=True, init=False)
class Text:
    """A message of the catalogues, with its values."""

    message: str
    about: dict[str, Value]

    def __init__(self, message: str, /, **about: Value) -> None:
        """Take a message, and what is put in: a day, a number, words as they are, or a text."""
        object.__setattr__(self, "message", message)
        object.__setattr__(self, "about", about)

    def said(self, say: Language) -> str:
        """Return it in a language."""
        return say(self.message, **{name: _put(value, say) for name, value in self.about.items()})


def _put(value: Value, say: Language) -> str | int:
    match value:
        case date():
            return say.day(value)
        case int() | str():
            return value
        case _:
            return value.said(say)
