"""One language: its catalogue, its dates and amounts, and the texts of regulations in it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction
from functools import cache, reduce
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

from ledger.domain.calendar import OPEN, Term
from ledger.domain.expressions import MONTHS
from ledger.domain.quantities import DISPLAY, EURO, MONEY, Unit, shown
from ledger.domain.regulation import Scheme
from ledger.service.clock import OFFICE_ZONE
from ledger.service.translated import key

if TYPE_CHECKING:
    from fluent.runtime import FluentBundle

Code: TypeAlias = Literal["nl", "fr", "en"]
CODES: Final[tuple[Code, ...]] = get_args(Code)

FOLDER: Final = Path(__file__).resolve().parent
"""The catalogues, one Fluent file a language."""

_MESSAGE: Final = re.compile(r"^([a-zA-Z][\w-]*)(?= *=)", re.MULTILINE)
"""Where a message begins: nothing else begins so in the first column of a Fluent file."""

_MONTH_NAMES: Final = {number: name for name, number in MONTHS.items()}
_CODES: Final = "|".join(MONEY)
_MONEY: Final = re.compile(rf"({_CODES}) (-?\d+)\.(\d\d)\b")
_DECIMALS: Final = re.compile(r"(\d)\.(\d)")
_MEASURED: Final = re.compile(r"(?<=\d )(hour|h|vouchers?)\b")
_DAYS: Final = re.compile(r"(\d{4}-\d\d-\d\d) to (\d{4}-\d\d-\d\d)")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_MONTH: Final = re.compile(r"(\d{4})-(\d\d)")
_GIVEN: Final = rf"([\d./]+ (?:hour|voucher|{_CODES}))"
_RATE: Final = re.compile(f"{_GIVEN} is {_GIVEN}")


@dataclass(frozen=True, slots=True)
class Language:
    """Says things in one language.

    Attributes:
        code: ISO 639-1.
        words: of a scheme: a text as its file has it, and how each language says it.

    """

    code: Code
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __call__(self, message: str, /, **about: str | int) -> str:
        """Say a message of the catalogue.

        Raises:
            RuntimeError: it is not there, or lacks a value; a test looks for such messages.

        """
        catalogue = _catalogue(self.code)
        if message not in catalogue:
            raise RuntimeError(f"{message!r} is missing in {self.code}.ftl")
        bundle = catalogue.with_message(message)
        pattern = bundle.get_message(message).value
        said, wrong = bundle.format_pattern(pattern, about) if pattern is not None else ("", [])
        if wrong:
            raise RuntimeError(f"{message!r} can't be said in {self.code}: {wrong[0]}")
        return str(said)

    def of(self, scheme: Scheme) -> "Language":
        """Return the same language, with what a scheme's file says in it."""
        return replace(self, words=scheme.words)

    def text(self, written: str) -> str:
        """Say a text of a regulation, or one that the domain stores, by its English form or name.

        A text that the language lacks is said in English and marked so.
        """
        known = self.known(written)
        if known is not None:
            return known
        return plainly(written) if self.code == "en" else f"{plainly(written)} (en)"

    def known(self, written: str) -> str | None:
        """Say a text as `text` does; None when the language has nothing of its own for it."""
        said = self.words.get(key(written), {}).get(self.code)
        if said is not None:
            return said
        message = f"text-{re.sub('[^a-z0-9]+', '-', written.lower()).strip('-')}"
        if message in _catalogue(self.code):
            return self(message)
        if rate := _RATE.fullmatch(written):
            return self("rate", give=self.figures(rate[1]), get=self.figures(rate[2]))
        return None

    def day(self, day: date) -> str:
        """Write a day: `1 september 2025`, `1er septembre 2025`; in English as 2025-09-01."""
        if self.code == "en":
            return day.isoformat()
        return f"{self.day_of_year(day.month, day.day)} {day.year}"

    def day_of_year(self, month: int, day: int) -> str:
        """Write a day of any year."""
        return self("day-of-year", day=day, month=self(_MONTH_NAMES[month]))

    def moment(self, instant: datetime) -> str:
        """Write an instant as the office's clock shows it."""
        time = f"{instant.astimezone(OFFICE_ZONE):%H:%M}"
        return self("moment", day=self.day_of(instant), time=time)

    def day_of(self, instant: datetime) -> str:
        """Write the day of an instant as the office's calendar shows it."""
        return self.day(instant.astimezone(OFFICE_ZONE).date())

    def span(self, term: Term) -> str:
        """Write a term by its first and last day."""
        if term.until == OPEN:
            return self("span-open", since=self.day(term.since))
        last = date.fromordinal(term.until.toordinal() - 1)
        return self("span", since=self.day(term.since), until=self.day(last))

    def amount(self, quantity: int, unit: Unit) -> str:
        """Write a quantity, exactly: `93,75 u`, `93,75 h`, `93.75 h`."""
        return self.figures(shown(quantity, unit))

    def measured(self, unit: Unit) -> str:
        """Name what a scheme counts in: `hours`, `euros`, `Singapore dollars`."""
        if unit in MONEY.values() and unit != EURO:
            return _currency(self.code, DISPLAY[unit][0])
        return self(f"measured-{unit}")

    def number(self, value: Fraction | int, unit: Unit | None) -> str:
        """Write a parameter's value, exactly."""
        return self.figures(number(value, unit))

    def figures(self, written: str) -> str:
        """Write the English form of a value or amount as the language does.

        One place for it, because the steps of a stored basis are kept in that form.
        """
        if self.code == "en":
            return written
        if written in ("yes", "no", "none"):
            return self(f"value-{written}")
        if days := _DAYS.fullmatch(written):
            since, until = (self.day(date.fromisoformat(each)) for each in days.groups())
            return self("span", since=since, until=until)
        if month := _MONTH.fullmatch(written):
            return f"{self(_MONTH_NAMES[int(month[2])])} {month[1]}"
        if _DAY.fullmatch(written):
            return self.day(date.fromisoformat(written))
        written = _DECIMALS.sub(r"\1,\2", _MONEY.sub(r"\2,\3 \1", written))
        return _MEASURED.sub(lambda unit: self(f"measure-{unit[0]}"), written)

    def place(self, region: str) -> str:
        """Name a region or country; English, and what has no name, by its code."""
        if f"place-{region}" in _catalogue(self.code):
            return self(f"place-{region}")
        return region if self.code == "en" else _territory(self.code, region.upper())

    def circumstance(self, name: str) -> str:
        """Name a circumstance; one that no rule asks for, as its source does."""
        if f"like-name-{name}" in _catalogue(self.code):
            return self(f"like-name-{name}")
        return self.text(name)

    def listed(self, parts: Iterable[str], last: Literal["and", "or"]) -> str:
        """Write parts as a list: `a, b or c`."""
        *first, end = list(parts) or [""]
        return f"{', '.join(first)} {self(last)} {end}" if first else end

    def all_of(self, sentences: Iterable[str]) -> str:
        """Write sentences one after another; `` of none."""
        first, *others = list(sentences) or [""]
        return reduce(lambda one, other: self("also", one=one, other=other), others, first)


