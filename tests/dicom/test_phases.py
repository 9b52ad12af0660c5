"""Acquisitions that share a series: parted by what their headers say, whatever the positions."""

import shutil

import pytest
from pydicom.uid import ImplicitVRLittleEndian

from liverplan.dicom import choose_series, find_series, read_series
from liverplan.words import in_english

SEPARATORS = {
    "AcquisitionNumber": ("1", "2"),
    "TemporalPositionIdentifier": ("1", "2"),
    "KVP": ("80", "140"),
    "ConvolutionKernel": ("B30f", "B70f"),
    "ContrastBolusAgent": ("", "Iomeprol"),
    "SeriesDescription": ("arterial", "portal venous"),
    "SliceThickness": ("3", "4"),
    "AcquisitionTime": ("101500", "101540"),
}


def interleaved(make, folder, keyword, values):
    """Two acquisitions whose slices lie between each other's."""
    for n, value in enumerate(values):
        changes = {keyword: value}
        place = (-30.0, -20.0, 100.0 + 2.0 * n)
        made = make(step=(0.0, 0.0, 4.0), first=place, changes=changes)
        made.write(folder, prefix=f"p{n}")


def volumes(folder):
    return [(info.shape[0], info.spacing_mm[0]) for info in find_series(folder) if info.usable]


@pytest.mark.parametrize("keyword", SEPARATORS)
def test_slices_between_each_others_are_two_volumes(make, tmp_path, keyword):
    interleaved(make, tmp_path, keyword, SEPARATORS[keyword])
    assert volumes(tmp_path) == [(6, 4.0), (6, 4.0)]
    found = find_series(tmp_path)
    said = [", ".join(map(in_english, info.apart)) for info in found]
    assert len(set(said)) == 2
    assert not any(note.key in {"ct.filled", "ct.resampled"} for i in found for note in i.notes)


def test_times_that_every_slice_has_of_its_own_are_parted_at_the_pause(make, tmp_path):
    for n, start in enumerate((101500, 101540)):
        make(
            step=(0.0, 0.0, 4.0),
            first=(-30.0, -20.0, 100.0 + 2.0 * n),
            per_slice=lambda k, start=start: {"AcquisitionTime": f"{start + k}.250000"},
        ).write(tmp_path, prefix=f"p{n}")
    assert volumes(tmp_path) == [(6, 4.0), (6, 4.0)]


def test_two_phases_of_two_kernels_are_four_volumes(make, tmp_path):
    for number in (1, 2):
        for kernel in ("B30f", "B70f"):
            changes = {"AcquisitionNumber": number, "ConvolutionKernel": kernel}
            make(changes=changes).write(tmp_path, prefix=f"{number}{kernel}")
    found = find_series(tmp_path)
    assert volumes(tmp_path) == [(6, 2.0)] * 4
    said = {", ".join(map(in_english, info.apart)) for info in found}
    assert "kernel B30f, acquisition 2" in said


def test_a_gap_of_one_phase_is_not_filled_from_the_other(make, tmp_path):
    interleaved(make, tmp_path, "KVP", ("80", "140"))
    (tmp_path / "p0_002.dcm").unlink()
    assert volumes(tmp_path) == [(6, 4.0)]
    (gapped,) = (info for info in find_series(tmp_path) if not info.usable)
    assert "it lacks slices" in gapped.reason


def test_phases_one_above_the_other_are_not_one_volume(make, tmp_path):
    make(changes={"KVP": 80}).write(tmp_path, prefix="a")
    make(first=(-30.0, -20.0, 112.0), changes={"KVP": 140}).write(tmp_path, prefix="b")
    assert volumes(tmp_path) == [(6, 2.0), (6, 2.0)]


def test_copies_are_left_out_within_a_phase_and_kept_across(make, tmp_path):
    for number in (1, 2):  # the same pixels in the same places: two reconstructions, not copies
        paths = make(changes={"AcquisitionNumber": number}).write(tmp_path, prefix=f"p{number}")
    shutil.copy(paths[2], tmp_path / "copy.dcm")
    found = find_series(tmp_path)
    assert volumes(tmp_path) == [(6, 2.0), (6, 2.0)]
    with_copies = [i for i in found if "ct.copies" in {note.key for note in i.notes}]
    assert [in_english(what) for i in with_copies for what in i.apart] == ["acquisition 2"]


def test_rotations_of_four_slices_stay_one_volume(make, tmp_path):
    numbered = make(count=12, per_slice=lambda k: {"AcquisitionNumber": k // 4})
    numbered.write(tmp_path)
    assert volumes(tmp_path) == [(12, 2.0)]


def test_one_slice_of_another_voltage_is_said(make, tmp_path):
    make(per_slice=lambda k: {"KVP": 80 if k == 2 else 120}).write(tmp_path)
    info = choose_series(find_series(tmp_path))
    assert info.shape[0] == 6
    assert any("same tube voltage" in in_english(note) for note in info.notes)


@pytest.mark.parametrize(
    ("keyword", "values", "key"),
    [
        ("AcquisitionNumber", ("1", "2"), "ct.stacked"),
        ("AcquisitionNumber", ("3", "7"), "ct.stacked"),
        ("AcquisitionTime", ("101500", "101540"), "ct.paused"),
        ("AcquisitionTime", ("101500.25", "101509"), "ct.paused"),
        ("AcquisitionTime", ("235900", "235906"), "ct.paused"),
    ],
)
def test_acquisitions_one_above_the_other_are_said(make, tmp_path, keyword, values, key):
    for n, value in enumerate(values):
        place = (-30.0, -20.0, 100.0 + 12.0 * n)
        make(first=place, changes={keyword: value}).write(tmp_path, prefix=f"p{n}")
    (info,) = find_series(tmp_path)
    assert info.shape[0] == 12
    assert [note.key for note in info.notes] == [key]


def test_many_rotations_and_a_running_clock_are_one_acquisition(make, tmp_path):
    def counted(k):
        return {"AcquisitionNumber": k // 2, "AcquisitionTime": f"{101500 + k}"}

    make(count=12, per_slice=counted).write(tmp_path)
    (info,) = find_series(tmp_path)
    assert info.notes == ()


@pytest.mark.parametrize(
    "named", [(0,), (0, 1, 2), (3, 4, 5), (0, 1, 4), (0, 3), (1, 2, 5)], ids=str
)
@pytest.mark.parametrize("keyword", ["ContrastBolusAgent", "KVP", "ConvolutionKernel"])
def test_slices_of_which_only_some_name_their_contrast_are_one_volume(
    make, tmp_path, keyword, named
):
    value = "120" if keyword == "KVP" else "x"
    make(per_slice=lambda k: {keyword: value if k in named else None}).write(tmp_path)
    assert volumes(tmp_path) == [(6, 2.0)]


@pytest.mark.parametrize("keyword", ["PatientWeight", "PatientSize"])
def test_a_header_value_that_cannot_be_read_is_said_to_be_left_out(make, tmp_path, keyword):
    make(syntax=ImplicitVRLittleEndian, changes={keyword: "nonsense"}).write(tmp_path)
    ct = read_series(choose_series(find_series(tmp_path)))
    (note,) = (note for note in ct.notes if note.key == "ct.unread")
    assert keyword not in ct.headers.dataset()
    assert in_english(note) == f"its {keyword} cannot be read and was left out"
