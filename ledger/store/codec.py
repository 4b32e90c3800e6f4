"""Frozen dataclasses to canonical JSON and back, compiled once from their type hints.

Canonical: keys sorted by code point, no spaces, no floats, UTF-8, and nothing said that goes
without saying (a field that has its default, or that is None and has none). One value has
one spelling, so bytes can be compared and hashed. A member of a union carries its stable
name as `kind`. A named tuple is a list; a mapping whose keys are no strings is a sorted list
of pairs.
"""

import types
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import UTC, date, datetime
from fractions import Fraction
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any, Generic, Literal, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import orjson

KIND = "kind"
"""The key under which a member of a union says which one it is."""

CACHED_TEXTS = 4_096
"""How many dates and fractions are kept read: they recur."""

T = TypeVar("T")
Schema = dict[str, Any]


class Undecodable(ValueError):  # noqa: N818  reads as the answer it is
    """Bytes that are not what the codec writes; says where and what was expected."""

    def __init__(self, problem: str, *path: str) -> None:
        """Keep the problem and the path to it, innermost key first."""
        super().__init__(problem, path)
        self.problem, self.path = problem, path

    def within(self, key: str) -> "Undecodable":
        """Return the same problem seen from one level further out."""
        return Undecodable(self.problem, *self.path, key)

    def __str__(self) -> str:
        """Write `at a/b/c: what is wrong`."""
        return f"at {'/'.join(reversed(self.path)) or 'the top'}: {self.problem}"


@dataclass(frozen=True, slots=True)
class Shape(Generic[T]):
    """How values of one type are written, read and described.

    Attributes:
        encode: value to canonical JSON text.
        decode: parsed JSON to value.
        schema: JSON Schema of what `encode` writes.

    """

    encode: Callable[[T], str]
    decode: Callable[[Any], T]
    schema: Schema


class Codec:
    """Compiles shapes; `names` gives each class that occurs in a union its stable name."""

    def __init__(self, names: Mapping[type, str]) -> None:
        """Start with no shape compiled."""
        self._names = names
        self._shapes: dict[Any, Shape[Any]] = {}

    def encode(self, value: object) -> bytes:
        """Return the canonical JSON bytes of a value of a dataclass."""
        return self.shape(type(value)).encode(value).encode()

    def decode(self, cls: type[T], data: bytes) -> T:
        """Read what `encode` wrote.

        Raises:
            Undecodable: the bytes are no JSON, or not of this class.

        """
        return self.shape(cls).decode(parsed(data))

    def shape(self, hint: type[T]) -> Shape[T]:
        """Return the compiled shape of a type hint."""
        shape = self._shapes.get(hint)
        if shape is None:
            shape = self._shapes[hint] = self._compile(hint)
        return shape

    def _compile(self, hint: Any) -> Shape[Any]:  # noqa: ANN401  any hint
        if hint in _PLAIN:
            return _PLAIN[hint]
        origin, args = get_origin(hint), get_args(hint)
        if origin in (Union, types.UnionType):
            return self._union(args)
        if origin is Literal:
            return _literal(args)
        if origin is tuple and args[-1] is Ellipsis:
            return _sequence(self.shape(args[0]))
        if origin is tuple:
            return _row([self.shape(a) for a in args], "", {})
        if origin in (dict, Mapping):
            key, value = args
            if key is str:
                return _object(self.shape(value))
            return _pairs(self.shape(key), self.shape(value))
        if isinstance(hint, type) and is_dataclass(hint):
            return self._record(hint, None)
        if isinstance(hint, type) and issubclass(hint, tuple) and hasattr(hint, "_fields"):
            hints = get_type_hints(hint)
            return _row([self.shape(hints[f]) for f in hint._fields], "cls", {"cls": hint})
        msg = f"the codec knows no form for {hint!r}"
        raise TypeError(msg)

    def _union(self, members: tuple[Any, ...]) -> Shape[Any]:
        some = [m for m in members if m is not type(None)]
        if len(some) == 1:
            inner = self.shape(some[0])
        else:
            for member in some:
                if member not in self._names:
                    msg = f"{member!r} is a member of a union and has no stable name"
                    raise TypeError(msg)
            inner = _tagged({m: (self._names[m], self._record(m, self._names[m])) for m in some})
        return inner if len(some) == len(members) else _optional(inner)

    def _record(self, cls: type, kind: str | None) -> Shape[Any]:
        hints = get_type_hints(cls)
        plan = sorted(
            (_Slot(f.name, self.shape(hints[f.name]), *_default(f, hints[f.name]))
             for f in fields(cls)),
            key=lambda slot: slot.name,
        )  # fmt: skip
        return _record(cls, plan, kind)


