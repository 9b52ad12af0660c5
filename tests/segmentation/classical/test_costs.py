"""Prices of calling a voxel liver."""

import numpy as np
import pytest

from liverplan.segmentation.classical.costs import local_density, tissue_cost
from liverplan.segmentation.classical.density import Density
from liverplan.segmentation.classical.surface import half_way_cost
from tests.segmentation.shapes import ball

MM = (3.0, 3.0, 3.0)
DENSITY = Density(mode_hu=110, spread_hu=6)
SHAPE = (20, 20, 60)


def test_the_liver_may_drift_from_its_mode_but_only_so_far():
    hu = np.broadcast_to(np.linspace(60, 160, 60, dtype=np.float32), SHAPE)
    local = local_density(hu, np.ones(SHAPE, bool), DENSITY, MM)
    assert local.min() == 88
    assert local.max() == 132
    assert local[10, 10, 30] == pytest.approx(110, abs=3)


def test_far_from_the_liver_its_density_is_its_mode():
    mask = np.zeros(SHAPE, bool)
    mask[:, :, :3] = True
    local = local_density(np.full(SHAPE, 95, np.float32), mask, DENSITY, MM)
    assert local[10, 10, 1] == pytest.approx(95)
    assert local[10, 10, 59] == 110


@pytest.mark.parametrize(
    ("off_hu", "price"), [(0, -0.35), (20, 0.0), (-20, 0.0), (60, 1.05), (-60, 1.05)]
)
def test_a_voxel_costs_by_how_far_its_density_is_from_the_livers(off_hu, price):
    hu = np.full(SHAPE, 110 + off_hu, np.float32)
    local, mask = np.full(SHAPE, 110, np.float32), np.ones(SHAPE, bool)
    assert tissue_cost(hu, local, mask, 20.0, MM) == pytest.approx(price, abs=1e-6)


def test_a_voxel_costs_more_the_farther_it_is_from_the_liver_so_far():
    hu = local = np.full(SHAPE, 110, np.float32)
    mask = np.zeros(SHAPE, bool)
    mask[:, :, :10] = True
    cost = tissue_cost(hu, local, mask, 20.0, MM)[10, 10]
    assert cost[:14] == pytest.approx(-0.35)
    assert np.diff(cost[14:]) == pytest.approx(0.06, abs=1e-6)


@pytest.mark.parametrize(("inside_hu", "outside_hu"), [(110, -90), (110, 160)])
def test_the_surface_is_sought_half_way_between_the_two_sides(inside_hu, outside_hu):
    signed = 20 - np.linalg.norm(np.indices((40, 40, 40)) - 20, axis=0)
    hu = np.where(ball((40, 40, 40), (20, 20, 20), 20), inside_hu, outside_hu).astype(np.float32)
    middle = (inside_hu + outside_hu) / 2
    near = np.abs(signed) < 1
    nearly = hu.copy()
    nearly[near] = np.where(signed[near] > 0, middle * 0.9 + inside_hu * 0.1, middle)
    cost = half_way_cost(nearly, signed.astype(np.float32), (1.0, 1.0, 1.0))
    assert (cost[near & (signed > 0)] < 0).all()
    assert (cost[signed > 3.1] == -5).all()
    assert (cost[signed < -3.1] == 5).all()


def test_without_contrast_the_surface_stays_by_its_smoothness_alone():
    signed = (20 - np.linalg.norm(np.indices((40, 40, 40)) - 20, axis=0)).astype(np.float32)
    cost = half_way_cost(np.full(signed.shape, 100, np.float32), signed, (1.0, 1.0, 1.0))
    assert (np.abs(cost[np.abs(signed) < 3]) < 1e-4).all()
