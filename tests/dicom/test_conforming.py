"""Headers as scanners and archives write them: whatever they hold, an export is written."""

import numpy as np
import pydicom
import pytest

from liverplan import dicom
from liverplan.dicom.conforming import conforming, person_name
from liverplan.dicom.deidentify import Rules, deidentify_headers
from liverplan.dicom.quiet import quiet
from liverplan.dicom.sr_words import Standing
from liverplan.segmentation import Segmentation
from tests.dicom.test_documents import findings
from tests.plain.texts import HONEST, HOSTILE, forbidden

FAULTS = {
    "PatientBirthDate": {
        "01.01.1960": "19600101",
        "1960-01-01": "19600101",
        "1960": "",
        "19600000": "",
        "00000000": "",
        "19601332": "",
        "unknown": "",
    },
    "StudyDate": {"2024-01-05": "20240105", "05/01/2024": "", "20240231": "", "0": ""},
    "StudyTime": {"10:15:00": "101500", "250000": "", "10.15": "", "morning": "", "1015000": ""},
    "PatientSex": {"Female": "F", "f": "F", "W": "", "1": "", "unknown": "", "M\\F": ""},
    "SpecificCharacterSet": {
        "ISO_IR 6": "ISO_IR 192",
        "ISO 2022 IR 6": "ISO_IR 192",
        "ISO IR 100": "ISO_IR 192",
        "UTF-8": "ISO_IR 192",
        "latin1": "ISO_IR 192",
        "ISO_IR 999": "ISO_IR 192",
    },
    "PatientName": {"A^B\\C^D": "A^B", "A\nB": "A B", "x" * 90: ""},
    "PatientID": {"A\\B": "", "x" * 90: ""},
    "AccessionNumber": {"x" * 40: ""},
    "StudyID": {"x" * 40: ""},
    "PatientAge": {"64": ""},
    "ReferringPhysicianName": {"A^B\\C^D": "A^B"},
}
CASES = [(name, value, wanted) for name, all_ in FAULTS.items() for value, wanted in all_.items()]


def read(make, folder, changes):
    with quiet():  # the files are wrong on purpose
        make(count=4, changes=changes).write(folder)
    ct = dicom.read_series(dicom.choose_series(dicom.find_series(folder)))
    labels = np.zeros(ct.volume.grid.shape, np.uint8)
    labels[1:3, 3:8, 3:8] = 1
    return Segmentation(grid=ct.volume.grid, labels=labels), ct.headers


@pytest.mark.parametrize(("keyword", "value", "wanted"), CASES)
def test_a_value_that_does_not_conform_is_mended_or_left_out(
    make, tmp_path, keyword, value, wanted
):
    segmentation, headers = read(make, tmp_path / "ct", {keyword: value})
    seg = dicom.make_seg(segmentation, headers)
    assert str(seg.get(keyword, "") or "") == wanted
    (note,) = dicom.header_notes(headers)
    assert note.key == ("header.mended" if wanted else "header.left_out")
    assert note.value("what") == keyword
    nameless = dicom.header_notes(deidentify_headers(headers, Rules()))
    assert {note.value("what") for note in nameless} <= {"SpecificCharacterSet"}
    stl = dicom.stl_of(segmentation.liver, segmentation.grid)
    made = {
        "seg": seg,
        "sr": dicom.make_sr(findings(), headers, [seg], standing=Standing(accepted_by=("Åsa Ö",))),
        "pdf": dicom.make_pdf(b"%PDF-1.7", headers),
        "stl": dicom.make_stl_object(stl, headers, name="liver"),
    }
    for rules in (None, Rules(document_is_clean=True, retain_characteristics=True, shift_days=9)):
        for name, dataset in made.items():
            written = dicom.keep(dataset, tmp_path / f"{name}.dcm", rules)
            assert (b"sa \xc3\x96" in written.read_bytes()) is (name == "sr" and rules is None)


@pytest.mark.parametrize("text", [*HOSTILE.values(), *HONEST.values(), "Ö" * 90], ids=ascii)
def test_no_name_of_a_person_hides_or_separates(text):
    name = person_name(text)
    assert forbidden(name) <= {"\u200c", "\u200d"}
    assert not set(name[:-1]) & set("\\^=")
    assert len(name) <= 64


def test_a_scanner_s_text_keeps_its_letters_and_loses_what_acts():
    source = pydicom.Dataset()
    source.SpecificCharacterSet = "ISO_IR 192"
    with quiet():
        source.PatientName = "Li\u202end^\u809d\x9b31m"
    clean, notes = conforming(source)
    assert str(clean.PatientName) == "Li nd^\u809d 31m"
    assert [note.value("what") for note in notes] == ["PatientName"]


def test_there_are_faults_enough_of_each_kind():
    assert len(CASES) >= 33


def test_headers_that_conform_are_passed_on_unchanged_without_a_note(make, tmp_path):
    segmentation, headers = read(make, tmp_path, {})
    seg = dicom.make_seg(segmentation, headers)
    assert dicom.header_notes(headers) == ()
    assert (str(seg.PatientName), seg.PatientID) == ("Doe^Jane", "PID-4711")
    assert (seg.PatientBirthDate, seg.PatientSex, seg.StudyTime) == ("19601224", "F", "101112")
