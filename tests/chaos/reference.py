"""A second ledger of the same records, taken in without any fault, to compare with.

By one process of the product, in a database of its own: first all facts, then all requests. Where
no request depends on a fact that is told later, each account must end alike.
"""

from typing import TYPE_CHECKING

import psycopg
from psycopg.sql import SQL, Identifier

from ops.settings import variable
from tests.chaos.population import RIGHTS
from tests.chaos.products import RUGZAK, run
from tests.chaos.reading import Tables, read_tables

if TYPE_CHECKING:
    from tests.chaos.laboratory import Laboratory

NAME = "reference"
NOTHING = "rugzak.rights.none"
"""A topic in which nothing is asked."""

BATCH_RECORDS = 1_000
DRAIN_SECONDS = 1_800.0
DRAIN = ("consume", "--drain", "--no-projections", "--no-relay")


def reference(lab: "Laboratory") -> Tables:
    """Take in what the topics hold once more; return what that ledger holds."""
    with psycopg.connect(lab.database.url, autocommit=True) as conn:
        conn.execute(SQL("CREATE DATABASE {}").format(Identifier(NAME)))
    url = f"{lab.database.url.rpartition('/')[0]}/{NAME}"
    for part, rights in enumerate((NOTHING, RIGHTS), start=1):
        own = {
            "database_url": url,
            "kafka_bootstrap_servers": lab.brokers.direct,
            "consumer_group": f"{NAME}-{part}",
            "batch_max_records": str(BATCH_RECORDS),
            "rights_topic": rights,
        }
        environment = lab.settings() | {variable(name): value for name, value in own.items()}
        log = lab.folder / f"{NAME}-{part}.log"
        run((*RUGZAK, *DRAIN), environment, log, DRAIN_SECONDS)
    return read_tables(url, read_models=False)
