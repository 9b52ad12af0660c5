"""Every way in which slices can lie, read at the right place or refused in words."""

import numpy as np
import pytest

from liverplan.dicom import choose_series, find_series, read_series
from liverplan.errors import DicomError
from liverplan.words import in_english

from .made import expected_hu

C, S = np.cos(np.radians(20)), np.sin(np.radians(20))


def read(folder):
    return read_series(choose_series(find_series(folder)))


def refusal(folder):
    (info,) = find_series(folder)
    assert not info.usable
    return info.reason


@pytest.mark.parametrize(
    ("orientation", "step"),
    [
        pytest.param((1, 0, 0, 0, 1, 0), (0, 0, 2), id="foot to head"),
        pytest.param((1, 0, 0, 0, 1, 0), (0, 0, -2), id="head to foot"),
        pytest.param((-1, 0, 0, 0, -1, 0), (0, 0, 2), id="prone"),
        pytest.param((1, 0, 0, 0, -1, 0), (0, 0, 2), id="rows run forward"),
        pytest.param((-1, 0, 0, 0, 1, 0), (0, 0, 2), id="columns run right"),
        pytest.param((0, 1, 0, -1, 0, 0), (0, 0, 2), id="decubitus right"),
        pytest.param((0, -1, 0, 1, 0, 0), (0, 0, -2), id="decubitus left"),
        pytest.param((1, 0, 0, 0, C, -S), (0, 2 * S, 2 * C), id="oblique"),
        pytest.param((C, S, 0, -S, C, 0), (0, 0, 2), id="turned in plane"),
    ],
)
def test_each_voxel_lies_where_the_scanner_saw_it(make, tmp_path, orientation, step):
    make(orientation=orientation, step=step).write(tmp_path)
    ct = read(tmp_path)
    assert ct.volume.hu.dtype == np.int16
    assert np.abs(ct.volume.hu - expected_hu(ct.volume.grid)).max() <= 0.51
    assert ct.volume.grid.affine[2, 0] > 0  # k ascends from foot to head


@pytest.mark.parametrize("orientation", [(1, 0, 0, 0, 1, 0), (-1, 0, 0, 0, -1, 0)])
def test_axial_rows_run_to_the_back_and_columns_to_the_left(make, tmp_path, orientation):
    make(orientation=orientation).write(tmp_path)
    affine = read(tmp_path).volume.grid.affine
    np.testing.assert_allclose(affine[:3, :3], [[0, 0, 0.7], [0, 0.8, 0], [2, 0, 0]], atol=1e-9)


def test_decubitus_axes_are_not_exchanged(make, tmp_path):
    make(orientation=(0, 1, 0, -1, 0, 0)).write(tmp_path)
    grid = read(tmp_path).volume.grid
    assert grid.shape == (6, 12, 10)
    assert grid.affine[1, 2] > 0  # columns still run along y


def test_file_names_and_instance_numbers_may_lie(make, tmp_path):
    series = make(per_slice=lambda k: {"InstanceNumber": 17 - 3 * k})
    for n, path in enumerate(reversed(series.write(tmp_path))):
        path.rename(tmp_path / f"z{n}")
    ct = read(tmp_path)
    assert np.abs(ct.volume.hu - expected_hu(ct.volume.grid)).max() <= 0.51


def test_rounded_positions_are_still_one_volume(make, tmp_path):
    """A 0.625 mm spacing written to a tenth of a millimetre."""
    positions = [(0, 0, round(0.625 * k, 1)) for k in range(20)]
    make(positions=positions).write(tmp_path)
    assert read(tmp_path).volume.grid.spacing_mm[0] == pytest.approx(0.625, abs=0.01)


def test_gantry_tilt_is_resampled_to_an_upright_grid_and_said(make, tmp_path):
    make(orientation=(1, 0, 0, 0, C, -S), step=(0, 0, 2.5), count=16, rows=20).write(tmp_path)
    ct = read(tmp_path)
    axes = ct.volume.grid.affine[:3, :3] / ct.volume.grid.spacing_mm
    np.testing.assert_allclose(axes, [[0, 0, 1], [0, 1, 0], [1, 0, 0]], atol=1e-6)
    seen = ct.volume.hu > -1024
    assert seen.sum() > 0.7 * 16 * 20 * 10
    difference = ct.volume.hu - expected_hu(ct.volume.grid)
    inner = (
        seen
        & np.roll(seen, 1, 0)
        & np.roll(seen, -1, 0)
        & np.roll(seen, 1, 1)
        & np.roll(seen, -1, 1)
    )
    assert np.abs(difference[inner]).max() <= 1.01
    assert any("tilted by 20.0 degrees" in note for note in map(in_english, ct.notes))
    assert ct.headers.resampled


def test_tilt_is_refused_when_asked(make, tmp_path):
    make(orientation=(1, 0, 0, 0, C, -S), step=(0, 0, 2.5)).write(tmp_path)
    info = choose_series(find_series(tmp_path))
    with pytest.raises(DicomError, match=r"no even, upright grid: its slices are tilted by 20\.0"):
        read_series(info, irregular="refuse")


