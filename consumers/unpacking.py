"""Compressed bytes are unpacked up to a limit: what would become more is left packed.

kafka-python's own decoders unpack whatever comes in one piece, so a message of some kilobytes can
take all memory there is. These stop at the limit, and whatever they are given ends: in bytes, or in
one of two exceptions.
"""

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Final

import lz4.frame
import snappy
import zstandard

STEP_BYTES: Final = 1024 * 1024
"""So much is unpacked at a time, at most."""

GZIP: Final = zlib.MAX_WBITS | 16
"""The window and the frame of gzip, as zlib names them."""

XERIAL_MAGIC: Final = b"\x82SNAPPY\x00"
XERIAL_HEADER_BYTES: Final = 16
"""Kafka's clients put snappy blocks in a frame of their own (snappy-java's), after this header."""

VARINT_BYTES: Final = 5
"""Longest length at the start of a snappy block."""


class UnpacksToMore(Exception):  # noqa: N818  it is a finding
    """The limit came before the end."""


class NotPacked(Exception):  # noqa: N818  it is a finding
    """These bytes are not what such a compression makes."""


def gzipped(packed: bytes, most: int) -> bytes:
    """Unpack one gzip member, which is all that Kafka's clients write.

    Raises:
        UnpacksToMore: it is more than `most` bytes.
        NotPacked: it is no gzip, or not all of it.

    """
    unpacker = zlib.decompressobj(GZIP)

    def pieces() -> Iterator[bytes]:
        piece = unpacker.decompress(packed, STEP_BYTES)
        while piece:
            yield piece
            piece = unpacker.decompress(unpacker.unconsumed_tail, STEP_BYTES)

    unpacked = _joined(pieces(), most)
    if not unpacker.eof or unpacker.unused_data:
        raise NotPacked("it does not end where the batch ends")
    return unpacked


def lz4ed(packed: bytes, most: int) -> bytes:
    """Unpack one LZ4 frame; raises as `gzipped` does."""
    unpacker = lz4.frame.LZ4FrameDecompressor()

    def pieces() -> Iterator[bytes]:
        piece = unpacker.decompress(packed, STEP_BYTES)
        while piece:
            yield piece
            piece = b"" if unpacker.eof else unpacker.decompress(b"", STEP_BYTES)

    unpacked = _joined(pieces(), most)
    if not unpacker.eof or unpacker.unused_data:
        raise NotPacked("it does not end where the batch ends")
    return unpacked


def zstded(packed: bytes, most: int) -> bytes:
    """Unpack Zstandard frames; raises as `gzipped` does.

    The library refuses a frame whose window is over 128 MiB, and fills only what it unpacks of it.
    A frame that is cut off is not noticed here: its records are missing.
    """
    with zstandard.ZstdDecompressor().stream_reader(
        io.BytesIO(packed), read_across_frames=True
    ) as reader:
        return _joined(iter(lambda: reader.read(STEP_BYTES), b""), most)


def snapped(packed: bytes, most: int) -> bytes:
    """Unpack snappy, raw or in snappy-java's frame; raises as `gzipped` does.

    A block says first how long it becomes, and can't become longer.
    """
    if not packed.startswith(XERIAL_MAGIC) or len(packed) < XERIAL_HEADER_BYTES:
        return _joined(_blocks((packed,), most), most)
    return _joined(_blocks(_framed(packed), most), most)


CODECS: Final[dict[int, tuple[str, Callable[[bytes, int], bytes]]]] = {
    1: ("gzip", gzipped),
    2: ("snappy", snapped),
    3: ("lz4", lz4ed),
    4: ("zstd", zstded),
}
"""Kafka's numbers of compressions."""

_FAULTS = (
    zlib.error,
    zstandard.ZstdError,
    snappy.UncompressError,
    RuntimeError,  # LZ4's
    ValueError,
    EOFError,
)


def unpacked(codec: int, packed: bytes, most: int) -> bytes:
    """Unpack what Kafka's compression of a number made; see `gzipped`."""
    if codec not in CODECS:
        raise NotPacked(f"Kafka knows no compression {codec}")
    name, unpack = CODECS[codec]
    try:
        return unpack(packed, most)
    except NotPacked as wrong:
        raise NotPacked(f"this is not what {name} makes: {wrong}") from None
    except _FAULTS as fault:
        raise NotPacked(f"this is not what {name} makes: {str(fault)[:100]}") from None


def _joined(pieces: Iterator[bytes], most: int) -> bytes:
    kept: list[bytes] = []
    length = 0
    for piece in pieces:
        length += len(piece)
        if length > most:
            raise UnpacksToMore
        kept.append(piece)
    return kept[0] if len(kept) == 1 else b"".join(kept)


def _framed(packed: bytes) -> Iterator[bytes]:
    at = XERIAL_HEADER_BYTES
    while at < len(packed):
        if len(packed) - at < struct.calcsize("!i"):
            raise NotPacked("a block's length is cut off")
        (length,) = struct.unpack_from("!i", packed, at)
        at += struct.calcsize("!i")
        if not 0 < length <= len(packed) - at:
            raise NotPacked("a block ends outside the batch")
        yield packed[at : at + length]
        at += length


def _blocks(blocks: Iterator[bytes] | tuple[bytes], most: int) -> Iterator[bytes]:
    left = most
    for block in blocks:
        left -= _length_said(block)
        if left < 0:
            raise UnpacksToMore
        yield snappy.uncompress(block)


def _length_said(block: bytes) -> int:
    length = 0
    for index, byte in enumerate(block[:VARINT_BYTES]):
        length |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:  # noqa: PLR2004  the last byte of a varint
            return length
    raise NotPacked("a block does not say how long it becomes")
