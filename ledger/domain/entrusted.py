"""Mandates of an account that is merged: carried over into the other one, and brought back.

They are ended in the one and given in the other, so that each is in force in one account at a time.
"""

from datetime import date
from typing import Final
from uuid import UUID

from ledger.domain.account import Account
from ledger.domain.carried import other_name
from ledger.domain.events import MandateEnded, MandateGiven
from ledger.domain.mandates import MAX_OPEN_MANDATES, Helping, Mandate
from ledger.domain.settle import Draft

CARRIED_OVER: Final = "it is carried over to the account that this one is merged into"
GIVEN_ELSEWHERE: Final = "the account that it was given in is no longer merged into this one"


def too_many(one: Account, into: Account, today: date) -> bool:
    """Whether two accounts have more open mandates than one may have."""
    both = (*one.mandates.values(), *into.mandates.values())
    return sum(each.open(today) for each in both) > MAX_OPEN_MANDATES


def carry_over(closing: Draft, draft: Draft, one: UUID, today: date) -> None:
    """Let the account that stands for both let those act who may, or will, for the other one."""
    for id_, mandate in sorted(closing.account.mandates.items()):
        if mandate.open(today):
            name = other_name(id_, one) if id_ in draft.account.mandates else id_
            closing.add(_ended(id_, CARRIED_OVER, today))
            draft.add(_given(name, mandate, today))


def bring_back(opening: Draft, there: Account, one: UUID, today: date) -> None:
    """Let an account that is merged no longer let those act again who still may for its holder."""
    for id_, mandate in sorted(given_under(one, there).items()):
        if mandate.open(today):
            opening.add(_given(id_, mandate, today))


def leave(parting: Draft, one: UUID, today: date) -> None:
    """Let nobody act in an account any more by the mandates of one that was merged into it."""
    for id_ in parting.account.joined[one].mandates:
        if parting.account.mandates[id_].ended is None:
            parting.add(_ended(id_, GIVEN_ELSEWHERE, today))


def given_under(one: UUID, into: Account) -> dict[str, Mandate]:
    """Return the mandates that a merged account has in the one that stands for both.

    By the identifiers by which the merged one knows them.
    """
    mark = other_name("", one)
    return {id_.removesuffix(mark): into.mandates[id_] for id_ in into.joined[one].mandates}


def mandate_known_as(one: UUID, into: Account, id_: str) -> str:
    """Return the identifier, in the account that stands for both, of a merged one's mandate."""
    other = other_name(id_, one)
    return other if other in into.joined[one].mandates else id_


def helping_known_as(one: UUID, into: Account, helping: Helping | None) -> Helping | None:
    """Return under which mandate is asked, when a merged account's is named.

    What is no mandate of the merged one is none of the other one's, whatever that calls so.
    """
    if helping is None:
        return None
    name = mandate_known_as(one, into, helping.mandate)
    if name not in into.joined[one].mandates:
        name = other_name(helping.mandate, one)
    return Helping(mandate=name, action=helping.action)


def _given(id_: str, mandate: Mandate, today: date) -> MandateGiven:
    return MandateGiven(
        mandate=id_,
        helper=mandate.helper,
        organisation=mandate.organisation,
        actions=mandate.actions,
        schemes=mandate.schemes,
        term=mandate.term,
        effective_on=today,
    )


def _ended(id_: str, reason: str, today: date) -> MandateEnded:
    return MandateEnded(mandate=id_, effective_on=today, reason=reason)
