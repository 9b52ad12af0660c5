"""Both vessel trees found without a click, on a liver whose trees are known."""

import threading
from dataclasses import replace

import numpy as np
import pytest
import scipy.ndimage as ndi
from scipy.spatial import cKDTree

from liverplan.errors import CancelledError, SegmentationError
from liverplan.segmentation import find_trees
from liverplan.segmentation.network.lattice import lattice_of
from liverplan.segmentation.network.maps import ORGANS, Maps
from liverplan.segmentation.vessels.contrast import contrast_of
from liverplan.segmentation.vessels.roots import roots_of
from liverplan.segmentation.vessels.unasked import HEPATIC, NONE_SHOWN, PORTAL, trees_in
from liverplan.volume import Volume
from tests.segmentation.shapes import grid_of

SHAPE, SPACING = (56, 66, 66), (1.5, 1.5, 1.5)
HILUM, FORK = (25.0, 48.0, 48.0), (34.0, 48.0, 48.0)
MOUTH = (62.0, 66.0, 48.0)
PORTAL_TREE = (
    ((4.0, 48, 48), FORK, 5.0), (FORK, (50.0, 30, 20), 3.0), (FORK, (30.0, 34, 84), 3.0),
    (FORK, (56.0, 25, 66), 2.5), ((46.0, 34, 27), (60.0, 50, 14), 2.0),
)  # fmt: skip
HEPATIC_TREE = (
    (MOUTH, (64.0, 30, 22), 3.5), (MOUTH, (60.0, 30, 78), 3.5), (MOUTH, (74.0, 24, 50), 3.0),
    ((63.0, 40, 30), (38.0, 22, 24), 2.5), ((61.0, 42, 68), (40.0, 58, 80), 2.5),
)  # fmt: skip
"""Stretches in mm along (k, j, i), with their radius; one of each runs past one of the other."""


def tubes(tree):
    at = np.stack(np.indices(SHAPE), axis=-1) * SPACING
    inside = np.zeros(SHAPE, bool)
    for start, end, radius in tree:
        a, way = np.array(start), np.array(end) - np.array(start)
        t = np.clip((at - a) @ way / (way @ way), 0, 1)
        inside |= np.linalg.norm(at - a - t[..., None] * way, axis=-1) < radius
    return inside


@pytest.fixture(scope="module")
def case():
    """A liver with a cleft for the hilum, a cava behind it, and both trees."""
    grid = grid_of(SHAPE, SPACING)
    k, j, i = (a * s for a, s in zip(np.indices(SHAPE), SPACING, strict=True))
    cava = np.hypot(j - 76, i - 48) < 8
    liver = (((k - 46) / 36) ** 2 + ((j - 42) / 38) ** 2 + ((i - 48) / 42) ** 2 < 1) & ~cava
    liver &= ~((np.hypot(j - 48, i - 48) < 9) & (k < 24))
    portal, hepatic = tubes(PORTAL_TREE), tubes(HEPATIC_TREE) & ~cava
    return grid, liver, cava, portal, hepatic


def shown(case, blood_hu):
    grid, liver, cava, portal, hepatic = case
    hu = np.where(liver, 110.0, -90.0)
    hu[((portal | hepatic) & (liver | portal)) | cava] = blood_hu
    hu += np.random.default_rng(0).normal(0, 14, SHAPE)
    return Volume(grid=grid, hu=hu.astype(np.int16))


def maps_of(case):
    grid, liver, cava = case[:3]
    lattice = lattice_of(grid)
    at = np.rint(grid.to_index(lattice.grid.to_mm(np.argwhere(np.ones(lattice.shape))))).astype(int)
    at = tuple(np.clip(at, 0, np.array(SHAPE) - 1).T)
    organ = np.where(cava[at], ORGANS.index("cava"), np.where(liver[at], 1, 0))
    organ = organ.reshape(lattice.shape).astype(np.uint8)
    likely = (organ == 1).astype(np.float32)
    nothing = np.zeros_like(likely)
    return Maps(
        lattice=lattice, box=lattice.whole, hu=nothing, liver=likely, lesion=nothing, organ=organ
    )


@pytest.fixture(scope="module")
def found(case):
    return trees_in(shown(case, 165), case[1], maps_of(case))


