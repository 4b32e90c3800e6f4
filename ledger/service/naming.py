"""How lots and requests are called outside: the same over Kafka and HTTP, and by no private name.

A lot's own name may hold what a funder or a requester made up; who reads it may know whom it names.
"""

from collections.abc import Mapping
from uuid import UUID, uuid5

from ledger.domain import events as e
from ledger.domain.lots import TOPPED_UP, is_top_up
from ledger.domain.occasions import ASKED_FOR

PRIVATE = (TOPPED_UP, ASKED_FOR)
"""How the label of a lot begins that somebody named."""


class UnknownScheme(Exception):  # noqa: N818  it is a finding
    """A lot is of a scheme that the regulations here lack; their own version is newer."""

    def __init__(self, lot: str) -> None:
        """Name the lot."""
        super().__init__(f"{lot} is a lot of no scheme here: bring this installation up to date")


def reference(account: UUID, identifier: str) -> UUID:
    """Return what stands for an identifier of somebody else's making, one to one."""
    return uuid5(account, identifier)


class Lots:
    """How lots are told: of which scheme and unit they are, and by which name."""

    def __init__(self, units: Mapping[str, str]) -> None:
        """Know the smallest unit of each scheme."""
        self.units = units

    def scheme_of(self, lot: e.LotId) -> str:
        """Return the scheme of a lot, whose name begins with it.

        Raises:
            UnknownScheme: it is of none that is known.

        """
        scheme = lot
        while scheme not in self.units:
            scheme, slash, _ = scheme.rpartition("/")
            if not slash:
                raise UnknownScheme(lot)
        return scheme

    @staticmethod
    def named(account: UUID, lot: e.LotId, scheme: str) -> str:
        """Return a lot's published name: without what a funder or a requester calls it."""
        if not lot.startswith(PRIVATE, len(scheme) + 1):
            return lot
        label, slash, bucket = lot.removeprefix(f"{scheme}/").partition("/")
        begins = next(each for each in PRIVATE if label.startswith(each))
        return f"{scheme}/{begins}{reference(account, label)}{slash}{bucket}"

    @staticmethod
    def funder(lot: e.LotId, scheme: str, funder: str) -> dict[str, str]:
        """Tell who pays as the regulation calls it; a top-up's may be somebody's employer."""
        return {} if is_top_up(lot, scheme) else {"funder": funder}
