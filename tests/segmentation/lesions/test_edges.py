"""The border of a clicked lesion lies at the outer foot of its edge."""

import numpy as np
import pytest

from liverplan.segmentation.lesions.edges import at_the_foot
from liverplan.volume import Grid, Volume

GRID = Grid(shape=(30, 60, 60), affine=np.diag([2.0, 1.0, 1.0, 1.0]))
RADIUS_MM = 12.0


def ball(radius_mm):
    offset = GRID.to_mm(np.moveaxis(np.indices(GRID.shape), 0, -1)) - GRID.to_mm((15, 30, 30))
    return np.linalg.norm(offset, axis=-1) - radius_mm


def ct(contrast_hu, fade_mm):
    """A ball that fades into the liver over the last ``fade_mm`` before its radius."""
    share = np.clip(-ball(RADIUS_MM) / fade_mm, 0, 1)
    noise = np.random.default_rng(1).normal(0, 6, GRID.shape)
    return Volume(grid=GRID, hu=(112 - contrast_hu * share + noise).astype(np.float32))


@pytest.mark.parametrize("start_mm", [-2.5, 2.0])
def test_a_mask_that_is_too_small_or_too_large_comes_to_the_same_border(start_mm):
    liver = np.ones(GRID.shape, bool)
    found = at_the_foot(ct(45, 3.0), liver, ball(RADIUS_MM + start_mm) < 0)
    radius_mm = (3 * found.sum() * GRID.voxel_ml * 1000 / (4 * np.pi)) ** (1 / 3)
    assert radius_mm == pytest.approx(RADIUS_MM, abs=0.6)


def test_a_faint_lesion_keeps_the_mask_it_had():
    given = ball(RADIUS_MM) < 0
    assert at_the_foot(ct(15, 3.0), np.ones(GRID.shape, bool), given) is given


def test_the_border_stays_in_the_liver_and_near_the_given_mask():
    liver = np.indices(GRID.shape)[2] < 33
    given = (ball(RADIUS_MM) < 0) & liver
    found = at_the_foot(ct(45, 3.0), liver, given)
    assert not (found & ~liver).any()
