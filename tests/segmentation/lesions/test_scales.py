"""A click says nothing of the size: several scales are looked at, and speak together."""

import numpy as np
import pytest

from liverplan.segmentation import Prompt, lesion_from_prompt
from liverplan.segmentation.lesions.prompted import answer as answers
from liverplan.segmentation.lesions.prompted import older, outline
from liverplan.segmentation.lesions.prompted.answer import Answer
from liverplan.segmentation.lesions.prompted.asking import _between
from liverplan.segmentation.lesions.prompted.channels import USUAL_MM
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


RADII_MM = {0.8: 6.0, 1.2: 9.0, 1.7: 13.0}
"""How large a ball is drawn on cubes of each size; on others one of 13 cubes, as usual."""


@pytest.mark.parametrize(("sure", "expected_mm"), [((0.8, 1.2, 1.7), 9.0), ((1.7,), 13.0)])
def test_a_click_is_outlined_by_its_scales_as_much_as_each_is_sure(monkeypatch, sure, expected_mm):
    def drawn(seen):
        """Balls about the click: sharp where the scale is sure, blurred where it is not."""
        cubes_mm = [round(float(np.exp(one[7, 0, 0, 0])) * USUAL_MM, 1) for one in seen]
        first = len(seen) > 3
        sizes = [6.5 if first else RADII_MM.get(c, 6.5 * c) / c for c in cubes_mm]
        away = np.sqrt(((np.indices((SIDE,) * 3) - (SIDE - 1) / 2) ** 2).sum(axis=0))
        blurs = [0.3 if c in sure or not first else 4.0 for c in cubes_mm]
        balls = [1 / (1 + np.exp((away - r) / b)) for r, b in zip(sizes, blurs, strict=True)]
        return np.array(balls, np.float32)

    monkeypatch.setattr(answers, "probabilities", drawn)
    monkeypatch.setattr(outline, "seen_unprompted", lambda *_: None)
    monkeypatch.setattr(older, "by_densities", lambda *_: None)
    grid = grid_of((60, 60, 60), (1.0, 1.0, 1.0))
    volume = Volume(grid=grid, hu=np.full(grid.shape, 110, np.int16))
    click = Prompt.of_click(grid.to_mm((30, 30, 30)))
    mask = lesion_from_prompt(volume, np.ones(grid.shape, bool), click).mask
    assert np.cbrt(3 / (4 * np.pi) * mask.sum()) == pytest.approx(expected_mm, abs=0.7)
