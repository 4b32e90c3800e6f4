"""Why an entry of the journal is there: what was known when it was recorded."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ledger.audit.books.journal import Entry
from ledger.audit.explain import Earlier, LotExplanation, explain_lot, no_other
from ledger.domain import events as e
from ledger.domain.lots import touched
from ledger.domain.rulebook import Rulebook


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """An entry that was drawn.

    Attributes:
        envelope: its event; None when the account was erased: nothing is told of it any more.
        told: the lot, just after the event, and why the event moved it; None when no rule of a
            scheme that is loaded did.

    """

    entry: Entry
    envelope: e.Envelope | None
    told: LotExplanation | None


def sampled(
    entry: Entry,
    envelopes: Sequence[e.Envelope],
    rulebook: Rulebook,
    earlier: Earlier = no_other,
) -> Sampled:
    """Explain an entry by its account's events, of which none after the entry's is looked at.

    Texts of regulations that are not in the rulebook, `earlier` reads.
    """
    envelope = next(each for each in envelopes if each.position == entry.position)
    if any(isinstance(each.event, e.AccountErased) for each in envelopes):
        return Sampled(entry=entry, envelope=None, told=None)
    if entry.lot not in touched(envelope.event) or entry.scheme not in rulebook.schemes:
        return Sampled(entry=entry, envelope=envelope, told=None)
    seen = envelopes[: envelope.version]
    days: list[Any] = [each.event for each in seen if entry.lot in touched(each.event)]
    on = max(each.effective_on for each in days)
    told = explain_lot(seen, rulebook, entry.lot, on, earlier=earlier)
    return Sampled(entry=entry, envelope=envelope, told=_only(told, envelope))


def _only(told: LotExplanation, envelope: e.Envelope) -> LotExplanation:
    """Keep of what happened to a lot one event, and the rules that it names."""
    entries = tuple(each for each in told.story.entries if each.envelope is envelope)
    named = {each.basis.rule for each in entries if each.basis is not None}
    rulings = tuple(each for each in told.story.rulings if each.named in named)
    return replace(told, story=replace(told.story, entries=entries, rulings=rulings))
