"""Checks of what the ledger tells others: its read models, and what the relay sends.

The relay may send again what it sent: then under the same id, and who drops repeats sees each once.
"""

from collections.abc import Iterable, Iterator

from tests.chaos.evidence import Evidence, Finding, Sort
from tests.chaos.people import lots
from tests.chaos.reading import Event, Told, accounts

DEAD_LETTER = ("__connect.errors.topic", "__connect.errors.partition", "__connect.errors.offset")
"""The headers of a dead letter that say where the record was."""


def every_read_model_is_as_the_log_says(evidence: Evidence) -> Iterator[Finding]:
    """Read models are at the end of the log, and the sums of each lot are those of its events."""
    tables = evidence.tables
    head = tables.events[-1].position if tables.events else 0
    for name, position in tables.projected.items():
        if position != head:
            yield Finding("lost", f"the read model {name} is at {position}, the log ends at {head}")
    if not tables.projected:
        yield Finding("lost", "there is no read model")
    summed = {
        (account, lot): (sums.net, sums.reserved, sums.used, sums.expired)
        for account, events in accounts(tables.events)
        for lot, sums in lots(events).items()
    }
    for key in summed.keys() | tables.balances.keys():
        if summed.get(key) != tables.balances.get(key):
            told = (
                f"{key}: the read model says {tables.balances.get(key)}, the log {summed.get(key)}"
            )
            yield Finding("wrong", told)


def _first(records: Iterable[Told]) -> Iterator[Told]:
    """Drop repeats: what was seen before, by its source and id."""
    seen = set()
    for one in records:
        id_ = None if one.value is None else (one.value["source"], one.value["id"])
        if id_ not in seen:
            seen.add(id_)
            yield one


def every_event_goes_out_in_its_order(evidence: Evidence) -> Iterator[Finding]:
    """Under each account's key its events are 1, 2, 3 and so on; there are no others."""
    told: dict[str, list[tuple[int, int]]] = {}
    partitions: dict[str, set[int]] = {}
    for one in _first(evidence.out.ledger):
        assert one.value is not None
        data = one.value["data"]
        told.setdefault(one.key, []).append((data["version"], data["position"]))
        partitions.setdefault(one.key, set()).add(one.place[1])
    for account, numbers in partitions.items():
        if len(numbers) > 1:
            yield Finding("wrong", f"{account} goes out in the partitions {sorted(numbers)}")
    kept = dict(accounts(evidence.tables.events))
    for account in kept.keys() | told.keys():
        events = [(event.version, event.position) for event in kept.get(account, ())]
        out = told.get(account, [])
        if out != events:
            sort, why = _difference(out, events)
            yield Finding(sort, f"{account}: {why}", _since(evidence, kept.get(account, ()), out))


def _difference(out: list[tuple[int, int]], events: list[tuple[int, int]]) -> tuple[Sort, str]:
    if missing := set(events) - set(out):
        return "lost", f"{len(missing)} events did not go out, such as {min(missing)}"
    if more := set(out) - set(events):
        return "wrong", f"{len(more)} went out that are not in the log, such as {min(more)}"
    if len(out) > len(events):
        return "doubled", f"{len(out)} went out of {len(events)}, each with an id of its own"
    return "wrong", f"the order on the way out is {out}"


def _since(
    evidence: Evidence, events: Iterable[Event], out: Iterable[tuple[int, int]]
) -> float | None:
    """Return when the first of the events was there that did not go out."""
    went = set(out)
    missing = [event for event in events if (event.version, event.position) not in went]
    return evidence.written(missing[0].position) if missing else None


def every_balance_that_goes_out_is_the_last(evidence: Evidence) -> Iterator[Finding]:
    """Under each key versions only rise, and the last balance is what the events add up to."""
    last: dict[str, Told] = {}
    for one in evidence.out.balances:
        before = last.get(one.key)
        if before is not None and _version(one) < _version(before):
            told = f"the balance of {one.key} went back from {_version(before)} to {_version(one)}"
            yield Finding("wrong", told)
        last[one.key] = one
    for account, events in accounts(evidence.tables.events):
        balance = last.pop(account, None)
        if balance is None or balance.value is None:
            if any(event.kind != "regulation-published" for event in events):
                at = evidence.written(events[-1].position)
                yield Finding("lost", f"no balance of {account} went out", at)
            continue
        sums = {
            lot["lot"]: (
                lot["granted"] - lot["withdrawn"], lot["reserved"], lot["used"], lot["expired"]
            )
            for lot in balance.value["data"]["lots"]
        }  # fmt: skip
        kept = {id_: (x.net, x.reserved, x.used, x.expired) for id_, x in lots(events).items()}
        if _version(balance) != events[-1].version or sums != kept:
            told = f"the last balance of {account} is of {_version(balance)}: {sums}; it has {kept}"
            yield Finding("wrong", told, evidence.written(events[-1].position))
    for account in last:
        yield Finding("wrong", f"a balance of {account} went out, which has no events")


def _version(balance: Told) -> int:
    return 0 if balance.value is None else int(balance.value["data"]["version"])


def every_message_is_answered_once(evidence: Evidence) -> Iterator[Finding]:
    """Each message has one reply that says what its receipt says."""
    replies: dict[tuple[str, str], list[dict[str, str]]] = {}
    for one in _first(evidence.out.outcomes):
        assert one.value is not None
        asked = one.value["relatedtosource"], one.value["relatedto"]
        replies.setdefault(asked, []).append(one.value["data"])
    for id_, copies in evidence.sound.items():
        found = replies.get(id_, [])
        if len(found) != 1:
            sort: Sort = "doubled" if found else "lost"
            yield Finding(sort, f"{id_} has {len(found)} replies: {found}", evidence.at(copies[0]))
            continue
        reasons = [receipt.reason for receipt in evidence.receipts.get(id_, ())]
        if [found[0].get("reason", "")] != reasons:
            told = f"{id_}: the reply says {found[0]}, the receipt {reasons}"
            yield Finding("wrong", told, evidence.at(copies[0]))


def what_is_parked_is_told_of_and_nothing_else(evidence: Evidence) -> Iterator[Finding]:
    """Each record that waits for an operator has gone out as a dead letter; no other has."""
    told = {tuple(one.headers.get(name, "") for name in DEAD_LETTER) for one in evidence.out.parked}
    parked: set[tuple[str, ...]] = {
        (row.place[0], str(row.place[1]), str(row.offset))
        for row in evidence.tables.parked
        if row.waits
    }
    for where in parked - told:
        yield Finding("lost", f"{where} is parked, and nobody was told")
    for where in told - parked:
        yield Finding("wrong", f"{where} went out as parked, and is not")
