"""An oracle written from the protocol's text and RECIST 1.1 alone agrees on drawn patients."""

import ast
from pathlib import Path

import pytest

from tests.eligibility import oracle
from tests.eligibility.generated import compare

PATIENTS = 2000
STATES = {oracle.MET, oracle.NOT_MET, oracle.MISSING, oracle.JUDGE}

BY_TWO_NUMBERS = STATES - {oracle.JUDGE}


@pytest.fixture(scope="module")
def compared():
    return compare(PATIENTS)


def test_the_oracle_knows_nothing_of_the_code_that_it_judges():
    tree = ast.parse(Path(oracle.__file__).read_text("utf-8"))
    modules = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert modules == {"datetime", "fractions"}
    assert not [n for n in ast.walk(tree) if isinstance(n, ast.Import)]


def test_oracle_and_code_agree_on_every_drawn_patient(compared):
    differences, _ = compared
    assert differences == []


def test_every_state_of_every_criterion_is_reached(compared, protocol):
    _, reached = compared
    for criterion in protocol.criteria:
        found = {state for name, state in reached if name == criterion.id}
        assert found == (BY_TWO_NUMBERS if criterion.id == "flr" else STATES), criterion.id
    assert {state for name, state in reached if name == "eligibility"} == {
        "eligible", "not eligible", "undecided",
    }  # fmt: skip
    assert min(reached.values()) >= 10
