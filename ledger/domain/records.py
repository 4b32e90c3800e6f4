"""The domain's dataclasses: frozen for who reads and checks the code, cheap to make at run time.

A frozen dataclass sets each field by a call, five times as slow as an assignment; a life is told in
hundreds of small values, and a fifth of the time of a decision went into that. So mypy, which
`make check` runs over every room, forbids to change a frozen one; at run time nothing does.
"""

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

T = TypeVar("T")

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(
        *,
        frozen: bool = False,
        eq: bool = True,
        **how: Any,  # noqa: ANN401
    ) -> Callable[[type[T]], type[T]]:
        """Make a dataclass that compares, hashes, copies and pickles as the frozen one does."""
        return dataclasses.dataclass(eq=eq, unsafe_hash=frozen and eq, **how)


__all__ = ["dataclass"]
