"""Grid and Volume: one convention, valid when built, every fault named."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liverplan.errors import GridError, InputError
from liverplan.volume import Grid, Volume

AFFINE = np.array(
    [[0.0, 0.0, 0.7, -120.0], [0.0, 0.8, 0.0, -90.0], [2.5, 0.0, 0.0, 40.0], [0, 0, 0, 1.0]]
)
SHEARED = AFFINE + np.array([[0.9, 0, 0, 0], [0.4, 0, 0, 0], [0, 0.1, 0, 0], [0, 0, 0, 0]])
index = st.tuples(*[st.floats(-500, 500) for _ in range(3)])


def grid(**changes):
    values = {"shape": (10, 20, 30), "affine": AFFINE, "frame_uid": "1.2.3"} | changes
    return Grid(**values)


@given(index)
def test_index_to_mm_and_back_is_the_same_index_on_a_sheared_grid(point):
    g = grid(affine=SHEARED)
    assert np.allclose(g.to_index(g.to_mm(point)), point, atol=1e-9)


def test_first_index_is_the_slice_and_moves_along_z():
    assert np.allclose(grid().to_mm((1, 0, 0)) - grid().to_mm((0, 0, 0)), (0, 0, 2.5))
    assert grid().spacing_mm == pytest.approx((2.5, 0.8, 0.7))


def test_voxel_volume_of_a_sheared_grid_is_the_determinant():
    columns = SHEARED[:3, :3].T
    assert grid(affine=SHEARED).voxel_ml == pytest.approx(
        abs(np.dot(columns[0], np.cross(columns[1], columns[2]))) / 1000
    )


def test_nearest_index_is_none_outside():
    assert grid().nearest_index(grid().to_mm((3.4, 7.6, 29.2))) == (3, 8, 29)
    assert grid().nearest_index(grid().to_mm((3, 7, 29.6))) is None
    assert grid().nearest_index(grid().to_mm((-0.6, 7, 29))) is None


def test_crop_keeps_every_voxel_where_it_was():
    g = grid(affine=SHEARED)
    part = g.crop((2, 3, 4), (8, 13, 24))
    assert part.shape == (6, 10, 20)
    assert np.allclose(part.to_mm((1, 1, 1)), g.to_mm((3, 4, 5)))
    assert part.frame_uid == g.frame_uid


def test_corners_are_the_extreme_voxel_centres():
    g = grid()
    assert np.allclose(g.corners_mm.min(axis=0), g.to_mm((0, 0, 0)))
    assert np.allclose(g.corners_mm.max(axis=0), g.to_mm((9, 19, 29)))


def test_a_grid_cannot_be_changed_after_it_was_built():
    source = AFFINE.copy()
    g = grid(affine=source)
    source[0, 3] = 999
    assert g.affine[0, 3] == AFFINE[0, 3]
    with pytest.raises(ValueError, match="read-only"):
        g.affine[0, 3] = 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"shape": (0, 2, 2)}, "not three positive numbers"),
        ({"shape": (2, 2)}, "not three positive numbers"),
        ({"affine": np.eye(3)}, "not (4, 4)"),
        ({"affine": np.full((4, 4), np.nan)}, "NaN or infinity"),
        ({"affine": np.diag([1.0, 1, 0, 1])}, "cannot be inverted"),
        ({"affine": np.diag([1.0, 1, 1, 2])}, "last row"),
    ],
)
def test_an_unusable_grid_is_refused_in_words(changes, words):
    with pytest.raises(InputError) as refusal:
        grid(**changes)
    assert words in str(refusal.value)


def test_every_difference_between_two_grids_is_named_at_once():
    moved = SHEARED.copy()
    moved[:3, 3] += 5
    other = grid(shape=(10, 20, 31), affine=moved, frame_uid="9.9")
    with pytest.raises(GridError) as refusal:
        grid().require_same(other, mine="The mask liver.nii.gz", theirs="the CT")
    sentence = str(refusal.value)
    assert sentence.startswith("The mask liver.nii.gz and the CT differ in ")
    for fault in ("shape", "orientation", "position", "frame of reference", "spacing"):
        assert fault in sentence


def test_grids_that_differ_by_rounding_or_an_unknown_frame_are_one():
    rounded = AFFINE.copy()
    rounded[:3, 3] += 0.004
    grid().require_same(grid(affine=rounded, frame_uid=None), mine="a", theirs="b")
    assert grid().faults_against(grid()) == []


def test_a_volume_must_fit_its_grid_and_hold_numbers():
    with pytest.raises(InputError, match=r"\(10, 20, 31\) voxels"):
        Volume(grid=grid(), hu=np.zeros((10, 20, 31), np.int16))
    bad = np.zeros((10, 20, 30), np.float32)
    bad[3, 3, 3] = np.nan
    with pytest.raises(InputError, match="NaN"):
        Volume(grid=grid(), hu=bad)


def test_a_volume_is_read_only():
    volume = Volume(grid=grid(), hu=np.zeros((10, 20, 30), np.int16))
    with pytest.raises(ValueError, match="read-only"):
        volume.hu[0, 0, 0] = 1
