"""Shapes on a lattice: shares at edges, order of paints, grain of the noise."""

import numpy as np
import pytest

from liverplan.phantom.render import inside, noise, paint
from liverplan.phantom.shapes import Beyond, ellipsoid
from liverplan.phantom.torso import Paint
from liverplan.volume import Grid

SPACING = (2.0, 1.0, 1.5)


def lattice(shape=(30, 40, 50), spacing=SPACING):
    affine = np.zeros((4, 4))
    affine[[2, 1, 0], [0, 1, 2]] = spacing
    affine[:3, 3] = (-10.3, -5.1, 7.7)
    affine[3, 3] = 1
    return Grid(shape=shape, affine=affine)


GRID = lattice()
BALL = ellipsoid((20, 15, 35), (10, 10, 10))


def test_inside_is_every_voxel_whose_centre_lies_in_the_shape():
    points = GRID.to_mm(np.moveaxis(np.indices(GRID.shape), 0, -1))
    assert np.array_equal(inside(GRID, BALL), np.linalg.norm(points - (20, 15, 35), axis=-1) <= 10)


def test_a_shape_beside_the_lattice_paints_nothing():
    away = ellipsoid((500, 0, 0), (10, 10, 10))
    assert not inside(GRID, away).any()
    assert np.array_equal(paint(GRID, [Paint(shape=away, hu=50)]), paint(GRID, []))


def test_air_is_where_nothing_is_painted_and_the_later_paint_lies_on_top():
    everything = Beyond(normal=np.array([1.0, 0, 0]), offset_mm=1e4)
    hu = paint(GRID, [Paint(shape=everything, hu=-100), Paint(shape=BALL, hu=60)])
    at = GRID.nearest_index((20, 15, 35))
    assert hu[at] == pytest.approx(60)
    assert hu[0, 0, 0] == pytest.approx(-100)
    assert paint(GRID, [])[0, 0, 0] == -1000
    hidden = paint(GRID, [Paint(shape=BALL, hu=60), Paint(shape=everything, hu=-100)])
    assert hidden[at] == pytest.approx(-100)


@pytest.mark.parametrize("offset_mm", [20.0, 20.3, 20.9])
def test_a_voxel_on_an_edge_holds_a_share_of_both_sides_so_that_volumes_are_kept(offset_mm):
    half = Beyond(normal=np.array([1.0, 0, 0]), offset_mm=offset_mm)
    hu = paint(GRID, [Paint(shape=half, hu=0)])[5, 5]
    filled_mm = float(((hu + 1000) / 1000).sum()) * SPACING[2]
    assert filled_mm == pytest.approx(offset_mm + 10.3 + SPACING[2] / 2, abs=0.3)
    assert np.all(np.diff(hu) <= 0)


@pytest.mark.parametrize("spacing", [(1.0, 0.8, 0.8), (3.0, 1.6, 1.6)])
def test_noise_has_its_spread_on_every_lattice_and_no_offset(spacing):
    grain = noise(lattice((40, 80, 80), spacing), sd_hu=12.0, seed=3)
    assert grain.std() == pytest.approx(12, rel=0.05)
    assert abs(grain.mean()) < 0.5


def test_no_noise_is_none_and_a_seed_is_its_noise():
    assert not noise(GRID, sd_hu=0.0, seed=1).any()
    assert np.array_equal(noise(GRID, sd_hu=5, seed=1), noise(GRID, sd_hu=5, seed=1))
    assert not np.array_equal(noise(GRID, sd_hu=5, seed=1), noise(GRID, sd_hu=5, seed=2))
