"""Commands of what goes out to Kafka: run it, and say how far it is."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli.opening import connected, ledger
from ops.cli.output import AsJson, Exit, console, emit, lines, table

if TYPE_CHECKING:
    from consumers.relay.lag import Lag

relay = typer.Typer(help="What goes out to Kafka.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(relay, name="relay")


@relay.command("run")
def relay_run(
    *,
    once: Annotated[
        bool, typer.Option("--once", help="End when all has gone out that is there.")
    ] = False,
) -> None:
    """Send events, balances, replies and parked records out, until stopped.

    Any number may run: one sends, and the others wait until it is gone.
    """
    from ops.running import serve
    from ops.running.relaying import relay as send

    with serve.stopping() as stop, connected(broker=True) as (settings, where):
        serve.prepare(settings, where, stop)
        sent = send(stop, settings, where, once=once)
    if once:
        console.print(f"{sent} sent")


@relay.command("status")
def relay_status(*, as_json: AsJson = False) -> None:
    """Say how far each stream is behind, and who sends (exit code 1 when one is long behind)."""
    import psycopg

    from consumers.relay.lag import lags
    from consumers.relay.leader import leader
    from consumers.relay.runner import is_long_behind
    from ledger.store.outbox import Outbox
    from ops.wiring import topics_out

    with ledger() as (settings, where, _), Outbox(where.database_url) as outbox:
        found = lags(outbox, topics_out(settings))
        with psycopg.connect(where.database_url, autocommit=True) as conn:
            who = leader(conn)
    late = [lag.stream for lag in found if is_long_behind(lag)]
    leads = None if who is None else {"since": who[0], "address": who[1]}

    def show() -> None:
        rows = ((lag.stream, lag.topic, lag.position, lag.behind, _waits(lag)) for lag in found)
        table(["stream", "topic", ">went to", ">behind", ">oldest waits"], rows)
        sends = "nobody sends: `rugzak up` or `rugzak relay run` does"
        if leads is not None:
            sends = f"one sends since {leads['since']:%Y-%m-%d %H:%M:%S} UTC"
            sends += f", from {leads['address']}" if leads["address"] else ""
        lines(["", sends])

    told = [lag._asdict() | {"long_behind": lag.stream in late} for lag in found]
    emit({"streams": told, "leader": leads}, as_json, show)
    if late:
        raise typer.Exit(Exit.FINDINGS)


def _waits(lag: "Lag") -> str:
    if lag.oldest is None:
        return ""
    return f"{(datetime.now(UTC) - lag.oldest).total_seconds():.0f} s"
