"""The services and the messages of each: those that come in, and those that go out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, get_args

from pydantic import BaseModel, Field, TypeAdapter

from schemas import (
    balances_v1,
    career_v1,
    dimona_v1,
    dmfa_v1,
    enterprise_v1,
    jobseeker_v1,
    ledger_v1,
    outcomes_v1,
    rights_v1,
    self_employed_v1,
    top_ups_v1,
)


@dataclass(frozen=True, slots=True, eq=False)
class Contract:
    """The messages of one or more services.

    Attributes:
        messages: model by CloudEvents `type`.
        validate: reads one message of any of these types, or raises ValidationError.

    """

    messages: dict[str, type[BaseModel]]
    validate: Callable[[bytes], Any]


def _contract(*models: type[BaseModel]) -> Contract:
    union: Any = models[0]
    for model in models[1:]:
        union |= model
    by_type = {get_args(model.model_fields["type"].annotation)[0]: model for model in models}
    one_of_them: Any = Annotated[union, Field(discriminator="type")] if len(models) > 1 else union
    adapter: TypeAdapter[Any] = TypeAdapter(one_of_them)
    return Contract(by_type, adapter.validator.validate_json)


CAREER = _contract(*get_args(career_v1.CareerEvent))
RIGHTS = _contract(*get_args(rights_v1.RightsCommand))
TOP_UPS = _contract(*get_args(top_ups_v1.TopUpEvent))
DIMONA = _contract(dimona_v1.PeriodDeclared)
DMFA = _contract(dmfa_v1.DeclarationSettled)
JOBSEEKER = _contract(jobseeker_v1.RegistrationChanged)
SELF_EMPLOYED = _contract(self_employed_v1.AffiliationChanged)
ENTERPRISE = _contract(enterprise_v1.BusinessChanged)
SERVICES = {
    career_v1.SERVICE: CAREER,
    rights_v1.SERVICE: RIGHTS,
    top_ups_v1.SERVICE: TOP_UPS,
    dimona_v1.SERVICE: DIMONA,
    dmfa_v1.SERVICE: DMFA,
    jobseeker_v1.SERVICE: JOBSEEKER,
    self_employed_v1.SERVICE: SELF_EMPLOYED,
    enterprise_v1.SERVICE: ENTERPRISE,
}
"""What comes in: contract by service."""

ALL = _contract(*(model for each in SERVICES.values() for model in each.messages.values()))
"""All that comes in."""

LEDGER = _contract(*get_args(ledger_v1.LedgerEvent))
BALANCES = _contract(balances_v1.BalanceChanged)
OUTCOMES = _contract(*get_args(outcomes_v1.OutcomeMessage))
OUT = {
    ledger_v1.SERVICE: LEDGER,
    balances_v1.SERVICE: BALANCES,
    outcomes_v1.SERVICE: OUTCOMES,
}
"""What goes out: contract by service."""

SENT = _contract(*(model for each in OUT.values() for model in each.messages.values()))
"""All that goes out."""
