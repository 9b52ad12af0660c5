"""A CT that is no DICOM: voxel for voxel the DICOM series', or refused in words."""

import gzip
import subprocess

import numpy as np
import pytest

from liverplan.dicom import choose_series, find_series, read_seg, read_series, write_seg
from liverplan.dicom.write_ct import write_ct_series
from liverplan.errors import DicomError
from liverplan.isolated import isolated
from liverplan.segmentation import Segmentation
from liverplan.volume import Grid, Volume
from liverplan.words import in_english
from tests.segmentation.files.made import nifti, nrrd

AFFINE = np.array([[0, 0, 2.0, -25], [0, 2.0, 0, -31], [3.0, 0, 0, 40], [0, 0, 0, 1.0]])
GRID = Grid(shape=(18, 32, 26), affine=AFFINE)
K, J, I = np.mgrid[:18, :32, :26]  # noqa: E741 - the axes' own names
BODY = ((J - 15.5) / 14) ** 2 + ((I - 12.5) / 11) ** 2 <= 1


def hounsfield():
    """A body with an inner organ, in air, with noise, so that mirroring shows."""
    hu = np.where(BODY, 40, -1000).astype(np.int16)
    hu[(K - 9) ** 2 + (J - 14) ** 2 + (I - 8) ** 2 <= 25] = 110
    hu[BODY & (J > 26)] = -95
    return (hu + np.random.default_rng(5).integers(-9, 10, hu.shape)).astype(np.int16)


HU = hounsfield()


def turned(order, flips):
    """The same voxels with their axes in another order and direction."""
    affine = AFFINE.copy()
    affine[:3, :3] = AFFINE[:3, list(order)]
    shape = tuple(HU.shape[axis] for axis in order)
    for axis in flips:
        affine[:3, 3] += affine[:3, axis] * (shape[axis] - 1)
        affine[:3, axis] *= -1
    values = np.ascontiguousarray(np.flip(HU.transpose(order), flips))
    return Grid(shape=shape, affine=affine), values


def written(folder, name, grid, values, **how):
    write = nrrd if name.endswith(".nrrd") else nifti
    return write(folder / name, grid, values, **how)


def read(path):
    return read_series(choose_series(find_series(path)))


@pytest.fixture(scope="module")
def series(tmp_path_factory):
    folder = tmp_path_factory.mktemp("series")
    write_ct_series(Volume(grid=GRID, hu=HU.copy()), folder)
    return read(folder)


@pytest.mark.parametrize("name", ["ct.nii", "ct.nii.gz", "CT.NRRD", "ct.nrrd"])
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
@pytest.mark.parametrize("flips", [(), (0,), (1, 2)])
def test_every_way_of_lying_gives_the_dicom_series_voxels(tmp_path, series, name, order, flips):
    ct = read(written(tmp_path, name.lower(), *turned(order, flips)).rename(tmp_path / name))
    np.testing.assert_array_equal(ct.volume.hu, series.volume.hu)
    assert ct.volume.hu.dtype == np.int16
    assert not ct.volume.grid.faults_against(series.volume.grid)


@pytest.mark.parametrize("kind", ["i2", "i4", "f4", "f8"])
def test_whole_numbers_of_any_kind_are_the_same_ct(tmp_path, series, kind):
    ct = read(nifti(tmp_path / "ct.nii", GRID, HU.astype(f"<{kind}")))
    np.testing.assert_array_equal(ct.volume.hu, series.volume.hu)
    assert ct.volume.hu.dtype == np.int16


def test_fractions_are_kept(tmp_path):
    fine = HU.astype("<f4") + np.float32(0.25)
    ct = read(nifti(tmp_path / "ct.nii.gz", GRID, fine))
    np.testing.assert_array_equal(ct.volume.hu, fine)


def test_a_scale_is_undone(tmp_path, series):
    ct = read(nifti(tmp_path / "ct.nii.gz", GRID, (HU * 2).astype("<i2"), slope=0.5))
    np.testing.assert_array_equal(ct.volume.hu, series.volume.hu)


def test_what_is_unknown_is_said(tmp_path):
    path = nifti(tmp_path / "Doe_Jane_portal.nii.gz", GRID, HU)
    (info,) = find_series(path)
    assert "it is NIfTI, not DICOM: whose it is" in in_english(info.notes[0])
    assert (info.description, info.study_date) == ("", "")
    assert read(path).headers.thickness_mm is None
    assert "Doe" not in str(read(path).headers.to_json())


def test_the_same_file_is_the_same_series_and_another_is_not(tmp_path):
    path = nifti(tmp_path / "a.nii.gz", GRID, HU)
    (tmp_path / "b.nii.gz").write_bytes(path.read_bytes())
    other = nifti(tmp_path / "c.nii.gz", GRID, HU + np.int16(1))
    one, same, another = (find_series(p)[0].uid for p in (path, tmp_path / "b.nii.gz", other))
    assert one == same != another


