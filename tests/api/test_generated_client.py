"""A team that has only the published document makes a client of it, and is answered."""

import json
import os
import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest

from ops.running.api import development_issuer, serving
from ops.settings import Settings
from projections.api.document import PATH, files
from projections.runner import Runner
from tests.api.conftest import AUDIENCE
from tests.projections.logs import ListLog, lives, person

NORA = person(0)
GENERATE_SECONDS = 60
RUN_SECONDS = 60

THEIR_PROGRAM = '''
"""What the team writes."""

import json
import sys
from uuid import UUID, uuid4

from rugzak_client import AuthenticatedClient
from rugzak_client.api.accesses import list_accesses
from rugzak_client.api.balances import get_balances
from rugzak_client.models import Accesses, Balances, BadRequest, Problem

url, token, account = sys.argv[1], sys.argv[2], UUID(sys.argv[3])
client = AuthenticatedClient(base_url=url, token=token)

has = get_balances.sync_detailed(account, client=client, rugzak_purpose="enrolment")
assert isinstance(has.parsed, Balances), has
nobody = get_balances.sync(uuid4(), client=client, rugzak_purpose="enrolment")
assert isinstance(nobody, Problem), nobody
wrong = get_balances.sync(account, client=client, rugzak_purpose="Because I can")
assert isinstance(wrong, BadRequest), wrong
looked = list_accesses.sync(account, client=client, rugzak_purpose="own-look", page_size=1)
assert isinstance(looked, Accesses), looked

print(json.dumps({
    "lots": [[lot.lot, lot.available, lot.period.from_.isoformat()] for lot in has.parsed.items],
    "position": int(has.headers["Rugzak-Position"]),
    "nobody": nobody.type_,
    "wrong": [issue.name for issue in wrong.issues],
    "looked": [[each.operation, each.outcome] for each in looked.items],
    "more": looked.next_,
}))
'''


@pytest.fixture(scope="module")
def their_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a Python client that was made from the published document alone."""
    folder = tmp_path_factory.mktemp("team")
    (folder / "rugzak.yaml").write_text(files()[PATH], "utf-8")
    (folder / "config.yaml").write_text("post_hooks: []\n", "utf-8")
    (folder / "program.py").write_text(THEIR_PROGRAM, "utf-8")
    tool = [sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning"]
    said = ["--path", "rugzak.yaml", "--config", "config.yaml", "--meta", "none"]
    subprocess.run(
        [*tool, *said, "--output-path", "rugzak_client"],
        cwd=folder,
        check=True,
        timeout=GENERATE_SECONDS,
    )
    return folder


def test_a_client_that_was_made_from_the_document_is_answered_by_the_real_server(
    their_folder: Path, database: str, tmp_path: Path
) -> None:
    log = ListLog(lives(7, 60))
    Runner(database, log).catch_up()
    settings = Settings(data_dir=tmp_path, api_port=0, oidc_audience=AUDIENCE)
    scopes = ["balances:read", "accesses:read", "accounts:any"]
    token = development_issuer(settings).token("team", scopes)
    with serving(settings, database, Event()) as address:
        ran = subprocess.run(
            [sys.executable, "program.py", address, token, str(NORA)],
            cwd=their_folder,
            env={"PATH": os.environ["PATH"]},
            check=False,
            capture_output=True,
            text=True,
            timeout=RUN_SECONDS,
        )
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    assert said["lots"]
    assert said["position"] == log.head()
    assert said["nobody"] == "urn:problem-type:belgif:resourceNotFound"
    assert said["wrong"] == ["Rugzak-Purpose"]
    assert said["looked"] == [["getBalances", "refused"]]
    assert said["more"].startswith(f"/v1/accounts/{NORA}/accesses?cursor=")
