"""Shared limits as a regulation file says them: what the requests of all people have together."""

from collections.abc import Mapping
from datetime import date
from typing import cast, get_args

from ledger.domain.calendar import LAST, Term
from ledger.domain.events import Counts
from ledger.domain.quantities import Unit
from ledger.domain.regulation import Parameter
from ledger.domain.shared import Each, Limit, Per
from ledger.service import marked
from ledger.service.marked import Entries, Wrong
from ledger.service.parts import expression_of, names_of
from ledger.service.translated import Words


def limit_of(
    pair: marked.Pair, parameters: Mapping[str, Parameter], since: date, unit: Unit, words: Words
) -> Limit:
    """Read a limit.

    Args:
        pair: its name, and what it says.
        parameters: the scheme's numbers.
        since: the scheme's first day, from which it is valid if it says nothing else.
        unit: of the scheme's rights.
        words: collects the texts.

    """
    name, optional = marked.text(pair.key), ["valid", "per", "rounds"]
    entry = marked.mapping(pair.value, ["each", "counts", "at-most", "else", "source"], optional)
    if "/" in name:
        raise Wrong(pair.key, f"{name!r} can't be a name: the keys of what is taken have slashes")
    valid, per = entry.get("valid"), entry.get("per")
    term = Term(min(since, LAST)) if valid is None else marked.valid(valid)
    each = cast("Each", marked.choice(entry["each"], get_args(Each)))
    counts = cast("Counts", marked.choice(entry["counts"], get_args(Counts)))
    wanted = unit if counts == "quantity" else "number"
    return Limit(
        name=name,
        valid=term,
        per="everybody" if per is None else cast("Per", marked.choice(per, get_args(Per))),
        each=each,
        rounds=_rounds(entry, each, term),
        counts=counts,
        at_most=expression_of(
            entry["at-most"], names_of(parameters), (wanted,), parameters, term.since
        ),
        otherwise=words.text(entry["else"]),
        source=marked.text(entry["source"]),
    )


def _rounds(entry: Entries, each: Each, valid: Term) -> tuple[date, ...]:
    """Read the first days of rounds; each round lasts until the next begins."""
    node = entry.get("rounds")
    if (node is None) != (each != "round"):
        raise Wrong(node or entry["each"], "'each: round' and 'rounds: [DATE, ...]' go together")
    nodes = marked.items(node)
    days = tuple(map(marked.day, nodes))
    for at, before, day in zip(nodes[1:], days, days[1:], strict=False):
        if day <= before:
            raise Wrong(at, "rounds go from early to late")
        if day not in valid:
            raise Wrong(at, f"no request of {day} is for this limit, which is not valid then")
    if node is not None and (not days or days[0] > valid.since):
        raise Wrong(node, f"a request of {valid.since} would be in no round; say when it begins")
    return days
