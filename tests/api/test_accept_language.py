"""Which language is answered in, by what the one who asks says."""

import pytest

from projections.api.languages import MAX_HEADER_CHARACTERS, best


@pytest.mark.parametrize(
    ("accepted", "code"),
    [
        ("", "en"),
        ("nl", "nl"),
        ("fr", "fr"),
        ("en", "en"),
        ("NL-be", "nl"),
        ("fr-BE, fr;q=0.9, en;q=0.8", "fr"),
        ("de-BE, de;q=0.9, fr;q=0.5, nl;q=0.4", "fr"),
        ("fr;q=0.3,nl;q=0.7", "nl"),
        ("fr; q=0.700 , nl ;Q=0.7", "fr"),
        ("nl,fr", "nl"),
        ("de", "en"),
        ("*", "en"),
        ("en;q=0, *", "nl"),
        ("en;q=0, nl;q=0, *;q=0.1", "fr"),
        ("de, *;q=0.5", "en"),
        ("fr;q=0", "en"),
        ("en;q=0", "en"),
        ("*;q=0", "en"),
        ("nl;q=2, fr;q=0.1", "fr"),
        ("nl;q=0.1234, fr;q=0.1", "fr"),
        ("nl;level=1", "en"),
        ("\x00, ;;q=, nlnlnlnln, fr", "fr"),
        (", ,nl", "nl"),
        ("x" * MAX_HEADER_CHARACTERS + ",nl", "en"),
    ],
)
def test_the_language_that_is_asked_for_most_is_taken(accepted: str, code: str) -> None:
    assert best(accepted) == code
