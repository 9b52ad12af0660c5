"""Contours drawn on the liver's surface: live where they can be, by brute force where they fold."""

import numpy as np
import pytest

from liverplan.errors import PlanError
from liverplan.resection import CurvedCut, FoldedCut, Plan, Plane
from liverplan.resection.cuts.contour import curved_through_contour, cut_through_contour
from liverplan.resection.cuts.folded import FALLBACK
from liverplan.volumetry.faults import plan_faults
from liverplan.volumetry.shapes.plan_index import measure_plan

from .conftest import sentences


def _round(height, count=60, radius=62.0):
    """A contour round the ball; its height may depend on the angle."""
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
    z = height(turn)
    out = np.sqrt(np.maximum(radius**2 - z**2, 0.0))
    return np.stack([out * np.cos(turn), out * np.sin(turn), z], axis=1)


def _overlapping():
    """A level contour whose pen went back a little before it closed: it crosses itself."""
    points = _round(lambda turn: 5.0 + 0 * turn)
    points[30:33] = points[30:33][::-1] * [1.0, 1.0, 1.0] + [[0, 0, 0.5], [0, 0, 0], [0, 0, -0.5]]
    points[31] *= [0.97, 1.0, 1.0]
    return points


def test_a_contour_that_does_not_fold_gives_a_live_surface(ball):
    cut = cut_through_contour(_round(lambda turn: 8 * np.cos(2 * turn)), (0, 0, 100))
    assert isinstance(cut, CurvedCut)
    assert not plan_faults(ball, Plan(cuts=(cut,)))


def test_a_contour_that_crosses_itself_is_measured_by_brute_force_and_said_so(ball):
    points = _overlapping()
    with pytest.raises(PlanError, match="folds over itself"):
        curved_through_contour(points, (0, 0, 100))
    plan = Plan(cuts=(cut_through_contour(points, (0, 0, 100)),))
    assert isinstance(plan.cuts[0], FoldedCut)
    assert plan.notes == (FALLBACK,)
    assert not plan_faults(ball, plan)
    result = measure_plan(ball, plan)
    assert result.remnant_ml + result.resected_ml == pytest.approx(result.functional_ml, abs=1e-6)
    level = measure_plan(ball, Plan(cuts=(Plane(point_mm=(0, 0, 5), normal=(0, 0, 1)),)))
    assert result.remnant_ml == pytest.approx(level.remnant_ml, rel=0.03)


def test_a_sheet_that_curls_back_over_the_liver_and_ends_there_is_refused(ball):
    """Level through the ball, up beside it, and back over half of it: what is above is unclear."""
    x = np.array([-90.0, -45, 0, 45, 80, 80, 80, 40, 0])
    z = np.array([0.0, 0, 0, 0, 0, 40, 80, 80, 80])
    y = np.linspace(-90, 90, 5)
    net = np.stack(np.broadcast_arrays(x[:, None], y[None], z[:, None]), axis=-1)
    curl = FoldedCut(control_mm=net, stays_toward=(0, 0, 1))
    faults = " ".join(sentences(ball, curl))
    assert "folds so that it does not part the liver in two; draw it as two cuts" in faults
    level = FoldedCut(control_mm=net[:5], stays_toward=(0, 0, 1))
    assert not plan_faults(ball, Plan(cuts=(level,)))


def test_contours_that_are_none_are_refused():
    with pytest.raises(PlanError, match="at least 4 points"):
        cut_through_contour(np.zeros((3, 3)), (0, 0, 1))
    with pytest.raises(PlanError, match="must be numbers"):
        cut_through_contour(np.full((5, 3), np.nan), (0, 0, 1))
