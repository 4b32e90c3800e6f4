"""What tests of the published tree have in common."""

from pathlib import Path
from uuid import UUID

import psycopg

from tests.cli.conftest import Rugzak

MILA = UUID("0a52d9d4-70a1-4c2f-9c6b-2f5f4f3f9d10")
NAME = "rights.example.be/log"


def public(rugzak: Rugzak) -> str:
    return str(rugzak("audit", "keys", "list", "--json").json["keys"][-1]["key"])


def kept(rugzak: Rugzak, file: Path, *asked: object) -> Path:
    done = rugzak("audit", "prove", *asked)
    assert done.code == 0, done.err
    file.write_text(done.out)
    return file


def changed(database: str, statement: str) -> None:
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute(statement.encode())
