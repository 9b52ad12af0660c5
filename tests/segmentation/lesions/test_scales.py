"""A click says nothing of the size: several scales are looked at, and speak together."""

import numpy as np
import pytest

from liverplan.segmentation.lesions.prompted.answer import Answer
from liverplan.segmentation.lesions.prompted.asking import _between
from liverplan.segmentation.lesions.prompted.patch import Patch
from liverplan.volume import Grid, Volume
from tests.segmentation.shapes import grid_of

SIDE = 32


def answer(radius_mm, cube_mm, contrast_hu=30.0):
    """What is found at one scale: a ball, so much darker than the liver."""
    steps = (np.arange(SIDE) - (SIDE - 1) / 2) * cube_mm
    away = np.sqrt(steps[:, None, None] ** 2 + steps[:, None] ** 2 + steps**2)
    p = (1 / (1 + np.exp(np.clip((away - radius_mm) / cube_mm, -30, 30)))).astype(np.float32)
    hu = np.where(away < radius_mm, 110 - contrast_hu, 110).astype(np.float32)
    liver = np.ones(hu.shape, bool)
    patch = Patch(hu=hu, liver=liver, middle_mm=np.zeros(3), cube_mm=cube_mm)
    return Answer(patch=patch, probability=p, meant=np.full(3, (SIDE - 1) / 2))


def radius_mm(found):
    volume = np.count_nonzero(found.found) * found.patch.cube_mm**3
    return float(np.cbrt(3 / (4 * np.pi) * volume))


def test_of_three_sizes_with_like_weight_the_middle_one_is_taken():
    sizes = [answer(6.0, 1.0), answer(9.0, 1.4), answer(13.0, 2.0)]
    found = _between(sizes, np.ones(3))
    assert radius_mm(found) == pytest.approx(9.0, abs=0.7)
    assert found.agreed


def test_a_scale_that_has_more_weight_than_the_others_together_decides():
    sizes = [answer(6.0, 1.0), answer(9.0, 1.4), answer(13.0, 2.0)]
    assert radius_mm(_between(sizes, np.array([8.0, 1.0, 1.0]))) == pytest.approx(6.0, abs=0.5)


def test_contrast_speaks_for_a_scale_and_doubt_against_it():
    clear, faint = answer(8.0, 1.2, contrast_hu=40), answer(8.0, 1.2, contrast_hu=5)
    assert clear.weight > 3 * faint.weight
    unsure = Answer(patch=clear.patch, probability=0.3 + 0.4 * clear.probability, meant=clear.meant)
    assert unsure.weight < 0.5 * clear.weight


def test_a_turned_ct_is_looked_at_as_one_that_lies_straight():
    hu = np.random.default_rng(2).normal(100, 30, (30, 40, 40)).astype(np.int16)
    straight = grid_of(hu.shape, (1.5, 0.8, 0.8))
    turned = straight.affine.copy()
    turned[0, 1] = 1e-9  # so little that nothing but the way of reckoning differs
    liver = np.ones(hu.shape, bool)
    seen = [
        Patch.around(Volume(grid=grid, hu=hu), liver, grid.to_mm((14, 20, 21)), 1.2).hu
        for grid in (straight, Grid(shape=hu.shape, affine=turned))
    ]
    assert np.abs(seen[0] - seen[1]).max() < 1e-2
