"""Accounts that are merged and parted at random: the books and the second implementation agree."""

from collections import Counter
from pathlib import Path
from random import Random
from uuid import UUID

from ledger.audit.books.journal import Journal, Kept
from ledger.audit.books.movements import Name, standing
from ledger.domain.account import Account
from ledger.domain.commands import Merge, RecordFact, Unmerge
from ledger.domain.events import AccountMerged, AccountUnmerged, Envelope
from ledger.domain.evolve import fold
from ledger.service.outcomes import Accepted
from ledger.store.catalogue import BY_CLASS
from ledger.store.mapper import payload
from ops.books.booking import Standing, Stored, balance_row, differences, stand
from ops.books.recomputing import Recomputed
from ops.demo.population import as_published, population
from projections.balances.project import BALANCES, LOTS, MERGED, lot_of
from projections.balances.rows import LotRow
from projections.projection import fold as projected
from tests.audit.books.careers import UNTIL
from tests.audit.books.test_second import packed
from tests.laws.test_laws import SCHEMES
from tests.laws.test_merging import WHY, Office
from tests.story import use

PAIRS = 12


def log_of_two(seed: int) -> list[Stored]:
    """Tell one career of two accounts, which are now and then found to be one, or two after all."""
    dice = Random(seed)  # noqa: S311  not a secret
    one, other = (UUID(int=dice.getrandbits(128), version=4) for _ in range(2))
    office = Office()
    for number, (on, told) in enumerate(as_published(population(1, seed, UNTIL), seed)):
        account = dice.choice((one, other))
        office.tell(on, RecordFact(fact=told.fact), account)
        if dice.random() < 0.5:
            scheme = dice.choice(sorted(SCHEMES))
            unit, provider = SCHEMES[scheme]
            quantity = dice.randint(1, 1_500)
            id_, day = f"u{number}", on.isoformat()
            office.tell(on, use(id_, scheme, quantity, day, unit=unit, provider=provider), account)
        if dice.random() < 0.2:
            merged = office.tell(on, Merge(into=other, because=WHY), one)
            if not isinstance(merged, Accepted):
                office.tell(on, Unmerge(because=WHY), one)
    return [
        Stored(each, BY_CLASS[type(each.event)].stored_name, payload(each))
        for each in office.store.log
    ]


def test_no_quantity_counts_twice_whatever_is_merged_and_parted(tmp_path: Path) -> None:
    seen: Counter[type] = Counter()
    for seed in range(PAIRS):
        log = log_of_two(seed)
        seen.update(type(each.event) for each, _, _ in log)

        def before(envelope: Envelope, log: list[Stored] = log) -> Account:
            of = [each.envelope for each in log if each.envelope.account == envelope.account]
            return fold(of[: envelope.version - 1])

        rows = projected(BALANCES, [[each.envelope for each in log]])
        merged = {account: into for account, into, _ in rows[MERGED.name].values()}
        lots = [LotRow(*row) for row in rows[LOTS.name].values()]
        served = [(row, merged.get(row.account)) for row in lots]
        expected, found, journal = Standing(), Standing(), Journal(before)
        for row, into in served:
            if into is None:
                expected.update(_stands(row))
        for envelope, name, _ in log:
            stand(found, journal.post(envelope, name))
        assert differences(found, expected) == []
        told = [balance_row((*row, into)) for row, into in served]
        again: Recomputed = packed(tmp_path / f"{seed}", log, told, before)
        assert again.agrees, again.differences[:3]
    assert seen[AccountMerged] > PAIRS
    assert seen[AccountUnmerged] > PAIRS


def _stands(row: LotRow) -> dict[tuple[Kept, Name], int]:
    return {(Kept(row.scheme, row.unit), name): n for name, n in standing(lot_of(row)).items()}
