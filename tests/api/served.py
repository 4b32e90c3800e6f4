"""A real server on loopback with a ledger in which Nora works today, for clients of all kinds."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from ledger.store.postgres import CHANNEL, PostgresStore
from ops.ledger_wiring import open_door
from ops.running.api import serving
from ops.settings import Settings
from projections.runner import Runner
from tests.api.acting.world import NORA, hire


@contextmanager
def served(database: str, folder: Path, *, workers: int = 1, **settings: int) -> Iterator[str]:
    """Serve a database whose read models follow the log; yield the API's address.

    Nora has what her job gives in the school year in which the test is run. Tokens are those of
    the development issuer of the folder.
    """
    said = Settings(data_dir=folder, api_port=0, **settings)
    stop = Event()
    with PostgresStore(database) as store:
        hire(open_door(store), NORA)
        runner = Runner(database, store, channel=CHANNEL)
        runner.catch_up()
        following = threading.Thread(target=runner.run, args=(stop,))
        following.start()
        try:
            with serving(said, database, Event(), workers=workers) as address:
                yield address
        finally:
            stop.set()
            following.join()
