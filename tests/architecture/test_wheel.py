"""The wheel carries all that the product reads, and nothing of its tests."""

from fnmatch import fnmatch
from pathlib import Path
from zipfile import ZipFile

import pytest
from hatchling.builders.wheel import WheelBuilder

from tests.architecture.checkout import ROOT, tracked

ROOMS = ("ledger", "projections", "consumers", "schemas", "ops")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Build the wheel and return its files' names."""
    [path] = WheelBuilder(str(ROOT)).build(
        directory=str(tmp_path_factory.mktemp("wheel")), versions=["standard"]
    )
    with ZipFile(path) as archive:
        return archive.namelist()


@pytest.mark.parametrize(
    "data",
    [
        "ledger/regulations/*/*.yaml",
        "ledger/store/migrations/*.sql",
        "ledger/store/*.dict",
        "projections/*/schema.sql",
        "schemas/json/*.json",
        "schemas/json/published/*.json",
        "schemas/asyncapi/*.yaml",
        "schemas/openapi/*.yaml",
        "schemas/openapi/belgif/*.yaml",
        "schemas/stored/*.json",
        "ops/demo/shares.yaml",
        "ops/demo/story.yaml",
        "ledger/words/*.ftl",
        "ops/books/pages/*.html",
        "ops/books/pages/*.css",
    ],
)
def test_the_wheel_carries_the_data(wheel: list[str], data: str) -> None:
    assert any(fnmatch(name, data) for name in wheel)


def test_the_wheel_carries_every_file_of_the_rooms(wheel: list[str]) -> None:
    assert {path.as_posix() for path in tracked(*ROOMS)} - set(wheel) == set()


def test_the_wheel_carries_nothing_else(wheel: list[str]) -> None:
    tops = {Path(name).parts[0] for name in wheel}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(ROOMS)
