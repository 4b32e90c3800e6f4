"""Who asks, while one request lasts: what the token says, and what was found of whom it asks about.

The access log is written from it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias
from uuid import UUID

from ledger.domain.mandates import Helper
from projections.api.bearer import Claims

ANY_ACCOUNT: Final = "accounts:any"
"""The scope of systems that ask about everybody, such as an office's; never of a provider's."""

Acts: TypeAlias = Literal["own", "mandate"]


@dataclass(slots=True)
class Caller:
    """Who asks.

    Attributes:
        claims: what the token says.
        named: the accounts that the request asks about, for the access log.
        helped: by account, the mandates of the ledger under which it asks about it.
        found: accounts that are one with the own, or with one of a mandate, as was found.

    """

    claims: Claims
    named: set[UUID] = field(default_factory=set)
    helped: dict[UUID, str] = field(default_factory=dict)
    found: dict[UUID, Acts] = field(default_factory=dict)

    @property
    def client(self) -> str:
        """The application."""
        return self.claims.client

    @property
    def account(self) -> UUID | None:
        """The account of the person who is logged in; None when nobody is."""
        return self.claims.account

    @property
    def helper(self) -> Helper:
        """As whom mandates of the ledger name it; a provider's application is nobody's helper."""
        if self.claims.provider is not None:
            return Helper()
        return Helper(account=self.account, organisation=self.claims.organization or "")

    def holds(self, account: UUID) -> bool:
        """Whether it is the holder's to say who acts for it: the holder itself, or an office."""
        own = account == self.account or self.found.get(account) == "own"
        return own or ANY_ACCOUNT in self.claims.scopes

    def acts_for(self, account: UUID) -> bool:
        """Whether a person is logged in whose account it is, or who has its holder's mandate.

        Of two accounts that were merged either is meant by the name of both, once `found`.
        """
        return account == self.account or account in self.claims.mandates or account in self.found

    def finds(self, accounts: Collection[UUID], into: Mapping[UUID, UUID]) -> None:
        """Find which of some accounts are one with the caller's, by into which some were merged."""
        own = () if self.account is None else (self.account,)
        stand: dict[UUID, Acts] = {into.get(id_, id_): "mandate" for id_ in self.claims.mandates}
        stand |= {into.get(each, each): "own" for each in own}
        for each in accounts:
            if (acts := stand.get(into.get(each, each))) is not None:
                self.found[each] = acts

    def led(self, account: UUID, into: UUID) -> UUID:
        """Return the account that stands for one that the caller sees; the access log has both."""
        if into != account:
            self.named.add(into)
            if account == self.account or account in self.claims.mandates:
                self.found[into] = "own" if account == self.account else "mandate"
            elif account in self.found:
                self.found[into] = self.found[account]
        return into

    def sees(self, account: UUID) -> bool:
        """Whether it may ask about an account, given the scope for what it asks.

        A person who is logged in sees the own account and those of mandates; a system that has the
        scope for it sees all.
        """
        return self.acts_for(account) or ANY_ACCOUNT in self.claims.scopes
