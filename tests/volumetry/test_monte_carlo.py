"""The Monte-Carlo by itself: a plan whose fraction is a known function of its draws."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from liverplan.errors import PlanError
from liverplan.volumetry.uncertainty.boundary_offsets import Spread
from liverplan.volumetry.uncertainty.error_model import ErrorModel, ErrorSource
from liverplan.volumetry.uncertainty.monte_carlo import (
    require_measurable,
    share_of,
    uncertainty_of,
)

ERRORS = ErrorModel(
    liver=ErrorSource(
        name="liver boundary", sd=1.0, unit="mm", source="test", corrected_factor=0.5
    ),
    lesion=ErrorSource(name="lesion boundary", sd=1.0, unit="mm", source="test"),
)
FAR_STAYS = np.diag([0.0, 1.0, 0.0, 0.0])
"""A boundary of the tissue that stays alone, far from the cut."""


@dataclass(frozen=True, kw_only=True)
class Linear:
    """A remnant that is a middle and a weight for each of one cut's draws, of 1 L of liver."""

    position: float = 0.0
    tilt: float = 0.0
    liver_ml: float = 0.0
    lesion_ml: float = 0.0
    remnant_ml: float = 400.0
    functional_ml: float = 1000.0
    denominator_ml: float | None = 1000.0
    cut_count: int = 1
    errors: ErrorModel = ERRORS
    asked: list[float] = field(default_factory=list)

    @property
    def spreads(self):
        sizes = ((ERRORS.liver, self.liver_ml), (ERRORS.lesion, self.lesion_ml))
        return tuple(Spread(source=s, parts_ml2=FAR_STAYS * ml**2) for s, ml in sizes)

    def remnants_ml(self, draws):
        return self.remnant_ml + draws[:, 0] @ np.array([self.position, self.tilt, self.tilt])

    def flip_mm(self, needed_ml):
        self.asked.append(needed_ml)
        return 7.0


def doubt_of(plan, threshold=0.3, samples=40_000):
    return uncertainty_of(plan, threshold_fraction=threshold, samples=samples, seed=5)


def test_the_interval_as_carried_out_is_of_cut_and_masks_and_that_as_drawn_of_the_masks():
    found = doubt_of(Linear(position=30.0, liver_ml=40.0))
    assert found.interval_95 == pytest.approx((0.4 - 1.96 * 0.05, 0.4 + 1.96 * 0.05), abs=0.003)
    assert found.probability_above_threshold == pytest.approx(0.9772, abs=0.003)
    assert found.standard_error == pytest.approx(0.05, rel=0.01)
    drawn = found.as_drawn
    assert drawn.interval_95 == pytest.approx((0.4 - 1.96 * 0.04, 0.4 + 1.96 * 0.04), abs=0.002)
    assert drawn.probability_above_threshold == pytest.approx(0.9938, abs=0.002)
    assert drawn.standard_error == pytest.approx(0.04, rel=0.01)
    assert drawn.remnant_95_ml == pytest.approx((321.6, 478.4), abs=2)
    assert found.remnant_95_ml == pytest.approx((302.0, 498.0), abs=3)


def test_more_remnant_is_more_liver_too():
    found = doubt_of(Linear(liver_ml=40.0, denominator_ml=None)).as_drawn
    assert found.standard_error == pytest.approx(0.04 * 0.6, rel=0.02)


def test_exactly_at_the_threshold_is_not_above_it():
    found = doubt_of(Linear(remnant_ml=300.0), samples=100)
    for interval in (found.as_drawn, found.as_carried_out):
        assert interval.probability_above_threshold == 0.0
        assert interval.interval_95 == (0.3, 0.3)


def test_a_fraction_of_the_functional_liver_ends_at_nothing_and_all():
    wide = {"position": 5000.0}
    assert doubt_of(Linear(**wide, denominator_ml=None)).interval_95 == (0.0, 1.0)
    low, high = doubt_of(Linear(**wide, denominator_ml=500.0)).interval_95
    assert low == 0.0
    assert high > 5.0


@pytest.mark.parametrize(("denominator_ml", "needed_ml"), [(None, 300.0), (1500.0, 450.0)])
def test_the_flip_is_asked_for_at_the_thresholds_volume(denominator_ml, needed_ml):
    plan = Linear(denominator_ml=denominator_ml)
    assert doubt_of(plan, samples=10).flip_mm == 7.0
    assert plan.asked == [pytest.approx(needed_ml)]


def test_each_source_has_its_own_spread_and_part_and_the_largest_comes_first():
    plan = Linear(position=10.0, tilt=20.0, liver_ml=40.0, lesion_ml=5.0)
    found = doubt_of(plan).contributions
    assert [row.name for row in found] == [
        "liver boundary", "cut tilt", "cut position", "lesion boundary",
    ]  # fmt: skip
    spread = [row.fraction_sd for row in found]
    assert spread == pytest.approx([0.04, 0.02 * 2**0.5, 0.01, 0.005], rel=0.15)
    whole = sum(sd**2 for sd in spread)
    assert [row.share for row in found] == pytest.approx([sd**2 / whole for sd in spread])
    drawn = [40**2 / (40**2 + 5**2), 0.0, 0.0, 5**2 / (40**2 + 5**2)]
    assert [row.share_as_drawn for row in found] == pytest.approx(drawn)


def test_what_narrows_most_is_the_outline_that_the_doubt_lies_in():
    plan = Linear(position=10.0, liver_ml=40.0, lesion_ml=30.0)
    found = doubt_of(plan)
    (best,) = found.narrowing
    assert best.remedy == "liver_that_stays"
    assert best.half_width_now == found.as_drawn.half_width
    assert best.half_width_then == pytest.approx(1.96 * 0.001 * (20**2 + 30**2) ** 0.5, rel=0.02)


def test_what_is_sure_cannot_be_narrowed():
    found = doubt_of(Linear(position=10.0), samples=100)
    assert found.narrowing == ()
    assert {row.share_as_drawn for row in found.contributions} == {0.0}


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
