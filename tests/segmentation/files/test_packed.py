"""Unpacking at once gives what unpacking piece by piece gives, or leaves the file to it."""

import gzip
import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liverplan.segmentation.files.packed import Packed

HEAD, BODY = os.urandom(352), bytes(5000) + os.urandom(300) + bytes(20_000)
WHOLE = gzip.compress(HEAD + BODY)


@pytest.fixture
def packed(tmp_path):
    def stream(content, before=b""):
        (tmp_path / "file").write_bytes(before + content)
        file = (tmp_path / "file").open("rb")
        file.seek(len(before))
        opened.append(file)
        return Packed(file)

    opened: list[io.BufferedReader] = []
    yield stream
    for file in opened:
        file.close()


@pytest.mark.parametrize("before", [b"", b"NRRD0004\n\n"])
def test_what_follows_a_header_comes_out_at_once(packed, before):
    stream = packed(WHOLE, before)
    assert stream.read(len(HEAD)) == HEAD
    assert stream.rest(len(BODY)) == BODY
    assert stream.read() == BODY, "the stream stands where it stood"


@pytest.mark.parametrize(
    "content",
    [WHOLE + bytes(512), gzip.compress(HEAD) + gzip.compress(BODY)],
    ids=["padded", "in members"],
)
def test_what_is_packed_otherwise_is_left_to_the_careful_reading(packed, content):
    stream = packed(content)
    assert stream.read(len(HEAD)) == HEAD
    assert stream.rest(len(BODY)) is None
    assert stream.read() == BODY


@pytest.mark.parametrize(
    "content",
    [
        WHOLE[:-1],
        WHOLE[:-8],
        WHOLE + b"more",
        WHOLE + gzip.compress(b"more"),
        WHOLE[:-4] + bytes(4),
        gzip.compress(HEAD + BODY + b"1"),
    ],
    ids=["a byte short", "no checksum", "more", "a second member", "no length", "too long"],
)
def test_it_never_vouches_for_what_is_damaged(packed, content):
    assert packed(content).rest(len(HEAD + BODY)) is None


def test_a_giant_in_the_place_of_a_small_mask_is_not_read(packed):
    assert packed(os.urandom(100_000)).rest(50) is None


@given(at=st.integers(0, len(WHOLE) - 1), bit=st.integers(0, 7))
def test_a_changed_bit_never_changes_what_comes_out(tmp_path_factory, at, bit):
    changed = bytearray(WHOLE)
    changed[at] ^= 1 << bit
    path = tmp_path_factory.mktemp("packed") / "file"
    path.write_bytes(changed)
    with path.open("rb") as file:
        assert Packed(file).rest(len(HEAD + BODY)) in (None, HEAD + BODY)
