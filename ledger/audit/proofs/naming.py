"""What was changed: rows that are not what their leaves commit to, tried in other forms.

A commitment tells nothing of the row; but whether a row with another place, name, version or
account is the one that was committed to can be tried.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

from ledger.audit.proofs.findings import Finding
from ledger.audit.proofs.leaves import Leaf, blind, commitment
from ledger.service.logged import LoggedRow

MOST_TRIED: Final = 200
"""Of so many changed rows each is tried in the place of each other one."""

MOST_SOUGHT: Final = 10
"""Of so many changed rows it is asked of each account whether they are its own."""

VERSIONS_TRIED: Final = 2_000
"""So far a version is tried below and above the one that is there."""


Accounts: TypeAlias = Callable[[], Iterator[tuple[str, bytes, int]]]


class Suspect(NamedTuple):
    """A row that is not what the leaf of its position commits to."""

    at: int
    leaf: Leaf
    row: LoggedRow


@dataclass(slots=True)
class Suspects:
    """All that differs, each with the index of the leaf that it is at.

    Attributes:
        inserted: rows at positions that have no leaf, with the leaf that follows.
        missing: leaves whose position has no row.
        later: the first rows that are not in the tree yet.
        names: stored names that there are.

    """

    changed: list[Suspect] = field(default_factory=list)
    inserted: list[tuple[int, LoggedRow]] = field(default_factory=list)
    missing: list[tuple[int, Leaf]] = field(default_factory=list)
    later: Sequence[LoggedRow] = ()
    names: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)


def named(
    found: Suspects, size: int, versions: Mapping[str, int], accounts: Accounts
) -> list[Finding]:
    """Say of all that differs what was done.

    Args:
        found: what differs.
        size: leaves of the tree.
        versions: of each account that has a changed row, how many events it has.
        accounts: yields all accounts, with key and number of events.

    """
    told = list(found.findings)
    other = _other_past(found, size)
    if other is not None:
        return [*told, other]
    told += _moved(found)
    told += _changed(found, versions, accounts)
    told += [
        Finding("inserted", f"position {row.position} was never published: {_shown(row)}",
                row.position, index)
        for index, row in found.inserted
    ]  # fmt: skip
    told += _missing(found.missing, size)
    return sorted(told, key=lambda each: (each.leaf or 0, each.kind))


def _other_past(found: Suspects, size: int) -> Finding | None:
    """Tell a log that from some leaf on is another one: an old copy that was written on."""
    wrong = {each.at: each.leaf for each in found.changed} | dict(found.missing)
    if not found.changed or len(wrong) == 1 or {*range(min(wrong), size)} != wrong.keys():
        return None
    if _tried(found) or len({each.row.account for each in found.changed}) == 1:
        return None
    first = min(wrong)
    return Finding(
        "other past",
        f"from position {wrong[first].position} on nothing is what was published"
        f" ({len(wrong)} events): an older copy of the log was written on",
        wrong[first].position,
        first,
    )


def _tried(found: Suspects) -> bool:
    return any(_told_of(found, each) for each in found.changed[:MOST_TRIED])


def _moved(found: Suspects) -> Iterator[Finding]:
    """Find leaves without a row whose row is at a position without a leaf."""
    rows = [*(row for _, row in found.inserted), *found.later]
    if len(found.missing) * len(rows) > MOST_TRIED**2:
        return
    for index, leaf in list(found.missing):
        for row in rows:
            if _is(row._replace(position=leaf.position), leaf):
                found.missing.remove((index, leaf))
                found.inserted = [each for each in found.inserted if each[1] is not row]
                text = f"the event of position {leaf.position} was put at {row.position}"
                yield Finding("order", f"{text}: {_shown(row)}", row.position, index)
                break


def _changed(found: Suspects, versions: Mapping[str, int], accounts: Accounts) -> Iterator[Finding]:
    by_account = defaultdict[str, list[Suspect]](list)
    for each in found.changed:
        told = _told_of(found, each)
        if told is None:
            by_account[each.row.account].append(each)
        else:
            yield Finding(told[0], told[1], each.row.position, each.at)
    taken = _taken([each for some in by_account.values() for each in some], accounts)
    for account, all_of_it in by_account.items():
        if 1 < len(all_of_it) == versions.get(account):
            first, count = all_of_it[0], len(all_of_it)
            text = f"no event of {account} is what was published ({count}): its key was changed"
            yield Finding("key", text, first.row.position, first.at)
            continue
        for each in all_of_it:
            if (owner := taken.get(each.row.position)) is not None:
                text = f"the event at position {each.row.position} is of {owner}"
                text = f"{text}, and stands with {account}"
                yield Finding("account", text, each.row.position, each.at)
                continue
            text = f"the payload at position {each.row.position} was changed: {_shown(each.row)}"
            yield Finding("payload", text, each.row.position, each.at)


def _taken(suspects: Sequence[Suspect], accounts: Accounts) -> Mapping[int, str]:
    """Find of rows that stand with another account whose they are, by position."""
    if not 0 < len(suspects) <= MOST_SOUGHT:
        return {}
    return {
        row.position: account
        for account, key, events in accounts()
        for _, leaf, row in suspects
        if account != row.account
        and any(
            _is(row._replace(account=account, key=key, version=version), leaf)
            for version in {events + 1, row.version}
        )
    }


def _told_of(found: Suspects, each: Suspect) -> tuple[str, str] | None:
    """Say what was done to a row, when another form of it is what was published."""
    leaf, row = each.leaf, each.row
    others = [other.row for other in found.changed if other is not each]
    if len(others) < MOST_TRIED:
        for other in others:
            if _is(other._replace(position=leaf.position), leaf):
                text = f"the event of position {leaf.position} is at {other.position}"
                return "order", f"{text}, and {_shown(row)} in its place"
            if other.account != row.account and (
                _is(row._replace(account=other.account, key=other.key), leaf)
                or _is(
                    other._replace(position=leaf.position, payload=row.payload, name=row.name), leaf
                )
            ):
                text = f"the event at position {leaf.position} is of {other.account}"
                return "account", f"{text}, and stands with {row.account}"
    for name in sorted(found.names - {row.name}):
        if _is(row._replace(name=name), leaf):
            return "name", f"position {leaf.position} was a {name}, and is called {row.name}"
    low = max(1, row.version - VERSIONS_TRIED)
    for version in range(low, row.version + VERSIONS_TRIED):
        if _is(row._replace(version=version), leaf):
            text = f"position {leaf.position} was version {version} of {row.account}"
            return "version", f"{text}, and is version {row.version}"
    return None


def _is(row: LoggedRow, leaf: Leaf) -> bool:
    """Tell whether a leaf commits to a row."""
    return row.key is not None and commitment(blind(row.key, row.position), row) == leaf.commitment


def _missing(missing: Sequence[tuple[int, Leaf]], size: int) -> Iterator[Finding]:
    """Tell runs of leaves without rows, each in one sentence."""
    runs = list[list[tuple[int, Leaf]]]()
    for index, leaf in missing:
        if runs and runs[-1][-1][0] == index - 1:
            runs[-1].append((index, leaf))
        else:
            runs.append([(index, leaf)])
    for run in runs:
        (first, begin), (last, end) = run[0], run[-1]
        count = f"{len(run)} {'event' if len(run) == 1 else 'events'}"
        where = f"positions {begin.position} to {end.position}" if len(run) > 1 else (
            f"position {begin.position}")  # fmt: skip
        if last == size - 1:
            text = f"the log ends too early: {count} at its end are gone, {where}"
            yield Finding("tail", text, begin.position, first)
        else:
            yield Finding("missing", f"{count} are gone: {where}", begin.position, first)


def _shown(row: LoggedRow) -> str:
    return f"{row.name}, version {row.version} of {row.account}"
