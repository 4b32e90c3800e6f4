"""Commands on the books: the trial balance, exports for auditors, samples, the second reading."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ops.cli.keeping import audit
from ops.cli.opening import ledger
from ops.cli.output import AsJson, Exit, Problem, console, emit, progress, table
from ops.cli.person import _day

if TYPE_CHECKING:
    from ledger.audit.books.totals import Period
    from ledger.store.postgres import PostgresStore

Since = Annotated[
    date | None,
    typer.Option("--from", parser=_day, metavar="DATE", help="The period's first day."),
]
Until = Annotated[
    date | None,
    typer.Option(
        parser=_day, metavar="DATE", help="The first day after the period, which is not in it."
    ),
]
Scheme = Annotated[str | None, typer.Option(help="Only this scheme's rights.")]

Seed = Annotated[
    str | None,
    typer.Option(help="The same seed draws the same; one is made, and told, when left out."),
]
SEED_BYTES = 8

MAX_CHECKPOINT_BYTES = 64 << 10

MAX_SAMPLE = 10_000
"""Most items that one sample has: they are in memory, and somebody looks at them."""

_ENTRY = {"entries": ("debit", "credit", "effective_on"), "lots": ("since", "used")}
"""What else is shown of what is drawn."""


def register(app: typer.Typer) -> None:
    """Add the commands of this module to those of audit."""
    del app
    audit.command("totals")(audit_totals)
    audit.command("export")(audit_export)
    audit.command("recompute")(audit_recompute)
    audit.command("sample")(audit_sample)


def audit_totals(
    *,
    since: Since = None,
    until: Until = None,
    scheme: Scheme = None,
    as_json: AsJson = False,
) -> None:
    """Print the trial balance: per scheme, unit and account, what stood, came, went and stands.

    A day is the office's day of recording, so a period that is over never changes. The whole log is
    cast up and held against the read model of balances (exit code 1 when they differ).
    """
    from ops.books.booking import totals

    period = asked_period(since, until)
    with ledger() as (_, where, store), progress("casting") as say, readable():
        demand_scheme(store, scheme)
        found = totals(where.database_url, store, say, period, scheme)

    def show() -> None:
        table(
            ["scheme", "unit", "account", ">opening", ">debits", ">credits", ">closing"],
            found.lines,
        )
        console.print(f"up to event {found.position} of the log")
        for problem in found.problems:
            console.print(f"WRONG  {problem}", markup=False)
        if not found.problems:
            console.print(
                "zero-sum in every scheme and unit; the same stands in the balances "
                f"at event {found.compared}"
            )

    answer = {
        "position": found.position,
        "compared": found.compared,
        "since": since,
        "until": until,
        "totals": [each._asdict() for each in found.lines],
        "problems": [str(each) for each in found.problems],
    }
    emit(answer, as_json, show)
    if found.problems:
        raise typer.Exit(Exit.FINDINGS)


def audit_export(
    folder: Annotated[Path, typer.Argument(help="A folder that is made; it may not be there yet.")],
    *,
    format_: Annotated[
        Literal["parquet", "flat"],
        typer.Option(
            "--format",
            help="The log, the journal and the balances in Parquet; or a journal in CSV.",
        ),
    ] = "parquet",
    since: Since = None,
    until: Until = None,
    scheme: Scheme = None,
    people: Annotated[
        int | None,
        typer.Option("--person-sample", min=1, help="Only so many accounts, drawn at random."),
    ] = None,
    seed: Seed = None,
    checkpoint: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="A signed checkpoint, which the package then holds."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the log and its books into a new folder, as files that auditors can open.

    Each file is described, and its hash is in SHA256SUMS. A package without --from and --until has
    the balances, too; `rugzak audit recompute` computes them anew.
    """
    with audit_tools():
        from ops.books.exporting import Selection, export

    period = asked_period(since, until)
    if seed is not None and people is None:
        raise Problem("--seed draws accounts: say how many with --person-sample")
    sown = asked_seed(seed) if people is not None else ""
    selection = Selection(period=period, scheme=scheme, people=people, seed=sown)
    text = None if checkpoint is None else read_checkpoint(checkpoint)
    if folder.exists():
        raise Problem(f"{folder} is there already; a package goes into a new folder")
    with ledger() as (_, where, store), progress("exporting") as say, readable():
        demand_scheme(store, scheme)
        done = export(
            where.database_url,
            store,
            folder,
            say,
            kind=format_,
            selection=selection,
            checkpoint=text,
        )

    def show() -> None:
        table(["table", ">rows"], done.rows.items())
        console.print(f"in {folder}, up to event {done.position} of the log", markup=False)
        if done.behind:
            console.print(f"the balances are {done.behind} positions behind the log's end")
        if people is not None:
            console.print(f"seed {sown}", markup=False)
        console.print(f"SHA-256 of SHA256SUMS: {done.manifest}")

    answer = {
        "folder": str(folder),
        "position": done.position,
        "behind": done.behind,
        "rows": done.rows,
        "selection": selection.told,
        "manifest": done.manifest,
    }
    emit(answer, as_json, show)


