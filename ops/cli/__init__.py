"""The command line: `rugzak`."""

import sys

import psycopg
import typer
from kafka.errors import KafkaError

from consumers.publisher import PublishError
from ledger.service.ports import StoreUnavailable
from ledger.service.rulebook import WrongRegulation
from ops.cli import benching, checking, keeping, person, serving
from ops.cli.output import EXIT_CODES, Exit, Problem, errors
from ops.embedded.errors import EmbeddedError
from ops.settings import SettingsError

app = typer.Typer(
    name="rugzak",
    help="A ledger of training rights that follow the person.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
serving.register(app)
keeping.register(app)
person.register(app)
checking.register(app)
benching.register(app)

_EXPECTED: tuple[tuple[tuple[type[Exception], ...], Exit], ...] = (
    ((SettingsError, EmbeddedError), Exit.USAGE),
    ((WrongRegulation, PublishError), Exit.FINDINGS),
    ((StoreUnavailable, psycopg.OperationalError, KafkaError), Exit.UNREACHABLE),
)
"""What may go wrong outside of us: said in one line, without a traceback."""


def main() -> None:
    """Run the command that was typed."""
    try:
        app()
    except Problem as problem:
        errors.print(f"rugzak: {problem}", markup=False)
        sys.exit(problem.code)
    except Exception as error:
        for kinds, code in _EXPECTED:
            if isinstance(error, kinds):
                errors.print(f"rugzak: {error or type(error).__name__}", markup=False)
                sys.exit(code)
        raise
