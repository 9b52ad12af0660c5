"""A bright rim belongs to its metastasis; a vessel beside it, or brighter tissue, does not."""

import numpy as np
import pytest

from liverplan.segmentation.lesions.prompted import rims
from liverplan.segmentation.lesions.prompted.answer import Answer
from liverplan.segmentation.lesions.prompted.outline import lesion_from_prompt
from liverplan.segmentation.lesions.prompted.patch import Patch
from liverplan.segmentation.lesions.prompted.prompt import Prompt
from liverplan.volume import Volume
from tests.segmentation.shapes import dice, grid_of

SIDE, CUBE_MM = 40, 1.0
LIVER_HU, NOISE_HU = 105.0, 15.0
CORE_MM, RIM_MM = 7.0, 3.0
STEPS = (np.arange(SIDE) - (SIDE - 1) / 2) * CUBE_MM
AWAY_MM = np.sqrt(STEPS[:, None, None] ** 2 + STEPS[:, None] ** 2 + STEPS**2)


def outlined(contrast_hu, core_hu=-25):
    """A dark middle, outlined as such, in a liver of another contrast (k, j, i) round it."""
    hu = LIVER_HU + np.where(AWAY_MM < CORE_MM, core_hu, contrast_hu)
    hu = hu + np.random.default_rng(3).normal(0, NOISE_HU, hu.shape)
    p = 1 / (1 + np.exp(np.clip((AWAY_MM - CORE_MM) / 0.7, -30, 30)))
    patch = Patch(
        hu=hu.astype(np.float32),
        liver=np.ones(hu.shape, bool),
        middle_mm=np.zeros(3),
        cube_mm=CUBE_MM,
    )
    return Answer(patch=patch, probability=p.astype(np.float32), meant=np.full(3, (SIDE - 1) / 2))


def radius_mm(answer):
    return float(np.cbrt(np.count_nonzero(answer.found) * CUBE_MM**3 * 3 / 4 / np.pi))


def rim(hu):
    return np.where(AWAY_MM < CORE_MM + RIM_MM, hu, 0)


@pytest.mark.parametrize("hu", [20, 35])
def test_a_bright_rim_is_taken_in_to_its_outer_edge(hu):
    found = rims.with_rim(outlined(rim(hu)))
    assert radius_mm(found) == pytest.approx(CORE_MM + RIM_MM, abs=0.7)


@pytest.mark.parametrize(
    "round_it",
    [
        np.zeros_like(AWAY_MM),
        rim(4),
        rim(-15),
        np.where(np.abs(STEPS - CORE_MM - 2) < 2.5, 60, 0) + 0 * AWAY_MM,
        np.where(AWAY_MM < 15, 25, 0),
    ],
    ids=["liver", "a faint rim", "a darker rim", "a vessel at one side", "brighter tissue"],
)
def test_nothing_else_is_taken_in(round_it):
    answer = outlined(round_it)
    assert rims.with_rim(answer) is answer


def test_what_is_bright_itself_gains_no_rim():
    answer = outlined(rim(30), core_hu=25)
    assert rims.with_rim(answer) is answer


def test_nothing_found_stays_nothing():
    answer = outlined(rim(30))
    nothing = Answer(patch=answer.patch, probability=0 * answer.probability, meant=answer.meant)
    assert rims.with_rim(nothing) is nothing


def test_one_click_outlines_a_metastasis_with_its_rim():
    grid = grid_of((SIDE, SIDE, SIDE), (1.5, 1.5, 1.5))
    away_mm = 1.5 * AWAY_MM
    bright = np.where(away_mm < 12, 30, 0)
    hu = LIVER_HU + np.where(away_mm < 9, -30, bright)
    hu = hu + np.random.default_rng(5).normal(0, NOISE_HU, hu.shape)
    volume, liver = Volume(grid=grid, hu=hu.astype(np.int16)), np.ones(hu.shape, bool)
    click = Prompt.of_click(grid.to_mm((SIDE // 2, SIDE // 2, SIDE // 2)))
    assert dice(lesion_from_prompt(volume, liver, click).mask, away_mm < 12) > 0.8
