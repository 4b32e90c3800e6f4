"""Commands that run the product: up, consume, migrate, clock, demo."""

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from ops.cli.opening import act, connected, decision, ledger, on_record
from ops.cli.output import AsJson, Because, By, Exit, Problem, console, emit, progress

if TYPE_CHECKING:
    from collections import Counter

    from ops.wiring import Servers


MAX_WORKERS = 64
MAX_TOKEN_SECONDS = 24 * 60 * 60


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (up, serve_api, token, consume, migrate, clock, demo):
        app.command("serve" if command is serve_api else None)(command)


def up() -> None:
    """Run all of it: servers where none are set, topics, intake, projections, the daily round.

    Ctrl-C or SIGTERM stops it after what the embedded broker still holds has been taken in; a
    second one stops it at once. The embedded broker keeps all in memory: what an unclean stop
    (kill -9, a power cut) finds there unread is lost, and has to be published again.
    """
    from ops.beginning import began
    from ops.ledger_wiring import open_store
    from ops.running import serve
    from ops.running.api import serving

    with serve.stopping() as stop, connected(broker=True, own=True) as (settings, where):
        serve.prepare(settings, where, stop)
        embedded = "broker" in where.embedded
        with (
            open_store(where.database_url) as store,
            serving(settings, where.database_url, stop) as address,
        ):
            began(store, settings, "up")
            _say_where(where, settings.data_dir, address)
            serve.consume(settings, where, store, stop, drain=embedded)
        console.print("stopped; everything that the broker held is in the ledger" if embedded
                      else "stopped; the consumer goes on from here at the next start")  # fmt: skip


def _say_where(where: "Servers", data_dir: Path, api: str) -> None:
    """Say where everything listens and where the data lies; never the password."""
    from psycopg.conninfo import conninfo_to_dict

    def how(server: str) -> str:
        return "  (embedded)" if server in where.embedded else ""

    database = conninfo_to_dict(where.database_url)
    address = f"{database.get('host')}:{database.get('port', 5432)}"
    console.print(f"PostgreSQL  {address}  database {database.get('dbname')}{how('PostgreSQL')}")
    console.print(f"Kafka       {where.bootstrap_servers}{how('broker')}")
    console.print(f"HTTP API    {api}")
    if where.embedded:
        console.print(f"data        {data_dir}")
    console.print("Rugzak is up; Ctrl-C stops it.")


def serve_api(
    *,
    workers: Annotated[
        int, typer.Option(min=1, max=MAX_WORKERS, help="Processes that answer.")
    ] = 1,
) -> None:
    """Answer other apps over HTTP, until stopped; those that are being answered are waited for.

    `rugzak up` does so, too. Whose tokens are taken: RUGZAK_OIDC_ISSUER.
    """
    from ops.beginning import began
    from ops.ledger_wiring import open_store
    from ops.running import serve
    from ops.running.api import serving

    with serve.stopping() as stop, connected(broker=False) as (settings, where):
        with serving(settings, where.database_url, stop, workers=workers) as address:
            with open_store(where.database_url, migrated=True) as store:
                began(store, settings, "serve")
            console.print(f"HTTP API    {address}")
            stop.wait()
        console.print("stopped")


def token(
    client: Annotated[str, typer.Argument(help="The application that asks.")],
    *,
    scope: Annotated[
        list[str] | None, typer.Option(help="What it may do, such as balances:read; repeatable.")
    ] = None,
    account: Annotated[
        UUID | None, typer.Option(help="The person who is logged in; left out, a system asks.")
    ] = None,
    mandate: Annotated[
        list[UUID] | None, typer.Option(help="For whom that person may act; repeatable.")
    ] = None,
    provider: Annotated[
        str | None, typer.Option(help="The provider of courses whose application it is.")
    ] = None,
    source: Annotated[
        list[str] | None,
        typer.Option(help="The `source` of messages that the client publishes; repeatable."),
    ] = None,
    organization: Annotated[
        str | None, typer.Option(help="The enterprise number of the organisation that asks.")
    ] = None,
    seconds: Annotated[int, typer.Option(min=1, max=MAX_TOKEN_SECONDS)] = 3_600,
) -> None:
    """Print a token for the HTTP API in development: of an installation that trusts no provider."""
    from ops.running.api import development_issuer
    from ops.settings import read_settings

    issuer = development_issuer(read_settings())
    print(
        issuer.token(
            client,
            scope or (),
            account=account,
            mandates=mandate or (),
            provider=provider,
            sources=source or (),
            organization=organization,
            seconds=seconds,
        )
    )


