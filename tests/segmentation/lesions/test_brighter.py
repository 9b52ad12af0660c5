"""A metastasis brighter than the liver is outlined as well as one that is darker."""

import numpy as np
import pytest

from liverplan.segmentation.lesions.prompted.brighter import is_brighter
from liverplan.segmentation.lesions.prompted.outline import lesion_from_prompt
from liverplan.segmentation.lesions.prompted.prompt import Prompt
from liverplan.volume import Volume
from tests.segmentation.shapes import dice, grid_of

SHAPE, SPACING = (40, 64, 64), (2.0, 1.2, 1.2)
RADIUS_MM, LIVER_HU, NOISE_HU = 11.0, 105.0, 10.0


def seen(contrast_hu):
    """A liver that fills the CT, a metastasis in its middle, and the prompt of its long axis."""
    grid = grid_of(SHAPE, SPACING)
    steps = [(np.arange(n) - n // 2) * s for n, s in zip(SHAPE, SPACING, strict=True)]
    k, j, i = np.meshgrid(*steps, indexing="ij")
    truth = k**2 + j**2 + i**2 < RADIUS_MM**2
    noise = np.random.default_rng(4).normal(0, NOISE_HU, SHAPE)
    hu = LIVER_HU + contrast_hu * truth + noise
    middle = np.array(SHAPE) // 2
    ends = [grid.to_mm(middle + np.array([0, 0, n * RADIUS_MM / SPACING[2]])) for n in (-1, 1)]
    prompt = Prompt(long_axis_mm=tuple(tuple(end.tolist()) for end in ends))
    return Volume(grid=grid, hu=hu.astype(np.int16)), np.ones(SHAPE, bool), prompt, truth


@pytest.mark.parametrize(("contrast_hu", "brighter"), [(12, True), (0, False), (-12, False)])
def test_it_is_told_by_what_lies_round_the_prompt_s_middle(contrast_hu, brighter):
    volume, liver, prompt, _ = seen(contrast_hu)
    assert is_brighter(volume, liver, prompt) == brighter


@pytest.mark.parametrize("contrast_hu", [-20, 20])
def test_a_bright_one_is_outlined_as_a_dark_one(contrast_hu):
    volume, liver, prompt, truth = seen(contrast_hu)
    assert dice(lesion_from_prompt(volume, liver, prompt).mask, truth) > 0.85
