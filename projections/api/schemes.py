"""Routes: the schemes, and the regulation of one on a day. They are about nobody."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Response

from ledger.audit.in_force import in_force
from ledger.domain.calendar import OPEN, Term
from ledger.domain.occasions import Grant
from ledger.domain.regulation import Parameter, Scheme
from ledger.words.texts import Text
from projections.api.asking import AtDesk, ReadsSchemes, told, without_parameters
from projections.api.languages import Speaks
from projections.api.problems import NOT_FOUND, Refused
from projections.api.routing import planned
from schemas.api_v1 import schemes as wire
from schemas.outgoing import Period

router = planned(tags=["schemes"])

_Part = Annotated[str, Path(pattern="^[a-z0-9-]+$", max_length=60)]


@router.get(
    "/schemes",
    operation_id="getSchemes",
    summary="The schemes that give rights",
    response_model=wire.Schemes,
    dependencies=[Depends(without_parameters)],
)
def schemes(request: Request, desk: AtDesk, caller: ReadsSchemes) -> Response:  # noqa: ARG001  the scope
    """Tell every scheme, with its name in each language and the unit in which it counts."""
    known = desk.rules.schemes
    heads = tuple(
        wire.SchemeHead(**_head(known[id_]), href=f"{request.url.path}/{id_}")
        for id_ in sorted(known)
    )
    return told(request, wire.Schemes(items=heads))


@router.get(
    "/schemes/{region}/{name}",
    operation_id="getRegulation",
    summary="The rules of a scheme that hold on a day, with their sources",
    response_model=wire.Regulation,
)
def regulation(
    request: Request,
    desk: AtDesk,
    caller: ReadsSchemes,  # noqa: ARG001  the scope
    region: Annotated[
        _Part, Path(description="First part of the scheme's id, such as be-vlg of be-vlg/vov.")
    ],
    name: Annotated[_Part, Path(description="The rest of the scheme's id, such as vov.")],
    asked: Annotated[wire.RegulationQuestion, Query()],
    say: Speaks,
) -> Response:
    """Tell the rules that hold on a day, past or to come, as they are known now."""
    id_, known = f"{region}/{name}", desk.rules.schemes
    if id_ not in known:
        raise Refused(NOT_FOUND, _no_scheme(id_, known))
    on = asked.on or desk.clock.now().today
    today = in_force(known[id_], on)
    body = wire.Regulation(
        **_head(known[id_]),
        href=request.url.path,
        on=on,
        parameters=tuple(_number(each) for each in today.parameters.values() if each.values),
        grants=tuple(map(_grant, today.grants)),
        assumptions=tuple(map(say.of(today).text, today.assumptions)),
    )
    return told(request, body, say=say)


def _no_scheme(id_: str, known: Iterable[str]) -> Text:
    near = get_close_matches(id_, known, n=1)
    if near:
        return Text("api-no-scheme-near", scheme=id_, near=near[0])
    return Text("api-no-scheme", scheme=id_)


def _head(scheme: Scheme) -> dict[str, Any]:
    return {
        "id": scheme.id,
        "name": wire.Names(**scheme.names),
        "unit": scheme.unit,
        "money": scheme.money,
        "country": scheme.id[:2],
        "funder": scheme.funder,
        "holder": scheme.holder,
        "since": scheme.since,
        "digest": scheme.digest,
        "source": scheme.source,
    }


def _number(parameter: Parameter) -> wire.Number:
    (value,) = parameter.values  # the one in force
    of: dict[str, Any] = {"number": str(value.number)}
    if parameter.unit is not None:
        of = {"unit": parameter.unit, "amount": int(value.number)}
    return wire.Number(name=parameter.name, since=value.since, source=value.source, **of)


def _grant(grant: Grant) -> wire.GrantRule:
    return wire.GrantRule(
        rule=grant.id,
        of=grant.of,
        valid=period(grant.valid),
        amount=grant.amount.text,
        source=grant.source,
        **({"bucket": grant.bucket} if grant.bucket else {}),
    )


def period(term: Term) -> Period:
    """Return a term as it is published."""
    return Period(since=term.since, **({} if term.until == OPEN else {"until": term.until}))
