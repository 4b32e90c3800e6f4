"""A Kafka record becomes commands, or the reason why it can't.

Nothing here raises for what a record holds: a reason is an answer, and the record is parked.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

from consumers import career, rights, top_ups
from consumers.adapters import dimona, dmfa, enterprise, jobseeker, self_employed
from consumers.identity import Pseudonyms
from consumers.sources import Sources
from ledger.domain.commands import Command, Request
from schemas import dimona_v1, dmfa_v1, enterprise_v1, jobseeker_v1, self_employed_v1
from schemas.cloudevents import NATIONAL_NUMBER
from schemas.contract import CAREER, RIGHTS, SERVICES, TOP_UPS, Contract
from schemas.notification import AboutEnterprise, AboutPerson, holds
from schemas.parsing import MAX_EVENT_BYTES, Problem
from schemas.reading import Read, read

MAX_DETAIL_CHARACTERS = 500
SOURCE_NOT_ALLOWED = "source-not-allowed"
UNPRINTABLE = re.compile("[^ -~]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unhandled:
    """Why a record is parked.

    Attributes:
        reason: stable code.
        detail: one sentence for people, without values from the data.

    """

    reason: str
    detail: str


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """What is spoken on a topic: which messages, and what each asks of the ledger.

    Attributes:
        contract: the messages.
        requests_of: what a message asks, of one account; nothing when it counts for nothing.
        people: finds accounts by their holders' numbers; None when messages name them themselves.
        sources: who may say what on `topic`; None when everybody may say everything.
        topic: on which it is spoken.

    """

    contract: Contract
    requests_of: Callable[[Any], Sequence[Request]]
    people: Pseudonyms | None = None
    sources: Sources | None = None
    topic: str = ""


CAREER_LANGUAGE = Language(CAREER, lambda message: (career.request_of(message),))
RIGHTS_LANGUAGE = Language(RIGHTS, lambda message: (rights.request_of(message),))
TOP_UPS_LANGUAGE = Language(TOP_UPS, lambda message: (top_ups.request_of(message),))

ADAPTERS: dict[str, Callable[[Pseudonyms], Callable[[Any], Sequence[Request]]]] = {
    dimona_v1.SERVICE: lambda _: dimona.requests_of,
    dmfa_v1.SERVICE: lambda _: dmfa.requests_of,
    jobseeker_v1.SERVICE: lambda _: jobseeker.requests_of,
    self_employed_v1.SERVICE: lambda people: partial(self_employed.requests_of, people),
    enterprise_v1.SERVICE: lambda _: enterprise.requests_of,
}
"""What makes facts of the notifications of a service; some name others than their subject."""


def notification_language(service: str, people: Pseudonyms) -> Language:
    """Return how a service's notifications are understood."""
    return Language(SERVICES[service], ADAPTERS[service](people), people)


class Raw(NamedTuple):
    """A Kafka record as it came, and what is spoken on its topic."""

    language: Language
    key: bytes | None
    value: bytes | None


def translate(
    language: Language,
    key: bytes | None,
    value: bytes | None,
    *,
    max_bytes: int = MAX_EVENT_BYTES,
) -> Sequence[Command] | Unhandled:
    """Read one record, as `translate_all` does."""
    return translate_all([Raw(language, key, value)], max_bytes=max_bytes)[0]


def translate_all(
    records: Sequence[Raw], *, max_bytes: int = MAX_EVENT_BYTES
) -> list[Sequence[Command] | Unhandled]:
    """Read records together; a command's id is the message's source and id.

    Those after a message's first command have their number before it: no source begins with one.
    Nothing that is needed is only in a header or key (Belgian REST guide, async-cespec).

    Raises:
        StoreUnavailable: the vault, which knows whose numbers these are, gives no answer.

    """
    said = [_said(*record, max_bytes) for record in records]
    numbers: dict[Pseudonyms, set[str]] = {}
    for record, each in zip(records, said, strict=True):
        people = record.language.people
        if people is None or isinstance(each, Unhandled):
            continue
        if not isinstance(each.message.data, AboutEnterprise):
            numbers.setdefault(people, set()).add(each.message.data.ssin)
    accounts = {people: people.accounts(some) for people, some in numbers.items()}
    return [
        each if isinstance(each, Unhandled) else _commands(record.language, each, accounts)
        for record, each in zip(records, said, strict=True)
    ]


def _said(
    language: Language, key: bytes | None, value: bytes | None, max_bytes: int
) -> Read | Unhandled:
    """Read what a record says, if it may say so."""
    if value is None:
        return Unhandled(reason="no-value", detail="the record has no value; facts are annulled")
    outcome = read(value, language.contract, max_bytes)
    if isinstance(outcome, Problem):
        return _unhandled(outcome)
    message = outcome.message
    if language.sources is not None:
        why = language.sources.objection(message.source, message.type, language.topic)
        if why is not None:
            return Unhandled(reason=SOURCE_NOT_ALLOWED, detail=why[:MAX_DETAIL_CHARACTERS])
    return _wrong_key(language, key, outcome) or outcome


def _commands(
    language: Language, said: Read, accounts: Mapping[Pseudonyms, Mapping[str, UUID]]
) -> Sequence[Command]:
    message, people = said.message, language.people
    if people is None:
        account, digest = message.data.person, said.digest
    else:
        about: AboutPerson | AboutEnterprise = message.data
        account = (
            people.enterprise(about.enterprise_number)
            if isinstance(about, AboutEnterprise)
            else accounts[people][about.ssin]
        )
        digest = people.digest(said.digest)
    id_ = f"{message.source} {message.id}"
    return [
        Command(
            id=id_ if number == 1 else f"{number}:{id_}",
            account=account,
            actor=message.source,
            request=request,
            digest=digest,
        )
        for number, request in enumerate(language.requests_of(message), start=1)
    ]


def _wrong_key(language: Language, key: bytes | None, said: Read) -> Unhandled | None:
    """Say what is wrong with a record's key: a reference is the key, a national number never."""
    if language.people is None:
        if said.is_about(key):
            return None
        detail = "/data/person: the record's key is not this reference, in lower case"
        return Unhandled(reason="key-mismatch", detail=detail)
    about = said.message.data
    if key is None or isinstance(about, AboutEnterprise):
        return None
    if not holds(key.decode("latin-1"), about.ssin):
        return None
    detail = "the record's key holds the person's national number; any other key will do, or none"
    return Unhandled(reason="national-number", detail=detail)


def _unhandled(problem: Problem) -> Unhandled:
    where = f"{problem.path}: " if problem.path else ""
    hint = f"; {problem.hint}" if problem.hint else ""
    detail = UNPRINTABLE.sub("?", f"{where}{problem.message}{hint}")
    # A problem repeats no value, but it may quote the name of a field that nobody knows.
    detail = NATIONAL_NUMBER.sub("(a national number)", detail)
    return Unhandled(reason=problem.code, detail=detail[:MAX_DETAIL_CHARACTERS])
