"""The limits of the house, held by its figures: ``python -m tests.house`` prints them all."""

from pathlib import Path
from statistics import median

import pytest

from tests.house.circles import circles_of
from tests.house.figures import figures_of
from tests.house.sources import functions, sources

ROOT = Path(__file__).parents[2]
LONGEST_FILE, LONGEST_FUNCTION, MEDIAN_FUNCTION = 350, 40, 7


@pytest.fixture(scope="module")
def code():
    return sources(ROOT, "liverplan")


def test_no_file_is_long(code):
    assert [str(s.path) for s in code if s.lines > LONGEST_FILE] == []


def test_no_function_is_long(code):
    every = [function for source in code for function in functions(source)]
    assert [function.place for function in every if function.lines > LONGEST_FUNCTION] == []
    assert median(function.lines for function in every) <= MEDIAN_FUNCTION


def test_every_public_function_over_arrays_says_their_shape():
    assert figures_of(ROOT).without_shape == ()


def test_no_modules_import_each_other():
    assert circles_of(ROOT) == ()
