"""NIfTI files: exact voxels, deterministic bytes, geometry that other programs read."""

import numpy as np
import pytest
import SimpleITK as sitk

from liverplan.case.voxels import from_nifti, to_nifti
from liverplan.errors import CaseError
from liverplan.volume import Grid


@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32"])
def test_voxels_come_back_to_the_bit(grid, dtype):
    values = (np.arange(np.prod(grid.shape)).reshape(grid.shape) % 250).astype(dtype)
    again = from_nifti(to_nifti(grid, values), grid.shape, dtype, "x")
    assert again.dtype == values.dtype
    assert np.array_equal(again, values)


def test_the_same_voxels_make_the_same_bytes(grid):
    values = np.ones(grid.shape, np.uint8)
    assert to_nifti(grid, values) == to_nifti(grid, values.copy())


@pytest.mark.parametrize("flip", [(1, 1, 1), (1, -1, 1), (-1, 1, -1)])
def test_simpleitk_reads_voxels_and_geometry(tmp_path, flip):
    angle = 0.3
    turn = np.array(
        [[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]]
    )
    affine = np.eye(4)
    affine[:3, :3] = (turn * (np.array([0.7, 0.8, 2.5]) * flip))[:, ::-1]
    affine[:3, 3] = (-30.5, 20.25, 1007)
    grid = Grid(shape=(5, 6, 7), affine=affine)
    values = np.random.default_rng(3).integers(0, 9, grid.shape).astype(np.int16)
    path = tmp_path / "x.nii.gz"
    path.write_bytes(to_nifti(grid, values))
    image = sitk.ReadImage(str(path))
    assert np.array_equal(sitk.GetArrayFromImage(image), values)
    for index in ((0, 0, 0), (4, 0, 0), (0, 5, 0), (4, 5, 6)):
        theirs = image.TransformIndexToPhysicalPoint(tuple(reversed(index)))
        assert np.allclose(theirs, grid.to_mm(index), atol=1e-4)


def test_a_tilted_gantry_is_kept(grid):
    affine = np.array(grid.affine)
    affine[1, 0] = 0.8
    sheared = Grid(shape=grid.shape, affine=affine)
    values = np.full(grid.shape, 3, np.uint8)
    assert np.array_equal(from_nifti(to_nifti(sheared, values), grid.shape, "uint8", "x"), values)


def test_other_bytes_are_refused_by_name(grid):
    good = to_nifti(grid, np.ones(grid.shape, np.uint8))
    with pytest.raises(CaseError, match=r"^liver\.nii\.gz is damaged"):
        from_nifti(good[:-30], grid.shape, "uint8", "liver.nii.gz")
    with pytest.raises(CaseError, match="does not hold int16 voxels"):
        from_nifti(good, grid.shape, "int16", "liver.nii.gz")
