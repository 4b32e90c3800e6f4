"""`Idempotency-Key`: a command that comes again is done once, and gets the same answer.

The ledger's receipts make it once, over all workers and restarts, for as long as they are kept.
Here is what a key becomes there, and that a key whose first request is still under way is not
begun again in the same worker.
Source: draft-ietf-httpapi-idempotency-key-header.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final, TypeAlias
from urllib.parse import quote

from fastapi import Depends, Header, Request
from pydantic import AfterValidator

from ledger.words.texts import Text
from projections.api.problems import IN_FLIGHT, Refused
from schemas.cloudevents import NATIONAL_NUMBER
from schemas.origin import holds_national_number

MAX_KEY_CHARACTERS: Final = 100

KEY_FORM: Final = r'^"?[!#-\[\]-~]+"?$'


def _names_nobody(key: str) -> str:
    if NATIONAL_NUMBER.fullmatch(key.strip('"')) and holds_national_number(key):
        raise ValueError("this is a national number; a key is of your own making")
    return key


Key: TypeAlias = Annotated[
    str,
    AfterValidator(_names_nobody),
    Header(
        alias="Idempotency-Key",
        pattern=KEY_FORM,
        min_length=1,
        max_length=MAX_KEY_CHARACTERS,
        description="Yours, new for each command, such as a UUID; with quotes or without. The same "
        "request with the same key is done once, and answered the same each time.",
        examples=["8e03978e-40d5-43e8-bc93-6894a57f9324"],
    ),
]


def command_id(client: str, key: str) -> str:
    """Return the id of the command that a client's key makes.

    No message's id is like it: these begin with a source, which is a URI.
    """
    unquoted = key.strip('"')
    return f"http {quote(client, safe='')} {unquoted}"


class InFlight:
    """The commands that are under way in this worker."""

    def __init__(self) -> None:
        """Begin with none."""
        self._lock = threading.Lock()
        self._ids: set[str] = set()

    @contextmanager
    def alone(self, command: str) -> Iterator[None]:
        """Be the only one with a command.

        Raises:
            Refused: another request has it.

        """
        with self._lock:
            if command in self._ids:
                raise Refused(
                    IN_FLIGHT,
                    Text("api-under-way"),
                    headers={"Retry-After": "1"},
                )
            self._ids.add(command)
        try:
            yield
        finally:
            with self._lock:
                self._ids.discard(command)


async def _under_way(request: Request) -> InFlight:
    found: InFlight = request.app.state.in_flight
    return found


UnderWay: TypeAlias = Annotated[InFlight, Depends(_under_way)]
