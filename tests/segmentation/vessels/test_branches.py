"""Vessels as branches: what hangs on what, from either end, on any lattice."""

import numpy as np
import pytest

from liverplan.segmentation import branches_of
from liverplan.segmentation.vessels import branches
from liverplan.volume import Grid

TRUNK = ((0.0, 0, -30), (0, 0, 0))
LEFT, RIGHT = ((0.0, 0, 0), (25, 0, 20)), ((0.0, 0, 0), (-35, 0, 25))
UPPER, LOWER = ((-35.0, 0, 25), (-50, 0, 45)), ((-35.0, 0, 25), (-60, 0, 20))


def tubes(spacing, *parts):
    """Tubes of 3 mm radius along lines, on a lattice turned about the body's axis."""
    turn = np.array([[0.8, -0.6, 0], [0.6, 0.8, 0], [0, 0, 1.0]])
    affine = np.eye(4)
    affine[:3, :3] = (turn * np.array(spacing[::-1]))[:, ::-1]
    shape = tuple(int(160 / s) for s in spacing)
    affine[:3, 3] = -affine[:3, :3] @ (np.array(shape) / 2)
    grid = Grid(shape=shape, affine=affine)
    points = grid.to_mm(np.indices(shape).reshape(3, -1).T)
    inside = np.zeros(len(points), bool)
    for start, end in parts:
        a, way = np.array(start), np.array(end) - np.array(start)
        t = np.clip((points - a) @ way / (way @ way), 0, 1)
        inside |= np.linalg.norm(points - a - t[:, None] * way, axis=1) < 3
    return inside.reshape(shape), grid


@pytest.mark.parametrize("spacing", [(1.0, 1.0, 1.0), (1.6, 0.8, 0.8), (3.0, 1.2, 1.2)])
def test_branches_are_named_by_what_they_hang_on(spacing):
    mask, grid = tubes(spacing, TRUNK, LEFT, RIGHT, UPPER, LOWER)
    found = {b.name: b for b in branches_of(mask, grid, [(0, 0, -28)])}
    assert set(found) == {"1", "1.1", "1.2", "1.1.1", "1.1.2"}
    for name, (start, end) in {"1": TRUNK, "1.1": RIGHT, "1.2": LEFT}.items():
        points = np.array(found[name].points_mm)
        if name != "1":
            assert np.linalg.norm(points[0] - start) < 8
        assert np.linalg.norm(points[-1] - end) < 8
    assert found["1.1"].radius_mm == pytest.approx(3.0, abs=0.8)
    assert found["1.1"].length_mm == pytest.approx(43, abs=6)


def test_the_thickest_end_is_the_root_where_none_is_given():
    """Also where the fork is wider than any end."""
    mask, grid = tubes((1.0, 1.0, 1.0), TRUNK, LEFT, RIGHT)
    thick = [((x, y, -30), (x, y, -4)) for x in (-1.2, 1.2) for y in (-1.2, 1.2)]
    ball = [((x, 0, 0), (-x, 0, 0)) for x in (2.5,)] + [((0, -2.5, 0), (0, 2.5, 0))]
    wide, _ = tubes((1.0, 1.0, 1.0), *thick, *ball)
    by_click, by_end = branches_of(mask, grid, [(0, 0, -28)]), branches_of(mask | wide, grid)
    assert [b.name for b in by_click] == [b.name for b in by_end] == ["1", "1.1", "1.2"]
    for one, other in zip(by_click, by_end, strict=True):
        assert np.linalg.norm(np.subtract(one.points_mm[-1], other.points_mm[-1])) < 5
    assert by_end[0].points_mm[0][2] < -25


def test_the_same_tree_from_an_end_hangs_the_other_way():
    mask, grid = tubes((1.0, 1.0, 1.0), TRUNK, LEFT, RIGHT)
    found = {b.name: b for b in branches_of(mask, grid, [(-33, 0, 24)])}
    assert set(found) == {"1", "1.1", "1.2"}
    assert np.linalg.norm(np.array(found["1"].points_mm[-1])) < 5


def test_separate_trees_have_trunks_of_their_own_and_specks_none():
    far = ((0.0, 50, -20), (0.0, 50, 20))
    speck = ((50.0, -50, 0), (51.0, -50, 0))
    mask, grid = tubes((1.0, 1.0, 1.0), TRUNK, LEFT, RIGHT, far, speck)
    found = [b.name for b in branches_of(mask, grid, [(0, 0, -28), (0, 50, -18)])]
    assert found == ["1", "1.1", "1.2", "2"]
    assert branches_of(np.zeros_like(mask), grid) == ()
    for voxels in (1, 3, 5):
        few = np.zeros_like(mask)
        few[10, 10, :voxels] = True
        assert branches_of(few, grid) == ()


def test_more_branches_than_a_map_holds_lose_the_shortest(monkeypatch):
    mask, grid = tubes((1.0, 1.0, 1.0), TRUNK, LEFT, RIGHT, UPPER, LOWER)
    monkeypatch.setattr(branches, "MOST", 3)
    found = {b.name for b in branches_of(mask, grid, [(0, 0, -28)])}
    assert "1" in found
    assert len(found) <= 3
