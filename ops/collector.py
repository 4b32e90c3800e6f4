"""The garbage collector, as it is set wherever the ledger is at work.

Without an import, so that a process can set it before it loads the rest: what that makes stays,
and looking for cycles in it took a fifth of the time that loading took.
"""

import gc
from typing import Final

COLLECTOR: Final = (400_000, 10, 10)
"""When the garbage collector looks for cycles. What a batch or a page makes, up to 100,000 objects,
lives until its end and has none; a look after every 50,000 took a tenth of the intake's time."""


def look_rarely() -> None:
    """Let the garbage collector of this process look for cycles rarely."""
    gc.set_threshold(*COLLECTOR)