@dataclass(frozen=True, slots=True)
class _Slot:
    """A field of a dataclass; what equals `default` is left out when `optional`."""

    name: str
    shape: Shape[Any]
    optional: bool
    default: Any


def parsed(data: bytes) -> Any:  # noqa: ANN401  JSON
    """Parse JSON bytes.

    Raises:
        Undecodable: they are not JSON in UTF-8.

    """
    try:
        return orjson.loads(data)
    except ValueError as error:
        msg = f"no JSON: {error}"
        raise Undecodable(msg) from error


def _default(field: Field[Any], hint: Any) -> tuple[bool, Any]:  # noqa: ANN401
    if field.default is not MISSING:
        return True, field.default
    if field.default_factory is not MISSING:
        return True, field.default_factory()
    return type(None) in get_args(hint), None


def _record(cls: type, plan: list[_Slot], kind: str | None) -> Shape[Any]:
    """Compile a dataclass: its two functions are written out, field by field, for speed."""
    assert kind is None or all(s.name != KIND for s in plan), cls  # noqa: S101
    needed = {s.name for s in plan if not s.optional} | ({KIND} if kind else set())
    known = {s.name for s in plan} | ({KIND} if kind else set())
    readers = {s.name: s.shape.decode for s in plan}

    def wrong(data: Any) -> Undecodable:  # noqa: ANN401
        """Say what is wrong with data that couldn't be read."""
        if type(data) is not dict:
            return Undecodable(_expected(f"an object of {cls.__name__}", data))
        if missing := needed - data.keys():
            return Undecodable(f"{cls.__name__} lacks {', '.join(sorted(missing))}")
        if extra := data.keys() - known:
            return Undecodable(f"{cls.__name__} has no {', '.join(sorted(extra))}")
        try:
            cls(**{n: _within(n, readers[n], v) for n, v in data.items() if n != KIND or not kind})
        except Undecodable as error:
            return error
        except ValueError as error:
            return Undecodable(str(error))
        return Undecodable(_expected(cls.__name__, data))

    scope: dict[str, Any] = {"cls": cls, "known": known, "wrong": wrong, "Undecodable": Undecodable}
    for i, s in enumerate(plan):
        scope |= {f"w{i}": s.shape.encode, f"r{i}": s.shape.decode, f"d{i}": s.default}
    exec(_source(plan, kind, len(needed)), scope)  # noqa: S102  of names that are in our own code
    properties = {s.name: s.shape.schema for s in plan}
    if kind is not None:
        properties = {KIND: {"const": kind}, **properties}
    return Shape(scope["encode"], scope["decode"], _closed(properties, needed))


def _source(plan: list[_Slot], kind: str | None, needed: int) -> str:
    """Write `encode` and `decode` of a dataclass as a careful hand would."""
    writes: list[tuple[str, str]] = []
    reads: list[str] = []
    if kind is not None:
        writes.append((KIND, repr(f'"{KIND}":"{kind}",')))
    for i, s in enumerate(plan):
        text = f"""'"{s.name}":' + w{i}(v.{s.name}) + ','"""
        writes.append((s.name, f"('' if v.{s.name} == d{i} else {text})" if s.optional else text))
        read = f"r{i}(d['{s.name}'])"
        if s.shape in (_PLAIN[str], _PLAIN[int]):
            plain = "str" if s.shape is _PLAIN[str] else "int"
            read = f"(x if type(x := d['{s.name}']) is {plain} else {read})"
        reads.append(
            f"{s.name}={read} if '{s.name}' in d else d{i}" if s.optional else f"{s.name}={read}"
        )
    text = " + ".join(write for _, write in sorted(writes)) or "''"
    return f"""
def encode(v):
    return '{{' + ({text})[:-1] + '}}'

def decode(d):
    try:
        if type(d) is dict and (len(d) == {needed} or d.keys() <= known):
            return cls({", ".join(reads)})
    except (Undecodable, KeyError, ValueError):
        pass
    raise wrong(d)
"""


