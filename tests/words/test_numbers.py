"""Rounding: one decimal, and never across the threshold."""

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liverplan.words import numbers


@given(st.floats(0, 1), st.sampled_from([0.2, 0.25, 0.266, 0.3, 0.4, 0.5]))
def test_a_shown_percentage_stays_on_its_side_of_the_threshold(fraction, threshold):
    shown = float(numbers.percent(fraction, threshold))
    if fraction > threshold:
        assert shown > float(numbers.threshold(threshold))
    if fraction < threshold:
        assert shown < float(numbers.threshold(threshold))
    assert abs(shown - 100 * fraction) <= 0.05 + 1e-9


@pytest.mark.parametrize(
    ("fraction", "shown"),
    [
        (0.314, "31.4"),
        (450 / 1500, "30.0"),
        (450.1 / 1500, "30.01"),
        (0.2996, "29.96"),
        (1, "100.0"),
    ],
)
def test_worked_cases(fraction, shown):
    assert numbers.percent(fraction, 0.30) == shown


def test_examples_hold():
    assert doctest.testmod(numbers).failed == 0
