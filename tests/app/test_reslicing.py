"""Planes and vessels through a made CT whose density is known everywhere, on a turned lattice."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from liverplan.app.slices.oblique_sheet import normal_of
from liverplan.app.slices.reslicing import (
    Course,
    Frame,
    densities,
    plane_points,
    straight_points,
    ways_of,
)
from liverplan.segmentation import Branch
from liverplan.volume import Grid, Volume

TURN = np.radians(20)
ROTATED = np.array(
    [[np.cos(TURN), 0, np.sin(TURN)], [0, 1, 0], [-np.sin(TURN), 0, np.cos(TURN)]]
)  # about y
AFFINE = np.eye(4)
AFFINE[:3, :3] = ROTATED @ np.diag([0.8, 1.1, 2.5])[:, ::-1]  # (k, j, i) are about z, y, x
AFFINE[:3, 3] = -40, -50, 10
GRID = Grid(shape=(44, 100, 120), affine=AFFINE)
SLOPE = np.array([1.5, -2.0, 3.0])


def ramp(points_mm):
    """A density, HU, that rises evenly through the patient."""
    return np.asarray(points_mm) @ SLOPE - 100


INDEX = np.moveaxis(np.indices(GRID.shape), 0, -1)
VOLUME = Volume(grid=GRID, hu=np.rint(ramp(GRID.to_mm(INDEX))).astype(np.int16))
MIDDLE = GRID.to_mm(np.array(GRID.shape) / 2)


@pytest.mark.parametrize("normal", [(0, 0, 1), (0, 1, 0), (1, 0, 0), (0.5, -0.6, 0.7), (2, 1, -3)])
def test_a_plane_s_pixels_are_the_patient_s_densities_at_their_true_millimetres(normal):
    frame = Frame.of(MIDDLE, normal)
    points = plane_points(frame, (40, 30), 0.75)
    away = points - MIDDLE
    unit = np.array(normal) / np.linalg.norm(normal)
    np.testing.assert_allclose(away @ unit, 0, atol=1e-9)
    np.testing.assert_allclose(np.linalg.norm(points[0, -1] - points[0, 0]), 39 * 0.75)
    np.testing.assert_allclose(np.linalg.norm(points[-1, 0] - points[0, 0]), 29 * 0.75)
    np.testing.assert_allclose(densities(VOLUME, points), ramp(points), atol=0.51)


@pytest.mark.parametrize(
    ("normal", "letters"),
    [
        ((0, 0, 1), ("R", "L", "A", "P")),
        ((0, 0, -1), ("R", "L", "A", "P")),
        ((0, 1, 0), ("R", "L", "H", "F")),
        ((-1, 0, 0), ("A", "P", "H", "F")),
        ((1, 1, 0), ("RP", "LA", "H", "F")),
        ((0, 1, 1.5), ("R", "L", "AH", "PF")),
        ((0, -1, 1.5), ("R", "L", "AF", "PH")),
    ],
)
def test_a_plane_lies_as_slices_do_and_its_letters_are_its_true_directions(normal, letters):
    frame = Frame.of((0, 0, 0), normal)
    basis = np.array([frame.right, frame.down, frame.normal])
    np.testing.assert_allclose(basis @ basis.T, np.eye(3), atol=1e-12)
    found = tuple("".join(sorted(one)) for one in frame.letters)  # of two as strong either is first
    assert found == tuple("".join(sorted(one)) for one in letters)


@pytest.mark.parametrize(
    ("turn", "tilt", "normal"),
    [(0, 0, (0, 0, 1)), (0, 90, (0, -1, 0)), (90, 90, (1, 0, 0)), (45, 0, (0, 0, 1))],
)
def test_turn_and_tilt_go_from_the_axial_slice_to_the_coronal_and_the_sagittal(turn, tilt, normal):
    np.testing.assert_allclose(normal_of(turn, tilt), normal, atol=1e-12)


def arc(radius=60.0, turns=0.25, stations=80):
    """A quarter of a circle that lies across the lattice."""
    angle = np.linspace(0, 2 * np.pi * turns, stations)
    one, other = np.array([0.6, 0, 0.8]), np.array([0, 1.0, 0])
    return MIDDLE + radius * ((np.cos(angle) - 1)[:, None] * one + np.sin(angle)[:, None] * other)


def test_a_straight_vessel_s_picture_is_the_plane_along_it():
    line = MIDDLE + np.linspace(-15, 15, 40)[:, None] * np.array([0.6, 0, 0.8])
    course = Course.of(line)
    assert course.length_mm == pytest.approx(30)
    points = straight_points(course, 10.0, 0.5, 0)
    assert points.shape == (60, 41, 3)
    way = np.arange(60)[:, None] * 0.5 * np.array([0.6, 0, 0.8])
    np.testing.assert_allclose(points[:, 20], line[0] + way)
    np.testing.assert_allclose(np.linalg.norm(np.diff(points, axis=1), axis=-1), 0.5)
    np.testing.assert_allclose(densities(VOLUME, points), ramp(points), atol=0.51)
    quarter = straight_points(course, 10.0, 0.5, 90)
    across, beyond = points[0, -1] - points[0, 20], quarter[0, -1] - quarter[0, 20]
    assert across @ beyond == pytest.approx(0, abs=1e-9)


def test_a_bent_vessel_keeps_its_length_and_is_cut_across_at_right_angles():
    course = Course.of(arc())
    assert course.length_mm == pytest.approx(60 * np.pi / 2, rel=0.01)
    along = np.gradient(course.points_mm, axis=0)
    along /= np.linalg.norm(along, axis=1)[:, None]
    for sideways in (course.across, course.beyond):
        np.testing.assert_allclose((sideways * along).sum(1), 0, atol=1e-9)
        np.testing.assert_allclose(np.linalg.norm(sideways, axis=1), 1)
    centre = arc()[0] - 60 * np.array([0.6, 0, 0.8])
    off_circle = np.linalg.norm(course.points_mm - centre, axis=1)
    np.testing.assert_allclose(off_circle, 60, atol=0.5)
    out_of_plane = course.across @ np.cross([0.6, 0, 0.8], [0, 1.0, 0])
    assert np.ptp(out_of_plane) < 0.02, "it turns about the line as little as can be"


def test_a_bright_bent_tube_is_a_straight_band_as_wide_as_the_tube():
    line = arc(radius=30.0, stations=400)
    away = cKDTree(line).query(GRID.to_mm(INDEX), distance_upper_bound=6)[0]
    tube = Volume(grid=GRID, hu=np.where(away < 5, 200, 0).astype(np.int16))
    course = Course.of(line)
    picture = densities(tube, straight_points(course, 15.0, 0.5, 30))[10:-10]
    wide = (picture > 100).sum(axis=1) * 0.5
    assert np.abs(wide - 10).max() < 2.5  # a voxel
    centre = (np.nan_to_num(picture) @ np.arange(61)) / np.nan_to_num(picture).sum(axis=1)
    assert np.abs(centre - 30).max() < 2


def test_a_line_of_no_length_is_no_course():
    assert Course.of([MIDDLE, MIDDLE]) is None


def test_a_way_goes_from_the_trunk_through_every_fork_to_an_end():
    ends = {"1": (0, 1), "1.1": (1, 2), "1.2": (1, 3)}
    points = ((0, 0, 0), (1, 0, 0), (2, 0, 0), (1, 1, 0))
    branches = [
        Branch(name=name, points_mm=(points[a], points[b]), radius_mm=1.0)
        for name, (a, b) in ends.items()
    ]
    ways = ways_of(branches)
    assert sorted(ways) == ["1.1", "1.2"]
    assert ways["1.2"].tolist() == [[0, 0, 0], [1, 0, 0], [1, 0, 0], [1, 1, 0]]
