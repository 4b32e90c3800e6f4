"""Whatever entry is drawn, it is explained by what was known when it was recorded."""

from collections import defaultdict
from uuid import UUID

import pytest

from ledger.audit.books.journal import Entry, Journal
from ledger.audit.explain import Ruling
from ledger.audit.report.samples import sampled
from ledger.domain.account import Account
from ledger.domain.events import AccountMerged, AccountUnmerged, Envelope
from ledger.domain.evolve import fold
from ledger.words.language import ENGLISH, Language
from ledger.words.reporting import why
from ops.books.booking import Stored
from tests.audit.books.test_merged import log_of_two
from tests.laws.test_laws import rules

EVERY = 17
"""Of so many entries one is explained, so that it takes a second."""


def test_every_entry_of_random_careers_is_told_with_its_amount(log: list[Stored]) -> None:
    journal, by_account, told = Journal(lambda e: pytest.fail(f"{e}")), accounts(log), 0
    for stored in log:
        for entry in journal.post(stored.envelope, stored.name):
            if entry.position % EVERY:
                continue
            found = sampled(entry, by_account[entry.account], rules())
            assert found.told is not None
            lines = [line for _, line in why(found, {}, [], ENGLISH)]
            assert any(f"{ENGLISH.amount(entry.quantity, entry.unit)}" in line for line in lines)
            if getattr(stored.envelope.event, "basis", None) is not None:
                assert entry.rule
                assert any(entry.rule.partition("@")[0] in line for line in lines)
            told += 1
    assert told > 100


def test_what_came_later_changes_no_explanation(log: list[Stored]) -> None:
    journal, by_account = Journal(lambda e: pytest.fail(f"{e}")), accounts(log)
    for stored in log:
        for entry in journal.post(stored.envelope, stored.name):
            if entry.position % (5 * EVERY):
                continue
            envelopes = by_account[entry.account]
            then = envelopes[: stored.envelope.version]
            now, before = sampled(entry, envelopes, rules()), sampled(entry, then, rules())
            for say in (ENGLISH, Language("nl"), Language("fr")):
                assert list(why(now, {}, [], say)) == list(why(before, {}, [], say))


def test_what_merging_moves_is_told_by_what_was_decided() -> None:
    seen = 0
    for seed in range(6):
        log = log_of_two(seed)
        by_account = accounts(log)

        def before(envelope: Envelope, by: dict[UUID, list[Envelope]] = by_account) -> Account:
            return fold(by[envelope.account][: envelope.version - 1])

        journal = Journal(before)
        for stored in log:
            for entry in journal.post(stored.envelope, stored.name):
                found = sampled(entry, by_account[entry.account], rules())
                lines = list(why(found, {}, [], ENGLISH))
                assert lines
                if isinstance(stored.envelope.event, AccountMerged | AccountUnmerged):
                    seen += 1
                    assert "merged into" in lines[0][1]
    assert seen


def accounts(log: list[Stored]) -> dict[UUID, list[Envelope]]:
    found: dict[UUID, list[Envelope]] = defaultdict(list)
    for stored in log:
        found[stored.envelope.account].append(stored.envelope)
    return found


def test_a_rule_is_told_once(log: list[Stored]) -> None:
    journal, by_account = Journal(lambda e: pytest.fail(f"{e}")), accounts(log)
    granted: list[Entry] = [
        entry
        for stored in log[:500]
        for entry in journal.post(stored.envelope, stored.name)
        if entry.event.startswith("right-granted")
    ]
    one = sampled(granted[0], by_account[granted[0].account], rules())
    before: list[Ruling] = []
    first, again = (list(why(one, {}, before, ENGLISH)) for _ in range(2))
    assert len(again) < len(first)
    assert any("as above" in line for _, line in again)
