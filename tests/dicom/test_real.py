"""Real series: the grid and the voxels that an independent reader finds."""

import zipfile

import numpy as np
import pytest
import SimpleITK as sitk

from liverplan.dicom import choose_series, find_series, read_series


def read(path):
    return read_series(choose_series(find_series(path)))


def affine_of(image):
    """SimpleITK's geometry as (k, j, i) -> LPS mm."""
    directions = np.array(image.GetDirection()).reshape(3, 3) * image.GetSpacing()
    affine = np.eye(4)
    affine[:3, :3] = directions[:, ::-1]
    affine[:3, 3] = image.GetOrigin()
    return affine


@pytest.mark.parametrize("archive", ["ircadb01/PATIENT_DICOM.zip", "crlm1004/DICOM.zip"])
def test_voxels_and_affine_are_simpleitks(real_data, tmp_path, archive):
    with zipfile.ZipFile(real_data / archive) as file:
        file.extractall(tmp_path)
    (folder,) = [p for p in tmp_path.iterdir() if p.is_dir()]
    names = sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder))
    theirs = sitk.ReadImage(names)
    ours = read(real_data / archive)
    np.testing.assert_allclose(ours.volume.grid.affine, affine_of(theirs), atol=1e-3)
    np.testing.assert_array_equal(ours.volume.hu, sitk.GetArrayFromImage(theirs))


def test_ircadb_lies_on_the_grid_of_its_masks(real_data):
    mask = sitk.ReadImage(str(real_data / "ircadb01/liver.nii.gz"))
    grid = read(real_data / "ircadb01/PATIENT_DICOM.zip").volume.grid
    np.testing.assert_allclose(grid.affine, affine_of(mask), atol=1e-3)


def test_crlm_is_what_dcm2niix_made_of_it(real_data):
    """reference.json holds dcm2niix's extremes, mean and spacing."""
    volume = read(real_data / "crlm1004/DICOM.zip").volume
    assert (volume.hu.min(), volume.hu.max()) == (-3024, 1377)
    assert volume.hu.mean() == pytest.approx(-1111.7856, abs=1e-4)
    assert volume.grid.spacing_mm == pytest.approx((5.0, 0.796875, 0.796875))


def test_every_edge_case_is_read_or_refused_in_words(real_data):
    for path in sorted((real_data / "dicom_edge").glob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            members = {i.filename for i in archive.infolist() if not i.is_dir()}
        found = find_series(path)
        assert {name for info in found for name in info.files} == members
        for info in found:
            assert info.usable != bool(info.reason)
            if info.usable:
                ct = read_series(info)
                assert ct.volume.grid.shape == info.shape