def audit_recompute(
    folder: Annotated[Path, typer.Argument(help="What `rugzak audit export` made.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Compute an export's balances anew from its events, in SQL without any of the ledger's code.

    Says of which lots the balances or the entries say otherwise, and which files were changed since
    they were written (exit code 1).
    """
    with audit_tools():
        from ops.books.recomputing import NotComparable, recompute

    try:
        found = recompute(folder)
    except NotComparable as error:
        raise Problem(str(error)) from None

    def show() -> None:
        for name in found.changed:
            console.print(f"WRONG  {name} is not what SHA256SUMS says", markup=False)
        for each in found.differences:
            console.print(f"WRONG  {each}", markup=False)
        console.print(
            f"{found.lots} lots of {found.accounts} accounts were computed from the events up to "
            f"{found.position}; of {found.wrong['balances']} the balances say otherwise, of "
            f"{found.wrong['entries']} the entries"
        )

    emit(found, as_json, show)
    if not found.agrees:
        raise typer.Exit(Exit.FINDINGS)


def audit_sample(
    count: Annotated[int, typer.Argument(min=1, max=MAX_SAMPLE, help="How many to draw.")],
    *,
    of: Annotated[
        Literal["entries", "lots"],
        typer.Option(help="Entries of the journal, or the lots that the balances have."),
    ] = "entries",
    method: Annotated[
        Literal["random", "stratified", "monetary-unit"],
        typer.Option(help="At random, so of each scheme, or in proportion to what each is of."),
    ] = "random",
    seed: Seed = None,
    scheme: Scheme = None,
    unit: Annotated[str | None, typer.Option(help="Only what counts in this unit.")] = None,
    since: Since = None,
    until: Until = None,
    as_json: AsJson = False,
) -> None:
    """Draw a sample of entries or lots; the seed that is printed draws it again, anywhere."""
    from ledger.audit.books.sampling import HOW
    from ops.books.sampling import Asked, MixedUnits, name_of, sample, size_of

    if of == "lots" and (since or until):
        raise Problem("--from and --until are for entries; lots are drawn as they are now")
    sown = asked_seed(seed)
    asked = Asked(
        of=of,
        count=count,
        seed=sown,
        method=method,
        scheme=scheme,
        unit=unit,
        period=asked_period(since, until),
    )
    with ledger() as (_, where, store), progress("drawing"), readable():
        demand_scheme(store, scheme)
        try:
            found = sample(where.database_url, store, asked)
        except MixedUnits as mixed:
            raise Problem(str(mixed)) from None

    def show() -> None:
        table(
            ["item", "account", "lot", "unit", ">size", ">hits", *_ENTRY[of]],
            (
                [
                    name_of(item), item.account, item.lot, item.unit, size_of(item), hits,
                    *(getattr(item, column) for column in _ENTRY[of]),
                ]
                for item, hits in found.drawn
            ),
        )  # fmt: skip
        sizes = ", ".join(f"{size} {unit}" for unit, size in found.sizes.items()) or "nothing"
        console.print(f"{len(found.drawn)} of {found.population} {of} of {sizes} together, up to "
                      f"event {found.position} of the log", markup=False)  # fmt: skip
        console.print(f"seed {sown}; drawn: {HOW[method]}", markup=False)

    answer = {
        "seed": sown,
        "method": method,
        "drawn_by": HOW[method],
        "position": found.position,
        "population": found.population,
        "sizes": found.sizes,
        "sample": [
            {"item": name_of(item), "size": size_of(item), "hits": hits, **item._asdict()}
            for item, hits in found.drawn
        ],
    }
    emit(answer, as_json, show)


@contextmanager
def audit_tools() -> Iterator[None]:
    """Say what to install where the libraries of the files are missing."""
    try:
        yield
    except ModuleNotFoundError as missing:
        if missing.name not in {"pyarrow", "duckdb", "jinja2"}:
            raise
        advice = "pip install 'rugzak[audit]'"
        raise Problem(f"{missing.name} is not installed, which this needs: {advice}") from None


@contextmanager
def readable() -> Iterator[None]:
    """Say what is wrong where the log can't be booked, or there is no read model of balances."""
    from ledger.audit.books.journal import NoSuchLot
    from ledger.store.codec import Undecodable
    from ops.books.booking import NotMade

    try:
        yield
    except (NoSuchLot, NotMade, Undecodable) as wrong:
        raise Problem(str(wrong), Exit.FINDINGS) from None


def asked_seed(seed: str | None) -> str:
    """Return the seed that was given, or a new one."""
    from secrets import token_hex

    return token_hex(SEED_BYTES) if seed is None else seed


def read_checkpoint(file: Path) -> str:
    """Read a checkpoint's text.

    Raises:
        Problem: it is no text, or longer than a checkpoint is.

    """
    raw = file.read_bytes()
    if len(raw) > MAX_CHECKPOINT_BYTES:
        raise Problem(
            f"{file} has {len(raw)} bytes; a checkpoint has {MAX_CHECKPOINT_BYTES} at most"
        )
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise Problem(f"{file} is no text in UTF-8, as a checkpoint is") from None


def asked_period(since: date | None, until: date | None) -> "Period":
    """Return the period of two options.

    Raises:
        Problem: it has no day.

    """
    from ledger.audit.books.totals import Period

    if since is not None and until is not None and until <= since:
        raise Problem(f"--until {until} is not after --from {since}: the period has no day")
    return Period(since=since, until=until)


def demand_scheme(store: "PostgresStore", scheme: str | None) -> None:
    """Refuse a scheme of which no regulation tells, whether shipped or published in the log."""
    from ledger.domain.events import REGULATIONS, RegulationPublished
    from ledger.domain.expressions import nearest
    from ops.ledger_wiring import rulebook

    known = set(rulebook().schemes)
    if scheme is None or scheme in known:
        return
    for envelope in store.events_of(REGULATIONS):
        if isinstance(envelope.event, RegulationPublished):
            known.add(envelope.event.scheme)
    if scheme not in known:
        raise Problem(f"there is no scheme {scheme!r}{nearest(scheme, sorted(known))}")