def test_a_segmentation_of_it_reads_back_on_it(tmp_path):
    ct = read(nrrd(tmp_path / "ct.nrrd", *turned((2, 0, 1), (1,))))
    labels = np.zeros(GRID.shape, np.uint8)
    labels[4:9, 10:15, 5:9] = 1
    path = write_seg(
        tmp_path / "seg.dcm", Segmentation(grid=ct.volume.grid, labels=labels), ct.headers
    )
    (liver, *_) = read_seg(path, ct.volume.grid)
    np.testing.assert_array_equal(liver.mask, labels > 0)


OBLIQUE = np.eye(4)
OBLIQUE[:3, :3] = np.linalg.qr(np.array([[1.0, 1, 1], [-1, 1, 1], [0, -2, 1]]))[0].T

LABELS = (np.where(BODY, 3, 0) + (HU > 100)).astype(np.uint8)
FAULTS = {
    "labels": (LABELS, "as a mask's labels do; give a mask by --liver"),
    "one value": (np.full(HU.shape, 40, "<i2"), "all its values are 40"),
    "scaled to 1": (((HU + 1024) / 2048).astype("<f4"), "as if they were scaled"),
    "a tenth": ((HU / 10).astype("<f4"), "as if they were scaled"),
    "raw numbers": ((HU + np.int16(1024)), "an offset such as -1024 was lost"),
    "magnetic resonance": (np.abs(HU), "none is as thin as fat or air"),
    "ten times": ((HU.astype("<i4") * 10), "in the middle, which no body has"),
    "no numbers": (np.where(BODY, HU, np.nan).astype("<f4"), "values that are not numbers"),
    "endless": (np.where(BODY, HU, np.inf).astype("<f4"), "values that are not numbers"),
}


@pytest.mark.parametrize("name", ["ct.nii.gz", "ct.nrrd"])
@pytest.mark.parametrize("fault", FAULTS)
def test_values_that_are_no_hounsfield_units_are_refused(tmp_path, name, fault):
    values, says = FAULTS[fault]
    if name.endswith(".nrrd") and values.dtype.str[1:] == "i4":
        values = values.astype("<f4")
    path = written(tmp_path, name, GRID, values)
    with pytest.raises(DicomError, match=says):
        read(path)


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"second": (0, 0, 0, -25, -31, 40)}, "says twice where it lies"),
        ({"sform": 0}, "does not say where in the patient it lies"),
        ({"begin": 100}, "is damaged"),
    ],
)
def test_a_place_that_is_unclear_is_refused(tmp_path, how, says):
    (info,) = find_series(nifti(tmp_path / "ct.nii.gz", GRID, HU, **how))
    assert not info.usable
    assert says in info.reason


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (np.diag([1e-3, 1e-3, 1e-3, 1]), "which no CT of a body has"),
        (np.diag([20.0, 20, 20, 1]), "which no CT of a body has"),
        (np.array([[1, 0, 0, 0], [0, 1, 0.2, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]]), "tilted gantry"),
        (OBLIQUE, "oblique to the body"),
    ],
)
def test_a_lattice_that_is_no_upright_ct_is_refused(tmp_path, change, says):
    grid = Grid(shape=GRID.shape, affine=change @ AFFINE)
    (info,) = find_series(nrrd(tmp_path / "ct.nrrd", grid, HU))
    assert not info.usable
    assert says in info.reason


@pytest.mark.parametrize("name", ["ct.nii.gz", "ct.nii", "ct.nrrd"])
@pytest.mark.parametrize("missing", [1, 9, 300])
def test_a_file_that_is_cut_short_is_refused(tmp_path, name, missing):
    path = written(tmp_path, name, GRID, HU)
    path.write_bytes(path.read_bytes()[:-missing])
    with pytest.raises(DicomError, match="damaged"):
        read(path)


def test_a_forged_size_is_refused_before_memory_is_taken(tmp_path):
    path = nrrd(tmp_path / "ct.nrrd", GRID, HU, sizes="1500 1500 1500")
    assert "so small a file cannot hold" in find_series(path)[0].reason
    path = nrrd(tmp_path / "ct.nrrd", GRID, HU, sizes="2000 2000 2000")
    assert "more than 8 GB" in find_series(path)[0].reason


@pytest.mark.parametrize("end", ["mha", "nhdr", "mgz"])
def test_a_format_that_is_not_read_is_said_to_be_so(tmp_path, end):
    (tmp_path / f"ct.{end}").write_bytes(b"x" * 100)
    with pytest.raises(DicomError, match="a CT may be DICOM, NIfTI"):
        find_series(tmp_path / f"ct.{end}")


def test_one_in_a_folder_is_not_taken_for_a_ct_and_the_way_is_said(tmp_path):
    nifti(tmp_path / "ct.nii.gz", GRID, HU)
    (tmp_path / "gz.txt").write_bytes(gzip.compress(b"x"))
    with pytest.raises(DicomError, match="give the file itself"):
        choose_series(find_series(tmp_path))


def test_reading_dicom_loads_nothing_that_only_other_formats_need():
    """What finds masks takes some 200 MB; whoever lists or reads DICOM does without it."""
    asked = "import sys, liverplan.dicom.read; print('liverplan.segmentation' in sys.modules)"
    done = subprocess.run(isolated(asked), capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
