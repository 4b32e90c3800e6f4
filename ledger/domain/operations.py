"""What operators decide about messages and accounts, and do to the ledger: on record, with why.

Whose decision it was is in the metadata. What was decided twice is known by the command's id.
"""

from dataclasses import fields

from ledger.domain.account import Account
from ledger.domain.acts import PutInUse, RecordsReplayed, StatesRepaired, put_in_use
from ledger.domain.commands import AcceptGap, DropRecord, Erase, PutOnRecord
from ledger.domain.events import AccountErased, GapAccepted, RecordDropped
from ledger.domain.reasons import Reason, Rejection
from ledger.domain.settle import Draft, Now


def drop_record(account: Account, request: DropRecord, now: Now) -> Draft | Rejection:
    """Let a parked record go."""
    if not request.because.strip():
        return _unexplained("a record is dropped")
    return _on_record(account, RecordDropped, request, now)


def accept_gap(account: Account, request: AcceptGap, now: Now) -> Draft | Rejection:
    """Let a partition be read on from where its records begin now."""
    if not request.because.strip():
        return _unexplained("a gap is accepted")
    if request.topic_id == request.was_topic_id and request.since >= request.until:
        return Rejection(
            reason=Reason.NO_GAP,
            detail=f"nothing is missing in {request.topic}[{request.partition}]: "
            f"{request.until} is not after {request.since}",
        )
    return _on_record(account, GapAccepted, request, now)


def put_on_record(account: Account, request: PutOnRecord, now: Now) -> Draft | Rejection:
    """Keep what an operator does, unless it does nothing, or is in use already."""
    act, draft = request.act, Draft(account)
    if act.effective_on > now.today:
        detail = f"{act.effective_on} has not come yet; today is {now.today}"
        return Rejection(reason=Reason.IN_THE_FUTURE, detail=detail)
    match act:
        case StatesRepaired(because=because) if not because.strip():
            return _unexplained("state rows are repaired")
        case StatesRepaired(rows=()) | RecordsReplayed(records=()):
            return draft
    if isinstance(act, PutInUse):
        what, which = put_in_use(act)
        if account.in_use.get(what) == which:
            return draft
    draft.add(act)
    return draft


def erase(account: Account, request: Erase, now: Now) -> Draft | Rejection:
    """Close an account; what it took of shared limits stays taken."""
    if not request.because.strip():
        return _unexplained("an account is erased")
    draft = Draft(account)
    if account.erased is None:
        draft.add(AccountErased(because=request.because, effective_on=now.today))
    return draft


def _on_record(
    account: Account,
    kind: type[RecordDropped | GapAccepted],
    request: DropRecord | AcceptGap,
    now: Now,
) -> Draft:
    """Put a decision on record as an event, whose fields are the request's and the day."""
    said = {each.name: getattr(request, each.name) for each in fields(request)}
    draft = Draft(account)
    draft.add(kind(**said, effective_on=now.today))
    return draft


def _unexplained(what: str) -> Rejection:
    return Rejection(reason=Reason.UNEXPLAINED, detail=f"{what} for a reason only; say why")
