"""Trees put right by clicks."""

import numpy as np
import pytest

from liverplan.errors import SegmentationError
from liverplan.segmentation import follow_with
from liverplan.segmentation.backends import CLASSICAL
from liverplan.segmentation.vessels.corrected import cut, dropped, taken
from liverplan.segmentation.vessels.joined import joined
from liverplan.volume import Volume
from tests.segmentation.shapes import grid_of

SHAPE = (40, 80, 80)
ROOT = (10.0, 40.0, 40.0)


@pytest.fixture(scope="module")
def case():
    """A trunk along x that forks in y, of tree 1; a tube that no tree has yet."""
    grid = grid_of(SHAPE)
    z, y, x = np.indices(SHAPE) * np.array([2.0, 1, 1])[:, None, None, None]
    trunk = (np.hypot(y - 40, z - 40) < 3) & (x > 8) & (x < 42)
    limbs = [
        (np.hypot(y - 40 - side * (x - 40), z - 40) < 3) & (x >= 40) & (x < 68) for side in (-1, 1)
    ]
    other = (np.hypot(y - 40, z - 64) < 2.5) & (x > 10) & (x < 70)
    trees = (trunk | limbs[0] | limbs[1]).astype(np.uint8)
    hu = np.where((trees > 0) | other, 165, 110)
    hu = hu + np.random.default_rng(0).normal(0, 6, SHAPE)
    liver = (x > 4) & (x < 76) & (y > 4) & (y < 76) & (z > 5) & (z < 75)
    return Volume(grid=grid, hu=hu.astype(np.int16)), liver, trees, limbs, other


def take(case, tree, point_mm):
    """Take a click into a tree, the built-in way where it is in none."""
    volume, liver, trees = case[:3]

    def follow(point):
        return follow_with(CLASSICAL, volume, liver, point).mask

    return taken(trees, volume.grid, tree, point_mm, [ROOT], follow=follow)


def share(mask, part):
    return (mask & part).sum() / part.sum()


def test_a_clicked_branch_moves_to_the_other_tree_and_its_trunk_stays(case):
    trees, limbs = case[2:4]
    made = take(case, 2, (58.0, 22.0, 40.0))
    assert share(made == 2, limbs[0]) > 0.7
    assert share(made == 1, limbs[1]) > 0.95
    assert made[20, 40, 12] == 1
    assert ((made > 0) == (trees > 0)).all()


def test_a_clicked_trunk_takes_along_all_that_hangs_on_it(case):
    made = take(case, 2, (15.0, 40.0, 40.0))
    assert not (made == 1).any()


def test_a_vessel_of_no_tree_is_followed_from_a_click(case):
    trees, other = case[2], case[4]
    made = take(case, 2, (40.0, 40.0, 64.0))
    assert share(made == 2, other) > 0.7
    assert (made[trees == 1] == 1).all()


def test_a_dropped_branch_goes_with_what_hangs_on_it(case):
    volume, _, trees, limbs, _ = case
    made = dropped(trees, volume.grid, (58.0, 58.0, 40.0), [ROOT])
    assert share(made == 1, limbs[1]) < 0.3
    assert share(made == 1, limbs[0]) > 0.95


def test_clicks_that_mean_nothing_are_refused_in_words(case):
    volume, _, trees = case[:3]
    with pytest.raises(SegmentationError, match="belongs to that tree already"):
        take(case, 1, (20.0, 40.0, 40.0))
    with pytest.raises(SegmentationError, match="No vessel is seen"):
        take(case, 2, (20.0, 15.0, 20.0))
    with pytest.raises(SegmentationError, match="No vessel of a tree lies within 6 mm"):
        dropped(trees, volume.grid, (20.0, 15.0, 20.0), [ROOT])
    with pytest.raises(SegmentationError, match="No vessel of a tree lies within 6 mm"):
        cut(trees, volume.grid, (20.0, 15.0, 20.0), [ROOT])
    with pytest.raises(SegmentationError, match="Nothing of this vessel lies beyond"):
        cut(trees, volume.grid, (20.0, 40.0, 40.0), [ROOT], to=1)


@pytest.mark.parametrize("to", [0, 2])
def test_a_cut_takes_away_what_lies_beyond_the_click_and_no_more(case, to):
    volume, _, trees, limbs, _ = case
    made = cut(trees, volume.grid, (54.0, 54.0, 40.0), [ROOT], to=to)
    x = np.arange(SHAPE[2])
    for near, part in ((True, limbs[1] & (x < 50)), (False, limbs[1] & (x > 58))):
        assert share(made == (1 if near else to), part) > 0.95
    assert share(made == 1, limbs[0]) == 1
    assert (made[(trees == 1) & (x < 40)] == 1).all()


def test_a_cut_through_the_trunk_takes_both_limbs(case):
    volume, _, trees, limbs, _ = case
    made = cut(trees, volume.grid, (25.0, 40.0, 40.0), [ROOT])
    assert not made[limbs[0] | limbs[1]].any()
    assert share(made == 1, (trees == 1) & (np.arange(SHAPE[2]) < 22)) == 1


def gapped(case):
    """A trunk and a limb without what lies between, where they bend and the CT shows them."""
    trees, (limb, other) = case[2:4]
    x = np.arange(SHAPE[2])
    whole = (trees > 0) & ~(other & ~limb & (x > 42))
    return np.where(whole & ((x < 34) | (x > 50)), 1, 0).astype(np.uint8), limb & (x > 50), whole


def join(case, trees, end_mm, to_mm, roots=(ROOT,)):
    volume, liver = case[:2]

    def follow(point):
        return follow_with(CLASSICAL, volume, liver, point).mask

    return joined(trees, volume, end_mm, to_mm, roots, follow=follow)


@pytest.mark.parametrize("tree", [1, 2])
def test_a_loose_piece_of_either_tree_is_joined_along_what_is_bright(case, tree):
    """A straight bridge would leave the bend by 4 mm."""
    trees, loose, whole = gapped(case)
    trees[loose] = tree
    made = join(case, trees, (51.0, 29.0, 40.0), (33.0, 40.0, 40.0))
    assert (made[loose] == 1).all()
    assert share(whole, (made > 0) & (trees == 0)) > 0.8
    assert dropped(made, case[0].grid, (15.0, 40.0, 40.0), [ROOT]).max() == 0


def test_a_vessel_of_no_tree_and_a_branch_of_the_other_are_joined_to_where_they_belong(case):
    trees, other = case[2], case[4]
    made = join(case, trees, (40.0, 40.0, 64.0), (38.0, 40.0, 43.0))
    assert share(made == 1, other) > 0.7
    assert dropped(made, case[0].grid, (15.0, 40.0, 40.0), [ROOT]).max() == 0
    two = np.where(other, 2, trees).astype(np.uint8)
    made = join(case, two, (66.0, 40.0, 64.0), (60.0, 60.0, 42.0), [ROOT, (12.0, 40.0, 64.0)])
    assert share(made == 1, other) > 0.9


def test_what_hangs_together_or_lies_too_far_apart_is_not_joined(case):
    trees = gapped(case)[0]
    with pytest.raises(SegmentationError, match="hang together already"):
        join(case, case[2], (58.0, 58.0, 40.0), (20.0, 40.0, 40.0))
    with pytest.raises(SegmentationError, match="apart; a gap of at most 40 mm"):
        join(case, trees, (66.0, 14.0, 40.0), (12.0, 40.0, 40.0))
    with pytest.raises(SegmentationError, match="No vessel of a tree lies within"):
        join(case, trees, (66.0, 14.0, 40.0), (20.0, 15.0, 20.0))
