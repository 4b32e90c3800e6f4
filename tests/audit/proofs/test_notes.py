"""Signed notes, checkpoints and keys, as C2SP writes them."""

from itertools import count

import pytest

from ledger.audit.proofs.keys import first_key, read_keys
from ledger.audit.proofs.notes import (
    COSIGNATURE,
    Checkpoint,
    Note,
    WrongNote,
    new_signer,
    read_checkpoint,
    read_note,
    read_signer,
    read_verifier,
)

KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""
"""The example of c2sp.org/signed-note."""

CHECKPOINT = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
"""
"""That of c2sp.org/tlog-checkpoint; `COSIGNED` that of c2sp.org/tlog-cosignature."""

COSIGNED = f"""{CHECKPOINT}
— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""


def test_the_specifications_example_is_verified_by_its_key() -> None:
    key, note = read_verifier(KEY), read_note(NOTE.encode())
    assert str(key) == KEY
    assert note.signed_by([key]) == [key]
    assert bytes(note) == NOTE.encode()
    with pytest.raises(WrongNote, match="is not of this text"):
        Note(note.text.replace("an", "no"), note.signatures).signed_by([key])


def test_the_specifications_checkpoint_is_read_and_written_the_same() -> None:
    note = read_note(COSIGNED.encode())
    assert read_checkpoint(note.text).size == 20852163
    assert read_checkpoint(note.text).text() == CHECKPOINT
    assert [each.name for each in note.signatures] == [
        "example.com/behind-the-sofa",
        "witness.example.com/w1",
    ]


def test_a_cosignature_holds_for_its_time_its_text_and_its_key() -> None:
    witness, other = (new_signer("witness.example.com/w1", COSIGNATURE) for _ in range(2))
    note = read_note(COSIGNED.encode())
    signature = witness.sign(note.text, 1679315147)
    assert witness.verifier.holds(note.text, signature)
    assert int.from_bytes(signature.data[4:12]) == 1679315147
    later = signature._replace(data=signature.data[:11] + b"\0" + signature.data[12:])
    assert not witness.verifier.holds(note.text, later)
    assert not witness.verifier.holds(note.text + "more\n", signature)
    assert note.beside([other.sign(note.text, 0)]).signed_by([witness.verifier]) == []


def test_keys_are_read_as_they_were_written() -> None:
    for kind in (1, COSIGNATURE):
        signer = new_signer("rights.example.be/log", kind)
        assert read_signer(signer.written()) == signer
        assert read_verifier(str(signer.verifier)) == signer.verifier


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "x",
        "a+b+c",
        KEY.replace("+53", "+54"),
        KEY[:-4],
        KEY.replace("/foo", "/ foo"),
        KEY + "A",
    ],
)
def test_what_is_no_key_is_refused(wrong: str) -> None:
    with pytest.raises(WrongNote):
        read_verifier(wrong)
    with pytest.raises(WrongNote) as refused:
        read_signer(f"PRIVATE+KEY+{wrong}")
    assert KEY[-9:] not in str(refused.value)


@pytest.mark.parametrize(
    "wrong",
    [b"", b"\xff\n\n", NOTE.replace("\n\n", "\n").encode(), NOTE.rstrip().encode(), NOTE.replace("—", "-").encode(), b"a\x00b" + NOTE.encode(), NOTE.encode() + b"more\n", NOTE.encode() + 70 * NOTE.encode().splitlines(keepends=True)[2]],
)  # fmt: skip
def test_what_is_no_signed_note_is_refused(wrong: bytes) -> None:
    with pytest.raises(WrongNote):
        read_note(wrong)


@pytest.mark.parametrize(
    "wrong",
    ["", "x\n", CHECKPOINT.replace("2085", "02085"), CHECKPOINT.replace("2085", "-2085"), CHECKPOINT.replace("q2I=", "q2J="), CHECKPOINT[:-1], CHECKPOINT + "more\n", CHECKPOINT.replace("CsUY", "")],
)  # fmt: skip
def test_what_is_no_checkpoint_of_ours_is_refused(wrong: str) -> None:
    with pytest.raises(WrongNote):
        read_checkpoint(wrong)
    assert Checkpoint("x", 0, bytes(32)).text().splitlines()[1] == "0"


def test_each_key_of_a_log_comes_from_the_one_before() -> None:
    first, second, third, stranger = (new_signer("rights.example.be/log") for _ in range(4))
    keys = first_key(first.verifier).rotated(first, second.verifier, 10)
    keys = keys.rotated(second, third.verifier, 20)
    assert read_keys(keys.written()) == keys
    assert [keys.at(size) for size in (0, 10, 11, 20, 21)] == [
        key.verifier for key in (first, first, second, second, third)
    ]
    with pytest.raises(WrongNote, match="the key that signs now"):
        keys.rotated(first, stranger.verifier, 30)
    with pytest.raises(WrongNote, match="none of those before"):
        keys.rotated(third, first.verifier, 30)
    for number, sound in zip(
        count(),
        (str(first.verifier), str(second.verifier), str(third.verifier), "\n21\n"),
        strict=False,
    ):
        forged = (
            keys.written()
            .decode()
            .replace(sound, "\n22\n" if number == 3 else str(stranger.verifier))
        )
        with pytest.raises(WrongNote):
            read_keys(forged.encode())
