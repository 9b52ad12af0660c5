"""The benchmark's own measures: right on shapes whose error is known."""

import numpy as np
import pytest

from liverplan.volume import Grid
from tests.benchmarks.segmentation_scores import against, dice, surface_error


def ball(radius):
    return np.linalg.norm(np.indices((60, 60, 60)) - 30.0, axis=0) < radius


def test_a_ball_two_millimetres_too_large_has_a_surface_two_millimetres_outside():
    grid = Grid(shape=(60, 60, 60), affine=np.eye(4))
    error = surface_error(ball(22), ball(20), grid)
    assert error["surface_mean_mm"] == pytest.approx(2, abs=0.3)
    assert error["surface_sd_mm"] < 1
    assert against(ball(22), ball(20))["volume_error_fraction"] == pytest.approx(
        1.1**3 - 1, abs=0.02
    )


def test_a_mask_is_right_against_itself():
    grid = Grid(shape=(60, 60, 60), affine=np.eye(4))
    assert dice(ball(20), ball(20)) == 1
    assert abs(surface_error(ball(20), ball(20), grid)["surface_mean_mm"]) < 0.2
