"""What is published of the contract: generated, compared with the files, and kept compatible.

`json/` has a JSON Schema of each message, `receipts/` of each kind of proof, `openapi/` and
`asyncapi/` have a document of each service. `json/published/` has the schemas of the last release,
on which others rely: what they send must stay acceptable, and what we send must stay readable to
them. A release is frozen only when it keeps to the one before, so that who keeps to the last one
keeps to all of them.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel

from schemas import receipts
from schemas.cloudevents import Json
from schemas.documents import asyncapi, json_schema, openapi
from schemas.documents.compatibility import losses, narrowings
from schemas.documents.services import SERVICES, Service
from schemas.documents.yaml_text import dumped

HERE = Path(__file__).parent
RELEASED = Path("json/published")
VERSIONS = "versions.json"
"""Which version of each service the last release has."""

HEADING = "Made from the models by `rugzak contract schemas --write`: change them, not this."
COPIED = f"openapi/{openapi.BASES}"


def generate(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return all that is handed out, by path; `more` is what other rooms make of the kind."""
    made = dict(more or {})
    made |= {f"json/{name}": text for name, text in json_schemas().items()}
    made |= {
        f"receipts/{kind}.json": _text(json_schema.of_file(kind, model))
        for kind, model in receipts.KINDS.items()
    }
    made |= {
        f"{folder}/{service.name}.yaml": dumped(module.document(service), HEADING)
        for folder, module in (("openapi", openapi), ("asyncapi", asyncapi))
        for service in SERVICES
        if service.messages or folder == "asyncapi"
    }
    made[f"openapi/{openapi.SHARED}"] = dumped(openapi.shared(), HEADING)
    made[COPIED] = (HERE / COPIED).read_text("utf-8")
    return made


def json_schemas() -> dict[str, str]:
    """Return the JSON Schema of each message, by file name."""
    return {
        f"{type_}.json": _text(json_schema.of_message(type_, model, service.way))
        for service, type_, model in _messages()
    }


def stale(here: Path, more: Mapping[str, str] | None = None) -> list[str]:
    """Return the files that are not what the models say; empty when all are."""
    wanted = generate(more)
    folders = {Path(path).parent for path in wanted}
    there = {
        path.relative_to(here).as_posix(): path.read_text("utf-8")
        for folder in folders
        for path in (here / folder).glob("*.*")
    }
    return sorted(
        path for path in wanted.keys() | there.keys() if wanted.get(path) != there.get(path)
    )


def incompatible(here: Path) -> list[str]:
    """Return what others who rely on the last release would stumble over; empty when nothing."""
    findings = []
    now = {f"{type_}.json": (service, model) for service, type_, model in _messages()}
    for name, released in _released(here).items():
        if name not in now:
            findings.append(f"{name}: the message was removed")
            continue
        service, model = now[name]
        said = json_schema.of_message(name.removesuffix(".json"), model, service.way)
        compare = narrowings if service.way == "in" else losses
        findings += [f"{name}{finding}" for finding in compare(released, said)]
    return findings


def unnumbered(here: Path) -> list[str]:
    """Return the services that changed since the last release under the same version."""
    released, now = _released(here), json_schemas()
    findings = []
    for service in SERVICES:
        before = _versions(here).get(service.name)
        names = {name for name in released.keys() | now.keys() if _is_of(service, name)}
        if before == service.version and any(
            released.get(name) != json.loads(now.get(name, "null")) for name in names
        ):
            findings.append(
                f"{service.name}: is otherwise than the {before} that was released; raise its "
                "version in schemas/documents/services.py"
            )
    return findings


def write(folder: Path, more: Mapping[str, str] | None = None) -> list[str]:
    """Write all that is handed out into a folder; return the paths."""
    made = generate(more)
    for path, text in made.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return sorted(made)


def freeze(here: Path) -> list[str]:
    """Make the schemas those of a release; or return what breaks with the last one."""
    if findings := incompatible(here) + unnumbered(here):
        return findings
    folder = here / RELEASED
    folder.mkdir(parents=True, exist_ok=True)
    versions = {service.name: service.version for service in SERVICES}
    for name, text in (json_schemas() | {VERSIONS: _text(versions)}).items():
        (folder / name).write_text(text, "utf-8")
    return []


def _messages() -> Iterator[tuple[Service, str, type[BaseModel]]]:
    for service in SERVICES:
        for type_, model in service.messages.items():
            yield service, type_, model


def _released(here: Path) -> dict[str, Json]:
    paths = sorted((here / RELEASED).glob("*.json"))
    return {
        path.name: json.loads(path.read_text("utf-8")) for path in paths if path.name != VERSIONS
    }


def _versions(here: Path) -> dict[str, str]:
    path = here / RELEASED / VERSIONS
    return json.loads(path.read_text("utf-8")) if path.exists() else {}


def _is_of(service: Service, name: str) -> bool:
    return name.startswith(f"{service.name}.")


def _text(document: Json) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
