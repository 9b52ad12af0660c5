"""What may be shown: every script as it is written, nothing that acts, hides or reorders."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liverplan.plain import bare, cells, clean, clean_lines, clean_value, filenames, shown
from tests.plain.texts import HONEST, HOSTILE, forbidden


@pytest.mark.parametrize("text", HONEST.values(), ids=HONEST)
def test_writing_of_every_script_is_shown_as_it_is(text):
    assert clean(text) == bare(text) == text


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_acts_or_hides_is_shown_as_an_escape(text):
    assert forbidden(clean(text)) == set()
    assert bare(text).isprintable()


@given(st.text(st.characters(exclude_categories=())))
def test_no_text_passes_with_a_character_that_acts(text):
    joiners = {"\u200c", "\u200d"}  # kept where the script needs them
    assert forbidden(clean(text)) <= joiners
    assert forbidden(bare(text)) <= joiners
    assert len(bare(text)) == len(text)
    assert clean(text).splitlines() == [clean(text)] or not text


@given(st.text(st.characters(exclude_categories=())))
def test_cleaning_twice_changes_nothing(text):
    assert clean(clean(text)) == clean(text)


def test_a_joiner_is_kept_only_where_a_script_is_written_with_it():
    assert clean("Å\u200dsa") == "Å\\u200dsa"
    assert clean("\u200cLind") == "\\u200cLind"
    assert clean("م\u200c") == "م\\u200c"


def test_a_letter_under_many_marks_does_not_cover_the_lines_above():
    assert clean("a" + "\u0301" * 12) == "a" + "\u0301" * 8 + r"\u0301" * 4


def test_the_program_s_own_lines_stay_lines():
    assert clean_lines("FLR 45 %\n\x1b[2J") == "FLR 45 %\n\\x1b[2J"


def test_a_template_s_markup_and_numbers_are_not_touched():
    assert [clean_value(v) for v in (1.5, None, "a\nb")] == [1.5, None, r"a\nb"]


@pytest.mark.parametrize("module", [shown, cells, filenames])
def test_examples(module):
    done = doctest.testmod(module)
    assert done.attempted > 0
    assert done.failed == 0
