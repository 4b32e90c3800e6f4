"""What a kind of notification leaves open, and what is taken: for those who read an explanation."""

from typing import Final

DIMONA: Final = "dimona/"
"""How the ids of facts from Dimona begin."""

ASSUMED: Final = {
    DIMONA: "Dimona says nothing about working time: until DmfA settles the quarter, that of the"
    " last one settled for the job, or else full time, 38 hours a week"
}
"""By the beginning of a fact's id."""


def assumption(fact: str) -> str | None:
    """Return what was assumed in a fact, by its id."""
    return next((text for start, text in ASSUMED.items() if fact.startswith(start)), None)
