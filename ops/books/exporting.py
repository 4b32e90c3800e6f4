"""`rugzak audit export`: the log, its journal and the balances as files that auditors can open."""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias
from uuid import UUID

from ledger.audit.books.journal import Entry, Journal, day_of
from ledger.audit.books.sampling import lowest
from ledger.audit.books.tables import BALANCES, ENTRIES, EVENTS, TOTALS, BalanceRow, EventRow, Table
from ledger.audit.books.totals import ALWAYS, Period, TrialBalance
from ledger.domain.events import AccountErased, AccountMerged, AccountUnmerged, Envelope
from ledger.store.postgres import PostgresStore
from ops.books.booking import SAID_EVERY_EVENTS, Stored, journal_of, people, served, walk
from ops.books.exporting_files import WRITERS, Format, Writer
from ops.books.exporting_metadata import DICTIONARY, Written, csvw, dictionary, hashes, package
from projections.projection import place_of
from projections.runner import connect
from projections.tables import Conn

Kind: TypeAlias = Literal["parquet", "flat"]
"""The whole package in Parquet, or the journal alone as CSV."""

CHECKPOINT: Final = "checkpoint.txt"

_OF_ACCOUNTS: Final = (AccountMerged, AccountUnmerged, AccountErased)
"""Events that concern all of an account's lots, of whatever scheme."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What of the log is exported.

    Attributes:
        period: of recording; the totals tell what stood before.
        scheme: None: all.
        people: how many accounts are drawn; None: all.
        seed: by which they are.

    """

    period: Period = ALWAYS
    scheme: str | None = None
    people: int | None = None
    seed: str = ""

    @property
    def told(self) -> dict[str, Any]:
        """What a package says of it."""
        since, until = self.period.since, self.period.until
        return {
            "from": since and since.isoformat(),
            "until": until and until.isoformat(),
            "scheme": self.scheme,
            "person_sample": self.people,
            "seed": self.seed if self.people is not None else None,
        }

    @property
    def whole_lots(self) -> bool:
        """Whether each lot that is in it has all of its events: so balances can be recomputed."""
        return self.period == ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What was exported.

    Attributes:
        folder: that was made.
        position: of the last event that was looked at.
        behind: how many positions the log went on since the read model of balances did.
        rows: by table.
        manifest: the SHA-256 of the list of hashes, which covers all other files.

    """

    folder: Path
    position: int
    behind: int
    rows: dict[str, int]
    manifest: str


def export(
    url: str,
    store: PostgresStore,
    folder: Path,
    say: Callable[[str], None],
    *,
    kind: Kind = "parquet",
    selection: Selection = Selection(),
    checkpoint: str | None = None,
) -> Exported:
    """Write a package into a new folder, which is there whole or not at all.

    With balances it ends where the read model of balances is, so that both are of one position.

    Raises:
        FileExistsError: the folder is there.
        NotMade: there is no read model of balances.

    """
    with _made(folder) as making:
        drawn = None
        if selection.people is not None:
            drawn = set(lowest(people(store), selection.people, selection.seed))
        form: Format = "parquet" if kind == "parquet" else "csv"
        pack = Package(making, form, selection, drawn)
        head = position = store.head()
        if kind == "parquet" and selection.whole_lots:
            with connect(url) as conn:
                position = _balances(conn, pack)
        log = _counted(walk(store, position), say)
        pack.book(log, journal_of(store), with_events=kind == "parquet")
        manifest = pack.close(position, checkpoint)
    rows = {each.table.name: each.rows for each in pack.written}
    behind = max(head - position, 0)
    return Exported(folder=folder, position=position, behind=behind, rows=rows, manifest=manifest)


def _balances(conn: Conn, pack: "Package") -> int:
    """Export the read model of balances; return the position that it reflects."""
    with served(conn) as (position, rows), pack.table(BALANCES) as file:
        for row in rows():
            if pack.wants(row):
                file.add(row)
    return position


def _counted(log: Iterable[Stored], say: Callable[[str], None]) -> Iterator[Stored]:
    for count, each in enumerate(log, start=1):
        yield each
        if count % SAID_EVERY_EVENTS == 0:
            say(f"{count} events")


@contextmanager
def _made(folder: Path) -> Iterator[Path]:
    """Yield a folder beside the one that is to be; that one is there when all is done."""
    if folder.exists():
        raise FileExistsError(f"{folder} is there already; a package goes into a new folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    making = folder.with_name(f".{folder.name}.{os.getpid()}")
    making.mkdir(mode=0o700)  # it holds what sources said of people
    try:
        yield making
        making.rename(folder)
    except BaseException:
        shutil.rmtree(making, ignore_errors=True)
        raise


@dataclass(slots=True)
class Package:
    """Writes tables into a folder, and in the end what tells of them.

    Attributes:
        folder: that is there.
        form: of every table.
        selection: of what is written.
        drawn: the accounts of a sample; None: all.
        written: the tables so far.
        events: how many were looked at.
        head: the last of them.

    """

    folder: Path
    form: Format
    selection: Selection
    drawn: set[UUID] | None
    written: list[Written] = field(default_factory=list)
    events: int = 0
    head: Stored | None = None

    @contextmanager
    def table(self, table: Table) -> Iterator[Writer]:
        """Yield what writes a table."""
        name = f"{table.name}.{self.form}"
        with WRITERS[self.form](self.folder / name, table) as file:
            yield file
        self.written.append(Written(table, name, self.form, file.rows))

    def wants(self, row: BalanceRow | Entry) -> bool:
        """Whether a row is of a scheme and an account that were asked for."""
        asked = self.selection.scheme in (None, row.scheme)
        return asked and (self.drawn is None or row.account in self.drawn)

    def book(self, log: Iterable[Stored], journal: Journal, *, with_events: bool) -> None:
        """Export events, entries and totals of a log, from its beginning."""
        trial, period = TrialBalance(self.selection.period), self.selection.period
        with ExitStack() as stack:
            entries_file = stack.enter_context(self.table(ENTRIES))
            events_file = stack.enter_context(self.table(EVENTS)) if with_events else None
            for stored in log:
                self.events, self.head = self.events + 1, stored
                posted = journal.post(stored.envelope, stored.name)
                entries = [entry for entry in posted if self.wants(entry)]
                trial.add(entries)
                recorded_on = day_of(stored.envelope.metadata.recorded_at)
                if recorded_on not in period:
                    continue
                for entry in entries:
                    entries_file.add(entry)
                if events_file is not None and self._wants_event(stored.envelope, entries):
                    events_file.add(_event_row(stored, recorded_on))
        with self.table(TOTALS) as file:
            for line in trial.lines():
                file.add(line)

    def _wants_event(self, envelope: Envelope, entries: list[Entry]) -> bool:
        if self.drawn is not None and envelope.account not in self.drawn:
            return False
        some = self.selection.scheme is None or bool(entries)
        return some or isinstance(envelope.event, _OF_ACCOUNTS)

    def close(self, position: int, checkpoint: str | None) -> str:
        """Write what tells of the tables; return the hash of the list of hashes."""
        if checkpoint is not None:
            (self.folder / CHECKPOINT).write_text(checkpoint, "utf-8", newline="\n")
        self.written.sort(key=lambda each: each.file)
        text = dictionary([each.table for each in self.written])
        (self.folder / DICTIONARY).write_text(text, "utf-8", newline="\n")
        for each in self.written:
            if each.format == "csv":
                csvw(self.folder, each)
        told = {
            "log": {"position": position, "events": self.events, "head": self._head()},
            "checkpoint": None if checkpoint is None else CHECKPOINT,
            "selection": self.selection.told,
        }
        package(self.folder, self.written, told)
        return hashes(self.folder)

    def _head(self) -> dict[str, Any] | None:
        """Tell the last event that was looked at: with its hash, it stands for the log's end."""
        if self.head is None:
            return None
        envelope = self.head.envelope
        return {
            "position": place_of(envelope),
            "account": str(envelope.account),
            "version": envelope.version,
            "name": self.head.name,
            "payload_sha256": sha256(self.head.payload).hexdigest(),
        }


def _event_row(stored: Stored, recorded_on: date) -> EventRow:
    envelope = stored.envelope
    return EventRow(
        position=place_of(envelope),
        account=envelope.account,
        version=envelope.version,
        name=stored.name,
        recorded_at=envelope.metadata.recorded_at,
        recorded_on=recorded_on,
        payload=stored.payload.decode(),
    )
