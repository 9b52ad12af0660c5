"""Vessel trees from clicks."""

import numpy as np
import pytest

from liverplan.errors import SegmentationError
from liverplan.segmentation import find_vessels
from liverplan.volume import Volume
from tests.segmentation.shapes import grid_of


@pytest.fixture
def vessel_case():
    """A block of liver with two straight vessels of 5 mm."""
    grid = grid_of((40, 80, 80))
    z, y, x = np.indices(grid.shape) * np.array([2.0, 1, 1])[:, None, None, None]
    liver = (x > 5) & (x < 75) & (y > 5) & (y < 75) & (z > 5) & (z < 75)
    tubes = [np.hypot(y - 25, z - 40) < 2.5, np.hypot(y - 55, z - 40) < 2.5]
    hu = np.where(tubes[0] | tubes[1], 160, 110) + np.random.default_rng(0).normal(0, 8, grid.shape)
    return Volume(grid=grid, hu=hu.astype(np.int16)), liver, [t & liver for t in tubes]


def test_vessels_are_trees_with_their_radius(vessel_case):
    volume, liver, tubes = vessel_case
    found = find_vessels(volume, liver, [(40, 25, 40), (40, 55, 40)])
    for tree, tube in enumerate(tubes, 1):
        mask = found.labels == tree
        assert 2 * (mask & tube).sum() / (mask.sum() + tube.sum()) > 0.7
    lengths = [sum(b.length_mm for b in found.branches if b.tree == tree) for tree in (1, 2)]
    assert min(lengths) > 45
    assert [b.name for b in found.branches if b.name == "1"] == ["1", "1"]


def test_a_click_beside_every_vessel_is_refused(vessel_case):
    volume, liver, _ = vessel_case
    with pytest.raises(SegmentationError, match="No vessel is seen"):
        find_vessels(volume, liver, [(40, 40, 20)])


def test_trees_that_touch_are_parted_half_way_between_their_clicks(vessel_case):
    volume, liver, tubes = vessel_case
    found = find_vessels(volume, liver, [(12, 25, 40), (68, 25, 40)])
    x = np.indices(volume.grid.shape)[2]
    assert (found.labels[(x < 36) & tubes[0]] != 2).all()
    assert (found.labels[(x > 44) & tubes[0]] != 1).all()
    assert {branch.tree for branch in found.branches} == {1, 2}


def test_a_vessel_that_nobody_clicked_is_left_out(vessel_case):
    volume, liver, tubes = vessel_case
    found = find_vessels(volume, liver, [(40, 25, 40)])
    assert not found.labels[tubes[1]].any()
    assert found.provenance.parameters["trees"] == "1"


def test_vessels_outside_the_liver_and_without_one_are_none(vessel_case):
    volume, liver, _ = vessel_case
    front = liver & (np.indices(liver.shape)[1] < 40)
    found = find_vessels(volume, front, [(40, 25, 40)])
    assert not found.labels[:, 50:].any()
    with pytest.raises(SegmentationError, match="there is none"):
        find_vessels(volume, np.zeros_like(liver), [(40, 25, 40)])
