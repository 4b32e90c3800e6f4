"""A command on its way from a request to the door, and the answer back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from types import MappingProxyType
from typing import Annotated, Final, NamedTuple, TypeAlias
from urllib.parse import quote
from uuid import UUID

from fastapi import Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from ledger.domain import commands as c
from ledger.domain.events import Envelope
from ledger.domain.mandates import Helping
from ledger.service.outcomes import Accepted, Rejected, first_of
from ledger.service.ports import StoreUnavailable
from ledger.words.language import Language
from ledger.words.texts import Text
from projections.api.asking import Account, AtDesk, Desk, Purpose, no_such_account
from projections.api.bodies import Raw, canonical
from projections.api.caller import Caller
from projections.api.helping import place_of
from projections.api.idempotency import InFlight, Key, UnderWay, command_id
from projections.api.languages import Speaks, headers_of
from projections.api.locations import location
from projections.api.made import done, stretch
from projections.api.problems import NOT_PERMITTED, UNAVAILABLE, Refused
from projections.api.refusals import NOBODY_THERE, refuse
from projections.api.together import Together
from schemas.cloudevents import Content
from schemas.outgoing import Told

MAX_GROUP_COMMANDS: Final = 100
"""Most commands in one transaction: who waits for it waits for all of them."""

MAX_CLIENT_CHARACTERS: Final = 200
"""Of its name in tokens: it is a part of the id of each of its commands, which is indexed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What every command on an account is asked with.

    Attributes:
        operation: what is asked, as the document calls it.
        raw: the body.
        named: what the path names besides the account, if anything.
        say: the language in which it is answered.
        request: that asked.

    """

    desk: Desk
    account: UUID
    key: str
    under_way: InFlight
    operation: str
    raw: bytes
    named: str
    say: Language
    request: Request

    async def carried_out(
        self, caller: Caller, content: Content, request: c.Request, made: str | None = None
    ) -> Response:
        """Let the door decide about a request once, and tell what it did, and made.

        Raises:
            Refused: by the rules; for an account that is not known, or not the caller's to act on;
                or for a key that names another request, or one that is still under way.

        """
        place = await place_of(self.desk, caller, self.account, request)
        command = c.Command(
            id=command_id(bounded(caller.client), self.key),
            account=place.account,
            actor=actor_of(caller, place.helping),
            request=request,
            digest=digest_of(self.operation, self.named, content),
            helping=place.helping,
        )
        with self.under_way.alone(command.id):
            outcome, found = await carried(self.request, command)
            if isinstance(outcome, Rejected):
                refuse(outcome, self.desk.rules)
            where = caller.led(self.account, outcome.decided_in or self.account)
            body = done(self.desk, where, outcome, found, self.say)
        at = {} if made is None else location(self.request, made)
        return created(body, body.position, self.say, at)


async def _order(
    request: Request,
    desk: AtDesk,
    account: Account,
    key: Key,
    purpose: Purpose,  # noqa: ARG001  asked for, and recorded
    under_way: UnderWay,
    raw: Raw,
    say: Speaks,
) -> Order:
    others = [value for name, value in request.path_params.items() if name != "accountId"]
    return Order(
        desk=desk,
        account=account,
        key=key,
        under_way=under_way,
        operation=request.scope["route"].operation_id,
        raw=raw,
        named="".join(others),
        say=say,
        request=request,
    )


AtOrder: TypeAlias = Annotated[Order, Depends(_order)]


class Carried(NamedTuple):
    """What became of a command, and the events that tell what it did."""

    outcome: Accepted | Rejected
    found: Sequence[Envelope]


Commands: TypeAlias = "Together[c.Command, Carried | Exception]"


def together(desk: Desk, most: int = MAX_GROUP_COMMANDS) -> Commands:
    """Return who lets the door decide on what many ask at once, `most` in one transaction."""

    async def work(commands: Sequence[c.Command]) -> Sequence[Carried | Exception]:
        return await run_in_threadpool(lambda: list(_carry_out(desk, commands)))

    return Together(work, most, "the ledger")


def _carry_out(desk: Desk, commands: Sequence[c.Command]) -> Iterator[Carried | Exception]:
    outcomes = desk.door.handle_each(commands, of_known=True)
    firsts = [each if isinstance(each, Exception) else first_of(each) for each in outcomes]
    accepted = {
        index: stretch(first.decided_in or commands[index].account, first)
        for index, first in enumerate(firsts)
        if isinstance(first, Accepted)
    }
    found = dict(zip(accepted, desk.store.stretches_of(list(accepted.values())), strict=True))
    for index, first in enumerate(firsts):
        if isinstance(first, Exception):
            yield first
        elif isinstance(first, Rejected) and first.rejection.reason in NOBODY_THERE:
            yield no_such_account()
        else:
            yield Carried(first, found.get(index, ()))


async def carried(request: Request, command: c.Command) -> Carried:
    """Return what became of a command, now or when it first came.

    Raises:
        Refused: the ledger gives no answer, so that nobody knows; or it has no such account.

    """
    commands: Commands = request.app.state.commands
    try:
        found = await commands.ask(command)
        if isinstance(found, Exception):
            raise found
    except StoreUnavailable as error:
        raise Refused(
            UNAVAILABLE, Text("api-unknown-done"), headers={"Retry-After": "1"}
        ) from error
    return found


def digest_of(operation: str, named: str, content: Content) -> bytes:
    """Return the digest of a request: what is asked, of what the path names, and how."""
    return sha256(b" ".join([operation.encode(), named.encode(), canonical(content)])).digest()


def bounded(client: str) -> str:
    """Return the name of a client, when it is one that a command can be kept under.

    Raises:
        Refused: it is too long.

    """
    if len(quote(client, safe="")) > MAX_CLIENT_CHARACTERS:
        raise Refused(NOT_PERMITTED, Text("api-client-long", limit=str(MAX_CLIENT_CHARACTERS)))
    return client


def actor_of(caller: Caller, helping: Helping | None = None) -> str:
    """Return who acts, as the events keep it: the client, for which account, by which mandate."""
    actor = quote(caller.client, safe="")
    if caller.account is not None:
        actor = f"{actor} for {caller.account}"
    return actor if helping is None else f"{actor} by mandate {helping.mandate}"


def created(
    body: Told,
    position: int | None = None,
    say: Language | None = None,
    where: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    """Answer that something was made, from which position on that can be read, and where."""
    headers = {"Cache-Control": "no-store", **where} | ({} if say is None else headers_of(say))
    if position is not None:
        headers["Rugzak-Position"] = str(position)
    text = body.model_dump_json(by_alias=True, exclude_none=True)
    return Response(text, HTTPStatus.CREATED, headers, "application/json")
