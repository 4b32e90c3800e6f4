"""Readers of parsed JSON, compiled from type hints: quick, and without a word on what is wrong.

They read what the codec writes, exactly as cattrs would by the codec's rules, and raise for
anything else; then the codec lets cattrs read it once more, and tell. Most of what reading an event
costs is calling: a function for each text and number of it. Here one function reads a whole
class, with the checks of its plain fields written out in it.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, Field, fields, is_dataclass
from itertools import count
from types import NoneType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

Reader = Callable[[Any], Any]

REFUSALS: Final = (TypeError, ValueError, LookupError, AttributeError)
"""What a reader raises for what is not of its class; which one says nothing."""

PLAIN: Final = (str, int, bool)
INDENT: Final = "    "


class Readers:
    """Compiles a reader of each class when it is first asked for."""

    def __init__(self, names: Mapping[type, str], texts: Mapping[type, Reader], kind: str) -> None:
        """Take the names of members of unions, what reads a text as another type, and their key."""
        self._names = names
        self._texts = texts
        self._kind = kind
        self._made: dict[tuple[type, bool], Reader] = {}

    def of(self, cls: Any, *, member: bool = False) -> Reader:  # noqa: ANN401
        """Return what reads a dataclass; a `member` of a union says of which kind it is."""
        found = self._made.get((cls, member))
        if found is None:
            found = self._made[cls, member] = _Function(self, cls).reader(member=member)
        return found

    def text(self, hint: object) -> Reader | None:
        """Return what reads a text as a type; None: it is another one."""
        return self._texts.get(hint) if isinstance(hint, type) else None

    def members(self, hints: tuple[Any, ...]) -> Callable[[Any], Any]:
        """Return what reads one of several classes."""
        kind = self._kind
        readers = {self._names[each]: self.of(each, member=True) for each in hints}
        return lambda data: readers[data[kind]](data)


class _Function:
    """The lines of one function, and what they name."""

    def __init__(self, readers: Readers, cls: Any) -> None:  # noqa: ANN401
        self._readers = readers
        self._cls = cls
        self._lines = ["def read(data):"]
        self._named: dict[str, Any] = {"cls": cls}
        self._depth = 1
        self._numbers = count()

    def reader(self, *, member: bool) -> Reader:
        """Compile it: what is there is counted, so that nothing else is there."""
        hints = get_type_hints(self._cls)
        self._line(f"count = {int(member)}")
        self._unless("type(data) is dict")
        given = [
            f"{each.name}={self._field(each, hints[each.name])}"
            for each in fields(self._cls)
            if each.init
        ]
        self._unless("len(data) == count")
        self._line(f"return cls({', '.join(given)})")
        exec("\n".join(self._lines), self._named)  # noqa: S102  of our own type hints
        read: Reader = self._named["read"]
        return read

    def _field(self, field: Field[Any], hint: Any) -> str:  # noqa: ANN401  any hint
        name = self._new()
        if field.default is MISSING and field.default_factory is MISSING:
            self._line(f"{name} = data[{field.name!r}]")
            self._line("count += 1")
            return self._value(hint, name)
        with self._block(f"if {field.name!r} in data:"):
            self._line(f"{name} = data[{field.name!r}]")
            self._line("count += 1")
            self._line(f"{name} = {self._value(hint, name)}")
        with self._block("else:"):
            if field.default_factory is MISSING:
                self._line(f"{name} = {self._name(field.default)}")
            else:
                self._line(f"{name} = {self._name(field.default_factory)}()")
        return name

    def _value(self, hint: Any, name: str) -> str:  # noqa: ANN401
        """Write the checks of a value that a variable has; return what it is read as."""
        origin, args = get_origin(hint), get_args(hint)
        if hint in PLAIN:
            self._unless(f"type({name}) is {hint.__name__}")
            return name
        if origin is Literal:
            self._unless(f"{name} in {self._name(frozenset(args))}")
            return name
        if origin in (Union, UnionType):
            return self._one_of(args, name)
        if origin is tuple and args[-1] is Ellipsis:
            return self._several(args[0], name)
        if origin is tuple:
            return f"({', '.join(self._parts(args, name))},)"
        if origin in (dict, Mapping):
            return self._mapping(args[0], args[1], name)
        if hasattr(hint, "_fields"):
            parts = self._parts(tuple(get_type_hints(hint).values()), name)
            return f"{self._name(hint)}({', '.join(parts)})"
        read = self._readers.text(hint)
        if read is None:
            assert is_dataclass(hint), hint  # noqa: S101  the codec has no other form
            read = self._readers.of(hint)
        return f"{self._name(read)}({name})"

    def _one_of(self, hints: tuple[Any, ...], name: str) -> str:
        rest, read = tuple(each for each in hints if each is not NoneType), self._new()
        with self._block(f"if {name} is None:"):
            self._unless(str(len(rest) < len(hints)))
            self._line(f"{read} = None")
        with self._block("else:"):
            if len(rest) == 1:
                self._line(f"{read} = {self._value(rest[0], name)}")
            else:
                self._line(f"{read} = {self._name(self._readers.members(rest))}({name})")
        return read

    def _several(self, hint: Any, name: str) -> str:  # noqa: ANN401
        self._unless(f"type({name}) is list")
        each, read = self._new(), self._new()
        if hint in PLAIN:
            with self._block(f"for {each} in {name}:"):
                self._value(hint, each)
            return f"tuple({name})"
        self._line(f"{read} = []")
        with self._block(f"for {each} in {name}:"):
            self._line(f"{read}.append({self._value(hint, each)})")
        return f"tuple({read})"

    def _parts(self, hints: tuple[Any, ...], name: str) -> list[str]:
        """Take a list apart that has one part for each hint."""
        self._unless(f"type({name}) is list and len({name}) == {len(hints)}")
        parts = [self._new() for _ in hints]
        self._line(f"{', '.join(parts)}, = {name}")
        return [self._value(hint, part) for hint, part in zip(hints, parts, strict=True)]

    def _mapping(self, key: Any, value: Any, name: str) -> str:  # noqa: ANN401
        """Read an object, or, of keys that are no texts, a list of pairs."""
        read, each, one = self._new(), self._new(), self._new()
        self._line(f"{read} = {{}}")
        if key is str:
            self._unless(f"type({name}) is dict")
            with self._block(f"for {each}, {one} in {name}.items():"):
                self._line(f"{read}[{each}] = {self._value(value, one)}")
            return read
        self._unless(f"type({name}) is list")
        with self._block(f"for {each} in {name}:"):
            first, second = self._parts((key, value), each)
            self._line(f"{read}[{first}] = {second}")
        return read

    def _unless(self, right: str) -> None:
        with self._block(f"if not ({right}):"):
            self._line("raise TypeError")

    def _line(self, text: str) -> None:
        self._lines.append(INDENT * self._depth + text)

    @contextmanager
    def _block(self, head: str) -> Iterator[None]:
        self._line(head)
        self._depth += 1
        yield
        self._depth -= 1

    def _new(self) -> str:
        """Return a name that no other value has."""
        return f"v{next(self._numbers)}"

    def _name(self, value: Any) -> str:  # noqa: ANN401
        name = self._new()
        self._named[name] = value
        return name
