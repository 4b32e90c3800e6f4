"""What a report to auditors says in words: findings, and why an entry is in the journal."""

from collections.abc import Iterator, Mapping
from typing import assert_never

from ledger.audit.books.totals import Difference, Imbalance
from ledger.audit.explain import Ruling
from ledger.audit.proofs.findings import Finding
from ledger.audit.report.model import Wrong
from ledger.audit.report.samples import Sampled
from ledger.domain.rulebook import Registered
from ledger.words.explanation import lot_as_text
from ledger.words.language import Language
from ledger.words.proofs import told
from ledger.words.sentences import sentence

INDENT_COLUMNS = 2
MAX_SAID = 800
"""So many characters of a finding are on the page: `audit verify` says the rest."""

MOST_DEPTH = 4
"""Deeper lines of an explanation are not set further in."""


def finding(found: Wrong, say: Language) -> str:
    """Say what is wrong; of what is long, as a row can be, no more than a page has room for."""
    match found:
        case Imbalance():
            return say(
                "report-imbalance",
                scheme=found.scheme,
                column=say(f"report-{found.what}"),
                amount=say.amount(found.total, found.unit),
            )
        case Difference():
            return say(
                "report-difference",
                scheme=found.scheme,
                account=say(f"book-{found.name}"),
                log=say.amount(found.log, found.unit),
                balances=say.amount(found.balances, found.unit),
            )
        case Finding():
            what, details = told(found, say)
            said = f"{what}: {details}" if details else what
            return said if len(said) <= MAX_SAID else f"{said[:MAX_SAID]}…"
        case _:
            assert_never(found)


def why(
    sampled: Sampled, providers: Mapping[str, Registered], told_before: list[Ruling], say: Language
) -> Iterator[tuple[int, str]]:
    """Say why an entry is there, line by line, each with how far it is set in."""
    if sampled.envelope is None:
        yield 0, say("report-erased")
    elif sampled.told is None:
        names = {each.id: each.name for each in providers.values()}
        units = {sampled.entry.lot: sampled.entry.unit}
        yield 0, sentence(sampled.envelope.event, units, names, say)
    else:
        for line in lot_as_text(sampled.told, providers, told_before, say):
            text = line.lstrip()
            yield min((len(line) - len(text)) // INDENT_COLUMNS, MOST_DEPTH), text
