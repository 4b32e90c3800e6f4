"""Regulations held against the log: the texts that were published, those here, what decided.

An event names the text that decided by its digest. It can only be one that was published before;
and each published text has to be the one whose digest its event tells.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Final

from ledger.audit.proofs.findings import Finding
from ledger.domain.events import Envelope, RegulationPublished
from ledger.domain.regulation import DIGEST_DIGITS
from ledger.service.published import Difference

KIND: Final = "regulation"


def published(envelopes: Iterable[Envelope]) -> dict[str, int]:
    """Return, by its digest, the position at which each text was published first."""
    found: dict[str, int] = {}
    for each in envelopes:
        if isinstance(each.event, RegulationPublished):
            found.setdefault(each.event.digest, each.position or 0)
    return found


def mistold(envelopes: Iterable[Envelope]) -> Iterator[Finding]:
    """Say which events publish a text that has another digest than they tell."""
    for each in envelopes:
        event = each.event
        if not isinstance(event, RegulationPublished):
            continue
        whole = sha256(event.content.encode()).hexdigest()
        if (event.sha256, event.digest) != (whole, whole[:DIGEST_DIGITS]):
            text = f"the text of {event.scheme} that is published as {event.digest} is"
            text = f"{text} {whole[:DIGEST_DIGITS]}"
            yield Finding(KIND, text, each.position, key=event.scheme, account=str(each.account))


def unpublished(envelopes: Iterable[Envelope], known: Mapping[str, int]) -> Iterator[Finding]:
    """Say which events were decided by a text that was not published before them.

    Those of before the first publication are of a version of the program that published nothing.
    """
    first = min(known.values(), default=0)
    for each in envelopes:
        rule: str = getattr(getattr(each.event, "basis", each.event), "rule", "")
        digest = rule.rpartition("@")[2]
        at = each.position or 0
        if digest and at > first and known.get(digest, at) >= at:
            text = f"position {each.position} was decided by {rule}, which was not published then"
            yield Finding(KIND, text, each.position, key=rule, account=str(each.account))


def other_texts(differences: Iterable[Difference], log: Sequence[Envelope]) -> Iterator[Finding]:
    """Say which texts here are not those that the log has in use."""
    last = {
        each.event.scheme: each.position
        for each in log
        if isinstance(each.event, RegulationPublished)
    }
    for each in differences:
        text = f"the text here is not the one in use: {each}"
        yield Finding(KIND, text, last.get(each.scheme), table="regulations", key=each.scheme)
