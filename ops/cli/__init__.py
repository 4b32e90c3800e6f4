"""The command line: `rugzak`."""

import sys

import typer

from ops.cli import (
    benching,
    books,
    checking,
    differing,
    erasing,
    exporting,
    identity,
    keeping,
    merging,
    operations,
    parked,
    person,
    personal,
    prospects,
    proving,
    published,
    publishing,
    regulating,
    relaying,
    replaying,
    reporting,
    scenarios,
    serving,
    simulating,
    verifying,
)
from ops.cli.output import EXIT_CODES, Exit, Problem, errors

app = typer.Typer(
    name="rugzak",
    help="A ledger of training rights that follow the person.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
MODULES = (
    serving,
    publishing,
    keeping,
    books,
    reporting,
    differing,
    replaying,
    parked,
    relaying,
    person,
    personal,
    exporting,
    merging,
    identity,
    erasing,
    prospects,
    regulating,
    published,
    simulating,
    checking,
    scenarios,
    proving,
    verifying,
    operations,
    benching,
)
for module in MODULES:
    module.register(app)


def main() -> None:
    """Run the command that was typed."""
    try:
        app()
    except Exception as error:
        code = _code(error)
        if code is None:
            raise
        errors.print(f"rugzak: {error or type(error).__name__}", markup=False)
        sys.exit(code)


def _code(error: Exception) -> Exit | None:
    """Return the exit code of what is said in one line, without a traceback; None of a bug."""
    import psycopg
    from kafka.errors import KafkaError

    from consumers.publisher import PublishError
    from consumers.relay.runner import RelayStopped
    from ledger.service.defects import LineStopped
    from ledger.service.outage import Refused
    from ledger.service.ports import StoreUnavailable
    from ledger.service.published import Unpublished, Unreadable
    from ledger.service.rulebook import WrongRegulation
    from ledger.vault.keys import Tampered, WrongKey
    from ops.embedded.errors import EmbeddedError
    from ops.running.beside import ProcessEnded
    from ops.settings import SettingsError
    from projections.runner import ProjectionStopped

    match error:
        case Problem():
            return error.code
        case SettingsError() | EmbeddedError() | WrongKey():
            return Exit.USAGE
        case WrongRegulation() | Unpublished() | Unreadable() | PublishError():
            return Exit.FINDINGS
        case Refused() | Tampered():
            return Exit.FINDINGS
        case LineStopped() | ProjectionStopped() | RelayStopped() | ProcessEnded():
            return Exit.FINDINGS
        case StoreUnavailable() | psycopg.OperationalError() | KafkaError():
            return Exit.UNREACHABLE
        case _:
            return None
