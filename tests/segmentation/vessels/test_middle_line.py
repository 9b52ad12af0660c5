"""A middle line's tree: names, forks that are one, bumps that are none, thick ends."""

import numpy as np
import pytest

from liverplan.segmentation.vessels.middle_line import Tree

SPUR = 6.0


def tree(parents, points=None, radius=None, sizes=None):
    """Stations 5 mm apart along x where no points are told."""
    count = len(parents)
    line = [(5.0 * n, 0, 0) for n in range(count)]
    return Tree.of(
        np.array(line if points is None else points, dtype=float),
        np.full(count, 1.0) if radius is None else np.array(radius, dtype=float),
        np.ones(count, dtype=np.int64) if sizes is None else np.array(sizes),
        np.array(parents),
    )


def fork(*arms, trunk=4):
    """A trunk of so many stations along z, and arms that leave its end along their directions."""
    points = [(0.0, 0, 5 * n) for n in range(trunk)]
    parents = [0, *range(trunk - 1)]
    for direction, length in arms:
        before = trunk - 1
        for n in range(1, length + 1):
            parents.append(before)
            before = len(points)
            points.append(tuple(np.array(points[trunk - 1]) + 5 * n * np.array(direction)))
    return parents, points


X, Y = (1.0, 0, 0), (0, 1.0, 0)


def test_a_line_without_forks_is_one_branch_to_its_end():
    line = tree([0, 0, 1, 2, 3])
    assert list(line.ways("1", SPUR)) == [("1", [0, 1, 2, 3, 4], False)]
    assert line.away_mm == pytest.approx([0, 5, 10, 15, 20])
    assert line.reach_mm == pytest.approx([20, 15, 10, 5, 0])
    assert line.weight.tolist() == [5, 4, 3, 2, 1]


def test_what_hangs_on_a_fork_is_numbered_by_what_hangs_on_it_the_heaviest_first():
    parents, points = fork((X, 3), (Y, 4))
    ways = list(tree(parents, points).ways("1", SPUR))
    assert [name for name, _, _ in ways] == ["1", "1.1", "1.2"]
    assert ways[0] == ("1", [0, 1, 2, 3], True)
    assert [len(way) for _, way, _ in ways[1:]] == [5, 4]
    assert all(way[0] == 3 for _, way, _ in ways[1:])


def test_a_bump_is_no_branch_and_the_line_goes_on_past_it():
    parents, points = fork((X, 2), (Y, 4))
    ways = list(tree(parents, points).ways("1", SPUR))
    assert [(name, len(way)) for name, way, _ in ways] == [("1", 8)]


def test_a_thick_vessel_needs_a_longer_branch():
    parents, points = fork((X, 3), (Y, 4))
    thick = tree(parents, points, radius=[8.0] * len(parents))
    assert [name for name, _, _ in thick.ways("1", SPUR)] == ["1"]


def test_forks_that_nearly_meet_are_one_fork_of_three():
    parents, points = fork((X, 3), (Y, 1))
    at = np.array(points[-1])
    for direction in ((0, 1.0, 1.0), (0, 1.0, -1.0)):
        before = 7
        for n in range(1, 4):
            parents.append(before)
            before = len(points)
            points.append(tuple(at + 5 * n * np.array(direction)))
    names = [name for name, _, _ in tree(parents, points).ways("1", SPUR)]
    assert names == ["1", "1.1", "1.2", "1.3"]


@pytest.mark.parametrize(("radius", "end"), [([5, 5, 1, 1, 1], 0), ([1, 1, 1, 5, 5], 4)])
def test_the_thick_end_may_be_the_roots_or_a_branchs(radius, end):
    assert tree([0, 0, 1, 2, 3], radius=radius).thick_end(SPUR) == end
