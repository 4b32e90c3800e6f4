"""Bodies: read as strictly as messages, since a number or a date must not be guessed.

FastAPI would parse JSON first and check the values after that; strict types need the JSON.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final, TypeAlias, TypeVar

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from ledger.words.texts import Text
from projections.api.problems import MEDIA, Refused
from schemas.cloudevents import Content
from schemas.parsing import Refused as Unreadable
from schemas.parsing import parsed

JSON: Final = "application/json"

B = TypeVar("B", bound=Content)


async def _raw(request: Request) -> bytes:
    """Return the body of a request.

    Raises:
        Refused: it is not of JSON.

    """
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != JSON:
        wrong = Text("api-media-other", right=JSON, wrong=media)
        raise Refused(MEDIA, wrong if media else Text("api-media-none", right=JSON))
    return await request.body()


Raw: TypeAlias = Annotated[bytes, Depends(_raw)]


def read(model: type[B], raw: bytes) -> B:
    """Read a body.

    Raises:
        RequestValidationError: with all that is wrong.

    """
    try:
        parsed(raw)
        return model.model_validate_json(raw)
    except Unreadable as refused:
        problem = refused.problem
        wrong: list[dict[str, Any]] = [
            {"loc": ("body",), "type": problem.code, "msg": problem.message}
        ]
    except ValidationError as error:
        found = error.errors(include_url=False)
        wrong = [{**each, "loc": ("body", *each["loc"])} for each in found]
    raise RequestValidationError(wrong)


def canonical(content: Content) -> bytes:
    """Return a body as its model writes it: white space and the order of keys don't count."""
    return content.__pydantic_serializer__.to_json(content, by_alias=True, exclude_unset=True)


def described(model: type[Content], example: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the document says of a body."""
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    content = {JSON: {"schema": schema, "example": dict(example)}}
    return {"requestBody": {"required": True, "content": content}}
