"""Routes: what a person has."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Body, Depends, Query, Request, Response

from ledger.audit.held import Held, day_asked, held_on
from ledger.service.naming import Lots
from projections.api.asking import (
    Account,
    After,
    AtDesk,
    Purpose,
    ReadsBalances,
    fresh,
    no_such_account,
    seen_by,
    stands_for,
    story_of,
    told,
    without_parameters,
)
from projections.api.problems import invalid
from projections.api.schemes import period
from projections.balances.view import (
    Balances,
    LotBalance,
    balances_of,
    balances_of_many,
    merged_into,
)
from projections.tables import Conn
from projections.timeline.view import is_known, known_of
from schemas.api_v1 import rights as wire

MANY: Final = {
    "accounts": ["6f1d3a52-7c1e-4b8e-9a40-5d2c86b1f0a7", "0e6f2c1b-5d0c-4b7f-8a57-3a2f6b1c9d10"],
    "on": "2026-12-01",
}
"""An example of a question."""

router = APIRouter(tags=["balances"])


@router.get(
    "/accounts/{accountId}/balances",
    operation_id="getBalances",
    summary="What a person has on a day, lot by lot",
    response_model=wire.Balances,
)
def balances(
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
    looked_for = seen_by(caller, account)
    lots: Sequence[Held | LotBalance]
    if asked.known_at is None and on >= today:
        found = fresh(desk, after, partial(balances_of, account=looked_for, on=on))
        if not found.lots and (into := stands_for(desk, looked_for)) != looked_for:
            account = looked_for = caller.led(looked_for, into)
            found = fresh(desk, after, partial(balances_of, account=looked_for, on=on))
        position, lots = found.position, found.lots
        if not lots and not fresh(desk, after, partial(is_known, account=looked_for)).known:
            raise no_such_account()
    else:
        story = story_of(desk, after, looked_for, asked.known_at)
        account = caller.led(account, story.account)
        position, lots = story.position, held_on(story.envelopes, on, asked.known_at)
    body = wire.Balances(
        person=account,
        on=on,
        position=position,
        items=tuple(_lot(account, each, desk.lots) for each in lots),
        **({} if asked.known_at is None else {"known_at": asked.known_at}),
    )
    return told(request, body, position)


class _Many(NamedTuple):
    """What some accounts have; the position is that of the oldest of the reads.

    `into` says into which others some of them were merged.
    """

    position: int
    held: Mapping[UUID, Balances]
    known: frozenset[UUID]
    into: Mapping[UUID, UUID]


@router.post(
    "/accountBalances",
    operation_id="getManyBalances",
    summary="What many people have on a day",
    response_model=wire.ManyBalances,
    dependencies=[Depends(without_parameters)],
)
def many_balances(
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
        raise invalid(
            "body", "on", on, f"a day that is past is asked about one by one; now {today}"
        )
    seen = {seen_by(caller, account): account for account in asked.accounts}

    def look(conn: Conn) -> _Many:
        known, held = known_of(conn, seen), balances_of_many(conn, seen, on)
        empty = [each for each in seen if not held[each].lots]
        into = merged_into(conn, empty) if empty else {}
        if into:
            held |= balances_of_many(conn, set(into.values()), on)
        position = min(known.position, *(each.position for each in held.values()))
        return _Many(position, held, known.accounts, into)

    found = fresh(desk, after, look)
    for each, into in found.into.items():
        caller.led(seen[each], into)
    items = tuple(
        _of_one(found, looked_for, account, desk.lots)
        for looked_for, account in seen.items()
        if looked_for in found.known or found.held[looked_for].lots
    )
    body = wire.ManyBalances(on=on, position=found.position, items=items)
    return told(request, body, found.position)


def _of_one(found: _Many, looked_for: UUID, account: UUID, lots: Lots) -> wire.AccountBalances:
    """Tell what one has; of one that was merged, what the account has that stands for it."""
    person = found.into.get(looked_for, account)
    held = found.held[found.into.get(looked_for, looked_for)].lots
    told = tuple(_lot(person, each, lots) for each in held)
    more = {} if person == account else {"asked": account}
    return wire.AccountBalances(person=person, lots=told, **more)


def _lot(account: UUID, held: Held | LotBalance, lots: Lots) -> wire.LotOnDay:
    lot = held.lot
    of: dict[str, Any] = lots.funder(lot.id, lot.scheme, lot.funder)
    return wire.LotOnDay(
        scheme=lot.scheme,
        lot=lots.named(account, lot.id, lot.scheme),
        unit=lot.unit,
        period=period(lot.term),
        granted=lot.granted,
        withdrawn=lot.withdrawn,
        transferred_in=lot.transferred_in,
        transferred_out=lot.transferred_out,
        reserved=lot.reserved,
        used=lot.used,
        expired=lot.expired,
        available=held.available,
        pending=held.pending,
        shortfall=lot.shortfall,
        usable=held.usable,
        stops=tuple(
            wire.Stop(mode=each.mode, since=each.since, reason=each.reason) for each in held.stops
        ),
        rule=held.rule,
        **of,
    )
