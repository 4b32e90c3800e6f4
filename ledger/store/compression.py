"""JSON on disk: a Zstandard frame (RFC 8878) that names its dictionary, or JSON as it is.

The first byte tells the form, so that every form ever written stays readable.
"""

from functools import cache
from importlib.resources import files
from threading import local

from eventsourcing.persistence import Compressor
from zstandard import (
    FRAME_HEADER,
    ZstdCompressionDict,
    ZstdCompressor,
    ZstdDecompressor,
    ZstdError,
    get_frame_parameters,
)

from ledger.store.codec import Undecodable

PLAIN = b"{"
"""First byte of plain JSON."""

LEVEL = 3

ONE_FRAME = (0, False, False)
"""Arguments of `decompress`: the size as the frame says, nothing across frames, nothing after it.

By place: by name they take as long as the decompression of an event.
"""


@cache
def dictionary() -> ZstdCompressionDict:
    """Return dictionary 1: frozen, since what is stored can't be read without it."""
    return ZstdCompressionDict(files(__package__).joinpath("zstd-1.dict").read_bytes())


class _Contexts(local):
    """A compressor and a decompressor for each thread: they can't be shared."""

    def __init__(self) -> None:
        self.compressor = ZstdCompressor(level=LEVEL, dict_data=dictionary())
        self.decompressor = ZstdDecompressor(dict_data=dictionary())


class Zstandard(Compressor):
    """The library's compressor seam: few bytes on disk, canonical JSON above it."""

    def __init__(self, max_bytes: int) -> None:
        """Prepare contexts with the dictionary; longer JSON is neither written nor read."""
        self._max_bytes = max_bytes
        self._contexts = _Contexts()

    def compress(self, data: bytes) -> bytes:
        """Return the shorter of the two forms."""
        assert data.startswith(PLAIN), data[:1]  # noqa: S101
        assert len(data) <= self._max_bytes, len(data)  # noqa: S101  texts are bounded at the border
        short = self._contexts.compressor.compress(data)
        return short if len(short) < len(data) else data

    def decompress(self, data: bytes) -> bytes:
        """Return the canonical JSON of any form.

        Raises:
            Undecodable: no form starts so, or the bytes are damaged.

        """
        if data.startswith(PLAIN):
            return data
        if not data.startswith(FRAME_HEADER):
            raise Undecodable(f"no stored form starts with {data[:1]!r}")
        try:
            if get_frame_parameters(data).content_size > self._max_bytes:
                raise Undecodable("damaged: too long once decompressed, or of unknown length")
            return self._contexts.decompressor.decompress(data, *ONE_FRAME)
        except ZstdError as error:
            raise Undecodable(f"damaged: {error}") from error
