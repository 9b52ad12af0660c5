"""The box that holds the liver: it leaves room, and never cuts off what it meets."""

import numpy as np

from liverplan.segmentation.boxes import ends_of, slices_of
from liverplan.segmentation.network.box import FURTHER, coarse_body, grown, liver_box
from liverplan.segmentation.network.lattice import lattice_of
from liverplan.volume import Grid, Volume

SHAPE = (100, 120, 140)
WHOLE = slices_of((0, 0, 0), (50, 60, 70))


def seen(start, stop, shape=(50, 60, 70)):
    liver = np.zeros(shape, np.float32)
    liver[slices_of(start, stop)] = 0.9
    return liver


def test_what_is_seen_lies_in_the_box_with_room_around_it():
    start, stop = ends_of(liver_box(seen((20, 20, 10), (35, 40, 35)), WHOLE, SHAPE, 2))
    assert np.all(np.array(start) <= np.array((40, 40, 20)) - 12)
    assert np.all(np.array(stop) >= np.minimum(np.array((70, 80, 70)) + 12, SHAPE))
    assert np.all((np.array(stop) - start) % 16 == 0)


def test_the_patients_own_place_on_the_coarse_lattice_counts():
    body = slices_of((0, 10, 5), (50, 60, 70))
    start, stop = ends_of(liver_box(seen((20, 10, 10), (35, 30, 35), (50, 50, 65)), body, SHAPE, 2))
    assert start[1] <= 40 - 12
    assert stop[1] >= 80 + 12


def test_a_look_that_saw_too_little_leaves_the_whole_patient():
    body = slices_of((0, 10, 5), (50, 60, 60))
    box = liver_box(seen((20, 20, 10), (25, 25, 15), (50, 50, 55)), body, SHAPE, 2)
    assert ends_of(box) == ((0, 20, 10), (100, 120, 120))


def test_a_speck_far_away_does_not_widen_the_box():
    liver = seen((20, 20, 10), (35, 40, 35))
    liver[2, 2, 60] = 0.9
    assert liver_box(liver, WHOLE, SHAPE, 2) == liver_box(
        seen((20, 20, 10), (35, 40, 35)), WHOLE, SHAPE, 2
    )


def test_a_liver_that_meets_a_side_makes_the_box_larger_there():
    box = slices_of((30, 30, 30), (70, 80, 90))
    meets = seen((2, 10, 10), (30, 40, 50), (40, 50, 60))
    start, stop = ends_of(grown(box, meets, SHAPE))
    assert start == (30 - FURTHER, 30, 30)
    assert stop == (70, 80, 90)
    assert grown(box, seen((10, 10, 10), (30, 40, 50), (40, 50, 60)), SHAPE) == box


def test_the_box_ends_where_the_ct_ends():
    box = slices_of((0, 30, 30), (100, 80, 90))
    assert grown(box, seen((0, 10, 10), (100, 40, 50), (100, 50, 60)), SHAPE) == box


def test_nothing_found_leaves_the_box_as_it_is():
    box = slices_of((0, 30, 30), (50, 80, 90))
    assert grown(box, np.zeros((50, 50, 60), np.float32), SHAPE) == box


def test_the_table_is_no_part_of_the_patient():
    hu = np.full((40, 80, 80), -1000, np.int16)
    hu[:, 20:60, 15:65] = 40
    hu[:, 75, :] = 200
    affine = np.eye(4)
    affine[:3, :3] = np.fliplr(4 * np.eye(3))
    volume = Volume(grid=Grid(shape=hu.shape, affine=affine), hu=hu)
    box, inside = coarse_body(volume, lattice_of(volume.grid, 4.0))
    assert ends_of(box) == ((0, 19, 14), (40, 61, 66))
    assert inside.shape == (40, 42, 52)


def test_a_length_that_needs_no_padding_is_taken_where_there_is_little_room():
    """Four of the voxels around the liver are spared; no more."""
    spared = liver_box(seen((8, 20, 10), (46, 40, 35)), WHOLE, (103, 120, 140), 2)[0]
    assert (spared.start, spared.stop) == (7, 103)
    whole = liver_box(seen((3, 20, 10), (46, 40, 35)), WHOLE, (103, 120, 140), 2)[0]
    assert (whole.start, whole.stop) == (0, 103)
    moved = liver_box(seen((8, 20, 10), (46, 40, 35)), WHOLE, (118, 120, 140), 2)[0]
    assert (moved.start, moved.stop) == (0, 112)
