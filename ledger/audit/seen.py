"""What an employee of the office could see of a person at an instant, by the rules of then.

The command line and the API answer every as-of question by it: a balance, a history, an overview,
an explanation. It reads only events that were recorded by then, and the texts of regulations that
were published by then, so an answer once given never changes (law 5). Two things are as they are
now, as no event has them: what providers are called, and translations.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Final
from uuid import UUID

from ledger.audit.asof import known_by
from ledger.audit.explain import Explanation, LotExplanation, explain, explain_lot
from ledger.audit.held import Held, day_asked, held_on
from ledger.audit.histories import Log
from ledger.audit.prospects import Effect, Prospect, effects, overview
from ledger.audit.supposing import enterprises_of, run_by
from ledger.domain.account import Account
from ledger.domain.events import (
    REGULATIONS,
    Envelope,
    FactEvent,
    LotId,
    counts_from,
)
from ledger.domain.evolve import fold
from ledger.domain.facts import Status
from ledger.domain.regulation import Scheme
from ledger.domain.rulebook import Rulebook
from ledger.domain.settle import Now
from ledger.service import clock
from ledger.service.changed import load_with
from ledger.service.published import (
    Publication,
    Unreadable,
    as_yaml,
    file_of,
    publications,
    unreadable,
)
from ledger.service.rulebook import FOLDER
from ledger.service.scheme import in_order

RULEBOOKS_KEPT: Final = 16
"""How many rulebooks of other days are kept ready: each is worth some MiB, and a second."""


class Texts:
    """The regulations' texts as the log holds them, and the rulebook of any instant.

    What was read is kept: a text that was published stays as it is. Threads may share it: one
    reads, the others wait.
    """

    def __init__(self, log: Log, loaded: Rulebook, folder: Path = FOLDER) -> None:
        """Take the log, and the rules that are loaded: a text that is one of them is not read.

        `folder` holds them, and the registers.
        """
        self._log = log
        self._loaded = loaded
        self._folder = folder
        self._lock = Lock()
        self._read: tuple[Envelope, ...] = ()
        self._books: dict[frozenset[tuple[str, str]], Rulebook] = {}

    def published(self, known: datetime | None = None) -> list[Publication]:
        """Return what was published by an instant, in its order; what was in use then is so.

        Of an instant before the first, what that one published: by nothing else could anything be
        decided then.
        """
        with self._lock:
            read = self._read
            more = self._log.events_of(REGULATIONS, read[-1].version if read else 0)
            if more:
                self._read = read = (*read, *more)
        if known is not None and read:
            known = max(known, read[0].metadata.recorded_at)
        return publications(known_by(read, known))

    def rules(self, known: datetime | None = None) -> Rulebook:
        """Return the rules that were in use at an instant; None is now, by the loaded ones.

        Raises:
            Unreadable: this code can't read a text that was in use then.

        """
        if known is None:
            return self._loaded
        used = {each.scheme: each for each in self.published(known) if each.in_use}
        if not used:
            return self._loaded
        loaded = {id_: scheme.digest for id_, scheme in self._loaded.schemes.items()}
        if {id_: each.digest for id_, each in used.items()} == loaded:
            return self._loaded
        others = [each for id_, each in used.items() if loaded.get(id_) != each.digest]
        return self._kept(others, used)

    def of(self, digest: str) -> Scheme | None:
        """Return the scheme as the text of a digest has it; None when it can't be read here."""
        for scheme in self._loaded.schemes.values():
            if scheme.digest == digest:
                return scheme
        text = next((each for each in self.published() if each.digest == digest), None)
        try:
            return None if text is None else self._kept([text], [text.scheme]).schemes[text.scheme]
        except Unreadable:
            return None

    def rules_at(self) -> Callable[[datetime], Rulebook]:
        """Return what tells the rules of an instant, by what is published now, without a look.

        For who asks of each event of a log.
        """
        changes = sorted({each.published_at for each in self.published()})
        found: dict[int, Rulebook] = {}

        def rules(known: datetime) -> Rulebook:
            number = bisect_right(changes, known)
            if number not in found:
                found[number] = self.rules(known)
            return found[number]

        return rules

    def _kept(self, others: Sequence[Publication], used: Iterable[str]) -> Rulebook:
        """Return the rulebook of some schemes with some texts that are not loaded; read it once."""
        read = {each.scheme: each.digest for each in others}
        names = frozenset((id_, read.get(id_, "")) for id_ in used)
        with self._lock:
            book = self._books.get(names)
            if book is None:
                book = self._book(others, used)
                if len(self._books) >= RULEBOOKS_KEPT:
                    del self._books[next(iter(self._books))]
                self._books[names] = book
        return book

    def _book(self, others: Sequence[Publication], used: Iterable[str]) -> Rulebook:
        """Read the texts that are not loaded, beside those that are; keep the schemes in use."""
        whole = self._loaded
        if others:
            try:
                files = {file_of(each): as_yaml(each.content).encode() for each in others}
                whole = load_with(files, self._folder)
            except ValueError as wrong:  # no JSON, or no regulation that this code knows
                raise unreadable(others, wrong) from None
        read = {each.scheme for each in others}
        schemes = {id_: (whole if id_ in read else self._loaded).schemes[id_] for id_ in used}
        return Rulebook(
            schemes=in_order(schemes),
            providers=self._loaded.providers,
            courses=self._loaded.courses,
        )


