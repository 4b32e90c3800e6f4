"""JSON Schemas of the contract: generated, compared with the files, and kept compatible.

`python -m schemas.published` writes them; with `--freeze` it also makes them the baseline that
publishers rely on. A new schema must accept every message that the baseline accepted.
"""

import json
import sys
from pathlib import Path

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from schemas.cloudevents import Json
from schemas.contract import ALL, SENT
from schemas.examples import example

HERE = Path(__file__).parent / "json"
PUBLISHED = HERE / "published"
DIALECT = "https://json-schema.org/draft/2020-12/schema"

NARROWS_UPWARD = {"minimum", "minLength", "minItems", "exclusiveMinimum"}
NARROWS_DOWNWARD = {"maximum", "maxLength", "maxItems", "exclusiveMaximum"}
SAYS_NOTHING = {
    "title", "description", "examples", "default", "$defs", "$schema", "$id", "discriminator",
}  # fmt: skip
COMPARED_APART = {
    "type", "const", "enum", "properties", "required", "additionalProperties", "anyOf", "oneOf",
    "$ref",
}  # fmt: skip


class _Schema(GenerateJsonSchema):
    """Without the titles and null defaults that say nothing to a publisher."""

    def field_title_should_be_set(self, schema: Json) -> bool:  # noqa: ARG002
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        described = super().default_schema(schema)
        if "default" in described and described["default"] is None:
            del described["default"]
        return described


class _SentSchema(_Schema):
    """What we always send, readers may count on: also what the model fills in by itself."""

    def field_is_required(self, field: Json, total: bool) -> bool:  # noqa: FBT001  its signature
        return super().field_is_required(field, total) or field["schema"]["default"] is not None


def generate() -> dict[str, str]:
    """Return the JSON Schema of each message, by file name; of those that come in, then out."""
    each = [(_Schema, ALL.messages), (_SentSchema, SENT.messages)]
    return {
        f"{type_}.json": _described(type_, model, generator)
        for generator, messages in each
        for type_, model in messages.items()
    }


def _described(type_: str, model: type[BaseModel], generator: type[GenerateJsonSchema]) -> str:
    schema = model.model_json_schema(schema_generator=generator)
    schema = {"$schema": DIALECT, "$id": f"urn:{type_}", **schema, "examples": [example(type_)]}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def stale() -> list[str]:
    """Return the files that are not what the models say; empty when all are."""
    wanted = generate()
    there = {path.name: path.read_text("utf-8") for path in HERE.glob("*.json")}
    return sorted(
        name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name)
    )


def incompatible() -> list[str]:
    """Return what publishers of the baseline would stumble over; empty when nothing."""
    now = generate()
    findings: list[str] = []
    for path in sorted(PUBLISHED.glob("*.json")):
        if path.name not in now:
            findings.append(f"{path.name}: the message was removed")
            continue
        old, new = json.loads(path.read_text("utf-8")), json.loads(now[path.name])
        findings += [f"{path.name}{finding}" for finding in narrowings(old, new)]
    return findings


def narrowings(old: Json, new: Json) -> list[str]:
    """Return where `new` refuses what `old` accepted, as `#pointer: reason`."""
    return _Comparison(old, new).compare(old, new, "#")


class _Comparison:
    def __init__(self, old: Json, new: Json) -> None:
        self.old_definitions = old.get("$defs", {})
        self.new_definitions = new.get("$defs", {})

    def compare(self, old: Json, new: Json, at: str) -> list[str]:
        if new is True or old is False:
            return []
        if old is True or new is False:
            return [f"{at}: narrowed"]
        old = self._resolved(old, self.old_definitions)
        new = self._resolved(new, self.new_definitions)
        return [
            *(self._branches(old, new, at) if _members(old) or _members(new) else []),
            *self._values(old, new, at),
            *self._limits(old, new, at),
            *(self._object(old, new, at) if "properties" in old else []),
        ]

    @staticmethod
    def _resolved(schema: Json, definitions: Json) -> Json:
        if "$ref" in schema:
            rest = {k: v for k, v in schema.items() if k != "$ref"}
            return {**definitions[schema["$ref"].rsplit("/", 1)[-1]], **rest}
        return schema

    def _branches(self, old: Json, new: Json, at: str) -> list[str]:
        """Each thing that was accepted needs one branch that accepts it now."""
        findings: list[str] = []
        for index, member in enumerate(_members(old) or [old]):
            tries = [self.compare(member, other, at) for other in _members(new) or [{}]]
            best = min(tries, key=len)
            if best:
                findings += [f"{at}: alternative {index} is no longer accepted", *best]
        return findings

    @staticmethod
    def _values(old: Json, new: Json, at: str) -> list[str]:
        findings = []
        if _values_of(new) is not None and (
            _values_of(old) is None or not set(_values_of(old) or ()) <= set(_values_of(new) or ())
        ):
            findings.append(f"{at}: fewer values are allowed")
        if "type" in new and new["type"] != old.get("type") and not _members(old):
            findings.append(f"{at}: the type changed")
        return findings

    @staticmethod
    def _limits(old: Json, new: Json, at: str) -> list[str]:
        findings = []
        for word in sorted((old.keys() | new.keys()) - SAYS_NOTHING - COMPARED_APART):
            was, now = old.get(word), new.get(word)
            if was == now or now is None:
                continue
            wider = was is not None and (
                (word in NARROWS_UPWARD and now <= was) or (word in NARROWS_DOWNWARD and now >= was)
            )
            if not wider:
                findings.append(f"{at}: {word} became narrower or different")
        return findings

    def _object(self, old: Json, new: Json, at: str) -> list[str]:
        properties = new.get("properties", {})
        others = new.get("additionalProperties", True)
        findings = [
            f"{at}/{name}: became required"
            for name in sorted(set(new.get("required", ())) - set(old.get("required", ())))
        ]
        for name, schema in old["properties"].items():
            if name in properties:
                findings += self.compare(schema, properties[name], f"{at}/{name}")
            elif others is False:
                findings.append(f"{at}/{name}: was removed")
        others_before = old.get("additionalProperties", True)
        if others_before is not False:
            findings += self.compare(others_before, others, f"{at}/*")
            for name in sorted(properties.keys() - old["properties"].keys()):
                findings += self.compare(others_before, properties[name], f"{at}/{name}")
        return findings


def _members(schema: Json) -> list[Json]:
    return list(schema.get("oneOf") or schema.get("anyOf") or ())


def _values_of(schema: Json) -> list[Json] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def main(arguments: list[str]) -> None:
    """Write the schemas; with `--freeze` the baseline too, when nothing becomes incompatible."""
    targets = [HERE, PUBLISHED] if "--freeze" in arguments else [HERE]
    if PUBLISHED in targets and (findings := incompatible()):
        sys.exit("\n".join(findings))
    for directory in targets:
        directory.mkdir(parents=True, exist_ok=True)
        for name, text in generate().items():
            (directory / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
