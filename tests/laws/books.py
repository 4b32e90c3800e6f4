"""The law of the books, held at every event: zero-sum, and per lot what the domain says."""

from collections import Counter
from dataclasses import replace
from uuid import UUID

from ledger.audit.books.journal import Journal
from ledger.audit.books.movements import standing
from ledger.domain.account import Account
from ledger.domain.events import AccountMerged, AccountUnmerged, Envelope, LotId
from ledger.domain.evolve import fold
from ledger.domain.lots import Lot, apply, touched
from ledger.store.catalogue import BY_CLASS


class Books:
    """Posts a log event by event, beside the domain's own lots, and compares."""

    def __init__(self) -> None:
        self.log: list[Envelope] = []
        self.journal = Journal(self._before)
        self.stands: Counter[tuple[UUID, LotId, str]] = Counter()
        self.lots: dict[UUID, dict[LotId, Lot]] = {}
        self.units: Counter[tuple[str, str]] = Counter()

    def follow(self, log: list[Envelope]) -> None:
        """Post what is new in a log."""
        for position, envelope in enumerate(log[len(self.log) :], start=len(self.log) + 1):
            self._post(replace(envelope, position=position))

    def _post(self, envelope: Envelope) -> None:
        account, event = envelope.account, envelope.event
        entries = self.journal.post(envelope, BY_CLASS[type(event)].stored_name)
        lots = self.lots.setdefault(account, {})
        apply(lots, event)
        assert len({entry.entry for entry in entries}) == len(entries)
        for entry in entries:
            lot = lots[entry.lot]
            assert entry.quantity > 0, entry
            assert entry.debit != entry.credit, entry
            assert (entry.scheme, entry.unit) == (lot.scheme, lot.unit), entry
            self.stands[account, entry.lot, entry.debit] += entry.quantity
            self.stands[account, entry.lot, entry.credit] -= entry.quantity
            self.units[lot.scheme, lot.unit] += 1
        merged = isinstance(event, AccountMerged)
        moved = lots if merged or isinstance(event, AccountUnmerged) else touched(event)
        for id_ in moved:
            found = {n: s for (a, lot, n), s in self.stands.items() if (a, lot) == (account, id_)}
            assert sum(found.values()) == 0, (envelope, found)
            expected = dict.fromkeys(found, 0) | ({} if merged else standing(lots[id_]))
            assert {**dict.fromkeys(expected, 0), **found} == expected, (envelope, found)
        self.log.append(envelope)

    def _before(self, envelope: Envelope) -> Account:
        return fold([e for e in self.log if e.account == envelope.account])
