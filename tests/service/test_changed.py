"""Regulations with some of them changed, as a simulation reads them."""

from pathlib import Path

import pytest

from ledger.service.changed import files_at, load_with
from ledger.service.rulebook import FOLDER, WrongRegulation, load

VOV = FOLDER / "be-vlg" / "vov.yaml"


def vov(*swaps: tuple[str, str]) -> bytes:
    text = VOV.read_text("utf-8")
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


def test_a_changed_file_takes_the_place_of_its_scheme_and_all_else_stays() -> None:
    shipped = load().schemes
    changed = load_with({"mine.yaml": vov(("{2019-09-01: 125}", "{2019-09-01: 100}"))}).schemes
    assert changed.keys() == shipped.keys()
    assert {id_ for id_ in shipped if changed[id_].digest != shipped[id_].digest} == {"be-vlg/vov"}


def test_a_file_about_another_scheme_adds_it() -> None:
    changed = load_with({"mine.yaml": vov(("scheme: be-vlg/vov", "scheme: be-vlg/new"))})
    assert changed.schemes.keys() - load().schemes.keys() == {"be-vlg/new"}


def test_a_register_takes_the_place_of_the_one_with_its_providers() -> None:
    register = (
        b"providers: [{id: cvo-semper, name: CVO, recognised: {be-vlg/vov: [{from: 2030-01-01}]}}]"
    )
    changed = load_with({"rules/providers.yaml": register}).providers
    assert "greta-lille" in changed
    assert "be-vlg/opleidingscheques" not in changed["cvo-semper"].recognised


def test_what_is_wrong_is_told_with_the_name_that_was_given() -> None:
    wrong = vov(("amount: full_time_hours * share", "amount: full_time_hour * share"))
    with pytest.raises(WrongRegulation, match=r"^rules/mine\.yaml:\d+:\d+: .*full_time_hours"):
        load_with({"rules/mine.yaml": wrong})
    with pytest.raises(WrongRegulation, match=r"other\.yaml:\d+:\d+: another file is about"):
        load_with({"mine.yaml": vov(), "other.yaml": vov()})
    with pytest.raises(WrongRegulation, match=r"^mine\.yaml:1:1: the file is empty"):
        load_with({"mine.yaml": b""})


def test_a_folder_brings_all_its_files_and_an_empty_one_is_refused(tmp_path: Path) -> None:
    assert files_at(VOV) == {VOV.as_posix(): VOV.read_bytes()}
    assert len(files_at(FOLDER)) == len(list(FOLDER.rglob("*.yaml")))
    with pytest.raises(FileNotFoundError, match=r"no regulation \(\*.yaml\) below"):
        files_at(tmp_path)
