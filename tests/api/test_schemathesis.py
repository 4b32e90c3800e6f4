"""What the document promises is what the API does, whatever is sent: schemathesis, on each operation.

`RUGZAK_TEST_EXAMPLES` says how many cases at random each operation gets beside those at the edges.
"""

import os
import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import unquote
from uuid import UUID, uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from ops.embedded.postgres import PostgresServer
from ops.settings import Settings
from projections.api.app import application
from projections.api.development import DevelopmentIssuer
from projections.api.document import METHODS, document
from projections.api.routing import PREFIX
from projections.runner import Runner
from tests.api.conftest import AUDIENCE, desk_on, served
from tests.conftest import TEMPLATE, own_database
from tests.projections.logs import ListLog, lives, person
from tests.service.doors import standing

EXAMPLES = int(os.environ.get("RUGZAK_TEST_EXAMPLES", "10"))
NORA = person(0)
NAMES = {"lotId", "reservationId", "useId"}
MEANING = {"invalidInput", "referencedResourceNotFound"}

schema = schemathesis.openapi.from_dict(document(), config=SchemathesisConfig(seed=1))


class Served(NamedTuple):
    """Where the API is, and a token that may do all."""

    url: str
    token: str


@pytest.fixture(scope="module")
def api(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve the application, where some people have rights."""
    issuer = DevelopmentIssuer(tmp_path_factory.mktemp("issuer"), AUDIENCE)
    scopes = {
        scope
        for item in document()["paths"].values()
        for method in METHODS
        for needs in item.get(method, {}).get("security", ())
        for names in needs.values()
        for scope in names
    }
    for database in own_database(postgres, TEMPLATE):
        Runner(database, ListLog(lives(7, 40))).catch_up()
        with desk_on(database, issuer, standing("2022-03-01")) as desk:
            folder = tmp_path_factory.mktemp("served")
            with served(application(desk), Settings(data_dir=folder)) as (host, port):
                token = issuer.token("portal", {*scopes, "accounts:any"})
                yield Served(f"http://{host}:{port}{PREFIX}", token)


few = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@few
@schema.parametrize()
def test_every_operation_does_what_its_description_says(case: Case[Any], api: Served) -> None:
    """Ask with a token that may do all; whoever names an account at all names Nora."""
    try:
        UUID(str(case.path_parameters.get("accountId")))
    except ValueError:
        pass
    else:
        case.path_parameters["accountId"] = str(NORA)
    if str(case.headers.get("Rugzak-After", "")).isdigit():  # else 503, as described, and rightly
        case.headers["Rugzak-After"] = "1"
    positive = case.meta and case.meta.generation.mode.is_positive
    if positive and "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid4())  # theirs may hold what the pattern forbids
    for name, value in case.path_parameters.items() if positive else ():
        if name in NAMES and not re.fullmatch("[!-~]+", unquote(str(value))):
            case.path_parameters[name] = "x"  # the same
    answer = case.call(api.url, headers={"Authorization": f"Bearer {api.token}"})
    excluded: list[Any] = []
    if refused_for_what_it_means(answer):
        excluded.append(positive_data_acceptance)
    if answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        excluded.append(negative_data_rejection)  # it is one, that schemathesis doesn't count
    case.validate_response(answer, excluded_checks=excluded)


def refused_for_what_it_means(answer: Any) -> bool:
    """Tell whether all that is wrong is what no schema can say, such as a cursor of nobody's."""
    if answer.status_code != 400:
        return False
    return {each["type"].rpartition(":")[2] for each in answer.json().get("issues", ())} <= MEANING


@few
@schema.parametrize()
def test_every_operation_refuses_strangers_as_described(case: Case[Any], api: Served) -> None:
    """Ask without a token, or with what the cases have for one."""
    answer = case.call(api.url)
    too_large = answer.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    case.validate_response(answer, excluded_checks=[negative_data_rejection] if too_large else [])
    if case.operation.definition.raw.get("security"):
        assert answer.status_code >= 400, answer.text
