"""The liver's own density, its spread, and a CT that has none."""

import numpy as np
import pytest

from liverplan.errors import SegmentationError
from liverplan.segmentation.classical.density import read_density
from tests.segmentation.shapes import blocks_like

EVERYWHERE = np.ones((24, 24, 24), bool)


@pytest.mark.parametrize(("mode_hu", "spread_hu"), [(60, 4), (105, 6), (150, 8)])
def test_mode_and_spread_are_read_beside_darker_vessels(mode_hu, spread_hu):
    rng = np.random.default_rng(1)
    hu = rng.normal(mode_hu, spread_hu, EVERYWHERE.shape).astype(np.float32)
    hu[:4] = 40
    smooth = np.sort(hu.reshape(24, -1), axis=1).reshape(hu.shape)  # no slope between neighbours
    found = read_density(smooth, EVERYWHERE, blocks_like(smooth))
    assert found.mode_hu == pytest.approx(mode_hu, abs=3)
    assert found.spread_hu == pytest.approx(spread_hu, rel=0.5)


@pytest.mark.parametrize("hu", [-100.0, 15.0, 250.0])
def test_without_tissue_of_a_livers_density_there_is_no_liver(hu):
    flat = np.full(EVERYWHERE.shape, hu, np.float32)
    with pytest.raises(SegmentationError, match="no even tissue where it lies"):
        read_density(flat, EVERYWHERE, blocks_like(flat))
