"""Where a bench's worker of the API begins: with little, so that its start is from nothing."""

from multiprocessing.synchronize import Event as Ready

from ops.collector import look_rarely
from ops.settings import Settings


def work(settings: Settings, most: int | None, url: str, ready: Ready) -> None:
    """Answer until killed (`ops.bench.answering`)."""
    look_rarely()
    from ops.bench.answering import answer  # noqa: PLC0415  as `ops.running.loaded` does

    answer(settings, most, url, ready)
