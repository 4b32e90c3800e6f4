"""Frozen dataclasses to canonical JSON and back, by cattrs and orjson.

Canonical: one value has one spelling, so bytes can be compared and hashed. What the form is,
and why these two libraries write it: ops/docs/decisions/0002-stored-form.md.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import lru_cache, partial
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin
from uuid import UUID

import orjson
from cattrs import BaseValidationError, Converter, ForbiddenExtraKeysError, transform_error
from cattrs.cols import (
    homogenous_tuple_structure_factory,
    is_mapping,
    is_namedtuple,
    namedtuple_structure_factory,
    namedtuple_unstructure_factory,
)
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn
from cattrs.v import format_exception

from ledger.store.reading import PLAIN, REFUSALS, Reader, Readers

KIND = "kind"
"""The key under which a member of a union says which one it is."""

CACHED_TEXTS = 4_096
"""How many dates, and as many fractions and so on, are kept read: they recur."""

MAX_SHOWN = 80
"""How many characters of what is wrong an error shows."""

T = TypeVar("T")
Hook = Callable[[Any, Any], Any]


class Undecodable(ValueError):  # noqa: N818  reads as the answer it is
    """Bytes that are not what the codec writes; says where and what was expected."""


class Codec:
    """Writes and reads values; `names` gives each class that occurs in a union its stable name."""

    def __init__(self, names: Mapping[type, str]) -> None:
        """Teach the converter the forms; it compiles a class when it first meets one."""
        self._names = names
        self._quick: dict[type, Reader] = {}
        self._converter = Converter(forbid_extra_keys=True, omit_if_default=True)
        learn = self._converter
        texts: dict[type, Reader] = {}
        for plain in PLAIN:
            learn.register_structure_hook(plain, _exactly(plain))
        for cls, write, read in _TEXTS:
            texts[cls] = _spelt(cls, write, read)
            learn.register_structure_hook(cls, _hook(texts[cls]))
            if cls not in _WRITTEN_BY_ORJSON:
                learn.register_unstructure_hook(cls, write)
        learn.register_unstructure_hook_factory(
            is_namedtuple, partial(namedtuple_unstructure_factory, unstructure_to=tuple)
        )
        learn.register_unstructure_hook_factory(_is_plain, lambda _: lambda value: value)
        learn.register_structure_hook_factory(_is_tuple, self._tuple_reader)
        learn.register_unstructure_hook_factory(_is_keyed_by_value, self._pairs_writer)
        learn.register_structure_hook_factory(_is_keyed_by_value, self._pairs_reader)
        learn.register_unstructure_hook_factory(names.__contains__, self._member_writer)
        learn.register_structure_hook_factory(_is_union, self._union_reader)
        self.readers = Readers(names, texts, KIND)

    def encode(self, value: object) -> bytes:
        """Return the canonical JSON bytes of a value of a dataclass."""
        return dumped(self.to_json(value))

    def decode(self, cls: type[T], data: bytes) -> T:
        """Read what `encode` wrote.

        Raises:
            Undecodable: the bytes are no JSON, or not of this class.

        """
        return self.from_json(cls, parsed(data))

    def to_json(self, value: object) -> Any:  # noqa: ANN401  JSON
        """Return a value as what `dumped` takes."""
        return self._converter.unstructure(value)

    def from_json(self, cls: type[T], data: object) -> T:
        """Read a value of a dataclass from parsed JSON: quickly, or when it is wrong in detail.

        Raises:
            Undecodable: it is not of this class.

        """
        if type(data) is not dict:
            raise Undecodable(f"at $: {_expected(cls.__name__, data)}")
        read = self._quick.get(cls)
        if read is None:
            read = self._quick[cls] = self.readers.of(cls)
        try:
            value: T = read(data)
        except REFUSALS:
            return self.in_detail(cls, data)
        return value

    def in_detail(self, cls: type[T], data: dict[str, Any]) -> T:
        """Read by cattrs, a step for each part, which tells all that is wrong.

        Raises:
            Undecodable: it is not of this class.

        """
        try:
            value: T = self._converter.structure(data, cls)
        except BaseValidationError as error:
            found = transform_error(error, format_exception=_told)
            raise Undecodable("; ".join(found)) from None
        return value

    def _tuple_reader(self, hint: Any) -> Hook:  # noqa: ANN401  any hint
        if is_namedtuple(hint):
            read = namedtuple_structure_factory(hint, self._converter)
        elif get_args(hint)[-1] is Ellipsis:
            read = homogenous_tuple_structure_factory(hint, self._converter)
        else:
            read = self._converter.gen_structure_hetero_tuple(hint)

        def structure(data: Any, _: Any) -> Any:  # noqa: ANN401
            if type(data) is not list:
                raise TypeError(_expected("a list", data))
            return read(data, hint)

        return structure

    def _pairs_writer(self, hint: Any) -> Callable[[Any], Any]:  # noqa: ANN401
        key, value = (self._converter.get_unstructure_hook(arg) for arg in get_args(hint))
        return lambda mapping: [[key(k), value(mapping[k])] for k in sorted(mapping)]

    def _pairs_reader(self, hint: Any) -> Hook:  # noqa: ANN401
        key, value = get_args(hint)
        read = self._converter.get_structure_hook(tuple[tuple[key, value], ...])  # type: ignore[valid-type]
        return lambda data, _: dict(read(data, None))

    def _member_writer(self, cls: type) -> Callable[[Any], Any]:
        name = self._names[cls]
        write: Callable[[Any], dict[str, Any]] = make_dict_unstructure_fn(
            cls, self._converter, _cattrs_omit_if_default=True
        )

        def tagged(value: Any) -> Any:  # noqa: ANN401
            data = write(value)
            data[KIND] = name
            return data

        return tagged

    def _union_reader(self, hint: Any) -> Hook:  # noqa: ANN401
        members = {
            self._names[m]: make_dict_structure_fn(m, self._converter)
            for m in get_args(hint)
            if m is not NoneType
        }
        optional = NoneType in get_args(hint)

        def structure(data: Any, _: Any) -> Any:  # noqa: ANN401
            if data is None and optional:
                return None
            kind = data.get(KIND) if type(data) is dict else None
            if type(kind) is not str or kind not in members:
                raise TypeError(_expected(f"one whose kind is of {sorted(members)}", data))
            return members[kind]({k: v for k, v in data.items() if k != KIND}, None)

        return structure


def dumped(data: object) -> bytes:
    """Return canonical bytes of JSON that is made of canonical parts."""
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS)


def parsed(data: bytes) -> Any:  # noqa: ANN401  JSON
    """Parse JSON bytes.

    Raises:
        Undecodable: they are not JSON in UTF-8.

    """
    try:
        return orjson.loads(data)
    except ValueError as error:
        raise Undecodable(f"no JSON: {error}") from error


def _is_tuple(hint: Any) -> bool:  # noqa: ANN401
    return get_origin(hint) is tuple or is_namedtuple(hint)


def _is_plain(hint: Any) -> bool:  # noqa: ANN401
    """Whether orjson writes it as it is: plain values, and tuples of such."""
    if get_origin(hint) is tuple:
        return all(arg is Ellipsis or _is_plain(arg) for arg in get_args(hint))
    return hint in PLAIN


def _is_keyed_by_value(hint: Any) -> bool:  # noqa: ANN401
    return is_mapping(hint) and get_args(hint)[0] is not str


def _is_union(hint: Any) -> bool:  # noqa: ANN401
    """Whether it has several members; cattrs knows what to do with one and None."""
    if get_origin(hint) not in (Union, UnionType):
        return False
    return len([m for m in get_args(hint) if m is not NoneType]) > 1


def _exactly(cls: type) -> Hook:
    def structure(data: Any, _: Any) -> Any:  # noqa: ANN401
        if type(data) is cls:
            return data
        raise TypeError(_expected(cls.__name__, data))

    return structure


def _spelt(cls: type[T], write: Callable[[T], str], read: Callable[[str], T]) -> Reader:
    """Read text that must be spelt as `write` spells it: one value, one spelling."""

    @lru_cache(CACHED_TEXTS)
    def structure(data: Any) -> T:  # noqa: ANN401
        try:
            value = read(data)
            same = write(value) == data
        except (TypeError, ValueError, AttributeError, ArithmeticError):
            same = False
        if not same:
            raise TypeError(_expected(cls.__name__, data))
        return value

    return structure


def _hook(read: Reader) -> Hook:
    return lambda data, _: read(data)


def _expected(what: str, data: object) -> str:
    shown = repr(data)
    return f"expected {what}, found {shown if len(shown) <= MAX_SHOWN else shown[:MAX_SHOWN] + '…'}"


def _told(error: BaseException, _: object) -> str:
    if isinstance(error, KeyError | ForbiddenExtraKeysError):
        return format_exception(error, None)
    return str(error)


def _instant(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError(f"an instant without a time zone: {value}")
    if value.tzinfo is not UTC:
        value = value.astimezone(UTC)
    return value.isoformat(timespec="microseconds")[:-6] + "Z"


_TEXTS: tuple[tuple[type, Callable[[Any], str], Callable[[str], Any]], ...] = (
    (date, date.isoformat, date.fromisoformat),
    (datetime, _instant, datetime.fromisoformat),
    (UUID, str, UUID),
    (Fraction, str, Fraction),
    (bytes, bytes.hex, bytes.fromhex),
)
"""What is written as text: class, how, and back."""

_WRITTEN_BY_ORJSON = (date, UUID)
"""Alike, and faster."""
