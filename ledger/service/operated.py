"""What an operator decides becomes a command, whose content is its reason."""

from hashlib import sha256
from uuid import UUID

from ledger.domain.commands import AcceptGap, Command, DropRecord, Erase, Merge, Unmerge


def operated(
    id_: str,
    account: UUID,
    request: DropRecord | AcceptGap | Erase | Merge | Unmerge,
    actor: str,
) -> Command:
    """Return the command; the same decision for another reason is refused."""
    digest = sha256(request.because.encode()).digest()
    return Command(id=id_, account=account, actor=actor, request=request, digest=digest)
