"""The CT turned to one orientation and back."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from liverplan.segmentation.orientation import Turn, foot_head_axis, turned
from liverplan.volume import Grid, Volume


@given(
    order=st.permutations([0, 1, 2]),
    signs=st.tuples(*[st.sampled_from([-1, 1])] * 3),
)
@settings(max_examples=30, deadline=None)
def test_turning_there_and_back_changes_nothing(order, signs):
    affine = np.eye(4)
    affine[:3, :3] = np.diag(signs)[:, order]
    grid = Grid(shape=(3, 4, 5), affine=affine)
    hu = np.arange(60, dtype=np.int16).reshape(3, 4, 5)
    turn = Turn.of(grid)
    common = turned(Volume(grid=grid, hu=hu))
    steps = common.grid.affine[:3, :3]
    assert np.allclose(steps, np.array([[0, 0, 1], [0, 1, 0], [1, 0, 0]]))
    mask = common.hu > 30
    assert np.array_equal(turn.undo(mask), hu > 30)
    k, j, i = 1, 2, 0
    here = common.grid.to_mm((k, j, i))
    assert hu[grid.nearest_index(here)] == common.hu[k, j, i]


@given(order=st.permutations([0, 1, 2]), signs=st.tuples(*[st.sampled_from([-1, 1])] * 3))
@settings(max_examples=20, deadline=None)
def test_the_foot_head_axis_is_the_one_along_the_body(order, signs):
    affine = np.eye(4)
    affine[:3, :3] = np.diag(signs)[:, order]
    axis = foot_head_axis(Grid(shape=(3, 4, 5), affine=affine))
    assert abs(affine[2, axis]) == 1


def test_an_oblique_grid_goes_to_the_nearest_axes():
    c, s = np.cos(np.radians(30)), np.sin(np.radians(30))
    affine = np.eye(4)
    affine[:3, :3] = np.array([[0, s, c], [0, c, -s], [1, 0, 0]]) * (3.0, 0.7, 0.8)
    turn = Turn.of(Grid(shape=(3, 4, 5), affine=affine))
    assert turn.order == (0, 1, 2)
    assert turn.flips == ()