def test_a_missing_slice_is_filled_in_where_the_gap_is_small(make, tmp_path):
    make(positions=[(0, 0, z) for z in (0, 2, 6, 8, 10)]).write(tmp_path)
    ct = read(tmp_path)
    assert ct.volume.grid.shape[0] == 6
    assert np.abs(ct.volume.hu - expected_hu(ct.volume.grid)).max() <= 1.01
    assert any(
        "missing" in note and "z 2.00 to 6.00 mm" in note for note in map(in_english, ct.notes)
    )


def test_a_wide_gap_is_refused_with_its_place(make, tmp_path):
    make(positions=[(0, 0, z) for z in (0, 3, 6, 12, 15)]).write(tmp_path)
    assert "lacks slices" in refusal(tmp_path)
    assert "z 6.00 to 12.00 mm" in refusal(tmp_path)


def test_uneven_spacing_is_resampled_evenly_where_it_is_narrow(make, tmp_path):
    make(positions=[(0, 0, z) for z in (0, 2, 4, 7, 10, 13)]).write(tmp_path)
    ct = read(tmp_path)
    assert np.abs(ct.volume.hu - expected_hu(ct.volume.grid)).max() <= 1.01
    assert any("resampled evenly" in note for note in map(in_english, ct.notes))


def test_uneven_wide_spacing_is_refused(make, tmp_path):
    make(positions=[(0, 0, z) for z in (0, 4, 8, 15, 22)]).write(tmp_path)
    assert "unevenly spaced" in refusal(tmp_path)
    assert "z 8.00 to 15.00" in refusal(tmp_path)


def test_overlapping_slices_are_read_and_said(make, tmp_path):
    make(changes={"SliceThickness": 5.0}).write(tmp_path)
    assert any(
        "overlap: 5.00 mm thick, 2.00 mm apart" in note
        for note in map(in_english, read(tmp_path).notes)
    )


def test_tissue_between_thin_slices_is_said_to_be_unseen(make, tmp_path):
    make(changes={"SliceThickness": 1.0}).write(tmp_path)
    assert any("was not seen" in note for note in map(in_english, read(tmp_path).notes))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"count": 1}, "one slice is no volume"),
        ({"orientation": (1, 0, 0, 0, 0, -1), "step": (0, 2, 0)}, "are coronal, not axial"),
        ({"orientation": (0, 1, 0, 0, 0, -1), "step": (2, 0, 0)}, "are sagittal, not axial"),
        ({"step": (0, 0, 25)}, "25 mm apart, not 0.05 to 20"),
        ({"step": (0, 3, 1)}, "sheared by more than 37 degrees"),
        ({"positions": [(0, 0, 0), (0, 0, 2), (9, 0, 4), (0, 0, 6)]}, "shifted sideways"),
        ({"positions": [(0, 0, 0)] * 3}, "lie at one position"),
        ({"spacing": (0.01, 0.01)}, "pixel spacing is 0.01 mm"),
        ({"spacing": (30, 30)}, "pixel spacing is 30 mm"),
        ({"orientation": (1, 0, 0, 1, 0, 0)}, "not two perpendicular unit vectors"),
        ({"orientation": (2, 0, 0, 0, 1, 0)}, "not two perpendicular unit vectors"),
    ],
)
def test_what_is_no_axial_volume_is_refused(make, tmp_path, change, words):
    if change.get("positions") == [(0, 0, 0)] * 3:
        change = {**change, "per_slice": lambda k: {"RescaleIntercept": -1000 - k}}
    make(**change).write(tmp_path)
    assert words in refusal(tmp_path)


@pytest.mark.parametrize(
    ("keyword", "value", "words"),
    [
        ("ImagePositionPatient", None, "no image position"),
        ("ImageOrientationPatient", None, "no image orientation"),
        ("ImagePositionPatient", ["1", "2", "nan"], "ImagePositionPatient is not 3 numbers"),
        ("ImagePositionPatient", ["1", "2", "9e9"], "more than 100 m away"),
        ("PixelSpacing", None, "pixel spacing is missing"),
        ("PixelSpacing", ["nan", "1"], "PixelSpacing is not 2 numbers"),
        ("PixelSpacing", ["0", "0"], "pixel spacing is 0 mm"),
        ("PixelSpacing", ["-1", "1"], "pixel spacing is -1 mm"),
        ("PixelSpacing", ["abc", "1"], "PixelSpacing"),
        ("RescaleSlope", "0", "rescale slope 0"),
        ("RescaleSlope", "inf", "RescaleSlope is not a number"),
        ("RescaleSlope", None, "no rescale slope"),
        ("RescaleType", "MGML", "its values are MGML, not HU"),
        ("PhotometricInterpretation", "MONOCHROME1", "MONOCHROME1, not MONOCHROME2"),
        ("SamplesPerPixel", 3, "3 samples a pixel"),
        ("BitsStored", 17, "17 bits stored of 16"),
        ("HighBit", 3, "high bit 3"),
        ("NumberOfFrames", 7, "7 frames without their positions"),
        ("Rows", 5000, "5000 x 10 pixels"),
        ("Rows", 0, "0 x 10 pixels"),
    ],
)
def test_each_impossible_header_is_refused_in_words(make, tmp_path, keyword, value, words):
    make(changes={keyword: value}).write(tmp_path)
    assert words in refusal(tmp_path)
