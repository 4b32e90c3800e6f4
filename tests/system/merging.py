"""`rugzak person merge` or `unmerge` that kills itself.

As in `tests.system.dying`, the step's function is wrapped here, in the child process.
"""

import sys

from ledger.store.catalogue import KINDS  # the ledger is read before it is wrapped
from ops.cli import main
from tests.system.dying import STEPS, wrap

assert KINDS

DECIDED = {
    "merging": "ledger.service.door:merge",
    "unmerging": "ledger.service.door:unmerge",
}


def merge(step: str, calls: str, *typed: str) -> None:
    """Do what is typed, until the step has happened so many times."""
    sys.argv = ["rugzak", *typed]
    wrap((STEPS | DECIDED)[step], int(calls))
    main()
