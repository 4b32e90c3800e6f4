"""The command that lists what operators did, from the log."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from ops.cli.books import Since, Until, asked_period
from ops.cli.keeping import audit
from ops.cli.opening import ledger
from ops.cli.output import AsJson, Lang, console, emit, speaking, table

if TYPE_CHECKING:
    from ledger.audit.books.totals import Period
    from ledger.domain.acts import SettingsChanged
    from ledger.domain.events import Envelope
    from ledger.store.postgres import PostgresStore
    from ledger.words.language import Language

MAX_SHOWN = 1_000
"""How many acts one list holds; `--until` goes further back."""

PAGE_EVENTS = 1_000


def register(app: typer.Typer) -> None:
    """Add the command of this module to those of audit."""
    del app
    audit.command("operations")(audit_operations)


def audit_operations(
    *,
    since: Since = None,
    until: Until = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """List what operators did, by whom, when and why, newest first, with its position in the log.

    `rugzak audit prove POSITION` proves each. Of settings is shown what changed since the last
    start of that command; --json has them whole.
    """
    from ops.cli.forms import fields_of

    period, say = asked_period(since, until), speaking(lang)
    with ledger() as (_, _, store):
        found = _found(store, period)
    shown, more = found[:MAX_SHOWN], len(found) > MAX_SHOWN
    rows = [
        {
            "position": each.position,
            "recorded_at": each.metadata.recorded_at,
            "by": each.metadata.actor,
            "kind": _kind(each),
            "account": each.account,
            "because": getattr(each.event, "because", ""),
            "event": fields_of(each.event),
        }
        for each in shown
    ]

    def show() -> None:
        if not shown:
            console.print("nothing is on record")
            return
        table(
            [">event", "recorded at", "by", "what"],
            (
                (each.position, each.metadata.recorded_at, each.metadata.actor, told)
                for each, told in zip(shown, _sentences(shown, say), strict=True)
            ),
        )
        if more:
            console.print(f"the newest {MAX_SHOWN} are shown; --until shows what was before")

    emit({"operations": rows, "more": more}, as_json, show)


def _found(store: "PostgresStore", period: "Period") -> "list[Envelope]":
    """Read the newest ones of a period, one more than are shown."""
    from ledger.service.clock import at

    found: list[Envelope] = []
    for each in _newest_first(store):
        if at(each.metadata.recorded_at).today in period:
            found.append(each)
            if len(found) > MAX_SHOWN:
                break
    return found


def _newest_first(store: "PostgresStore") -> "Iterator[Envelope]":
    from ledger.domain import events as e
    from ledger.domain.acts import ACTS

    kinds = (
        e.RegulationPublished,
        e.RecordDropped,
        e.GapAccepted,
        e.AccountErased,
        e.AccountMerged,
        e.AccountUnmerged,
        *ACTS,
    )
    before = store.head() + 1
    while page := store.newest_of(kinds, before, PAGE_EVENTS):
        yield from page
        before = page[-1].position or 0


def _sentences(shown: "Sequence[Envelope]", say: "Language") -> list[str]:
    """Write each in a sentence; of settings what is other than in the start before."""
    from ledger.domain.acts import SettingsChanged
    from ledger.domain.events import AccountErased, AccountMerged, AccountUnmerged
    from ledger.words.sentences import sentence

    written: list[str] = []
    last: dict[str, SettingsChanged] = {}
    for envelope in reversed(shown):
        event = envelope.event
        if isinstance(event, SettingsChanged):
            whole, before = event, last.get(event.command)
            if before is not None:
                event = _changed(before, event)
            last[whole.command] = whole
        text = sentence(event, {}, {}, say)
        of = isinstance(event, AccountErased | AccountMerged | AccountUnmerged)
        written.append(f"{envelope.account}: {text}" if of else text)
    return written[::-1]


def _changed(before: "SettingsChanged", after: "SettingsChanged") -> "SettingsChanged":
    """Return only the settings that changed; of one that isn't set any more, no value."""
    was, now = dict(before.settings), dict(after.settings)
    return replace(
        after,
        settings=tuple(
            (name, now.get(name, "-"))
            for name in sorted({*was, *now})
            if was.get(name) != now.get(name)
        ),
    )


def _kind(envelope: "Envelope") -> str:
    from ledger.store.catalogue import BY_CLASS

    return BY_CLASS[type(envelope.event)].name
