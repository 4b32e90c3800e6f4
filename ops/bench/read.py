"""`bench read`: one person's balance at the read model, as an application asks for it.

The rows of some hundred careers are projected, and copied in the database to many accounts.
"""

from random import Random
from statistics import quantiles
from time import perf_counter

import psycopg
from psycopg.sql import SQL, Identifier

from ops.bench.careers import SEED, careers
from ops.bench.lab import Lab, Measured
from ops.ledger_wiring import open_store
from projections.balances.project import BALANCES, LOTS
from projections.balances.view import balances_of
from projections.runner import Runner, connect
from projections.tables import ask

PEOPLE = 200
COPIES = 150
READS = 5_000

_COPY = SQL(
    """
    CREATE TEMP TABLE copied AS SELECT account, gen_random_uuid() AS copy
    FROM (SELECT DISTINCT account FROM {lots}) a, generate_series(1, {copies});
    INSERT INTO {lots} ({columns}) SELECT c.copy, {others}
    FROM {lots} l JOIN copied c USING (account);
    """
)


def measure(lab: Lab, size: float) -> Measured:
    """Read the balances of random accounts, one after another."""
    lives = careers(lab, max(int(PEOPLE * size), 10))
    with open_store(lives.url) as store:
        Runner(lives.url, store, [BALANCES]).catch_up()
    multiply(lives.url, max(int(COPIES * size), 2))
    lab.settle()
    dice = Random(SEED)  # noqa: S311  not a secret
    with connect(lives.url) as conn:
        accounts = [
            row[0] for row in conn.execute("SELECT DISTINCT account FROM projections.balances")
        ]
        lots, today, took = 0, lives.today, []
        for account in dice.choices(accounts, k=max(int(READS * size), 100)):
            began = perf_counter()
            found = ask(conn, balances_of(account, today))
            took.append(perf_counter() - began)
            lots += len(found.lots)
    percentiles = quantiles(took, n=100)
    return Measured(
        figures={
            "accounts": len(accounts),
            "lots_per_account": lots / len(took),
            "p50_us": percentiles[49] * 1e6,
            "p99_us": percentiles[98] * 1e6,
            "reads_per_s": len(took) / sum(took),
        },
    )


def multiply(url: str, copies: int) -> None:
    """Copy the balances of each account to so many others."""
    others = [Identifier("l", column) for column in LOTS.columns[1:]]
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(
            _COPY.format(
                lots=Identifier("projections", LOTS.name),
                copies=copies,
                columns=SQL(", ").join(map(Identifier, LOTS.columns)),
                others=SQL(", ").join(others),
            )
        )
        conn.execute("VACUUM ANALYZE")
