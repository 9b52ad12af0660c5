"""Long and short axis against shapes whose axes are known."""

import numpy as np
import pytest

from liverplan.errors import SegmentationError
from liverplan.segmentation import axes_of
from liverplan.volume import Grid


def grid_of(shape, spacing=(2.0, 0.5, 0.5)):
    affine = np.eye(4)
    affine[:3, :3] = np.array([[0, 0, spacing[2]], [0, spacing[1], 0], [spacing[0], 0, 0]])
    return Grid(shape=shape, affine=affine)


def ellipse(grid, long_mm, short_mm, angle):
    points = grid.to_mm(np.moveaxis(np.indices(grid.shape), 0, -1))
    middle = points.reshape(-1, 3).mean(axis=0)
    x, y, z = np.moveaxis(points - middle, -1, 0)
    u, v = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    return (2 * u / long_mm) ** 2 + (2 * v / short_mm) ** 2 + (z / 10) ** 2 <= 1


@pytest.mark.parametrize("angle", [0.0, 0.4, 1.2, 2.5])
def test_an_ellipsoid_has_its_axes(angle):
    grid = grid_of((9, 120, 120))
    axes = axes_of(ellipse(grid, 40, 24, angle), grid)
    assert axes.long_mm == pytest.approx(40, abs=0.8)
    assert axes.short_mm == pytest.approx(24, abs=0.8)
    assert axes.slice_k == 4
    ends = np.array(axes.long_ends_mm)
    assert np.linalg.norm(ends[1] - ends[0]) == pytest.approx(axes.long_mm)
    across = np.array(axes.short_ends_mm)
    cosine = (ends[1] - ends[0]) @ (across[1] - across[0])
    assert cosine == pytest.approx(0, abs=1e-6 * axes.long_mm * axes.short_mm)


def test_a_rectangle_is_measured_border_to_border():
    grid = grid_of((3, 40, 40))
    mask = np.zeros(grid.shape, bool)
    mask[1, 10:30, 10:20] = True
    axes = axes_of(mask, grid)
    assert axes.long_mm == pytest.approx(np.hypot(10, 5))


def test_one_voxel_has_its_diagonal():
    grid = grid_of((3, 5, 5))
    mask = np.zeros(grid.shape, bool)
    mask[1, 2, 2] = True
    assert axes_of(mask, grid).long_mm == pytest.approx(np.hypot(0.5, 0.5))


def test_the_axes_lie_on_the_axial_slice_whatever_the_axis_order():
    grid = grid_of((9, 60, 60))
    mask = ellipse(grid, 20, 12, 0.3)
    turned = Grid(shape=(60, 60, 9), affine=grid.affine[:, (2, 1, 0, 3)])
    expected, found = axes_of(mask, grid), axes_of(mask.transpose(2, 1, 0), turned)
    assert found.long_mm == pytest.approx(expected.long_mm)
    assert found.slice_k == expected.slice_k


def test_an_empty_lesion_is_refused():
    grid = grid_of((3, 5, 5))
    with pytest.raises(SegmentationError, match="empty lesion"):
        axes_of(np.zeros(grid.shape, bool), grid)
