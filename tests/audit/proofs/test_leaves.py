"""What is hashed: one row has one leaf, which tells nothing of it."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.audit.proofs.leaves import WrongLeaf, blind, commitment, leaf_of, read_leaf
from ledger.service.logged import LoggedRow
from tests.audit.proofs.logs import row

ROW = row(17, 3, 2)

rows = st.builds(
    LoggedRow,
    position=st.integers(-(2**63), 2**63 - 1),
    account=st.uuids().map(str),
    version=st.integers(1, 3),
    name=st.text(st.sampled_from("a\\\n"), max_size=4),
    payload=st.binary(max_size=5) | st.sampled_from([b"\n", b"a\n", b"\n1\n"]),
    key=st.just(bytes(32)),
)


def test_a_leaf_is_what_the_page_says() -> None:
    secret = sha256(bytes(31) + b"\x03" + b"\0\0\0\0\0\0\0\x11").digest()
    told = f"{ROW.account}\n2\n17\nright-granted\n".encode() + ROW.payload
    made = sha256(secret + told).hexdigest()
    assert leaf_of(ROW) == f'{{"commitment":"{made}","position":17}}'.encode()


@given(rows)
def test_a_leaf_is_the_commitment_with_the_blind_of_its_row(some: LoggedRow) -> None:
    made = commitment(blind(some.key or b"", some.position), some)
    assert leaf_of(some) == b'{"commitment":"%s","position":%d}' % (made.encode(), some.position)


@given(rows, rows)
def test_two_rows_have_two_commitments_whatever_stands_in_them(
    one: LoggedRow, other: LoggedRow
) -> None:
    secret = bytes(32)
    assert (commitment(secret, one) == commitment(secret, other)) == (one == other)


def test_the_blind_of_one_row_opens_no_other_of_the_account() -> None:
    key = ROW.key or b""
    assert blind(key, 17) != blind(key, 18)
    assert (
        commitment(blind(key, 17), ROW._replace(position=18))
        not in leaf_of(ROW._replace(position=18)).decode()
    )


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"{}",
        leaf_of(ROW) + b" ",
        leaf_of(ROW).replace(b"17", b"017"),
        leaf_of(ROW).replace(b"17", b"9" * 19),
        leaf_of(ROW).replace(b'":"', b'":"A'),
    ],
)
def test_what_is_no_leaf_is_refused(wrong: bytes) -> None:
    assert bytes(read_leaf(leaf_of(ROW))) == leaf_of(ROW)
    with pytest.raises(WrongLeaf):
        read_leaf(wrong)
