"""What became of a published event or a request, by its id or by its source."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ledger.store.messages import MAX_REQUESTS
from projections.outcomes.project import OutcomeRow
from projections.tables import Reading, read

PAGE_OUTCOMES = 100
MAX_PAGE_OUTCOMES = 1_000
"""Most outcomes in one page."""

_COLUMNS = ", ".join(OutcomeRow._fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """Outcomes in the order of their command ids, as of a position in the log.

    Attributes:
        beyond: hand this in to read the next page; None when there is none.

    """

    position: int
    outcomes: tuple[OutcomeRow, ...]
    beyond: str | None


def outcome_of(command: str) -> Reading[Outcomes]:
    """Return what became of a command: none when it left no event, or none yet."""
    return _read("command = %(command)s", {"command": command}, 1)


def outcomes_of_message(source: str, id_: str) -> Reading[Outcomes]:
    """Return what became of each request that a message made and that left an event."""
    first = f"{source} {id_}"
    numbers = {first: 1} | {f"{number}:{first}": number for number in range(2, MAX_REQUESTS + 1)}
    found = yield from _read(
        "command = ANY(%(commands)s)", {"commands": list(numbers)}, MAX_REQUESTS
    )
    return replace(found, outcomes=tuple(sorted(found.outcomes, key=lambda x: numbers[x.command])))


def outcomes_of(
    source: str, *, beyond: str | None = None, limit: int = PAGE_OUTCOMES
) -> Reading[Outcomes]:
    """Read a page of the outcomes of a source, whose command ids are `<source> <id>`."""
    if not 1 <= limit <= MAX_PAGE_OUTCOMES:
        msg = f"a page has 1 to {MAX_PAGE_OUTCOMES} outcomes, not {limit}"
        raise ValueError(msg)
    first, end = f"{source} ", f"{source}!"  # `!` comes right after the space
    asked = {"beyond": max(beyond or "", first), "end": end}
    return _read("command > %(beyond)s AND command < %(end)s", asked, limit)


def _read(where: str, asked: Mapping[str, object], limit: int) -> Reading[Outcomes]:
    query = (
        f"SELECT {_COLUMNS} FROM projections.outcomes"  # noqa: S608  constants
        f" WHERE {where} ORDER BY command LIMIT %(limit)s"
    )
    position, rows = yield from read("outcomes", query, "q.command", {**asked, "limit": limit + 1})
    page = tuple(OutcomeRow(*row) for row in rows[:limit])
    return Outcomes(
        position=position,
        outcomes=page,
        beyond=page[-1].command if len(rows) > limit else None,
    )
