"""Discovery: what lies in a place, split rightly, and each file accounted for."""

import shutil
import threading
import zipfile

import numpy as np
import pydicom
import pytest

from liverplan.dicom import choose_series, find_series, read_series
from liverplan.errors import CancelledError, DicomError
from liverplan.words import in_english

from .made import expected_hu, save


def by_kind(found):
    return {info.kind: info for info in found}


def test_each_series_of_a_mixed_folder_is_named_and_explained(make, tmp_path):
    make().write(tmp_path)
    make(
        series_uid="1.2.3.11",
        orientation=(0, 1, 0, 0, 0, -1),
        step=(2, 0, 0),
        count=2,
        changes={"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]},
    ).write(tmp_path, prefix="scout")
    make(
        series_uid="1.2.3.12",
        count=1,
        changes={
            "ImageType": ["DERIVED", "SECONDARY", "DOSE_INFO"],
            "SOPClassUID": "1.2.840.10008.5.1.4.1.1.7",
        },
    ).write(tmp_path, prefix="dose")
    (tmp_path / "README.txt").write_text("hello, this is no DICOM file" * 10)
    found = find_series(tmp_path)
    kinds = by_kind(found)
    assert set(kinds) == {"CT axial", "localizer", "dose sheet", "not read"}
    assert found[0].usable
    assert kinds["localizer"].reason == "it is a localizer, not a volume"
    assert kinds["not read"].reason == "README.txt: it is no DICOM file"
    assert sum(info.n_files for info in found) == 10


def test_a_localizer_inside_the_series_is_split_off(make, tmp_path):
    def one_localizer(k):
        return {"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]} if k == 0 else {}

    make(per_slice=one_localizer).write(tmp_path)
    info = choose_series(find_series(tmp_path))
    assert (info.shape[0], info.key) == (5, info.uid)


@pytest.mark.parametrize(
    ("keyword", "values"),
    [
        ("AcquisitionNumber", (1, 2)),
        ("TemporalPositionIdentifier", (1, 2)),
        ("KVP", (80, 140)),
        ("ConvolutionKernel", ("B30f", "B70f")),
        ("AcquisitionTime", ("101010", "101140")),
        (
            "ImageType",
            (["ORIGINAL", "PRIMARY", "AXIAL", "A"], ["ORIGINAL", "PRIMARY", "AXIAL", "B"]),
        ),
    ],
)
def test_phases_that_share_a_series_are_taken_apart(make, tmp_path, keyword, values):
    for n, value in enumerate(values):
        make(changes={keyword: value, "RescaleIntercept": -1024 - n}).write(
            tmp_path, prefix=f"p{n}"
        )
    found = find_series(tmp_path)
    assert [(info.stack, info.shape[0], info.usable) for info in found] == [
        (1, 6, True),
        (2, 6, True),
    ]
    with pytest.raises(DicomError, match="holds 2 volumes; choose one of"):
        choose_series(found, uid="1.2.3.10")
    ct = read_series(choose_series(found, uid="1.2.3.10#2"))
    assert np.abs(ct.volume.hu - expected_hu(ct.volume.grid)).max() <= 0.51


def test_one_acquisition_a_slice_is_no_reason_to_split(make, tmp_path):
    make(per_slice=lambda k: {"AcquisitionNumber": k}).write(tmp_path)
    assert [info.shape[0] for info in find_series(tmp_path)] == [6]


def test_phases_that_nothing_tells_apart_are_refused(make, tmp_path):
    make().write(tmp_path, prefix="a")
    make(changes={"RescaleIntercept": -1000}).write(tmp_path, prefix="b")
    (info,) = find_series(tmp_path)
    assert "2 of its slices lie at one position" in info.reason


def test_copies_are_left_out_and_said(make, tmp_path):
    paths = make().write(tmp_path)
    shutil.copy(paths[2], tmp_path / "copy.dcm")
    (info,) = find_series(tmp_path)
    assert info.shape[0] == 6
    assert any("1 files are copies of others" in note for note in map(in_english, info.notes))


def test_a_damaged_file_is_named_not_dropped(make, tmp_path):
    paths = make(count=7).write(tmp_path)
    paths[6].write_bytes(paths[6].read_bytes()[:300])
    found = find_series(tmp_path)
    assert sum(info.n_files for info in found) == 7
    broken = [info for info in found if not info.usable]
    assert len(broken) == 1
    assert "ct_006.dcm" in broken[0].reason


def test_a_slice_with_an_impossible_header_is_told_with_its_series(make, tmp_path):
    make(count=7, per_slice=lambda k: {"RescaleSlope": 0} if k == 6 else {}).write(tmp_path)
    info = choose_series(find_series(tmp_path))
    assert info.shape[0] == 6
    assert any("ct_006.dcm: its rescale slope 0" in note for note in map(in_english, info.notes))


def test_two_frames_of_reference_are_two_stacks(make, tmp_path):
    make(per_slice=lambda k: {"FrameOfReferenceUID": f"1.2.3.{k // 3}"}).write(tmp_path)
    assert [info.shape[0] for info in find_series(tmp_path)] == [3, 3]


def test_derived_lossy_and_short_series_come_second(make, tmp_path):
    make(count=80, rows=4, columns=4).write(tmp_path / "a")
    make(
        count=90, rows=4, columns=4, series_uid="1.2.3.20", changes={"LossyImageCompression": "01"}
    ).write(tmp_path / "b")
    derived = {"ImageType": ["DERIVED", "SECONDARY", "AXIAL"]}
    make(count=90, rows=4, columns=4, series_uid="1.2.3.21", changes=derived).write(tmp_path / "c")
    make(count=20, rows=4, columns=4, series_uid="1.2.3.22").write(tmp_path / "d")
    assert choose_series(find_series(tmp_path)).uid == "1.2.3.10"


def test_the_portal_venous_phase_is_preferred(make, tmp_path):
    make(count=80, rows=4, columns=4, changes={"SeriesDescription": "arterial"}).write(
        tmp_path / "a"
    )
    make(count=80, rows=4, columns=4, series_uid="1.2.3.20").write(tmp_path / "b")
    assert choose_series(find_series(tmp_path)).description == "portal venous"


def test_choosing_what_is_not_there_or_not_usable_is_refused(make, tmp_path):
    make(count=1).write(tmp_path)
    found = find_series(tmp_path)
    with pytest.raises(DicomError, match=r"There is no series 9\.9 here"):
        choose_series(found, uid="9.9")
    with pytest.raises(DicomError, match="cannot be used: it has one slice"):
        choose_series(found, uid="1.2.3.10")
    with pytest.raises(DicomError, match="no CT series that can be used"):
        choose_series(found)
    with pytest.raises(DicomError, match="cannot be read: it has one slice"):
        read_series(found[0])


def test_a_blank_series_uid_is_read_and_said(make, tmp_path):
    make(changes={"SeriesInstanceUID": ""}).write(tmp_path)
    ct = read_series(choose_series(find_series(tmp_path)))
    assert any("no SeriesInstanceUID" in note for note in map(in_english, ct.notes))
    assert ct.headers.dataset().SeriesInstanceUID


def test_zip_and_folder_give_the_same(make, tmp_path):
    paths = make().write(tmp_path / "ct")
    with zipfile.ZipFile(tmp_path / "ct.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in paths:
            archive.write(path, f"deep/er/{path.name}")
    from_folder = read_series(choose_series(find_series(tmp_path / "ct")))
    from_zip = read_series(choose_series(find_series(tmp_path / "ct.zip")))
    np.testing.assert_array_equal(from_zip.volume.hu, from_folder.volume.hu)
    np.testing.assert_array_equal(from_zip.volume.grid.affine, from_folder.volume.grid.affine)


def test_a_file_without_preamble_is_read_and_said(make, tmp_path):
    for path in make().write(tmp_path):
        dataset = pydicom.dcmread(path)
        del dataset.file_meta, dataset.preamble
        pydicom.dcmwrite(path, dataset, implicit_vr=True, little_endian=True)
    ct = read_series(choose_series(find_series(tmp_path)))
    assert np.abs(ct.volume.hu - expected_hu(ct.volume.grid)).max() <= 0.51
    assert any("no DICOM preamble" in note for note in map(in_english, ct.notes))


def test_looking_can_be_cancelled_and_followed(make, tmp_path):
    make().write(tmp_path)
    told = []
    find_series(tmp_path, progress=lambda fraction, words: told.append((fraction, words)))
    assert told[0][1].startswith("Looking at")
    stop = threading.Event()
    stop.set()
    with pytest.raises(CancelledError):
        find_series(tmp_path, cancel=stop)


def test_messages_name_no_patient(make, tmp_path):
    make(count=1).write(tmp_path / "one")
    make(positions=[(0, 0, 0), (0, 0, 9), (0, 0, 99)]).write(tmp_path / "gaps")
    text = repr(
        [
            (info.title, info.reason, [in_english(n) for n in info.notes])
            for info in find_series(tmp_path)
        ]
    )
    for secret in ("Doe", "Jane", "4711", "1960"):
        assert secret not in text


def test_an_enhanced_ct_is_read_like_its_slices(make, tmp_path):
    series = make(step=(0, 0, -2))
    save(enhanced(series), tmp_path / "enhanced.dcm")
    ct = read_series(choose_series(find_series(tmp_path / "enhanced.dcm")))
    assert np.abs(ct.volume.hu - expected_hu(ct.volume.grid)).max() <= 0.51


def test_an_enhanced_ct_with_too_few_descriptions_is_refused(make, tmp_path):
    whole = enhanced(make())
    whole.PerFrameFunctionalGroupsSequence = whole.PerFrameFunctionalGroupsSequence[:4]
    save(whole, tmp_path / "enhanced.dcm")
    (info,) = find_series(tmp_path)
    assert "claims 6 frames but describes 4" in info.reason


def enhanced(series):
    """All slices of a series as one multi-frame object, frames out of order."""
    order = [3, 0, 5, 1, 4, 2]
    slices = [series.dataset(k, series.places()[k]) for k in order]
    whole = slices[0]
    whole.SOPClassUID = "1.2.840.10008.5.1.4.1.1.2.1"
    whole.NumberOfFrames = len(slices)
    whole.PixelData = b"".join(s.PixelData for s in slices)
    shared, groups = pydicom.Dataset(), []
    measures, orientation, values = pydicom.Dataset(), pydicom.Dataset(), pydicom.Dataset()
    measures.PixelSpacing, measures.SliceThickness = whole.PixelSpacing, whole.SliceThickness
    orientation.ImageOrientationPatient = whole.ImageOrientationPatient
    values.RescaleSlope, values.RescaleIntercept = whole.RescaleSlope, whole.RescaleIntercept
    values.RescaleType = "HU"
    shared.PixelMeasuresSequence = [measures]
    shared.PlaneOrientationSequence = [orientation]
    shared.PixelValueTransformationSequence = [values]
    for one in slices:
        group, position = pydicom.Dataset(), pydicom.Dataset()
        position.ImagePositionPatient = one.ImagePositionPatient
        group.PlanePositionSequence = [position]
        groups.append(group)
    whole.SharedFunctionalGroupsSequence = [shared]
    whole.PerFrameFunctionalGroupsSequence = groups
    for keyword in (
        "ImagePositionPatient",
        "ImageOrientationPatient",
        "PixelSpacing",
        "RescaleSlope",
        "RescaleIntercept",
    ):
        delattr(whole, keyword)
    return whole


@pytest.mark.parametrize(
    ("charset", "words"),
    [
        (None, "Abdomen venous [2 mm]"),
        ("ISO_IR 100", "Leber portalvenös"),
        ("ISO_IR 192", "Печень ≤ 2 mm ~"),
        ("ISO_IR 13", "ｶﾝｿﾞｳ"),
        (["", "ISO 2022 IR 87"], "肝臓"),
        ("GB18030", "肝脏 ~"),
    ],
)
def test_a_description_is_read_in_its_files_character_set(make, tmp_path, charset, words):
    for path in make().write(tmp_path):
        dataset = pydicom.dcmread(path)
        if charset is not None:
            dataset.SpecificCharacterSet = charset
        dataset.SeriesDescription = words
        dataset.save_as(path)
    (info,) = find_series(tmp_path)
    assert info.description == words