def consume(
    *,
    drain: Annotated[
        bool, typer.Option("--drain", help="Take in what the broker holds now, then end.")
    ] = False,
    since: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="beginning|INSTANT",
            help="One pass, beside whoever consumes: read again what was published since.",
        ),
    ] = None,
    accept_gap: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TOPIC[/PARTITION]",
            help="Go on without records that are gone; recorded in the log, with --because.",
        ),
    ] = None,
    because: Annotated[str | None, typer.Option(help="Why the gap is accepted.")] = None,
    by: Annotated[str | None, typer.Option(help="Who accepts; the login name if left out.")] = None,
    projections: Annotated[
        bool, typer.Option(help="Keep the read models in this process, too.")
    ] = True,
    relay: Annotated[
        bool, typer.Option(help="Tell others what is in the ledger, too, as `relay run` does.")
    ] = True,
) -> None:
    """Take in career events and commands, until stopped or, with --drain, until all is in."""
    from ops.beginning import began
    from ops.cli.gaps import accept_gaps
    from ops.ledger_wiring import open_store
    from ops.running import serve

    if bool(accept_gap) != (because is not None):
        raise Problem("--accept-gap and --because go together: a gap is accepted for a reason")
    if drain and since is not None:
        raise Problem("--from is a pass of its own, which ends by itself: leave out --drain")
    who, why = decision(by, because) if because is not None else ("", "")
    moment = _moment(since)
    with serve.stopping() as stop, connected(broker=True) as (settings, where):
        serve.prepare(settings, where, stop, relay=relay)
        with open_store(where.database_url) as store:
            began(store, settings, "consume")
            if accept_gap:
                accept_gaps(settings, where, store, accept_gap, who, why)
            if since is not None:
                with progress("reading again") as say:
                    passed = serve.single_pass(settings, where, store, stop, moment, say)
                console.print(f"{passed.records} records read: {_counted(passed.requests)}")
                return
            if drain:
                stop.set()
            serve.consume(
                settings, where, store, stop, drain=drain, projections=projections, relay=relay
            )


def _moment(since: str | None) -> datetime | None:
    """Read what --from says; None for the beginning."""
    if since in (None, "beginning"):
        return None
    try:
        moment = datetime.fromisoformat(since or "")
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        example = "2026-11-01T00:00:00+01:00"
        raise Problem(f"--from is `beginning` or an instant with its offset, such as {example}")
    return moment


def _counted(requests: "Counter[str]") -> str:
    return ", ".join(f"{requests[word]} {word}" for word in ("accepted", "known", "refused"))


def migrate(*, as_json: AsJson = False) -> None:
    """Bring the database up to date, as its owner; safe to repeat, and from several at once."""
    from ledger.store.migrations import migrate as apply

    with connected(broker=False) as (_, where), progress("migrating") as say:
        done = apply(where.database_url, say)
    emit({"applied": done}, as_json, lambda: console.print(", ".join(done) or "nothing to do"))


def clock(
    *,
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Only what is due by this day; default today."),
    ] = None,
    anew: Annotated[
        bool,
        typer.Option("--anew", help="Decide about everything again, after a change of the rules."),
    ] = False,
    because: Because = "",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Grant what falls due and let lapse what is over.

    That everything is decided again, by whom and why, is an event, told before it begins.
    """
    from ledger.domain.acts import DecidedAnew
    from ledger.service.reach import reach_due
    from ops.ledger_wiring import open_door

    if not anew and (because or by):
        raise Problem("letting days come decides nothing by itself: --by and --because need --anew")
    actor, because = act(by, because) if anew else ("", "")
    with ledger() as (_, _, store), progress("letting the day come") as say:
        door = open_door(store)
        day = until.date() if until else door.clock.now().today
        accounts = 0
        if anew and day <= door.clock.now().today:
            told = DecidedAnew(until=day, because=because, effective_on=door.clock.now().today)
            on_record(door, told, actor)
        try:
            chosen = store.every_account if anew else store.due_accounts
            for accounts in reach_due(door, chosen, day, anew=anew):
                say(f"{accounts} accounts")
        except ValueError as error:
            raise Problem(str(error)) from None
    done = {"until": day, "accounts": accounts}
    emit(done, as_json, lambda: console.print(f"{accounts} accounts reached {day}"))


def demo(
    *,
    people: Annotated[
        int, typer.Option(min=0, max=100_000, help="How many people beside Nora.")
    ] = 1_500,
    keep: Annotated[
        Path | None, typer.Option(help="Keep the data in this folder; it must be empty.")
    ] = None,
    stay: Annotated[
        bool | None,
        typer.Option(
            help="Let the API answer on until Ctrl-C; when left out, only on a terminal.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Let years pass for some thousand people and for Nora, on embedded servers of its own."""
    from tempfile import TemporaryDirectory

    from ops import logs
    from ops.demo.telling import DemoFailed, tell

    logs.configure("console")
    if keep is not None and keep.exists() and any(keep.iterdir()):
        raise Problem(f"{keep} is not empty; the demo begins with nothing")
    try:
        with TemporaryDirectory(prefix="rugzak-demo-") as folder:
            attended = sys.stdin.isatty() and sys.stdout.isatty()
            tell(
                people,
                (keep or Path(folder)).absolute(),
                console,
                stay=attended if stay is None else stay,
            )
    except DemoFailed as failed:
        raise Problem(str(failed), Exit.FINDINGS) from None
    if keep is not None:
        console.print(f"The data stays: `RUGZAK_DATA_DIR={keep} rugzak up` goes on with it.")
