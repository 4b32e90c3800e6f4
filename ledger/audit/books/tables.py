"""The tables of an export: what each row is; their columns are told by what the classes say."""

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from types import UnionType
from typing import Final, Literal, NamedTuple, TypeAlias, get_args, get_origin, get_type_hints
from uuid import UUID

from ledger.audit.books.journal import Entry
from ledger.audit.books.totals import Total
from ledger.domain.quantities import Unit


class EventRow(NamedTuple):
    """One event of the log, as it is stored.

    Attributes:
        position: its place in the log; the first is 1, and each next one is higher.
        account: whose event it is: a person's or an enterprise's opaque reference (UUID), or one of
            the two accounts that are nobody's: of the regulations, and of the operators.
        version: its number in the account, from 1, without a gap.
        name: what happened, with the version of its form after an `@` when that is not the first.
        recorded_at: when the ledger learned it, UTC.
        recorded_on: the office's day of that (Europe/Brussels).
        payload: the canonical JSON that is stored, byte for byte: `event` holds what happened, the
            rest who asked, by which command, and when it was recorded.

    """

    position: int
    account: UUID
    version: int
    name: str
    recorded_at: datetime
    recorded_on: date
    payload: str


class BalanceRow(NamedTuple):
    """One lot as the ledger's read model serves it: what the export claims, and can be recomputed.

    Attributes:
        account: the person or enterprise, an opaque reference (UUID).
        lot: one grant, unique in the account.
        scheme: the measure that gives the right.
        unit: the smallest unit that the quantities count.
        since: the first day of the lot's term.
        until: the first day after it; empty when its end is not known.
        funder: who pays.
        granted: all that was granted, before withdrawals.
        withdrawn: taken back by corrections.
        transferred_in: entered from other lots, less what went back.
        transferred_out: left for other lots, less what came back.
        reserved: held for courses.
        used: used, less what was reversed.
        expired: lapsed, less what was restored or withdrawn afterwards.
        shortfall: used or reserved beyond what is due.
        available: `granted` - `withdrawn` + `transferred_in` - `reserved` - `used` -
            `transferred_out` - `expired`.
        merged_into: the account that stands for this one; its lots count for nobody then.
        rule: the rule of the last grant, `block@digest` of the regulation.
        position: of the last event on the lot.

    """

    account: UUID
    lot: str
    scheme: str
    unit: Unit
    since: date
    until: date | None
    funder: str
    granted: int
    withdrawn: int
    transferred_in: int
    transferred_out: int
    reserved: int
    used: int
    expired: int
    shortfall: int
    available: int
    merged_into: UUID | None
    rule: str
    position: int


Kind: TypeAlias = Literal["integer", "text", "date", "instant", "uuid"]

KINDS: Final[Mapping[object, Kind]] = {
    int: "integer",
    str: "text",
    date: "date",
    datetime: "instant",
    UUID: "uuid",
}


class Column(NamedTuple):
    """A column: its name, what kind of value it has, whether it may be empty, what it means."""

    name: str
    kind: Kind
    optional: bool
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of an export.

    Attributes:
        name: of the file, without its ending.
        row: named tuple class; its docstring tells the columns.
        key: the columns that name a row.

    """

    name: str
    row: type[tuple[object, ...]]
    key: tuple[str, ...]

    @property
    def about(self) -> str:
        """What a row is, in one sentence."""
        return (inspect.getdoc(self.row) or "").partition("\n")[0]

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns, in order."""
        return columns_of(self.row)


EVENTS: Final = Table(name="events", row=EventRow, key=("position",))
ENTRIES: Final = Table(name="entries", row=Entry, key=("entry",))
BALANCES: Final = Table(name="balances", row=BalanceRow, key=("account", "lot"))
TOTALS: Final = Table(name="totals", row=Total, key=("scheme", "unit", "name"))


@cache
def columns_of(row: type) -> tuple[Column, ...]:
    """Return the columns of a row, from its type hints and its docstring."""
    told = _attributes(inspect.getdoc(row) or "")
    return tuple(
        Column(name, *_kind(hint), about=told[name]) for name, hint in get_type_hints(row).items()
    )


def _kind(hint: object) -> tuple[Kind, bool]:
    """Return what a type hint is in a file, and whether it may be empty."""
    if get_origin(hint) is UnionType:
        (some,) = (each for each in get_args(hint) if each is not type(None))
        return _kind(some)[0], True
    return ("text" if get_origin(hint) is Literal else KINDS[hint]), False


def _attributes(doc: str) -> dict[str, str]:
    """Return what a docstring says of each attribute."""
    section = doc.partition("Attributes:\n")[2]
    found = re.findall(r"^    (\w+): ((?:.+\n?)(?:^     +.+\n?)*)", section, re.MULTILINE)
    return {name: " ".join(text.split()) for name, text in found}
