"""Whether one JSON Schema accepts all that another one accepts.

In doubt it says no: a keyword that it does not know has to stay as it is. So what it passes is an
inclusion of sets, and inclusions add up: who is compatible with the last release is so with all
before it. Why no library does this: `ops/docs/decisions/0016-contract-documents.md`.
"""

from schemas.cloudevents import Json

NARROWS_UPWARD = {"minimum", "minLength", "minItems", "exclusiveMinimum"}
NARROWS_DOWNWARD = {"maximum", "maxLength", "maxItems", "exclusiveMaximum"}
SAYS_NOTHING = {
    "title", "description", "examples", "default", "$defs", "$schema", "$id", "discriminator",
}  # fmt: skip
COMPARED_APART = {
    "type", "const", "enum", "properties", "required", "additionalProperties", "items", "anyOf",
    "oneOf", "$ref",
}  # fmt: skip


def narrowings(old: Json, new: Json) -> list[str]:
    """Return where `new` refuses what `old` accepted, as `#/path: reason`."""
    return _Comparison(old, new).compare(old, new, "#")


def losses(released: Json, sent: Json) -> list[str]:
    """Return what readers of a released schema would stumble over in what is sent now.

    What is sent has to be what they were told; beyond that only new fields, which they ignore.
    """
    dropped = _fields(released, released) - _fields(sent, sent)
    sent = _closed(sent)
    return [
        *_Comparison(sent, released).compare(sent, released, "#"),
        *(f"{path}: is no longer sent" for path in sorted(dropped)),
    ]


class _Comparison:
    def __init__(self, old: Json, new: Json) -> None:
        self.old_definitions = old.get("$defs", {})
        self.new_definitions = new.get("$defs", {})

    def compare(self, old: Json, new: Json, at: str) -> list[str]:
        if new is True or old is False:
            return []
        if old is True or new is False:
            return [f"{at}: narrowed"]
        old = _resolved(old, self.old_definitions)
        new = _resolved(new, self.new_definitions)
        if alternatives := _members(old):
            return self._each(old, alternatives, new, at)
        if branches := _members(new):
            tries = [self.compare(old, branch, at) for branch in branches]
            return [
                *self.compare(old, _alone(new), at),
                *min(tries, key=len),
                *([] if self._told_apart(new) else [f"{at}: two alternatives may both be right"]),
            ]
        return [
            *self._values(old, new, at),
            *self._limits(old, new, at),
            *self._object(old, new, at),
            *self._items(old, new, at),
        ]

    def _each(self, old: Json, alternatives: list[Json], new: Json, at: str) -> list[str]:
        """Each thing that was accepted has to be accepted now."""
        findings: list[str] = []
        for index, member in enumerate(alternatives):
            whole = {**_alone(old), **_resolved(member, self.old_definitions)}
            if found := self.compare(whole, new, at):
                findings += [f"{at}: alternative {index} is no longer accepted", *found]
        return findings

    def _told_apart(self, new: Json) -> bool:
        """Whether at most one of the alternatives is right, as `oneOf` asks: a field says which."""
        if "oneOf" not in new:
            return True
        name = new.get("discriminator", {}).get("propertyName")
        saying: list[Json] = []
        for member in new["oneOf"]:
            branch = _resolved(member, self.new_definitions)
            values = _values_of(branch.get("properties", {}).get(name, {}))
            if not values or name not in branch.get("required", ()):
                return False
            saying += values
        return len(saying) == len(set(saying))

    @staticmethod
    def _values(old: Json, new: Json, at: str) -> list[str]:
        findings = []
        allowed, were = _values_of(new), _values_of(old)
        if allowed is not None and (were is None or any(each not in allowed for each in were)):
            findings.append(f"{at}: fewer values are allowed")
        if "type" in new and new["type"] != old.get("type"):
            findings.append(f"{at}: the type changed")
        return findings

    @staticmethod
    def _limits(old: Json, new: Json, at: str) -> list[str]:
        findings = []
        for word in sorted(new.keys() - SAYS_NOTHING - COMPARED_APART):
            was, now = old.get(word), new[word]
            wider = was is not None and (
                (word in NARROWS_UPWARD and now <= was) or (word in NARROWS_DOWNWARD and now >= was)
            )
            if was != now and not wider:
                findings.append(f"{at}: {word} became narrower or different")
        return findings

    def _object(self, old: Json, new: Json, at: str) -> list[str]:
        were, are = old.get("properties", {}), new.get("properties", {})
        others_were, others = (each.get("additionalProperties", True) for each in (old, new))
        findings = [
            f"{at}/{name}: became required"
            for name in sorted(set(new.get("required", ())) - set(old.get("required", ())))
        ]
        for name, schema in were.items():
            if name in are or others is not False:
                findings += self.compare(schema, are.get(name, others), f"{at}/{name}")
            else:
                findings.append(f"{at}/{name}: was removed")
        if others_were is not False:
            findings += self.compare(others_were, others, f"{at}/*")
            for name in sorted(are.keys() - were.keys()):
                findings += self.compare(others_were, are[name], f"{at}/{name}")
        return findings

    def _items(self, old: Json, new: Json, at: str) -> list[str]:
        return self.compare(old.get("items", True), new.get("items", True), f"{at}/[]")


def _resolved(schema: Json, definitions: Json) -> Json:
    while isinstance(schema, dict) and "$ref" in schema:
        rest = {key: inner for key, inner in schema.items() if key != "$ref"}
        schema = {**definitions[schema["$ref"].rsplit("/", 1)[-1]], **rest}
    return schema


def _members(schema: Json) -> list[Json]:
    return list(schema.get("oneOf") or schema.get("anyOf") or ())


def _alone(schema: Json) -> Json:
    return {key: inner for key, inner in schema.items() if key not in {"oneOf", "anyOf"}}


def _values_of(schema: Json) -> list[Json] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _fields(schema: Json, whole: Json, at: str = "#") -> set[str]:
    """Return the path of each field that a schema names, at any depth."""
    if not isinstance(schema, dict):
        return set()
    schema = _resolved(schema, whole.get("$defs", {}))
    found: set[str] = set()
    for member in _members(schema):
        found |= _fields(member, whole, at)
    found |= _fields(schema.get("items"), whole, f"{at}/[]")
    for name, property_ in schema.get("properties", {}).items():
        found |= {f"{at}/{name}", *_fields(property_, whole, f"{at}/{name}")}
    return found


def _closed(schema: Json) -> Json:
    """Return a schema of what has no other fields than those that it names."""
    match schema:
        case dict():
            made = {key: _closed(inner) for key, inner in schema.items()}
            return {"additionalProperties": False, **made} if "properties" in schema else made
        case list():
            return [_closed(inner) for inner in schema]
        case _:
            return schema
