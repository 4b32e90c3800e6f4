"""Routes: what a person has."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Annotated, Final, NamedTuple
from uuid import UUID

import orjson
from fastapi import Body, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from ledger.audit.explain import Stop
from ledger.audit.held import Held, day_asked
from ledger.words.language import Language
from ledger.words.texts import Text
from projections.api.asking import (
    Account,
    After,
    AtDesk,
    Desk,
    Purpose,
    ReadsBalances,
    fresh,
    from_rows,
    refuse_unknown,
    stands_for,
    story_of,
    told,
    until,
    without_parameters,
)
from projections.api.helping import Sight, sight_of, sights
from projections.api.languages import language_for
from projections.api.problems import invalid
from projections.api.routing import planned
from projections.api.together import Together
from projections.balances.project import row_of
from projections.balances.telling import telling
from projections.balances.view import (
    Balances,
    LotBalance,
    Told,
    balances_of,
    balances_of_many,
    merged_into,
    told_of_many,
)
from projections.tables import Reading
from projections.timeline.view import known_of
from schemas.api_v1 import rights as wire

MANY: Final = {
    "accounts": ["6f1d3a52-7c1e-4b8e-9a40-5d2c86b1f0a7", "0e6f2c1b-5d0c-4b7f-8a57-3a2f6b1c9d10"],
    "on": "2026-12-01",
}
"""An example of a question."""

MAX_TOGETHER: Final = 100
"""Most balances in one query."""

router = planned(tags=["balances"])


@router.get(
    "/accounts/{accountId}/balances",
    operation_id="getBalances",
    summary="What a person has on a day, lot by lot",
    response_model=wire.Balances,
)
async def balances(
    request: Request,
    desk: AtDesk,
    caller: ReadsBalances,
    account: Account,
    asked: Annotated[wire.BalancesQuestion, Query()],
    purpose: Purpose,  # noqa: ARG001  asked for, and recorded
    after: After = None,
) -> Response:
    """Tell the lots of an account, with what can be used on the day.

    Of today or a day to come, quantities are the newest known; the day says which periods run and
    what is stopped. Of a day that is past, and as known at an instant, it is what was true then.
    Of an account that was merged into another, it is what that other one has, under its reference.
    """
    today = desk.clock.now().today
    on = day_asked(asked.on, asked.known_at, today)
    say = language_for(request.scope)
    sight = await sight_of(desk, caller, account, "read", after)
    looked_for = sight.account
    items: object
    if asked.known_at is None and on >= today:
        together: Together[_Asked, Told | Balances] = request.app.state.balances
        found = await until(desk, after, partial(together.ask, _Asked(looked_for, on)))
        if not found.lots and (into := await stands_for(desk, looked_for)) != looked_for:
            account = looked_for = caller.led(looked_for, into)
            found = await until(desk, after, partial(together.ask, _Asked(looked_for, on)))
        if not found.lots:
            await refuse_unknown(desk, after, looked_for)
        if sight.schemes is not None:  # not all of it may be seen
            found = await fresh(desk, after, partial(balances_of, looked_for, on))
        position, items = found.position, _items(found, sight, desk, say)
    else:
        story = await story_of(desk, after, looked_for, asked.known_at)
        account = caller.led(account, story.account)
        position = story.position
        held = await run_in_threadpool(desk.seen(story.envelopes, asked.known_at).held, on)
        lots = (balance_of(account, each) for each in held)
        items = [lot_on_day(each, desk, say) for each in lots if sight.has(each.lot.scheme)]
    body = {
        "person": account,
        "on": on,
        **({} if asked.known_at is None else {"knownAt": asked.known_at}),
        "position": position,
        "items": items,
    }
    return told(request, body, position, say)


class _Asked(NamedTuple):
    """One of the balances that are read together."""

    account: UUID
    on: date


def together(desk: Desk) -> Together[_Asked, Told | Balances]:
    """Return who reads what many requests ask at once, in one query for each day."""

    async def read(asked: Sequence[_Asked]) -> list[Told | Balances]:
        found: dict[_Asked, Told | Balances] = {}
        for on in {each.on for each in asked}:
            accounts = {each.account for each in asked if each.on == on}
            held = await from_rows(desk, partial(told_of_many, accounts, on))
            found |= {_Asked(account, on): balances for account, balances in held.items()}
        return [found[each] for each in asked]

    return Together(read, MAX_TOGETHER, "balances")


class _Many(NamedTuple):
    """What some accounts have; the position is that of the oldest of the reads.

    `into` says into which others some of them were merged.
    """

    position: int
    held: Mapping[UUID, Told | Balances]
    known: frozenset[UUID]
    into: Mapping[UUID, UUID]


@router.post(
    "/accountBalances",
    operation_id="getManyBalances",
    summary="What many people have on a day",
    response_model=wire.ManyBalances,
    dependencies=[Depends(without_parameters)],
)
async def many_balances(
    request: Request,
    desk: AtDesk,
    caller: ReadsBalances,
    asked: Annotated[wire.ManyBalancesQuestion, Body(openapi_examples={"usual": {"value": MANY}})],
    purpose: Purpose,  # noqa: ARG001  asked for, and recorded
    after: After = None,
) -> Response:
    """Tell the lots of each account; who is not known, or not yours to see, is left out.

    It is a question, and changes nothing: references don't belong in a URL.
    """
    today = desk.clock.now().today
    on = asked.on or today
    if on < today:
        raise invalid("body", "on", on, Text("api-past", today=today))
    say = language_for(request.scope)
    mine = await sights(desk, caller, asked.accounts, "read", after)
    seen = {sight.account: account for account, sight in mine.items()}

    limited = {each for each in seen if mine[seen[each]].schemes is not None}

    def look() -> Reading[_Many]:
        known = yield from known_of(seen)
        held = yield from told_of_many(seen, on)
        empty = [each for each in seen if not held[each].lots]
        into = (yield from merged_into(empty)) if empty else {}
        if into:
            held |= yield from told_of_many(set(into.values()), on)
        if limited:
            held |= yield from balances_of_many({into.get(each, each) for each in limited}, on)
        position = min(known.position, *(each.position for each in held.values()))
        return _Many(position, held, known.accounts, into)

    found = await fresh(desk, after, look)
    for each, into in found.into.items():
        caller.led(seen[each], into)
    items = [
        _of_one(found, looked_for, account, mine[account], desk, say)
        for looked_for, account in seen.items()
        if looked_for in found.known or found.held[looked_for].lots
    ]
    body = {"on": on, "position": found.position, "items": items}
    return told(request, body, found.position, say)


def _of_one(
    found: _Many, looked_for: UUID, account: UUID, sight: Sight, desk: Desk, say: Language
) -> dict[str, object]:
    """Tell what one has; of one that was merged, what the account has that stands for it."""
    person = found.into.get(looked_for, account)
    held = found.held[found.into.get(looked_for, looked_for)]
    lots = _items(held, sight, desk, say)
    return {"person": person, "lots": lots} | ({} if person == account else {"asked": account})


def _items(held: Told | Balances, sight: Sight, desk: Desk, say: Language) -> object:
    """Tell those lots that may be seen; what is JSON already, is told to who may see all."""
    if isinstance(held, Told):
        return orjson.Fragment(b"[%b]" % held.lots)
    return [lot_on_day(each, desk, say) for each in held.lots if sight.has(each.lot.scheme)]


def lot_on_day(held: LotBalance, desk: Desk, say: Language) -> dict[str, object]:
    """Tell one lot as `wire.LotOnDay` would write it; why it is stopped, in a language."""
    stops = _stops(held.stops, held.lot.scheme, desk, say) if held.stops else ()
    return telling(held.lot, held.available, held.pending, stops)


def balance_of(account: UUID, held: Held) -> LotBalance:
    """Return what was held on a day as the read model has it; of no event's position."""
    row = row_of(account, held.lot, held.rule, 0)
    return LotBalance(row, held.available, held.pending, held.stops)


def _stops(
    stops: Iterable[Stop], scheme: str, desk: Desk, say: Language
) -> list[dict[str, object]]:
    """Tell what stops a lot; an authority's reason is as it was given, unless it is known."""
    say = say.of(desk.rules.schemes[scheme])
    return [
        {
            "mode": each.mode,
            "since": each.since,
            "reason": say.known(each.reason)
            or (each.reason if each.mode == "frozen" else say.text(each.reason)),
        }
        for each in stops
    ]
