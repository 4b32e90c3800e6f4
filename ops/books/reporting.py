"""`rugzak audit report`, wired: the figures of a report, gathered from a ledger's database."""

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from ledger.audit.books.journal import Entry
from ledger.audit.books.sampling import Strata
from ledger.audit.books.totals import ALWAYS, Difference, Imbalance
from ledger.audit.report.gathered import Gathered
from ledger.audit.report.model import Check, CheckName, Drawn, Looked, Proven, Prover, Report
from ledger.audit.report.periods import named
from ledger.audit.report.samples import sampled
from ledger.audit.seen import Texts
from ledger.domain.rulebook import Rulebook
from ledger.store.postgres import PostgresStore
from ops.books.booking import totals
from ops.books.sampling import name_of

CHECKS: Final[tuple[CheckName, ...]] = ("tree", "receipts", "regulations", "states", "models")
"""What a verification checks, in the order of the page."""


def nobody_proves() -> Proven:
    """Say of each check that it was left out."""
    return Proven("", {}, tuple(Looked(each, "report-left-out") for each in CHECKS))


def report(
    url: str,
    store: PostgresStore,
    rules: Rulebook,
    say: Callable[[str], None],
    *,
    period: str,
    seed: str,
    count: int,
    checkpoint: str | None = None,
    prover: Prover = nobody_proves,
) -> Report:
    """Walk the log once, and gather what a report tells.

    Args:
        url: of the database.
        store: the ledger on it.
        rules: the regulations that explanations show.
        say: is told how far it is.
        period: its name; `` for the whole log.
        seed: draws the samples.
        count: how many entries are drawn.
        checkpoint: the text of a signed one; that of the prover when left out.
        prover: verifies what the ledger keeps.

    Raises:
        ValueError: there is no such period.
        NotMade: there is no read model of balances.
        NoSuchLot: the log moves a lot that no event made.

    """
    days = named(period) if period else ALWAYS
    gathered = Gathered(days, Strata[Entry](count, seed, name_of))
    found = totals(url, store, say, days, also=gathered.add)
    say(f"explaining {count} entries")
    earlier = Texts(store, rules).of
    drawn = Drawn(
        seed,
        count,
        sum(gathered.sample.sizes.values()),
        tuple(
            sampled(each, store.events_of(each.account), rules, earlier)
            for each in gathered.sample.drawn()
        ),
    )
    proven = prover()
    step, series = gathered.activity.series()
    sums, differences = (
        tuple(each for each in found.problems if isinstance(each, kind))
        for kind in (Imbalance, Difference)
    )
    return Report(
        named=period,
        period=days,
        whole=gathered.whole,
        within=gathered.within,
        compared=found.compared,
        checks=(
            Check("sums", sums),
            Check("balances", differences),
            *(_check(each, proven) for each in CHECKS),
        ),
        lines=tuple(found.lines),
        step=step,
        series=tuple(series),
        drawn=drawn,
        texts=tuple(gathered.texts()),
        checkpoint=checkpoint or proven.checkpoint or None,
    )


def _check(name: CheckName, proven: Proven) -> Check:
    looked = tuple(each for each in proven.looked if each.check == name)
    return Check(name, proven.found.get(name), looked)


def write_new(file: Path, text: str) -> None:
    """Write a file that only its maker can read: whole, or not at all.

    Raises:
        FileExistsError: it is there already.

    """
    with NamedTemporaryFile("w", dir=file.parent, encoding="utf-8", newline="\n") as beside:
        beside.write(text)
        beside.flush()
        os.fsync(beside.fileno())
        os.link(beside.name, file)  # unlike a rename, it overwrites nothing