def _within(key: str, read: Callable[[Any], Any], data: Any) -> Any:  # noqa: ANN401
    try:
        return read(data)
    except Undecodable as error:
        raise error.within(key) from None


def _closed(properties: Schema, needed: Iterable[str]) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(needed),
        "additionalProperties": False,
    }


def _tagged(members: dict[type, tuple[str, Shape[Any]]]) -> Shape[Any]:
    writers = {cls: shape.encode for cls, (_, shape) in members.items()}
    readers = {name: shape.decode for name, shape in members.values()}

    def decode(data: Any) -> Any:  # noqa: ANN401
        kind = data.get(KIND) if type(data) is dict else None
        read = readers.get(kind) if type(kind) is str else None
        if read is None:
            raise Undecodable(_expected(f"an object whose kind is one of {sorted(readers)}", data))
        return read(data)

    return Shape(
        lambda value: writers[type(value)](value),
        decode,
        {"oneOf": [shape.schema for _, shape in members.values()]},
    )


def _optional(inner: Shape[Any]) -> Shape[Any]:
    write, read = inner.encode, inner.decode
    return Shape(
        lambda value: "null" if value is None else write(value),
        lambda data: None if data is None else read(data),
        {"oneOf": [{"type": "null"}, inner.schema]},
    )


def _sequence(inner: Shape[Any]) -> Shape[tuple[Any, ...]]:
    write, read = inner.encode, inner.decode

    def decode(data: Any) -> tuple[Any, ...]:  # noqa: ANN401
        try:
            return tuple([read(item) for item in _list(data)])
        except Undecodable:
            for index, item in enumerate(_list(data)):
                _within(str(index), read, item)
            raise

    return Shape(
        lambda value: "[" + ",".join([write(item) for item in value]) + "]",
        decode,
        {"type": "array", "items": inner.schema},
    )


def _row(columns: list[Shape[Any]], build: str, scope: dict[str, Any]) -> Shape[Any]:
    """Compile a tuple of fixed length; `build` is the source that makes one of its items."""
    for i, column in enumerate(columns):
        scope |= {f"w{i}": column.encode, f"r{i}": column.decode}
    writes = " + ',' + ".join(f"w{i}(v[{i}])" for i in range(len(columns)))
    reads = ", ".join(f"r{i}(d[{i}])" for i in range(len(columns)))
    read = eval(f"lambda d: {build}({reads},)", scope)  # noqa: S307  our own code
    readers = [column.decode for column in columns]

    def decode(data: Any) -> Any:  # noqa: ANN401
        if len(_list(data)) != len(readers):
            raise Undecodable(_expected(f"{len(readers)} items", data))
        try:
            return read(data)
        except Undecodable:
            for index, (read_item, item) in enumerate(zip(readers, data, strict=True)):
                _within(str(index), read_item, item)
            raise

    return Shape(
        eval(f"lambda v: '[' + {writes} + ']'", scope),  # noqa: S307
        decode,
        {
            "type": "array",
            "prefixItems": [c.schema for c in columns],
            "minItems": len(columns),
            "items": False,
        },
    )


def _object(inner: Shape[Any]) -> Shape[dict[str, Any]]:
    write, read = inner.encode, inner.decode

    def encode(value: Mapping[str, Any]) -> str:
        members = [f"{encode_basestring(key)}:{write(value[key])}" for key in sorted(value)]
        return "{" + ",".join(members) + "}"

    def decode(data: Any) -> dict[str, Any]:  # noqa: ANN401
        if type(data) is not dict:
            raise Undecodable(_expected("an object", data))
        try:
            return {key: read(item) for key, item in data.items()}
        except Undecodable:
            for key, item in data.items():
                _within(key, read, item)
            raise

    return Shape(encode, decode, {"type": "object", "additionalProperties": inner.schema})


