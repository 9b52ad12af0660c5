"""A newcomer adds a kind of cut, a criterion, a tool, a word: no place that must know is missed."""

import pytest

from tests.house.drills.rounds import answers
from tests.house.drills.scratch import Scratch


@pytest.mark.slow
def test_what_a_newcomer_adds_is_asked_for_everywhere(tmp_path):
    for question, answer, expected in answers(Scratch(tmp_path)):
        assert answer == expected, question
