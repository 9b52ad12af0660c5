"""The CT series that is written: conformant, repeatable, and the phantom itself when read."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pydicom
import pytest

from liverplan.dicom.write_ct import write_ct_series
from liverplan.errors import InputError
from liverplan.phantom import make_phantom
from liverplan.volume import Grid, Volume


@pytest.fixture(scope="module")
def phantom():
    return make_phantom(spacing_mm=(20.0, 6.0, 6.0))


@pytest.fixture(scope="module")
def series(phantom, tmp_path_factory):
    return write_ct_series(phantom.volume, tmp_path_factory.mktemp("ct") / "new" / "series")


def test_the_conformance_checkers_find_neither_error_nor_warning(series):
    checker = shutil.which("dciodvfy")
    if checker is None:
        pytest.skip("dciodvfy (Debian package dicom3tools) is not installed")
    for file in (series[0], series[-1]):
        done = subprocess.run([checker, str(file)], capture_output=True, text=True, check=False)
        assert (done.stdout + done.stderr).split() == ["CTImage"]
        assert done.returncode == 0
    entities = shutil.which("dcentvfy")
    assert entities is not None
    done = subprocess.run(
        [entities, *map(str, series)], capture_output=True, text=True, check=False
    )
    assert done.stdout + done.stderr == ""


def test_the_series_holds_the_phantom_s_values_and_places(phantom, series):
    grid = phantom.volume.grid
    assert len(series) == grid.shape[0]
    for k, file in enumerate(series):
        ds = pydicom.dcmread(file)
        hu = ds.pixel_array.astype(int) * int(ds.RescaleSlope) + int(ds.RescaleIntercept)
        assert np.array_equal(hu, phantom.volume.hu[k])
        assert ds.ImagePositionPatient == pytest.approx(grid.to_mm((k, 0, 0)), abs=1e-6)
        assert ds.PixelSpacing == pytest.approx(grid.spacing_mm[1:])
        assert ds.FrameOfReferenceUID == grid.frame_uid
        assert ds.ImageOrientationPatient == [1, 0, 0, 0, 1, 0]


def test_the_same_call_writes_the_same_bytes_and_another_seed_other_uids(phantom, series, tmp_path):
    again = write_ct_series(phantom.volume, tmp_path / "again")
    assert [f.read_bytes() for f in again] == [f.read_bytes() for f in series]
    other = write_ct_series(phantom.volume, tmp_path / "other", seed=2)
    uids = {pydicom.dcmread(f[0]).SeriesInstanceUID for f in (series, other)}
    assert len(uids) == 2
    assert all(uid.startswith("2.25.") and len(uid) <= 64 for uid in uids)


def _volume(affine, hu):
    return Volume(grid=Grid(shape=(2, 2, 2), affine=affine), hu=np.full((2, 2, 2), hu, np.int16))


def test_a_sheared_grid_is_refused(tmp_path):
    affine = np.eye(4)
    affine[0, 1] = 0.3
    with pytest.raises(InputError, match="axes are square to one another"):
        write_ct_series(_volume(affine, 0), tmp_path)


def test_values_beyond_twelve_bits_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"4000 to 4000 HU do not fit into 12 bits"):
        write_ct_series(_volume(np.eye(4), 4000), tmp_path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    with pytest.raises(InputError, match=str(Path("file"))):
        write_ct_series(_volume(np.eye(4), 0), blocked)
