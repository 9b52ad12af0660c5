"""Names of files: fit for every system, and never one for two texts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liverplan.plain import file_name, fits_as_file_name
from liverplan.plain.filenames import _composed
from tests.plain.texts import HONEST, HOSTILE, forbidden

NAMES = [*HONEST.values(), *HOSTILE.values(), "..", "../../etc", "CON", "nul", "a/b", "a\\b", "x."]


@pytest.mark.parametrize("text", [*NAMES, "", "å" * 300], ids=ascii)
def test_a_file_name_holds_nothing_but_letters_digits_and_hyphens(text):
    name = file_name(text)
    assert forbidden(name) == set()
    assert not set(name) & set('/\\:*?"<>| ')
    assert name.strip(".") == name
    assert name
    assert name.partition(".")[0].upper() not in ("CON", "NUL") or "." in name
    assert len(f"{name}.pem".encode()) <= 255


def test_an_ordinary_name_stays_readable():
    assert file_name("Dr Åsa Lind") == "dr-åsa-lind"


@given(st.lists(st.text(max_size=12), min_size=2, max_size=6))
def test_different_texts_have_different_files_even_where_capitals_do_not_count(texts):
    told = {_composed(text) for text in texts} - {""}
    assert len({file_name(text) for text in told}) == len(told)
    assert all(file_name(text) == file_name(text).casefold() for text in texts)


def test_a_name_that_spells_another_s_file_has_a_file_of_its_own():
    first = file_name("a-b")
    assert file_name(first) != first
    assert len({first, file_name("a b"), file_name("a_b"), file_name("a.b")}) == 4


@pytest.mark.parametrize("name", ["p001", "P-1.2_x", "a" * 100, "constance", "com10"])
def test_an_identifier_of_letters_and_digits_fits(name):
    assert fits_as_file_name(name)


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "p.", "con", "NUL.txt", "aux ", "com1", "a/b", "å", "p\n", "-p", "a" * 101],
)
def test_what_some_system_cannot_keep_does_not_fit(name):
    assert not fits_as_file_name(name)
