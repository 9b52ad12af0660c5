"""Cells against balls: their tissue, the area of their surfaces, and what a field over it moves."""

import numpy as np
import pytest

from liverplan.volumetry.uncertainty.cells import Cells
from liverplan.volumetry.uncertainty.fields import covariance_ml2
from tests.volumetry.shapes import SHEARED, ellipsoid, segmented, spaced

SPACINGS = ((2.0, 2.0, 2.0), (1.5, 0.8, 0.8), (3.0, 2.5, 2.5), (5.0, 0.8, 0.8))
RADIUS, HOLE = 40.0, 12.0
AREA_MM2 = 4 * np.pi * RADIUS**2


@pytest.fixture(scope="module", params=SPACINGS)
def ball(request):
    """A liver of 40 mm radius with a metastasis of 12 mm in its middle."""
    affine = spaced(*request.param)
    shape = tuple(round(100 / s) for s in request.param)
    centre = np.array([49.7, 50.2, 49.1])
    labels = ellipsoid(affine, shape, centre, [RADIUS] * 3).astype(np.uint8)
    labels[ellipsoid(affine, shape, centre, [HOLE] * 3)] = 2
    return segmented(labels, affine)


def test_cells_hold_the_functional_tissue_of_the_mask(ball):
    cells, functional_ml = Cells.build(ball), ball.volume_ml(1)
    assert cells.tissue_ml.sum() == pytest.approx(functional_ml, rel=2e-3)
    middle = (cells.tissue_ml @ cells.points_mm) / cells.tissue_ml.sum()
    np.testing.assert_allclose(middle, [49.7, 50.2, 49.1], atol=0.1)


def test_the_areas_of_the_cells_are_those_of_the_surfaces(ball):
    cells = Cells.build(ball)
    assert cells.liver_mm2.sum() == pytest.approx(AREA_MM2, rel=0.05)
    assert cells.lesion_mm2.sum() == pytest.approx(4 * np.pi * HOLE**2, rel=0.06)


@pytest.mark.parametrize("length_mm", [10.0, 20.0, 40.0, 200.0])
def test_what_a_field_moves_is_the_double_integral_of_its_correlation(ball, length_mm):
    """Over a ball of radius R: A * 2 pi L^2 (1 - exp(-2 R^2 / L^2))."""
    cells = Cells.build(ball)
    (found,) = covariance_ml2(cells.points_mm, cells.liver_mm2[None], length_mm)[0]
    area_mm2 = cells.liver_mm2.sum()
    alike_mm2 = 2 * np.pi * length_mm**2 * -np.expm1(-2 * RADIUS**2 / length_mm**2)
    assert found == pytest.approx(area_mm2 * alike_mm2 / 1e6, rel=0.06)


def test_an_endless_field_shifts_the_whole():
    points, loads = np.zeros((3, 3)), np.array([[1000.0, 0, 0], [0, 2000.0, 1000.0]])
    np.testing.assert_allclose(covariance_ml2(points, loads, np.inf), [[1, 3], [3, 9]])


def test_halves_of_a_surface_far_apart_vary_apart():
    points = np.array([[0.0, 0, 0], [100.0, 0, 0]])
    found = covariance_ml2(points, 1000 * np.eye(2), 10.0)
    assert found == pytest.approx(np.eye(2), abs=0.06)


def test_two_points_correlate_as_their_distance_says():
    points = np.array([[0.0, 0, 0], [12.0, 9.0, 0]])
    found = covariance_ml2(points, 1000 * np.eye(2), 20.0)
    assert found[0, 1] / found[0, 0] == pytest.approx(np.exp(-(15**2) / (2 * 20**2)), abs=0.04)


def test_no_surface_moves_nothing():
    assert not covariance_ml2(np.zeros((4, 3)), np.zeros((2, 4)), 10.0).any()


def test_a_sheared_lattice_has_the_area_of_its_liver():
    shape = (60, 90, 90)
    affine = SHEARED.copy()
    centre = affine[:3, :3] @ (np.array(shape) / 2) + affine[:3, 3]
    labels = ellipsoid(affine, shape, centre, [20.0] * 3).astype(np.uint8)
    cells = Cells.build(segmented(labels, affine))
    assert cells.liver_mm2.sum() == pytest.approx(4 * np.pi * 20**2, rel=0.06)


def test_a_liver_that_fills_the_grid_has_surface_on_its_border():
    cells = Cells.build(segmented(np.ones((20, 20, 20), np.uint8), spaced(2, 2, 2)))
    assert cells.liver_mm2.sum() == pytest.approx(6 * 40**2, rel=0.15)


def test_of_the_surface_of_a_metastasis_at_the_capsule_half_counts():
    """An outline too far out adds tissue over it; one too far in takes none."""
    labels = np.zeros((50, 50, 50), np.uint8)
    labels[5:45, 5:45, 5:45] = 1
    labels[5:25, 5:45, 5:45] = 2
    cells = Cells.build(segmented(labels, spaced(2, 2, 2)))
    assert cells.liver_mm2.sum() == pytest.approx(1.5 * (80**2 + 4 * 80 * 40), rel=0.08)
    assert cells.lesion_mm2.sum() == pytest.approx(80**2, rel=0.13)
