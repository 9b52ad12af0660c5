"""Lines joined to trees, and moved into the middle of what they run in."""

from itertools import pairwise

import numpy as np
import pytest

from liverplan.segmentation.vessels.branches import named
from liverplan.segmentation.vessels.centred import centred
from liverplan.segmentation.vessels.contrast import contrast_of
from liverplan.segmentation.vessels.lines import tree_lines
from liverplan.volume import Volume
from tests.segmentation.shapes import grid_of

STEM = [(0.0, 0, z) for z in range(31)]
LEFT = [(float(-x), 0, 30) for x in range(31)]
RIGHT = [(float(x), 0, 30) for x in range(21)]


def test_lines_become_a_tree_from_their_cheapest_point_with_the_links_between_them():
    """The limbs meet the stem 2 mm beyond its end, over a link; a link that leads nowhere goes."""
    link, astray = [(0.0, 0, 30), (0, 1, 30), (0, 2, 30)], [(-30.0, 0, 30), (-30, 1, 30)]
    parts = [STEM, [(x, 2.0, z) for x, _, z in LEFT], [(x, 2.0, z) for x, _, z in RIGHT]]
    points = np.concatenate([*parts, link, astray])
    starts = np.cumsum([0, *map(len, parts), len(link), len(astray)])
    rows = [np.arange(a, b) for a, b in pairwise(starts)]
    same = np.unique(points, axis=0, return_inverse=True)[1].ravel()
    first = np.array([np.flatnonzero(same == n)[0] for n in same])
    stem, left, right, between, away = (first[r] for r in rows)
    price = np.linalg.norm(points, axis=1)
    trees = tree_lines(points, np.ones(len(points)), [stem, left, right], [between, away], price)
    found = {branch.name: branch for branch in named(trees, 4.0)}
    assert set(found) == {"1", "1.1", "1.2"}
    assert found["1"].points_mm[0] == (0, 0, 0)
    assert found["1.1"].points_mm[-1] == (-30, 2, 30)
    assert found["1.1"].length_mm == pytest.approx(32, abs=2.1)
    assert (-30, 1, 30) not in found["1.1"].points_mm


def test_parts_that_nothing_joins_are_trees_of_their_own_and_none_make_none():
    points = np.array([*STEM, *((x + 50, y, z) for x, y, z in RIGHT)])
    ways = [np.arange(31), np.arange(31, 52)]
    trees = tree_lines(points, np.ones(52), ways, [], np.arange(52.0))
    assert [branch.name for branch in named(trees, 4.0)] == ["1", "2"]
    assert tree_lines(points, np.ones(52), [], [], np.arange(52.0)) == []


def test_a_line_along_a_wall_moves_into_the_middle_and_keeps_its_ends():
    grid = grid_of((40, 40, 60), (1.0, 1.0, 1.0))
    k, j, _ = np.indices(grid.shape)
    rng = np.random.default_rng(0)
    hu = 110.0 + 60 * (np.hypot(k - 20.3, j - 19.6) < 3) + rng.normal(0, 6, grid.shape)
    contrast = contrast_of(Volume(grid=grid, hu=hu.astype(np.int16)), np.ones(grid.shape, bool))
    i = np.arange(6.0, 54.0)
    wall = grid.to_mm(np.stack([np.full(48, 22.0), 19 + i % 2, i], axis=1))
    edges = np.stack([np.arange(47), np.arange(1, 48)], axis=1)
    moved = grid.to_index(centred(wall, np.full(48, 3.0), edges, contrast))
    assert np.hypot(*(moved[5:-5, :2] - (20.3, 19.6)).T).max() < 0.6
    assert moved[0] == pytest.approx(grid.to_index(wall)[0])
    assert np.diff(moved[:, 2]).min() > 0.5
