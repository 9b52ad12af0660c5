"""What around a click speaks for a lesion, and how far it is believed."""

import numpy as np
import pytest

from liverplan.errors import SegmentationError
from liverplan.segmentation.lesions.region import Region, checked_in_liver, trust_in, weigh
from liverplan.volume import Grid, Volume
from tests.segmentation.shapes import ball, grid_of

SHAPE = (60, 60, 60)
GRID = grid_of(SHAPE, (1.0, 1.0, 1.0))
LIVER = ball(SHAPE, (30, 30, 30), 25)
LESION = ball(SHAPE, (30, 30, 30), 8)
MIDDLE = np.array([30.0, 30, 30])


def ct(lesion_hu=50, liver_hu=110):
    hu = np.full(SHAPE, -100, np.int16)
    hu[LIVER], hu[LESION] = liver_hu, lesion_hu
    return Volume(grid=GRID, hu=hu)


def weighed(volume):
    region = Region.around(volume, LIVER, MIDDLE, 29.0)
    distance = np.linalg.norm(region.points_mm - MIDDLE, axis=-1)
    return region, distance, weigh(region, distance <= 2.5, distance > 8)


@pytest.mark.parametrize("lesion_hu", [50, 170])
def test_a_lesion_is_for_and_liver_against_whether_it_is_darker_or_brighter(lesion_hu):
    region, distance, found = weighed(ct(lesion_hu))
    assert found.contrast_hu == pytest.approx(110 - lesion_hu, abs=4)
    assert (found.values[distance < 6] < -0.99).all()
    assert (found.values[region.liver & (distance > 11) & (distance < 20)] > 0.5).all()


def test_fat_is_no_lesion_however_dark_it_is():
    region, _, found = weighed(ct())
    assert (found.values[region.blocks.hu < -90] == 1).all()


@pytest.mark.parametrize(
    ("contrast_hu", "trust"), [(0, 0.15), (-6, 0.15), (20, 0.5), (-40, 1), (90, 1)]
)
def test_densities_are_believed_by_their_contrast(contrast_hu, trust):
    assert trust_in(contrast_hu) == pytest.approx(trust)


def test_too_little_liver_around_is_refused():
    region = Region.around(ct(), LIVER, MIDDLE, 29.0)
    nothing = np.zeros(region.liver.shape, bool)
    seed = nothing.copy()
    seed[tuple(n // 2 for n in seed.shape)] = True
    with pytest.raises(SegmentationError, match="too little liver around"):
        weigh(region, seed, nothing)


def test_a_click_in_a_dent_beside_the_mask_is_taken_and_one_far_from_it_is_not():
    hu = np.full(SHAPE, 50, np.int16)
    volume = Volume(grid=GRID, hu=hu)
    corner = np.zeros(SHAPE, bool)
    corner[:5, :5, :5] = True
    assert checked_in_liver(volume, corner, (24.0, 4, 4)).tolist() == [24, 4, 4]
    with pytest.raises(SegmentationError, match=r"25\.0, 4\.0, 4\.0 mm lies outside the liver"):
        checked_in_liver(volume, corner, (25.0, 4, 4))


def test_a_click_in_air_is_refused():
    volume = Volume(grid=GRID, hu=np.full(SHAPE, -900, np.int16))
    with pytest.raises(SegmentationError, match="outside the body, in air or lung"):
        checked_in_liver(volume, np.ones(SHAPE, bool), (10.0, 10, 10))


@pytest.mark.parametrize(
    ("where", "says"),
    [
        ((60.0, 40.0, 40.0), "lies outside the liver"),
        ((48.0, 30.0, 31.0), "lies outside the liver"),
        ((58.0, 50.0, 40.0), "lies outside the body"),
        ((55.0, 28.0, 44.0), "lies outside the liver"),
        ((48.0, 90.0, 40.0), "lies outside the CT"),
    ],
)
def test_a_click_with_the_signs_of_ras_gets_a_hint(where, says):
    """The lattice lies round the origin, so that turned signs are another place on it."""
    shape, mm = (20, 40, 40), 4.0
    affine = np.array([[0, 0, mm, -80], [0, mm, 0, -100], [mm, 0, 0, 0], [0, 0, 0, 1.0]])
    grid = Grid(shape=shape, affine=affine)
    hu = np.full(shape, 50, np.int16)
    hu[:, 36:] = -900
    liver = np.zeros(shape, bool)
    liver[5:15, :20, 4:14] = True
    volume = Volume(grid=grid, hu=hu)
    with pytest.raises(
        SegmentationError, match=rf"{says}.*lies in the liver: are these numbers RAS"
    ):
        checked_in_liver(volume, liver, where)
    turned = (-where[0], -where[1], where[2])
    if volume.grid.nearest_index(turned) is not None:
        assert checked_in_liver(volume, liver, turned).tolist() == list(turned)


def test_a_click_that_lies_in_no_liver_with_any_signs_gets_no_hint():
    volume = Volume(grid=GRID, hu=np.full(SHAPE, 50, np.int16))
    corner = np.zeros(SHAPE, bool)
    corner[:5, :5, :5] = True
    with pytest.raises(SegmentationError, match=r"outside the liver\.$"):
        checked_in_liver(volume, corner, (25.0, 25.0, 25.0))
