"""`rugzak person merge` or `unmerge` that kills itself: `python -m tests.system.merging step ...`.

As `tests.system.dying`, the step's function is wrapped here, in the child process.
"""

import sys

from ops.cli import main
from tests.system.dying import STEPS, wrap

DECIDED = {
    "merging": "ledger.service.door:merge",
    "unmerging": "ledger.service.door:unmerge",
}

if __name__ == "__main__":
    step, calls, *typed = sys.argv[1:]
    sys.argv = ["rugzak", *typed]
    from ledger.store.catalogue import KINDS  # the ledger is read before it is wrapped

    assert KINDS
    wrap((STEPS | DECIDED)[step], int(calls))
    main()
