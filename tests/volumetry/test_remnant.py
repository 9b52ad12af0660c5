"""Volumes and margins of one plan."""

import numpy as np
import pytest

from liverplan.findings import Margin
from liverplan.resection.cuts.plane import Plane
from liverplan.segmentation import Segmentation
from liverplan.volume import Grid
from liverplan.volumetry import VolumeIndex, lesion_margins, measure

AFFINE = np.array([[0, 0, 2.0, 0], [0, 1, 0, 0], [3, 0, 0, 0], [0, 0, 0, 1.0]])


def box_index():
    """A liver of 10 x 10 x 10 voxels, 2 x 1 x 3 mm, with a lesion of 2 x 2 x 2 at one end."""
    labels = np.zeros((12, 12, 12), np.uint8)
    labels[1:11, 1:11, 1:11] = 1
    labels[5:7, 5:7, 2:4] = 2
    return VolumeIndex.build(
        Segmentation(grid=Grid(shape=(12, 12, 12), affine=AFFINE), labels=labels)
    )


def test_without_planes_everything_stays():
    index = box_index()
    volumes = measure(index, [])
    assert volumes.liver_ml == pytest.approx(6.0)
    assert volumes.tumour_ml == pytest.approx(0.048)
    assert volumes.remnant_ml == volumes.functional_ml == pytest.approx(5.952)
    assert volumes.resected_ml == 0
    assert lesion_margins(index, []) == (
        Margin(label=2, margin_mm=None, in_remnant=True, stays_ml=pytest.approx(0.048)),
    )


def test_a_plane_between_voxels_keeps_whole_slabs():
    plane = Plane(point_mm=(11, 0, 0), normal=(1, 0, 0))  # keeps i = 6..10
    volumes = measure(box_index(), [plane])
    assert volumes.remnant_ml == pytest.approx(3.0, abs=1e-12)
    assert volumes.resected_ml == pytest.approx(2.952, abs=1e-12)


def test_the_margin_is_measured_from_the_lesions_voxel_corners():
    # the lesion's voxels i = 2, 3 reach to x = 7 mm
    (margin,) = lesion_margins(box_index(), [Plane(point_mm=(11, 0, 0), normal=(1, 0, 0))])
    assert margin == Margin(label=2, margin_mm=pytest.approx(4.0), in_remnant=False, stays_ml=0.0)


def test_a_plane_through_a_lesion_has_a_negative_margin():
    (margin,) = lesion_margins(box_index(), [Plane(point_mm=(6, 0, 0), normal=(1, 0, 0))])
    assert margin == Margin(label=2, margin_mm=pytest.approx(-1.0), in_remnant=True, stays_ml=0.0)


def test_a_lesion_removed_by_either_of_two_planes_keeps_the_larger_distance():
    planes = [
        Plane(point_mm=(11, 0, 0), normal=(1, 0, 0)),
        Plane(point_mm=(0, 0, 20), normal=(0, 0, -1)),  # alone it would keep the lesion
    ]
    (margin,) = lesion_margins(box_index(), planes)
    assert margin.margin_mm == pytest.approx(4.0)
    assert not margin.in_remnant


def test_a_lesion_that_stays_as_a_whole_has_the_distance_to_the_nearest_plane():
    planes = [
        Plane(point_mm=(1, 0, 0), normal=(1, 0, 0)),  # the lesion lies from x = 3 to 7 mm
        Plane(point_mm=(20, 0, 0), normal=(-1, 0, 0)),
    ]
    (far,) = lesion_margins(box_index(), planes[1:])
    assert far == Margin(label=2, margin_mm=pytest.approx(13.0), in_remnant=True, stays_ml=0.048)
    (near,) = lesion_margins(box_index(), planes)
    assert near == Margin(label=2, margin_mm=pytest.approx(2.0), in_remnant=True, stays_ml=0.048)


def test_margins_of_many_planes_agree_with_the_margin_of_one():
    index = box_index()
    normals = np.array([[1.0, 0, 0], [0, 0, -1.0]])
    found = index.margin_mm(normals, np.array([6.0, -30.0]))
    assert found.shape == (2, 1)
    np.testing.assert_allclose(found[:, 0], [-1.0, -30.0 + 13.5])
