"""`rugzak audit diff`: what became known of a person in between, and why it moved each balance."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ops.cli.keeping import audit
from ops.cli.opening import known_person, look
from ops.cli.output import AsJson, Person, Problem, emit, lines
from ops.cli.person import On, instant, lot_form

if TYPE_CHECKING:
    from ledger.audit.diff import Act, Diff, Moved
    from ledger.audit.held import Held

FIGURES: Final = (
    "granted", "withdrawn", "transferred_in", "transferred_out", "reserved", "used", "expired",
    "shortfall",
)  # fmt: skip
"""The quantities of a lot that are compared, after what is left of it."""


def register(_: typer.Typer) -> None:
    """Add the command of this module to those on audits."""
    audit.command("diff")(audit_diff)


def audit_diff(
    person: Person,
    *,
    known: Annotated[
        list[datetime],
        typer.Option(
            parser=instant,
            metavar="WHEN",
            help="Twice: two instants, or days (their ends). What was known at the one is compared "
            "with what was known at the other.",
        ),
    ],
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Tell what became known of a person in between: what, by whom, and why it moved each balance.

    Both are asked about one day: --on, or that of the later instant.
    """
    from ledger.audit.diff import diff

    if len(known) != 2:  # noqa: PLR2004  a pair
        raise Problem(f"--known is given twice, as two instants are compared; not {len(known)} x")
    if known[0] > known[1]:
        raise Problem("the first --known is later than the second: give the earlier one first")
    with known_person(person, known[1]) as (_, store):
        before, after = look(store, person, known[0]), look(store, person, known[1])
        found = diff(before, after, after.day(on))
    emit(
        {"person": person, "known": known, **as_data(found)},
        as_json,
        lambda: lines(_text(found, known)),
    )


def as_data(found: "Diff") -> dict[str, Any]:
    """Return a comparison for programs."""
    from ledger.words.sentences import sentence

    return {
        "on": found.on,
        "acts": [
            {
                "command": act.metadata.command,
                "actor": act.metadata.actor,
                "recorded_at": act.metadata.recorded_at,
                "named": act.metadata.named,
                "events": [
                    {"sentence": sentence(each.event, found.units, {}), "envelope": each}
                    for each in act.envelopes
                ],
            }
            for act in found.acts
        ],
        "published": [each.told for each in found.texts],
        "moved": [
            {
                "lot": each.lot,
                "before": each.before and lot_form(each.before),
                "after": each.after and lot_form(each.after),
                "because": [
                    {
                        "sentence": sentence(entry.envelope.event, found.units, {}),
                        "envelope": entry.envelope,
                        "facts": entry.facts,
                    }
                    for entry in each.entries
                ],
            }
            for each in found.moved
        ],
        "same": found.same,
    }


def _text(found: "Diff", known: list[datetime]) -> Iterator[str]:
    from ledger.words.language import ENGLISH

    first, last = map(ENGLISH.moment, known)
    yield f"On {found.on}, as known at {first} and as known at {last}"
    yield ""
    if not found.acts:
        yield "Nothing was recorded in between."
    for act in found.acts:
        yield from _act(act, found)
    for text in found.texts:
        day = ENGLISH.moment(text.published_at)
        yield f"{day}, by {text.by}: another text of {text.scheme}, {text.digest}"
    for moved in found.moved:
        yield ""
        yield from _moved(moved, found)
    yield ""
    yield f"{found.same} {'lot is' if found.same == 1 else 'lots are'} told as before."


def _act(act: "Act", found: "Diff") -> Iterator[str]:
    from ledger.words.language import ENGLISH
    from ledger.words.sentences import sentence

    told = act.metadata
    named = f", told of {told.named}, which was merged into this account" if told.named else ""
    yield f"{ENGLISH.moment(told.recorded_at)}, by {told.actor} ({told.command}){named}:"
    for each in act.envelopes:
        yield f"  - {sentence(each.event, found.units, {})}"


def _moved(moved: "Moved", found: "Diff") -> Iterator[str]:
    from ledger.words.explanation import because
    from ledger.words.language import ENGLISH
    from ledger.words.sentences import sentence

    if moved.before is None or moved.after is None:
        yield f"{moved.lot}: {'new' if moved.before is None else 'gone'}"
    else:
        yield f"{moved.lot}:"
    yield from (f"  {each}" for each in _figures(moved))
    for entry in moved.entries:
        told = entry.envelope.metadata
        said = sentence(entry.envelope.event, found.units, {})
        yield f"  - {ENGLISH.day_of(told.recorded_at)}, by {told.actor}: {said}"
        if entry.basis is not None:
            yield from (f"      {line}" for line in because(entry.facts, entry.basis.steps))
            yield f"      by rule {entry.basis.rule}"


def _figures(moved: "Moved") -> Iterator[str]:
    """Tell each quantity that is not as it was."""
    from ledger.domain.quantities import shown

    for name in ("available", "pending", "usable", *FIGURES):
        one, other = (_figure(each, name) for each in (moved.before, moved.after))
        if one != other:
            difference = shown(abs(other - one), moved.unit)
            sign = "more" if other > one else "less"
            was, is_ = (shown(each, moved.unit) for each in (one, other))
            yield f"{name.replace('_', ' ')}: {was}, now {is_} ({difference} {sign})"
    was_held, is_held = moved.before, moved.after
    if was_held and is_held:
        of_it = {
            "term": (_span(was_held), _span(is_held)),
            "funder": (was_held.lot.funder, is_held.lot.funder),
            "rule": (was_held.rule, is_held.rule),
            "stopped": (_stopped(was_held), _stopped(is_held)),
        }
        yield from (
            f"{name}: {before}, now {after}"
            for name, (before, after) in of_it.items()
            if before != after
        )


def _figure(held: "Held | None", name: str) -> int:
    if held is None:
        return 0
    found: int = getattr(held if name in ("available", "pending", "usable") else held.lot, name)
    return found


def _span(held: "Held") -> str:
    from ledger.words.language import ENGLISH

    return ENGLISH.span(held.lot.term)


def _stopped(held: "Held") -> str:
    return "; ".join(f"{each.reason} since {each.since}" for each in held.stops) or "by nothing"