ENGLISH: Final = Language("en")


def plainly(name: str) -> str:
    """Write the name of a condition or of a step as words; a sentence stays as it is."""
    return name if " " in name else name.replace("-", " ").replace("_", " ")


def number(value: Fraction | int, unit: Unit | None) -> str:
    """Write a parameter's value in English, exactly."""
    if unit is not None:
        return shown(int(value), unit)
    hundredths = value * 100
    part = value.denominator > 1 and hundredths.denominator == 1
    return f"{hundredths} %" if part else str(value)


class Catalogue:
    """A language's messages, each parsed when it is first said: all of them take 0.2 s."""

    def __init__(self, code: Code) -> None:
        from fluent.runtime import FluentBundle  # noqa: PLC0415  so that --help is quick

        written = _MESSAGE.split((FOLDER / f"{code}.ftl").read_text("utf-8"))
        self._sources = dict(zip(written[1::2], written[2::2], strict=True))
        self._bundle = FluentBundle([code], use_isolating=False)

    def __contains__(self, message: str) -> bool:
        return message in self._sources

    def with_message(self, message: str) -> "FluentBundle":
        """Return a bundle that has a message, which is here; it refers to no other."""
        from fluent.runtime import FluentResource  # noqa: PLC0415  so that --help is quick

        if not self._bundle.has_message(message):
            self._bundle.add_resource(FluentResource(message + self._sources[message]))
        return self._bundle


_catalogue: Final = cache(Catalogue)


def _territory(code: Code, country: str) -> str:
    from babel import Locale  # noqa: PLC0415  so that --help is quick

    name = Locale(code).territories.get(country, country)
    return str(name)


def _currency(code: Code, currency: str) -> str:
    from babel.numbers import get_currency_name  # noqa: PLC0415  so that --help is quick

    return str(get_currency_name(currency, count=2, locale=code))
