"""A sentence that was written in English, found again by the message that says it."""

import re
from collections.abc import Mapping

from ledger.words.language import ENGLISH


def pattern(message: str, values: Mapping[str, str]) -> re.Pattern[str]:
    """Return how a message's English is recognised, with a group for each value.

    Args:
        message: of the catalogues.
        values: each value of the message, with the pattern of what it can be.

    """
    marks = {name: f"\0{name}\0" for name in values}
    parts = ENGLISH(message, **marks).split("\0")  # text, name, text, name, text
    return re.compile(
        "".join(
            f"(?P<{part}>{values[part]})" if index % 2 else re.escape(part)
            for index, part in enumerate(parts)
        ),
        re.DOTALL,
    )
