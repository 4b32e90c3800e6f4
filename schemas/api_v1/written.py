"""Text in a path, query or header is taken when it is written as the document says, and only then.

Pydantic alone is kind: it takes `0` for a day, `1_0` for a number, and a UUID in braces.
"""

import re
from typing import Final

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from schemas.cloudevents import DAY_PATTERN, UUID_PATTERN

WHOLE_NUMBER_PATTERN: Final = "^(0|[1-9][0-9]*)$"


def written(pattern: str, like: str) -> BeforeValidator:
    """Return what refuses text of another form; what is no text was a program's default."""
    form = re.compile(pattern)

    def check(value: object) -> object:
        if isinstance(value, str) and not form.fullmatch(value):
            raise PydanticCustomError("written", "should be written like {like}", {"like": like})
        return value

    return BeforeValidator(check)


AS_DAY: Final = written(DAY_PATTERN, "2025-09-01")
AS_NUMBER: Final = written(WHOLE_NUMBER_PATTERN, "50")
AS_REFERENCE: Final = written(UUID_PATTERN, "6f1d3a52-0000-4000-8000-00000000002a")
"""Put these last in an annotation, behind bounds."""
