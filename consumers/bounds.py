"""Bounds on what comes in, unless a setting says otherwise."""

from typing import Final

SESSION_TIMEOUT_MS: Final = 6_000
"""After this silence the group gives our partitions to others; Kafka's smallest by default."""

MAX_BATCH_BYTES: Final = 16 * 1024 * 1024
"""A batch of large records is cut here, so that what it becomes fits in memory, too."""

MAX_UNPACKED_BYTES: Final = 64 * 1024 * 1024
"""What a batch may unpack to unless a setting says otherwise; brokers take 1 MiB packed."""

HELD_SECONDS: Final = 24 * 60 * 60
"""Unless told otherwise, so long a request waits for what it names."""
