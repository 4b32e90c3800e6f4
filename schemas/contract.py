"""The two services and the messages of each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, get_args

from pydantic import Field, TypeAdapter

from schemas import career_v1, rights_v1
from schemas.cloudevents import Message


@dataclass(frozen=True, slots=True, eq=False)
class Contract:
    """The messages of one or more services.

    Attributes:
        messages: model by CloudEvents `type`.
        validate: reads one message of any of these types, or raises ValidationError.

    """

    messages: dict[str, type[Message]]
    validate: Callable[[bytes], Any]


def _contract(*models: type[Message]) -> Contract:
    union: Any = models[0]
    for model in models[1:]:
        union |= model
    by_type = {get_args(model.model_fields["type"].annotation)[0]: model for model in models}
    adapter: TypeAdapter[Any] = TypeAdapter(Annotated[union, Field(discriminator="type")])
    return Contract(by_type, adapter.validator.validate_json)


CAREER = _contract(*get_args(career_v1.CareerEvent))
RIGHTS = _contract(*get_args(rights_v1.RightsCommand))
ALL = _contract(*get_args(career_v1.CareerEvent), *get_args(rights_v1.RightsCommand))
