"""What processes beside another begin with: our code and the rules, read once for all of them.

The server that forks them loads this, and nothing else happens in it. Reading it takes a second and
more of a core, and most of a worker's memory, which forks share as long as nobody writes to it.
"""

import gc
import signal

from ops.collector import look_rarely

look_rarely()

import ops.running.api  # noqa: E402, F401  once the collector doesn't stop at every turn
from ops.ledger_wiring import rulebook  # noqa: E402

rulebook()
gc.freeze()
# Whoever stops a service may tell all of its processes; this one ends when its forks have.
signal.signal(signal.SIGTERM, signal.SIG_IGN)