def _pairs(key: Shape[Any], value: Shape[Any]) -> Shape[dict[Any, Any]]:
    pair = _sequence(_row([key, value], "", {}))
    write_key, write = key.encode, value.encode

    def encode(mapping: Mapping[Any, Any]) -> str:
        members = sorted([(write_key(k), write(v)) for k, v in mapping.items()])
        return "[" + ",".join([f"[{k},{v}]" for k, v in members]) + "]"

    return Shape(encode, lambda data: dict(pair.decode(data)), pair.schema)


def _literal(choices: tuple[str, ...]) -> Shape[str]:
    forms = {choice: encode_basestring(choice) for choice in choices}

    def decode(data: Any) -> str:  # noqa: ANN401
        if type(data) is not str or data not in forms:
            raise Undecodable(_expected(f"one of {sorted(forms)}", data))
        return data

    return Shape(forms.__getitem__, decode, {"enum": list(choices)})


def _expected(what: str, data: object) -> str:
    shown = repr(data)
    return f"expected {what}, found {shown if len(shown) <= 80 else shown[:77] + '...'}"  # noqa: PLR2004


def _list(data: Any) -> list[Any]:  # noqa: ANN401
    if type(data) is not list:
        raise Undecodable(_expected("a list", data))
    return data


def _scalar(what: str, of: type) -> Callable[[Any], Any]:
    def decode(data: Any) -> Any:  # noqa: ANN401
        if type(data) is not of:
            raise Undecodable(_expected(what, data))
        return data

    return decode


def _from_text(
    what: str, read: Callable[[str], T], write: Callable[[T], str]
) -> Callable[[Any], T]:
    """Read text that must be spelt as `write` spells it: one value, one spelling."""

    @lru_cache(CACHED_TEXTS)
    def checked(data: str) -> T:
        value = read(data)
        if write(value) != data:
            raise ValueError
        return value

    def decode(data: Any) -> T:  # noqa: ANN401
        try:
            return checked(data)
        except (TypeError, ValueError, AttributeError, ZeroDivisionError):
            raise Undecodable(_expected(what, data)) from None

    return decode


def _instant(value: datetime) -> str:
    if value.tzinfo is not UTC:
        if value.tzinfo is None:
            msg = f"an instant without a time zone: {value}"
            raise ValueError(msg)
        value = value.astimezone(UTC)
    return value.isoformat(timespec="microseconds")[:-6] + "Z"


def _text(
    what: str, read: Callable[[str], T], write: Callable[[T], str], schema: Schema
) -> Shape[Any]:
    return Shape(
        lambda value: f'"{write(value)}"',
        _from_text(what, read, write),
        {"type": "string", **schema},
    )


_PLAIN: dict[Any, Shape[Any]] = {
    str: Shape(encode_basestring, _scalar("text", str), {"type": "string"}),
    int: Shape(int.__repr__, _scalar("an integer", int), {"type": "integer"}),
    bool: Shape(lambda v: "true" if v else "false", _scalar("a boolean", bool),
                {"type": "boolean"}),
    date: _text("a date, YYYY-MM-DD", date.fromisoformat, date.isoformat, {"format": "date"}),
    datetime: _text("an instant in UTC with microseconds", datetime.fromisoformat, _instant,
                    {"format": "date-time"}),
    UUID: _text("a UUID", UUID, str, {"format": "uuid"}),
    Fraction: _text("a fraction such as 4/5", Fraction, str,
                    {"pattern": "^-?[0-9]+(/[1-9][0-9]*)?$"}),
    bytes: _text("bytes in hexadecimal", bytes.fromhex, bytes.hex, {"pattern": "^([0-9a-f]{2})*$"}),
}  # fmt: skip