class Seen:
    """A person's account as it was known at an instant, and what could be told of it then.

    Attributes:
        envelopes: what was recorded by then.
        known: the instant; None is now.
        now: the office's clock at that instant, which never runs ahead of the ledger's.

    """

    def __init__(
        self,
        envelopes: Iterable[Envelope],
        *,
        log: Log,
        texts: Texts,
        now: Now,
        known: datetime | None = None,
        state: Callable[[Sequence[Envelope]], Account] = fold,
    ) -> None:
        """Take an account's events, the log for those of others, the texts and the clock.

        `state` tells what `fold` does, and may know it.
        """
        self.envelopes = known_by(envelopes, known)
        self.known = known
        self.now = now if known is None else clock.at(min(known, now.recorded_at))
        self._log = log
        self._texts = texts
        self._state = state

    @cached_property
    def account(self) -> Account:
        """Its state then."""
        return self._state(self.envelopes)

    @cached_property
    def rules(self) -> Rulebook:
        """The rules that were in use then."""
        return self._texts.rules(self.known)

    @cached_property
    def published(self) -> list[Publication]:
        """The texts that had been published by then."""
        return self._texts.published(self.known)

    @property
    def position(self) -> int:
        """Of the last event of the account then, 0 without one."""
        return max((each.position or 0 for each in self.envelopes), default=0)

    def day(self, on: date | None) -> date:
        """Return the day asked about; left out, that of the instant."""
        return day_asked(on, self.known, self.now.today)

    def held(self, on: date) -> tuple[Held, ...]:
        """Return its lots on a day."""
        return held_on(self.envelopes, on)

    def history(self, on: date | None = None, *, of_facts: bool = True) -> list[Envelope]:
        """Return what was recorded, with a day also only what counted by it.

        What has no day of its own, such as a birth, or that something never was, is kept. Without
        `of_facts` so are all facts: who may not see since when a job counts can't find it out.
        """
        return [
            each
            for each in self.envelopes
            if on is None
            or (not of_facts and isinstance(each.event, FactEvent))
            or (counts_from(each.event) or date.min) <= on
        ]

    def explained(self, scheme: str, on: date) -> Explanation:
        """Explain a scheme's lots, or why there are none.

        Raises:
            KeyError: there was no such scheme then.

        """
        rules, asked = self.rules, self.rules.schemes[scheme]
        return explain(
            self.envelopes,
            rules,
            asked,
            on,
            self.known,
            self.published,
            self._texts.of,
            self.account,
        )

    def lot_explained(self, lot: LotId, on: date) -> LotExplanation:
        """Explain one lot that had begun by a day.

        Raises:
            KeyError: there was no such lot then.

        """
        return explain_lot(
            self.envelopes, self.rules, lot, on, self._texts.of, account=self.account
        )

    def overview(self, on: date) -> list[Prospect]:
        """Say how every scheme stood."""
        return overview(self.account, on, self.now, self.rules, self._enterprises(on))

    def effects(self, status: Status, on: date) -> list[Effect]:
        """Say what another status would have done from a day on."""
        enterprises = self._enterprises(on, run_by(status))
        return effects(self.account, status, on, self.now, self.rules, enterprises)

    def _enterprises(self, on: date, supposed: Iterable[str] = ()) -> dict[str, Account]:
        """Return the enterprises that the person runs on the day, as they were known."""

        def events_of(account: UUID) -> list[Envelope]:
            return known_by(self._log.events_of(account), self.known)

        return enterprises_of(self.account, on, events_of, supposed)
