"""Statements and numbers of a result: read back as they were, and never across a limit."""

import json
import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liverplan.findings import RemnantFraction, Statement, Volumes, told
from liverplan.findings.exact import exact, on_its_side, side
from liverplan.findings.statement import TOLD, stated

INNER = Statement.of("note.lesion_left", number=3)
EVERY = Statement.of(
    "note.liver_unusual", text="a", whole=2, share=0.25, inner=INNER, several=("b", 3, INNER)
)


@pytest.mark.parametrize("statement", [EVERY, INNER, Statement.of("note.x")])
def test_a_statement_is_read_back_with_values_of_every_kind(statement):
    document = json.loads(json.dumps(statement.to_json()))
    assert Statement.from_json(document) == statement
    assert set(document) == {"key", "values"}


def test_a_sentence_without_a_key_stays_the_bare_text_that_older_documents_hold():
    assert told("As it was.").to_json() == "As it was."
    assert Statement.from_json("As it was.") == told("As it was.")
    assert told("As it was.").key == TOLD


def test_a_note_may_be_a_sentence_or_a_statement():
    assert stated("Look at it.") == told("Look at it.")
    assert stated(EVERY) is EVERY


@pytest.mark.parametrize("value", [None, {"key": 1, "values": {}}, {"key": "a"}, [None]])
def test_what_is_no_value_of_a_statement_is_refused(value):
    with pytest.raises(TypeError, match="is no value of a statement"):
        Statement.from_json({"key": "note.x", "values": {"a": value}})


def test_a_side_is_above_below_or_on_the_limit():
    limit = Fraction(3, 10)
    assert [side(limit + step, limit) for step in (Fraction(1, 10**30), 0, Fraction(-1, 9))] == [
        1,
        0,
        -1,
    ]


@pytest.mark.parametrize(("step", "expected"), [(1, 1), (-1, -1), (0, 0)])
def test_a_float_lies_on_the_side_of_the_limit_on_which_the_number_lies(step, expected):
    limit = Fraction(3, 10)
    near = on_its_side(limit + Fraction(step, 10**30), limit)
    assert side(exact(near), limit) == expected
    assert near == {1: math.nextafter(0.3, 1), 0: 0.3, -1: math.nextafter(0.3, 0)}[step]


@given(value=st.fractions(0, 1), limit=st.floats(0.01, 0.99))
def test_no_number_is_told_across_its_limit(value, limit):
    told_as = on_its_side(value, exact(limit))
    assert side(exact(told_as), exact(limit)) == side(value, exact(limit))
    assert told_as == pytest.approx(float(value))


@pytest.mark.parametrize("denominator", ["of_functional", "of_liver", "of_estimated"])
def test_the_deciding_fraction_is_that_of_the_deciding_denominator(denominator):
    given_ = {"of_functional": 0.4, "of_liver": 0.3, "of_estimated": 0.2}
    fraction = RemnantFraction(**given_, deciding=denominator)
    assert fraction.of(denominator) == given_[denominator]
    assert fraction.deciding_fraction == given_[denominator]


def test_without_ablation_nothing_is_ablated():
    parts = dict.fromkeys(("liver", "tumour", "functional", "remnant", "resected"), 1.0)
    names = {f"{name}_ml": value for name, value in parts.items()}
    assert Volumes(**names).ablated_ml == 0
    assert Volumes.from_json(parts).ablated_ml == 0
