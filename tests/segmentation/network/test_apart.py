"""What hangs on a liver and is none of it: found by its looks, and no tumour is taken for it."""

import numpy as np
import pytest

from liverplan.segmentation.boxes import slices_of
from liverplan.segmentation.morphology import signed_distance_mm
from liverplan.segmentation.network.apart import none_of_it
from liverplan.segmentation.network.lattice import lattice_of
from liverplan.segmentation.network.maps import Maps
from liverplan.volume import Grid

SHAPE = (48, 56, 80)
LIVER_HU, NOISE_HU = 100.0, 15.0


def ball(middle, radius):
    k, j, i = np.ogrid[: SHAPE[0], : SHAPE[1], : SHAPE[2]]
    return (k - middle[0]) ** 2 + (j - middle[1]) ** 2 + (i - middle[2]) ** 2 < radius**2


LIVER, STOMACH, TUMOUR = ball((24, 28, 26), 20), ball((24, 28, 56), 12), ball((24, 28, 36), 9)


def seen(darker, darker_hu, lesion=False):
    """CT and maps of a liver of which a part has another density, and may be marked as a lesion."""
    grid = Grid(shape=SHAPE, affine=np.diag([2.0, 2.0, 2.0, 1.0])[[2, 1, 0, 3]])
    hu = np.where(darker, darker_hu, np.where(LIVER | darker, LIVER_HU, -90))
    hu = hu + np.random.default_rng(0).normal(0, NOISE_HU, SHAPE)
    lattice = lattice_of(grid)
    assert lattice.shape == SHAPE
    maps = Maps(
        lattice=lattice,
        box=slices_of((0, 0, 0), SHAPE),
        hu=hu.astype(np.float32),
        liver=(LIVER | darker).astype(np.float32),
        lesion=(darker & lesion).astype(np.float32),
        organ=(LIVER | darker).astype(np.uint8),
    )
    return maps, signed_distance_mm(LIVER | darker, grid.spacing_mm)


@pytest.mark.parametrize("darker_hu", [45, 84])
def test_a_stomach_that_touches_the_liver_is_none_of_it(darker_hu):
    found = none_of_it(*seen(STOMACH, darker_hu))
    assert np.count_nonzero(found & STOMACH) > 0.9 * np.count_nonzero(STOMACH)
    assert np.count_nonzero(found & ~STOMACH) < 0.02 * np.count_nonzero(LIVER)


def test_a_mass_that_the_network_marks_as_a_lesion_is_the_livers():
    assert not none_of_it(*seen(STOMACH, 45, lesion=True)).any()


@pytest.mark.parametrize("place", [TUMOUR, ball((24, 28, 42), 10)])
def test_a_mass_in_the_liver_or_at_its_capsule_is_the_livers(place):
    assert not none_of_it(*seen(place & LIVER, 45)).any()


def test_a_part_as_dense_as_the_liver_is_the_livers():
    assert not none_of_it(*seen(STOMACH, 97)).any()


def test_a_small_one_is_left():
    assert not none_of_it(*seen(ball((24, 28, 49), 5), 45)).any()
