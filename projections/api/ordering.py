"""A command on its way from a request to the door, and the answer back."""

from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import Annotated, Final, TypeAlias
from urllib.parse import quote
from uuid import UUID

from fastapi import Depends, Request, Response

from ledger.domain import commands as c
from ledger.domain.events import NOBODYS
from ledger.service.outcomes import Accepted, Rejected, first_of
from ledger.service.ports import StoreUnavailable
from projections.api.asking import Account, AtDesk, Desk, Purpose, no_such_account, seen_by
from projections.api.bearer import Caller
from projections.api.bodies import Raw, canonical
from projections.api.idempotency import InFlight, Key, UnderWay, command_id
from projections.api.made import done
from projections.api.problems import NOT_PERMITTED, UNAVAILABLE, Refused
from projections.api.refusals import refuse
from schemas.cloudevents import Content
from schemas.outgoing import Told

MAX_CLIENT_CHARACTERS: Final = 200
"""Of its name in tokens: it is a part of the id of each of its commands, which is indexed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What every command on an account is asked with.

    Attributes:
        operation: what is asked, as the document calls it.
        raw: the body.
        named: what the path names besides the account, if anything.

    """

    desk: Desk
    account: UUID
    key: str
    under_way: InFlight
    operation: str
    raw: bytes
    named: str

    def carried_out(self, caller: Caller, content: Content, request: c.Request) -> Response:
        """Let the door decide about a request once, and tell what it did.

        Raises:
            Refused: by the rules; for an account that is not known, or not the caller's to act on;
                or for a key that names another request, or one that is still under way.

        """
        if not is_known(self.desk, seen_by(caller, self.account)):
            raise no_such_account()
        command = c.Command(
            id=command_id(bounded(caller.client), self.key),
            account=self.account,
            actor=actor_of(caller),
            request=request,
            digest=digest_of(self.operation, self.named, content),
        )
        with self.under_way.alone(command.id):
            outcome = ask(self.desk, command)
            if isinstance(outcome, Rejected):
                refuse(outcome)
            place = caller.led(self.account, outcome.decided_in or self.account)
            body = done(self.desk, place, outcome)
        return created(body, body.position)


def _order(
    request: Request,
    desk: AtDesk,
    account: Account,
    key: Key,
    purpose: Purpose,  # noqa: ARG001  asked for, and recorded
    under_way: UnderWay,
    raw: Raw,
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
    )


AtOrder: TypeAlias = Annotated[Order, Depends(_order)]


def is_known(desk: Desk, account: UUID) -> bool:
    """Whether the ledger knows an account of somebody's, not erased: no command makes one."""
    known = desk.door.state(account)
    return known.version > 0 and known.erased is None and account not in NOBODYS


def digest_of(operation: str, named: str, content: Content) -> bytes:
    """Return the digest of a request: what is asked, of what the path names, and how."""
    return sha256(b" ".join([operation.encode(), named.encode(), canonical(content)])).digest()


def bounded(client: str) -> str:
    """Return the name of a client, when it is one that a command can be kept under.

    Raises:
        Refused: it is too long.

    """
    if len(quote(client, safe="")) > MAX_CLIENT_CHARACTERS:
        raise Refused(NOT_PERMITTED, f"a client has a name of at most {MAX_CLIENT_CHARACTERS}")
    return client


def actor_of(caller: Caller) -> str:
    """Return who acts, as the events keep it: the client, and the account for which it does."""
    client = quote(caller.client, safe="")
    return client if caller.account is None else f"{client} for {caller.account}"


def ask(desk: Desk, command: c.Command) -> Accepted | Rejected:
    """Return what became of a command, now or when it first came.

    Raises:
        Refused: the ledger gives no answer, so that nobody knows.

    """
    try:
        return first_of(desk.door.ask(command))
    except StoreUnavailable as error:
        raise Refused(
            UNAVAILABLE,
            "the ledger gives no answer now; whether this was done is not known: send the same "
            "again, with the same key",
            headers={"Retry-After": "1"},
        ) from error


def created(body: Told, position: int | None = None) -> Response:
    """Answer that something was made, and from which position on that can be read."""
    headers = {"Cache-Control": "no-store"}
    if position is not None:
        headers["Rugzak-Position"] = str(position)
    text = body.model_dump_json(by_alias=True, exclude_none=True)
    return Response(text, HTTPStatus.CREATED, headers, "application/json")
