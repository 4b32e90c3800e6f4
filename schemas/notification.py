"""What notifications of others about a person's status have in common.

They name the person by the national number (`ssin`), which ends at the border: the ledger knows an
opaque reference only. So the number stands in one place, and nothing that is kept may repeat it.
Like all messages they carry the whole state after the change, and a version that only rises.
"""

from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from schemas import identifiers
from schemas.cloudevents import MAX_VERSION, Content, Identifier, Message
from schemas.incoming import Region


def _national(text: str) -> str:
    return identifiers.national_number(text).digits


Ssin: TypeAlias = Annotated[
    str,
    Field(
        pattern="^[0-9]{11}$",
        description="National or BIS number (INSZ/NISS): eleven digits without separators, and "
        "nowhere else in the message.",
    ),
    AfterValidator(_national),
]
EnterpriseNumber: TypeAlias = Annotated[
    str,
    Field(
        pattern="^[01][0-9]{9}$",
        description="Enterprise number (KBO/BCE) of the employer: ten digits without dots.",
    ),
    AfterValidator(identifiers.enterprise_number),
]
EstablishmentUnitNumber: TypeAlias = Annotated[
    str,
    Field(
        pattern="^[2-8][0-9]{9}$",
        description="Number of the establishment unit (KBO/BCE): ten digits without dots.",
    ),
    AfterValidator(identifiers.establishment_unit_number),
]
NssoNumber: TypeAlias = Annotated[
    str,
    Field(
        pattern="^[0-9]{10}$",
        description="The employer's number at the NSSO: ten digits, with leading zeros.",
    ),
    AfterValidator(identifiers.nsso_number),
]
PlaceOfWork: TypeAlias = Annotated[
    Region,
    Field(description="Region of the establishment unit, not of the home: be-vlg, be-wal, be-bru."),
]
Version: TypeAlias = Annotated[
    int,
    Field(
        ge=1,
        le=MAX_VERSION,
        description="Rises with every change, also one that is refused; no timestamp.",
    ),
]


class AboutEnterprise(Content):
    """What a notification says about one enterprise."""

    enterprise_number: Annotated[
        EnterpriseNumber,
        Field(description="Enterprise number (KBO/BCE): ten digits without dots."),
    ]


class AboutPerson(Content):
    """What a notification says about one person."""

    ssin: Ssin


class OneFact(AboutPerson):
    """One version of what a register holds under an id."""

    id: Annotated[Identifier, Field(description="What the register calls it, for ever.")]
    version: Version


class Notification(Message):
    """A message that names the person by the national number, once."""

    @field_validator("data", mode="after", check_fields=False)
    @classmethod
    def _says_the_number_once(cls, data: AboutPerson, info: ValidationInfo) -> AboutPerson:
        """Refuse a number in what is kept: the ids become those of requests and facts."""
        kept = {f"/{name}": info.data.get(name) for name in ("id", "source")}
        kept |= {
            f"/data/{cls._alias(data, name)}": value
            for name, value in data.__dict__.items()
            if name != "ssin"
        }
        for path, text in kept.items():
            if isinstance(text, str) and holds(text, data.ssin):
                raise PydanticCustomError(
                    "national_number", "this holds the person's national number", {"path": path}
                )
        return data

    @staticmethod
    def _alias(data: Content, name: str) -> str:
        return type(data).model_fields[name].alias or name


def holds(text: str, number: str) -> bool:
    """Whether a national number can be read in a text."""
    return number in identifiers.SEPARATORS.sub("", text)
