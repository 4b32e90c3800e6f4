"""What a verification says: how far it looked, and each finding, in words."""

from collections.abc import Iterator
from typing import Final

from ledger.audit.proofs.findings import Finding
from ledger.words.details import detail
from ledger.words.language import Language

KINDS: Final = {
    "payload": "found-payload",
    "name": "found-name",
    "version": "found-version",
    "account": "found-account",
    "order": "found-order",
    "missing": "found-missing",
    "tail": "found-tail",
    "inserted": "found-inserted",
    "other past": "found-other-past",
    "key": "found-key",
    "entry": "found-entry",
    "tile": "found-tile",
    "tree": "found-tree",
    "tree missing": "found-tree-missing",
    "checkpoint": "found-checkpoint",
    "signature": "found-signature",
    "fork": "found-fork",
    "witness": "found-witness",
    "receipt": "found-receipt",
    "receipt missing": "found-receipt-missing",
    "receipt inserted": "found-receipt-inserted",
    "regulation": "found-regulation",
    "state": "found-state",
    "state missing": "found-state-missing",
    "state inserted": "found-state-inserted",
    "shared": "found-shared",
    "model": "found-model",
    "model missing": "found-model-missing",
    "model inserted": "found-model-inserted",
    "log": "found-log",
}
"""The message of each kind."""


def finding(found: Finding, say: Language) -> Iterator[str]:
    """Say what was found and where, then its details."""
    what, details = told(found, say)
    yield f"{say('verify-wrong')}  {what}"
    if details:
        yield f"  {details}"


def told(found: Finding, say: Language) -> tuple[str, str]:
    """Return what was found and where, and its details; in English all is one sentence."""
    if say.code == "en":
        return str(found), ""
    places = []
    if found.position is not None:
        places.append(say("verify-place", position=found.position))
    if found.table is not None and found.key is not None:
        places.append(say("verify-row", key=found.key, table=found.table))
    if found.account is not None and found.account != found.key:
        places.append(say("verify-of", account=found.account))
    what = f"{say(KINDS[found.kind])} ({', '.join(places)})" if places else say(KINDS[found.kind])
    return "; ".join([what, *_right(found, say)]), detail(found.text, say)


def _right(found: Finding, say: Language) -> Iterator[str]:
    """Say since which checkpoint what is right is there."""
    if found.since is None:
        return
    size, where, after, tree = found.since
    if found.table is None or tree or found.position is None:
        yield say("verify-right", size=size, where=where)
    elif after:
        yield say("verify-between", position=found.position, after=after, size=size, where=where)
    else:
        yield say("verify-before", position=found.position, size=size, where=where)
