"""Each service as its document tells it: which way it goes, on which topic, under which key.

A new service is a row of `SERVICES`, and its messages are in `schemas.contract`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from pydantic import BaseModel

from schemas import (
    balances_v1,
    career_v1,
    contract,
    dimona_v1,
    dmfa_v1,
    enterprise_v1,
    jobseeker_v1,
    ledger_v1,
    outcomes_v1,
    rights_v1,
    self_employed_v1,
    top_ups_v1,
)
from schemas.cloudevents import UUID_PATTERN, Json
from schemas.documents.parked import PARKED_RECORD

Way: TypeAlias = Literal["in", "out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What the key of a record is.

    Attributes:
        name: of the AsyncAPI message trait that tells it.
        schema: of the key, as text.

    """

    name: str
    schema: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service.

    Attributes:
        name: with its major version, such as `be.rugzak.career.v1`.
        version: of its contract, semantic; rises when a schema changes.
        way: `in` when others publish and the ledger reads; `out` when the ledger publishes.
        title: in a few words.
        description: for who publishes or reads, in CommonMark.
        topic: where its messages are, unless the operator chose another.
        variable: by which the operator chooses.
        key: of its records.
        messages: their models, by CloudEvents type.
        compacted: whether the last record under a key is all that counts.
        raw: its one message when that is no CloudEvent, as AsyncAPI tells it.

    """

    name: str
    version: str
    way: Way
    title: str
    description: str
    topic: str
    variable: str
    key: Key
    messages: Mapping[str, type[BaseModel]]
    compacted: bool = False
    raw: Json = None

    @property
    def short(self) -> str:
        """Its name without organisation and version, such as `career`."""
        return self.name.split(".")[-2]


ACCOUNT = Key(
    name="keyedByAccount",
    schema={
        "type": "string",
        "format": "uuid",
        "pattern": UUID_PATTERN,
        "description": "The opaque reference in `data.person`, as text in lower case, so that all "
        "about one person lies in order in one partition. Another key, or none, and the record is "
        "parked.",
    },
)
FREE = Key(
    name="keyedFreely",
    schema={
        "type": "string",
        "description": "Any text, or no key. The source's id of the fact keeps its versions in "
        "order in one partition. Never a national number: a record whose key holds that of its "
        "person is parked.",
    },
)
OWN_ACCOUNT = Key(
    name="keyedByAccount",
    schema={
        "type": "string",
        "format": "uuid",
        "pattern": UUID_PATTERN,
        "description": "The opaque reference in `data.person`, so that all about one person comes "
        "in the order of the ledger. What is about nobody has a fixed key.",
    },
)
ANSWERED = Key(
    name="keyedByAnswered",
    schema={
        "type": "string",
        "format": "uuid",
        "pattern": UUID_PATTERN,
        "description": "A UUID of version 5 of the text `relatedtosource relatedto`, with one "
        "space between them, in the namespace of URLs: all replies to one message come in order.",
    },
)
AS_IT_CAME = Key(
    name="keyedAsItCame",
    schema={"type": "string", "description": "The key of the parked record, or none."},
)

FACTS = (
    "Each message carries the whole fact after the change, with an id that the source gave it for "
    "ever and a version that only rises. The highest version known counts, in whatever order "
    "messages arrive and however often."
)
READERS = (
    "A message may come more than once, then with the same `source` and `id`. Within a major "
    "version types and fields are added, and none is removed: leave alone what you do not know."
)
NOTIFICATIONS = (
    f"{FACTS} The person is named by the national number (`ssin`), once and nowhere else: it ends "
    "at the border, and the ledger knows an opaque reference only."
)


def _incoming(
    name: str, version: str, title: str, description: str, variable: str, key: Key
) -> Service:
    return Service(
        name=name,
        version=version,
        way="in",
        title=title,
        description=description,
        topic=name.removeprefix("be."),
        variable=variable,
        key=key,
        messages=contract.SERVICES[name].messages,
    )


def _outgoing(
    name: str,
    version: str,
    title: str,
    description: str,
    variable: str,
    key: Key,
    *,
    compacted: bool = False,
) -> Service:
    return Service(
        name=name,
        version=version,
        way="out",
        title=title,
        description=f"{description} {READERS}",
        topic=name.removeprefix("be."),
        variable=variable,
        key=key,
        messages=contract.OUT[name].messages,
        compacted=compacted,
    )


SERVICES: Final[tuple[Service, ...]] = (
    _incoming(
        career_v1.SERVICE,
        "1.1.0",
        "Rugzak: career",
        "What sources say about a person's career and profile, or that an enterprise which holds "
        f"rights is in business. {FACTS}",
        "RUGZAK_CAREER_TOPIC",
        ACCOUNT,
    ),
    _incoming(
        rights_v1.SERVICE,
        "1.2.0",
        "Rugzak: rights",
        "What is asked of a person's rights: to hold, use, give back, move or freeze them, and who "
        "may act for the person. A command is decided once; sent again with the same `source` and "
        "`id`, it gets the same answer.",
        "RUGZAK_RIGHTS_TOPIC",
        ACCOUNT,
    ),
    _incoming(
        top_ups_v1.SERVICE,
        "1.1.0",
        "Rugzak: top-ups",
        f"What funders add to a person's rights under a scheme. {FACTS}",
        "RUGZAK_TOP_UPS_TOPIC",
        ACCOUNT,
    ),
    _incoming(
        dimona_v1.SERVICE,
        "1.0.0",
        "Rugzak: Dimona notifications",
        "What employers declare at once about who works for them: IN opens a period, OUT tells "
        f"its end, UPDATE changes its days, CANCEL says that it never was. {NOTIFICATIONS} Only "
        "what was accepted counts.",
        "RUGZAK_DIMONA_TOPIC",
        FREE,
    ),
    _incoming(
        dmfa_v1.SERVICE,
        "1.0.0",
        "Rugzak: DmfA notifications",
        "What is settled every quarter about who worked, where and how much: all occupations of "
        f"one person at one employer. {NOTIFICATIONS}",
        "RUGZAK_DMFA_TOPIC",
        FREE,
    ),
    _incoming(
        jobseeker_v1.SERVICE,
        "1.0.0",
        "Rugzak: jobseeker notifications",
        f"Registrations at the employment offices, with or without benefit. {NOTIFICATIONS}",
        "RUGZAK_JOBSEEKER_TOPIC",
        FREE,
    ),
    _incoming(
        self_employed_v1.SERVICE,
        "1.1.0",
        "Rugzak: notifications on the self-employed",
        f"Affiliations of the self-employed to a social insurance fund. {NOTIFICATIONS}",
        "RUGZAK_SELF_EMPLOYED_TOPIC",
        FREE,
    ),
    _incoming(
        enterprise_v1.SERVICE,
        "1.0.0",
        "Rugzak: enterprise notifications",
        f"Enterprises in business, as their register has them. {FACTS} The enterprise is named by "
        "its KBO/BCE number; the ledger knows an opaque reference only.",
        "RUGZAK_ENTERPRISE_TOPIC",
        FREE,
    ),
    _outgoing(
        ledger_v1.SERVICE,
        "1.1.0",
        "Rugzak: what happened to rights",
        "Every event of the ledger, in its order for each person, and nothing of a person's life: "
        "of what sources said only that they said something.",
        "RUGZAK_LEDGER_TOPIC",
        OWN_ACCOUNT,
    ),
    _outgoing(
        balances_v1.SERVICE,
        "1.1.0",
        "Rugzak: balances",
        "What a person has, whole, after each change. The last record under a key is what counts; "
        "one without a value says that the person was erased, or is told of under another "
        "reference now.",
        "RUGZAK_BALANCES_TOPIC",
        OWN_ACCOUNT,
        compacted=True,
    ),
    _outgoing(
        outcomes_v1.SERVICE,
        "1.1.0",
        "Rugzak: outcomes",
        "What became of each message, for who published it: `relatedto` and `relatedtosource` are "
        "its `id` and `source`.",
        "RUGZAK_OUTCOMES_TOPIC",
        ANSWERED,
    ),
    Service(
        name="be.rugzak.parked.v1",
        version="1.0.0",
        way="out",
        title="Rugzak: parked records",
        description="Records that could not be handled, for operators: as they came, with the "
        "reason in headers. They are no CloudEvents.",
        topic="rugzak.parked.v1",
        variable="RUGZAK_PARKED_TOPIC",
        key=AS_IT_CAME,
        messages={},
        raw=PARKED_RECORD,
    ),
)
