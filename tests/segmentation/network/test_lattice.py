"""The network's lattice: densities reach it as they lie in the patient, and maps find back."""

import numpy as np
import pytest

from liverplan.segmentation.boxes import slices_of
from liverplan.segmentation.network.lattice import Field, lattice_of
from liverplan.volume import Grid, Volume


def ramp(spacing_mm, shape, direction=(1, 1, 1)):
    """A CT whose density is 50 + 0.3 x - 0.2 y + 0.1 z, LPS mm, with axes that may be flipped."""
    affine = np.eye(4)
    affine[:3, :3] = np.fliplr(np.diag(np.array(spacing_mm)[::-1] * np.array(direction)[::-1]))
    affine[:3, 3] = (-20, 30, 700)
    grid = Grid(shape=shape, affine=affine)
    at = grid.to_mm(np.moveaxis(np.indices(shape), 0, -1))
    hu = 50 + at @ (0.3, -0.2, 0.1)
    return Volume(grid=grid, hu=hu.astype(np.float32))


@pytest.mark.parametrize("spacing", [(1.0, 0.7, 0.7), (5.0, 0.8, 0.8), (2.0, 2.0, 2.0)])
@pytest.mark.parametrize("direction", [(1, 1, 1), (-1, 1, -1)])
def test_a_slope_of_density_is_the_same_on_the_lattice(spacing, direction):
    volume = ramp(spacing, (24, 60, 64), direction)
    lattice = lattice_of(volume.grid)
    found = lattice.hu(volume, lattice.whole)
    at = lattice.grid.to_mm(np.moveaxis(np.indices(lattice.shape), 0, -1))
    inner = (slice(4, -4),) * 3
    assert np.allclose(found[inner], (50 + at @ (0.3, -0.2, 0.1))[inner], atol=0.05)


def test_a_box_of_the_lattice_holds_what_the_whole_does():
    volume = ramp((1.0, 0.7, 0.7), (40, 60, 64))
    lattice = lattice_of(volume.grid)
    box = slices_of((3, 5, 2), (15, 19, 20))
    assert np.array_equal(lattice.hu(volume, box), lattice.hu(volume, lattice.whole)[box])


def test_noise_of_fine_voxels_does_not_fold_into_the_lattice():
    hu = np.random.default_rng(0).normal(0, 20, (24, 96, 96)).astype(np.float32)
    volume = Volume(grid=Grid(shape=hu.shape, affine=np.diag((0.6, 0.6, 0.6, 1.0))), hu=hu)
    lattice = lattice_of(volume.grid)
    assert lattice.hu(volume, lattice.whole).std() < 5


def test_values_of_the_lattice_come_back_to_the_cts_voxels():
    volume = ramp((1.0, 0.7, 0.7), (40, 60, 64))
    lattice = lattice_of(volume.grid)
    box = slices_of((2, 2, 2), lattice.shape)
    start, stop = (8, 12, 10), (30, 40, 41)
    back = Field(lattice=lattice, box=box, values=lattice.hu(volume, box)).at(start, stop)
    assert np.allclose(back, volume.hu[slices_of(start, stop)], atol=0.1)
