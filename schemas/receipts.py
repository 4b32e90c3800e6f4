"""Proofs as files, that a citizen, a source or an auditor keeps and can check without us.

What is in them and how it is checked: `ops/docs/proofs.md`.
"""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.cloudevents import UUID_PATTERN

MAX_RECEIPT_BYTES = 4 << 20
"""A larger file is not read: a payload is 1 MiB at most."""

MAX_PROOF_HASHES = 128
"""No tree is so high that a proof has more."""

Hash = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="32 bytes in hex.")]
Count = Annotated[int, Field(ge=1, le=2**63 - 1)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LoggedEvent(_File):
    """An event as the ledger stores it."""

    account: Annotated[str, Field(pattern=UUID_PATTERN)]
    version: Annotated[Count, Field(description="How many events the account has with it.")]
    position: Annotated[Count, Field(description="Its place in the log.")]
    name: Annotated[str, Field(min_length=1, max_length=200, description="Its stored name.")]
    payload: Annotated[str, Field(description="JSON, byte by byte as it is stored.")]


class EventReceipt(_File):
    """Shows that an event is in the published tree."""

    kind: Literal["rugzak-receipt-1"]
    event: LoggedEvent
    blind: Hash
    proof: Annotated[str, Field(description="A C2SP tlog-proof, with the signed checkpoint.")]


class GrowthReceipt(_File):
    """Shows that one published tree goes on from another."""

    kind: Literal["rugzak-growth-1"]
    first: Annotated[str, Field(description="A signed C2SP checkpoint.")]
    second: Annotated[str, Field(description="A later one.")]
    proof: Annotated[list[str], Field(max_length=MAX_PROOF_HASHES)]


KINDS: Final[dict[str, type[BaseModel]]] = {
    "rugzak-receipt-1": EventReceipt,
    "rugzak-growth-1": GrowthReceipt,
}
"""The kinds of files, by their `kind`."""
