"""How a course ends, as a regulation file says it; and the holidays by which it counts days."""

import re
from collections.abc import Collection, Mapping
from datetime import date
from functools import cache, partial

import yaml

from ledger.domain.calendar import Holidays
from ledger.domain.expressions import Expression, Type
from ledger.domain.quantities import Unit
from ledger.domain.use import Ending
from ledger.service import marked
from ledger.service.marked import Wrong
from ledger.service.parts import Reads, check_cases
from ledger.service.translated import Words

_PLACE = re.compile(r"([A-Z]{2})(?:-([A-Z0-9]{1,3}))?")


def endings_of(
    node: yaml.Node | None,
    names: Mapping[str, Type],
    read: Reads,
    units: tuple[Unit, Unit],
    words: Words,
) -> tuple[Ending, ...]:
    """Read the cases, of which the last has no condition.

    Args:
        node: the list; None is none.
        names: that the rules may use.
        read: reads an expression.
        units: of its rights, and of its money.
        words: collects the texts.

    """
    unit, money = units

    def rule(at: yaml.Node | None, wanted: Type) -> Expression | None:
        return None if at is None else read(at, names, (wanted,))

    cases: list[Ending] = []
    for number, each in enumerate(marked.items(node), 1):
        entry = marked.mapping(each, ["because"], ["if", "gives-back", "refunds", "recovers"])
        cases.append(
            Ending(
                id=f"ending:{number}",
                condition=rule(entry.get("if"), "bool"),
                gives_back=rule(entry.get("gives-back"), unit),
                refunds=rule(entry.get("refunds"), money),
                recovers=rule(entry.get("recovers"), unit),
                because=words.text(entry["because"]),
            )
        )
    if node is not None and cases:
        check_cases(node, [case.condition for case in cases], "every other ending")
    return tuple(cases)


def holidays_of(node: yaml.Node) -> Holidays:
    """Read of which country or region the public holidays count, e.g. `FR` or `AT-4`."""
    match = _PLACE.fullmatch(marked.text(node))
    if match is None:
        raise Wrong(node, "write a country or region as in ISO 3166, e.g. FR or AT-4")
    return partial(public_holidays, *match.groups())


def unknown_place(node: yaml.Node) -> str | None:
    """Say what is wrong with a country or region, if anything."""
    country, _, region = marked.text(node).partition("-")
    from holidays import list_supported_countries  # noqa: PLC0415  slow; few rules count days

    known = list_supported_countries(include_aliases=False)
    if country not in known:
        return f"the holidays of {country!r} are not known"
    if region and region not in known[country]:
        return f"the holidays of {country}-{region} are not known; {country} has: " + ", ".join(
            known[country]
        )
    return None


@cache
def public_holidays(country: str, region: str | None, year: int) -> Collection[date]:
    """Return the public holidays of a calendar year."""
    from holidays import country_holidays  # noqa: PLC0415  slow; few rules count days

    return frozenset(country_holidays(country, subdiv=region, years=year))
