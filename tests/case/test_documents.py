"""JSON that hashes: one spelling, exact floats, no NaN."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liverplan.case.documents import parse, to_line, to_page
from liverplan.errors import CaseError


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_reads_back_to_the_same_bits(value):
    again = parse(to_line({"x": value}), "x")["x"]
    assert again == value
    assert math.copysign(1, again) == math.copysign(1, value)


def test_order_of_keys_does_not_change_the_bytes():
    assert to_page({"b": 1, "a": [2, 3]}) == to_page({"a": [2, 3], "b": 1})


@pytest.mark.parametrize("value", [math.nan, math.inf, {1, 2}])
def test_what_json_cannot_say_is_refused(value):
    with pytest.raises(CaseError, match="only plain, finite values"):
        to_line({"x": value})


def test_broken_json_is_named():
    with pytest.raises(CaseError, match=r"^patient\.json is damaged"):
        parse(b"{", "patient.json")
