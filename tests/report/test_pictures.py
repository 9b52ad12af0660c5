"""Slices lie where they say, colours tell the sides apart, the 3D view shows both."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt

from liverplan.report.geometry import PIXEL_MM, REACH_MM, VIEWS, cut_slice, focus_mm, liver_box_mm
from liverplan.report.pictures import REMNANT, RESECTED, coloured, slice_png
from liverplan.report.scene import render
from liverplan.report.side import Side
from liverplan.resection import Plan, Plane
from liverplan.segmentation import Segmentation
from liverplan.volume import Grid, Volume

CUT = Side(plan=Plan(cuts=(Plane(point_mm=(0, 0, 0), normal=(1, 0, 0)),)))
NO_CUT = Side(plan=Plan(cuts=()))


def is_like(pixels, colour):
    """Share of pixels whose strongest and weakest channel are those of a colour."""
    same = (pixels.argmax(-1) == np.argmax(colour)) & (pixels.argmin(-1) == np.argmin(colour))
    return same.mean()


def test_the_patients_right_is_on_the_screens_left(liver):
    volume, segmentation = liver
    picture = cut_slice(volume, segmentation, CUT, view="axial", through_mm=np.zeros(3))
    columns = np.flatnonzero((picture.labels == 2).any(axis=0))
    assert columns.mean() < picture.labels.shape[1] / 2  # the metastasis lies at x = -30


def test_what_stays_and_what_goes_are_coloured_apart(liver):
    volume, segmentation = liver
    picture = cut_slice(volume, segmentation, CUT, view="coronal", through_mm=np.zeros(3))
    rgb = coloured(picture)
    tissue = picture.labels == 1
    assert is_like(rgb[tissue & (picture.side_mm > 0)], REMNANT) == 1
    assert is_like(rgb[tissue & (picture.side_mm < 0)], RESECTED) == 1
    assert (rgb[picture.labels == 0].std(axis=-1) == 0).all()


@pytest.mark.parametrize("view", VIEWS)
def test_any_scan_direction_gives_the_same_slice(liver, view):
    volume, segmentation = liver
    k, j, _ = volume.grid.shape
    affine = volume.grid.affine @ np.array(
        [[0, -1, 0, k - 1], [0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 0, 1.0]]
    )
    turn = lambda array: np.ascontiguousarray(array[::-1].transpose(2, 0, 1))  # noqa: E731
    grid = Grid(shape=(volume.grid.shape[2], k, j), affine=affine)
    turned = Volume(grid=grid, hu=turn(volume.hu))
    labels = Segmentation(grid=grid, labels=turn(segmentation.labels))
    through = np.array([1.3, -2.1, 4.4])
    first = cut_slice(volume, segmentation, CUT, view=view, through_mm=through)
    second = cut_slice(turned, labels, CUT, view=view, through_mm=through)
    assert np.allclose(first.hu, second.hu)
    assert (first.labels != second.labels).mean() < 0.005


@pytest.mark.parametrize("view", VIEWS)
def test_a_cut_is_drawn_no_further_than_just_beyond_the_liver(liver, view):
    volume, segmentation = liver
    picture = cut_slice(volume, segmentation, CUT, view=view, through_mm=np.zeros(3))
    away = distance_transform_edt(picture.labels == 0) * PIXEL_MM
    np.testing.assert_array_equal(np.isfinite(picture.line_mm), away <= REACH_MM)
    assert away.max() > REACH_MM + 5
    nowhere = replace(picture, labels=np.zeros_like(picture.labels))
    assert np.isnan(nowhere.line_mm).all()
    assert slice_png(nowhere)


def test_the_focus_lies_on_the_cut_inside_the_liver(liver):
    _, segmentation = liver
    cut = (Plane(point_mm=(20, 5, 0), normal=(1, 0.4, 0.2)),)
    focus = focus_mm(segmentation, Side(plan=Plan(cuts=cut)))
    assert abs(cut[0].signed_distance_mm(focus)) < 3
    low, high = liver_box_mm(segmentation)
    assert ((low < focus) & (focus < high)).all()


def test_the_3d_view_shows_what_stays_and_what_goes(liver):
    _, segmentation = liver
    picture = render(segmentation, CUT).astype(float)
    drawn = picture.min(axis=-1) < 250
    left, _, right = np.array_split(np.arange(picture.shape[1]), 3)
    assert is_like(picture[:, left][drawn[:, left]], RESECTED) > 0.8
    assert is_like(picture[:, right][drawn[:, right]], REMNANT) > 0.8


def test_an_empty_mask_still_gives_pictures(liver):
    volume, segmentation = liver
    empty = Segmentation(grid=volume.grid, labels=np.zeros_like(segmentation.labels))
    assert (render(empty, NO_CUT) == 255).all()
    picture = cut_slice(volume, empty, NO_CUT, view="axial", through_mm=focus_mm(empty, NO_CUT))
    assert slice_png(picture).startswith(b"\x89PNG")


def test_the_same_slice_makes_the_same_bytes(liver):
    volume, segmentation = liver
    picture = cut_slice(volume, segmentation, CUT, view="axial", through_mm=np.zeros(3))
    assert slice_png(picture) == slice_png(picture)
