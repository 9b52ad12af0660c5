"""A newcomer adds a kind of cut, a criterion, a tool, a word: no place that must know is missed."""

import pytest

from tests.house.drills.drills import DRILLS
from tests.house.drills.scratch import Scratch


@pytest.mark.slow
@pytest.mark.parametrize("name", DRILLS)
def test_what_a_newcomer_adds_is_asked_for_everywhere(name, tmp_path):
    drill, expected = DRILLS[name]
    answers = list(drill(Scratch(tmp_path)))
    assert [answer for _, answer in answers] == expected, answers
