"""What an operator decides or does becomes a command, whose content is its reason."""

from hashlib import sha256
from uuid import UUID, uuid4

from ledger.domain.acts import Act
from ledger.domain.commands import (
    AcceptGap,
    Command,
    DropRecord,
    Erase,
    Merge,
    PutOnRecord,
    Unmerge,
)
from ledger.domain.events import OPERATIONS
from ledger.service.door import Door
from ledger.service.outcomes import Rejected


def operated(
    id_: str,
    account: UUID,
    request: DropRecord | AcceptGap | Erase | Merge | Unmerge,
    actor: str,
) -> Command:
    """Return the command; the same decision for another reason is refused."""
    digest = sha256(request.because.encode()).digest()
    return Command(id=id_, account=account, actor=actor, request=request, digest=digest)


def put_on_record(door: Door, act: Act, actor: str) -> Rejected | None:
    """Keep what an operator does; return why it is refused, if it is.

    What is in use already is not told again. Each call is an act of its own.

    Raises:
        StoreUnavailable: the database gives no answer.

    """
    command = Command(
        id=f"act {uuid4()}",
        account=OPERATIONS,
        actor=actor,
        request=PutOnRecord(act=act),
        digest=sha256(repr(act).encode()).digest(),
    )
    [outcome] = door.handle([command])
    return outcome if isinstance(outcome, Rejected) else None
