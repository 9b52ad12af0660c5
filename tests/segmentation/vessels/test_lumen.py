"""A vessel's voxels: how deep they lie, and the stations of the front that runs through them."""

import numpy as np
import pytest

from liverplan.segmentation.vessels.lumen import Lumen
from tests.segmentation.shapes import grid_of

SHAPE = (24, 40, 60)
GRID = grid_of(SHAPE, (1.0, 1.0, 1.0))
Z, Y, X = np.indices(SHAPE)
PIPE = (np.hypot(Z - 12, Y - 12) < 4.5) & (X > 4) & (X < 55)
TWIG = (np.hypot(Z - 12, Y - 32) < 2.5) & (X > 20) & (X < 40)


def test_no_vessel_and_a_speck_have_no_lumen():
    assert Lumen.of(np.zeros(SHAPE, bool), GRID) is None
    speck = np.zeros(SHAPE, bool)
    speck[5, 5, 5:8] = True
    assert Lumen.of(speck, GRID) is None


def test_a_voxels_depth_is_its_distance_from_the_wall():
    lumen = Lumen.of(PIPE, GRID)
    assert len(lumen.points_mm) == np.count_nonzero(PIPE)
    assert lumen.depth_mm.max() == pytest.approx(4.5, abs=0.8)
    axis = np.hypot(lumen.points_mm[:, 2] - 12, lumen.points_mm[:, 1] - 12) < 0.1
    assert lumen.depth_mm[axis].min() >= 1


def test_stations_run_along_the_middle_line_from_the_root():
    (tree,) = Lumen.of(PIPE, GRID).trees(np.array([[5.0, 12, 12]]))
    assert tree.points_mm[0, 0] < 8
    assert np.abs(tree.points_mm[:, 1:] - 12).max() < 2.5
    assert tree.reach_mm[0] == pytest.approx(49, abs=4)
    assert np.median(tree.radius_mm) == pytest.approx(4.5, abs=0.8)
    assert tree.weight[0] == np.count_nonzero(PIPE)


def test_each_component_is_a_tree_the_largest_first_and_takes_the_first_root_in_it():
    lumen = Lumen.of(PIPE | TWIG, GRID)
    roots = np.array([[39.0, 32, 12], [54, 12, 12], [5, 12, 12]])
    pipe, twig = lumen.trees(roots)
    assert pipe.weight[0] > twig.weight[0]
    assert pipe.points_mm[0, 0] > 50
    assert twig.points_mm[0, 0] > 36


def test_without_a_root_the_thick_end_is_one():
    cone = (np.hypot(Z - 12, Y - 12) < 2 + X / 12) & (X > 4) & (X < 55)
    (tree,) = Lumen.of(cone, GRID).trees(np.empty((0, 3)))
    assert tree.points_mm[0, 0] > 44