def line_of(tree, grid):
    points = [np.linspace(a, b, 60) for a, b, _ in tree]
    return grid.to_mm(np.concatenate(points) / SPACING)


def test_both_trees_are_found_and_told_apart(case, found):
    grid, liver = case[:2]
    for number, tree in ((PORTAL, PORTAL_TREE), (HEPATIC, HEPATIC_TREE)):
        line = line_of(tree, grid)
        at = tuple(np.rint(grid.to_index(line)).astype(int).T)
        mine = np.concatenate([b.points_mm for b in found.branches if b.tree == number])
        assert (cKDTree(mine).query(line[liver[at]])[0] < 3.5).mean() > 0.8
        assert (cKDTree(line).query(mine)[0] < 4.0).mean() > 0.9
    assert found.warnings == ()


def test_trees_begin_in_the_hilum_and_at_the_cava(case, found):
    grid = case[0]
    portal = grid.to_index(np.array(found.roots_mm[PORTAL])) * SPACING
    assert (np.linalg.norm(portal - HILUM, axis=1) < 22).any()
    hepatic = grid.to_index(np.array(found.roots_mm[HEPATIC])) * SPACING
    assert (np.linalg.norm(hepatic - MOUTH, axis=1) < 15).any()
    assert found.provenance.origin == "automatic"


def test_a_portal_trunk_that_a_network_takes_for_bowel_is_told_by_its_blood(case):
    volume, maps = shown(case, 165), maps_of(case)
    contrast = contrast_of(volume, case[1])
    at = maps.grid.to_mm(np.argwhere(maps.organ == 0))
    near = np.linalg.norm(at[:, :2] - volume.grid.to_mm(np.array(HILUM) / SPACING)[:2], axis=1) < 14
    organ = maps.organ.copy()
    organ[tuple(np.argwhere(maps.organ == 0)[near].T)] = ORGANS.index("bowel")
    roots = roots_of(contrast, replace(maps, organ=organ))
    told, own = np.argwhere(roots.trunk) * contrast.spacing_mm, contrast.blocks.grid
    start = volume.grid.to_index(own.to_mm(np.zeros(3))) * SPACING
    away = np.linalg.norm((told + start)[:, 1:] - HILUM[1:], axis=1)
    assert len(told) > 100
    assert away.max() < 7
    place = volume.grid.to_index(own.to_mm(np.array(roots.portal))) * SPACING
    assert np.linalg.norm(place[1:] - HILUM[1:]) < 4


def test_each_branch_says_how_sure_it_is(found):
    assert len(found.confidence) == len(found.branches)
    assert all(0 <= sure <= 1 for sure in found.confidence)
    assert max(found.confidence) > 0.8


def test_the_rim_of_a_bright_neighbour_is_no_vessel(case):
    """The liver's outermost two voxels beside it are brighter, as where a kidney shines through."""
    grid, liver = case[:2]
    k, j, i = (a * s for a, s in zip(np.indices(SHAPE), SPACING, strict=True))
    rim = liver & ~ndi.binary_erosion(liver, iterations=2) & (i < 40) & (k > 34) & (j < 50)
    hu = shown(case, 165).hu.copy()
    hu[rim] += 30
    trees = trees_in(Volume(grid=grid, hu=hu), liver, maps_of(case))
    points = np.concatenate([branch.points_mm for branch in trees.branches])
    assert not rim[tuple(np.rint(grid.to_index(points)).astype(int).T)].any()
    line = line_of(PORTAL_TREE + HEPATIC_TREE, grid)
    assert (cKDTree(line).query(points)[0] < 4.0).mean() > 0.9


@pytest.mark.parametrize("blood_hu", [112, 85])
def test_a_phase_without_contrast_shows_no_vessels(case, blood_hu):
    found = trees_in(shown(case, blood_hu), case[1], maps_of(case))
    assert found.warnings == (NONE_SHOWN,)
    assert found.branches == ()
    assert not found.labels.any()


def test_it_can_be_stopped_and_needs_a_liver(case):
    volume = shown(case, 165)
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(CancelledError, match="vessels was stopped"):
        find_trees(volume, case[1], cancel=cancel)
    with pytest.raises(SegmentationError, match="there is none"):
        trees_in(volume, np.zeros(SHAPE, bool), maps_of(case))
