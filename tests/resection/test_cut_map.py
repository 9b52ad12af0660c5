"""The cut laid flat: its area and its distances against what geometry says."""

import numpy as np
import pytest

from liverplan.errors import PlanError
from liverplan.resection import CurvedCut, Plane
from liverplan.volumetry.shapes.cut_map import flatten, margin_bands

PLANE = Plane(point_mm=(0.13, 0, 0), normal=(1, 0, 0))


def test_a_plane_through_the_centre_has_the_section_s_area(small):
    area = flatten(small, PLANE).area_cm2
    assert area == pytest.approx(np.pi * 60 * 50 / 100, rel=0.01)


def test_a_level_surface_gives_the_plane_s_map(small):
    flat = flatten(small, CurvedCut.flat((0.13, 0, 0), (1, 0, 0), size_mm=200))
    assert flat.area_cm2 == pytest.approx(flatten(small, PLANE).area_cm2, rel=0.01)
    assert np.nanmin(flat.lesion_mm) == pytest.approx(
        np.nanmin(flatten(small, PLANE).lesion_mm), abs=0.3
    )


def test_a_bent_surface_is_larger_than_a_level_one(small):
    bent = CurvedCut.flat((0.13, 0, 0), (1, 0, 0), size_mm=200, controls=5).bent((2, 2), 30)
    assert flatten(small, bent).area_cm2 > 1.03 * flatten(small, PLANE).area_cm2


def test_distances_to_lesions_and_vessels_are_those_of_the_nearest(small):
    vessels = np.zeros(small.segmentation.grid.shape, dtype=bool)
    vessels[small.segmentation.grid.nearest_index((30, 0, 0))] = True
    found = flatten(small, PLANE, vessels=vessels)
    # the nearer lesion: a ball of 6 mm at x = 20.7; voxels are 1.6 mm
    assert np.nanmin(found.lesion_mm) == pytest.approx(20.7 - 0.13 - 6, abs=1.2)
    assert np.nanmin(found.vessel_mm) == pytest.approx(30 - 0.13 - 1.5, abs=1.0)
    assert np.array_equal(np.isnan(found.lesion_mm), ~found.inside)
    assert np.isinf(flatten(small, PLANE).vessel_mm[found.inside]).all()


def test_bands_are_red_below_the_limit_and_yellow_within_the_doubt(small):
    found = flatten(small, PLANE)
    nearest = float(np.nanmin(found.lesion_mm))
    bands = margin_bands(found, limit_mm=nearest + 2, doubt_mm=3)
    assert set(np.unique(bands)) == {0, 1, 2, 3}
    assert found.lesion_mm[bands == 3].max() < nearest + 2
    yellow = found.lesion_mm[bands == 2]
    assert yellow.min() >= nearest + 2
    assert yellow.max() < nearest + 5
    assert np.array_equal(bands == 0, ~found.inside)


def test_a_cut_that_misses_or_foreign_vessels_are_refused(small):
    with pytest.raises(PlanError, match="misses the liver, so there is no map"):
        flatten(small, Plane(point_mm=(500, 0, 0), normal=(1, 0, 0)))
    with pytest.raises(PlanError, match="vessels lie on another grid"):
        flatten(small, PLANE, vessels=np.zeros((2, 2, 2), dtype=bool))
