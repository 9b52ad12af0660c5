"""The Monte-Carlo by itself: a plan whose fraction is a known function of its draws."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from liverplan.errors import PlanError
from liverplan.volumetry.uncertainty.error_model import ErrorModel
from liverplan.volumetry.uncertainty.monte_carlo import (
    require_measurable,
    share_of,
    uncertainty_of,
)

DRAWS = np.random.default_rng(5).normal(size=(40_000, 5))
ALONE = DRAWS[:4000]


@dataclass(frozen=True, kw_only=True)
class Linear:
    """A fraction that is a middle and a weight for each column of the draws."""

    weights: tuple[float, ...]
    middle: float = 0.4
    functional_ml: float = 1000.0
    denominator_ml: float | None = None
    errors: ErrorModel = field(default_factory=ErrorModel)
    asked: list[float] = field(default_factory=list)

    def volumes_ml(self, draws):
        whole_ml = np.full(len(draws), self.functional_ml)
        return whole_ml * (self.middle + draws @ np.array(self.weights)), whole_ml

    def flip_mm(self, needed_ml):
        self.asked.append(needed_ml)
        return 7.0


def test_the_interval_is_that_of_a_normal_variable():
    plan = Linear(weights=(0.03, 0, 0, 0.04, 0))
    found = uncertainty_of(plan, DRAWS, ALONE, 0.3)
    sd = 0.05
    assert found.interval_95 == pytest.approx((0.4 - 1.96 * sd, 0.4 + 1.96 * sd), abs=0.003)
    assert found.probability_above_threshold == pytest.approx(0.9772, abs=0.003)


def test_exactly_at_the_threshold_is_not_above_it():
    found = uncertainty_of(Linear(weights=(0,) * 5, middle=0.3), DRAWS, ALONE, 0.3)
    assert found.probability_above_threshold == 0.0
    assert found.interval_95 == (0.3, 0.3)


def test_a_fraction_of_the_functional_liver_ends_at_nothing_and_all():
    wide = {"weights": (5.0, 0, 0, 0, 0)}
    assert uncertainty_of(Linear(**wide), DRAWS, ALONE, 0.3).interval_95 == (0.0, 1.0)
    low, high = uncertainty_of(Linear(**wide, denominator_ml=500.0), DRAWS, ALONE, 0.3).interval_95
    assert low == 0.0
    assert high > 5.0


@pytest.mark.parametrize(("denominator_ml", "needed_ml"), [(None, 300.0), (1500.0, 450.0)])
def test_the_flip_is_asked_for_at_the_thresholds_volume(denominator_ml, needed_ml):
    plan = Linear(weights=(0,) * 5, denominator_ml=denominator_ml)
    assert uncertainty_of(plan, DRAWS, ALONE, 0.3).flip_mm == 7.0
    assert plan.asked == [pytest.approx(needed_ml)]


def test_each_source_alone_has_its_own_columns_and_the_largest_comes_first():
    plan = Linear(weights=(0.01, 0.02, 0.02, 0.04, 0.005))
    found = uncertainty_of(plan, DRAWS, ALONE, 0.3).contributions
    assert [row.name for row in found] == [
        "liver boundary", "cut tilt", "cut position", "lesion boundary",
    ]  # fmt: skip
    spread = [row.fraction_sd for row in found]
    assert spread == pytest.approx([0.04, 0.02 * 2**0.5, 0.01, 0.005], rel=0.05)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((0.0, None, 100), "no functional liver"),
        ((10.0, 0.0, 100), "0.0 mL is not a positive volume"),
        ((10.0, -5.0, 100), "-5.0 mL is not a positive volume"),
        ((10.0, np.inf, 100), "inf mL is not a positive volume"),
        ((10.0, np.nan, 100), "nan mL is not a positive volume"),
        ((10.0, None, 1), "1 samples are too few"),
    ],
)
def test_what_has_no_uncertainty_is_refused(arguments, words):
    with pytest.raises(PlanError, match=words):
        require_measurable(*arguments)


def test_two_samples_and_a_tiny_denominator_are_measurable():
    require_measurable(1e-9, 1e-9, 2)


def test_without_any_liver_nothing_stays():
    share = share_of(np.array([1.0, 5.0, 0.0]), np.array([2.0, 0.0, 0.0]))
    assert share.tolist() == [0.5, 0.0, 0.0]
