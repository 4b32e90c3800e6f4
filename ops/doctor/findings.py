"""What a look at the set-up finds."""

from functools import partial
from typing import Literal, NamedTuple


class Finding(NamedTuple):
    """One thing that was looked at.

    Attributes:
        level: `wrong` must be mended, `note` should be known.
        about: which part of the set-up.
        text: what was found.
        advice: what to do; empty when nothing.

    """

    level: Literal["well", "note", "wrong"]
    about: str
    text: str
    advice: str = ""


well, note, wrong = (partial(Finding, level) for level in ("well", "note", "wrong"))
