"""The limits of the house, held by its figures: ``python -m tests.house`` prints them all."""

from pathlib import Path
from statistics import median

import pytest

from tests.house.circles import circles_of
from tests.house.sources import functions, sources

ROOT = Path(__file__).parents[2]
LONGEST_FILE, LONGEST_FUNCTION, MEDIAN_FUNCTION = 350, 40, 7

LONG_FILES = {
    "liverplan/app/handles/handle.py",
    "liverplan/app/scene/renderer.py",
    "liverplan/eligibility/protocol.py",
    "liverplan/segmentation/lesions/outline.py",
    "liverplan/volumetry/formulas.py",
}
LONG_FUNCTIONS = {
    "liverplan/app/shell/application.py __init__",
    "liverplan/app/steps/compare/sheet.py __init__",
    "liverplan/app/steps/liver/panel.py __init__",
    "liverplan/app/steps/resection/panel.py __init__",
    "liverplan/workflow/cases.py assess",
}


@pytest.fixture(scope="module")
def code():
    return sources(ROOT, "liverplan")


def test_no_file_is_long(code):
    assert {str(s.path) for s in code if s.lines > LONGEST_FILE} <= LONG_FILES


def test_no_function_is_long(code):
    every = [function for source in code for function in functions(source)]
    long = {f"{f.source.path} {f.node.name}" for f in every if f.lines > LONGEST_FUNCTION}
    assert long <= LONG_FUNCTIONS
    assert median(function.lines for function in every) <= MEDIAN_FUNCTION


def test_no_modules_import_each_other():
    assert circles_of(ROOT) == ()
