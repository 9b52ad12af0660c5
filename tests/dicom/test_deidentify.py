"""De-identification, tag by tag over the whole dictionary, and UIDs that still fit together."""

import shutil
import subprocess
from dataclasses import replace

import numpy as np
import pydicom
import pytest
from pydicom.datadict import DicomDictionary
from pydicom.dataelem import DataElement

from liverplan.dicom import choose_series, find_series, read_seg, read_series, write_seg, write_sr
from liverplan.dicom.deidentify import Rules, deidentify, deidentify_headers
from liverplan.errors import DicomError

from .made import save
from .test_documents import findings
from .test_seg import some_labels

WORD = "GEHEIM"
WORD_DATE = "19601224"
WORD_UID = "1.2.3.7777777"
VALUES = {
    **dict.fromkeys(("LO", "SH", "ST", "LT", "UT", "UC", "PN", "AE", "UR"), WORD),
    "DA": WORD_DATE,
    "DT": WORD_DATE + "101112",
    "TM": "235959",
    "AS": "063Y",
    "UI": WORD_UID,
    "UN": WORD.encode(),
    "OB": WORD.encode(),
    "OW": WORD.encode(),
}


@pytest.fixture(autouse=True)
def _any_value_may_be_set():
    before = pydicom.config.settings.reading_validation_mode
    pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
    yield
    pydicom.config.settings.reading_validation_mode = before


def every_tag():
    """Every attribute that the dictionary knows and that could hold a secret."""
    for tag, (vr, _, _, _, keyword) in DicomDictionary.items():
        kind = vr.split(" or ")[0]
        if keyword and kind in VALUES and tag >> 16 not in {0, 2, 4} and tag >> 16 < 0xFFFE:
            yield pydicom.tag.Tag(tag), kind, keyword


def holding_everything(make):
    series = make()
    dataset = series.dataset(0, series.places()[0])
    kept = {
        *("SOPClassUID", "PixelData", "Modality", "ImageType", "BurnedInAnnotation"),
        *("EncapsulatedDocument", "FloatPixelData", "DoubleFloatPixelData"),
    }
    for tag, kind, keyword in every_tag():
        if keyword not in kept:
            dataset.add(DataElement(tag, kind, VALUES[kind]))
    block = dataset.private_block(0x0009, WORD, create=True)
    block.add_new(0x01, "LO", WORD)
    nested = pydicom.Dataset()
    nested.update({element.tag: element for element in dataset if element.VR != "SQ"})
    dataset.DerivationCodeSequence = [nested]
    return dataset


def test_every_text_name_date_and_uid_of_the_dictionary_is_gone(make, tmp_path):
    """Filled with one secret each; technical terms may stay, by name, and nothing else."""
    may_stay = {
        *("Manufacturer", "ManufacturerModelName", "SoftwareVersions", "CodeValue"),
        *("LongCodeValue", "CodingSchemeDesignator", "CodingSchemeVersion", "CodeMeaning"),
        *("ConvolutionKernel", "RescaleType", "StackID", "DimensionDescriptionLabel"),
        *("MIMETypeOfEncapsulatedDocument", "LUTData", "PixelData"),
    }
    dataset = holding_everything(make)
    assert len(dataset) > 1000
    clean = deidentify(dataset, Rules(key=b"k"))
    leaks = set()
    for element in clean.iterall():
        value = (
            element.value.decode("latin-1") if isinstance(element.value, bytes) else element.value
        )
        if element.VR != "SQ" and any(s in str(value) for s in (WORD, WORD_DATE, WORD_UID)):
            leaks.add(element.keyword)
    assert leaks <= may_stay
    assert not any(element.tag.is_private for element in clean.iterall())


def test_the_files_bytes_hold_no_name_number_or_date(make, tmp_path):
    changes = {"InstitutionName": "St. Elsewhere", "OperatorsName": "Nurse^Joy"}
    for n, path in enumerate(make(changes=changes).write(tmp_path)):
        clean = deidentify(pydicom.dcmread(path), Rules(pseudonym="P-01", key=b"k"))
        save(clean, tmp_path / f"clean{n}")
        data = (tmp_path / f"clean{n}").read_bytes()
        for secret in (b"Doe", b"Jane", b"PID-", b"19601224", b"20240229", b"Elsewhere", b"Joy"):
            assert secret not in data
        assert b"P-01" in data


def test_ct_seg_and_sr_still_belong_together(make, tmp_path):
    rules = Rules(pseudonym="P-01", key=b"k")
    for n, path in enumerate(make().write(tmp_path / "ct")):
        target = tmp_path / "clean" / f"{n}"
        target.parent.mkdir(exist_ok=True)
        save(deidentify(pydicom.dcmread(path), rules), target)
    ct = read_series(choose_series(find_series(tmp_path / "ct")))
    clean_ct = read_series(choose_series(find_series(tmp_path / "clean")))
    np.testing.assert_array_equal(clean_ct.volume.hu, ct.volume.hu)
    segmentation = some_labels(ct.volume.grid)
    headers = deidentify_headers(ct.headers, rules)
    seg = write_seg(tmp_path / "seg.dcm", segmentation, headers)
    write_sr(tmp_path / "sr.dcm", findings(), headers, seg)
    np.testing.assert_array_equal(read_seg(seg, clean_ct.volume.grid)[0].mask, segmentation.liver)
    study = {pydicom.dcmread(tmp_path / f"{n}.dcm").StudyInstanceUID for n in ("seg", "sr")}
    assert study == {clean_ct.headers.dataset().StudyInstanceUID}
    for name in ("seg.dcm", "sr.dcm"):
        data = (tmp_path / name).read_bytes()
        for secret in (b"Doe", b"PID-", b"19601224", b"20240229", b"ACC1"):
            assert secret not in data, name


def test_a_seg_cleaned_afterwards_refers_to_the_cleaned_ct(make, tmp_path):
    rules = Rules(key=b"k")
    make().write(tmp_path / "ct")
    ct = read_series(choose_series(find_series(tmp_path / "ct")))
    seg = write_seg(tmp_path / "seg.dcm", some_labels(ct.volume.grid), ct.headers)
    clean = deidentify(pydicom.dcmread(seg), rules)
    assert clean.SegmentSequence[0].SegmentLabel == "Liver"
    reference = clean.ReferencedSeriesSequence[0]
    assert reference.SeriesInstanceUID == rules.uid("1.2.3.10")
    if shutil.which("dciodvfy"):
        save(clean, tmp_path / "clean.dcm")
        command = ["dciodvfy", str(tmp_path / "clean.dcm")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert "Error" not in done.stderr


def test_characteristics_and_shifted_dates_stay_when_asked(make):
    series = make(changes={"PatientSize": 1.65, "PatientWeight": 70, "PatientAge": "063Y"})
    dataset = series.dataset(0, series.places()[0])
    plain = deidentify(dataset, Rules(key=b"k"))
    assert (plain.StudyDate, plain.StudyID, plain.PatientSex) == ("19000101", "1", "")
    assert "PatientWeight" not in plain
    assert plain.LongitudinalTemporalInformationModified == "REMOVED"
    kept = deidentify(dataset, Rules(key=b"k", retain_characteristics=True, shift_days=-366))
    assert (kept.PatientSize, kept.PatientWeight, kept.PatientSex) == (1.65, 70, "F")
    assert kept.StudyDate == "20230228"  # the 29th of February has a day a year before
    assert kept.PatientBirthDate == ""
    codes = [item.CodeValue for item in kept.DeidentificationMethodCodeSequence]
    assert codes == ["113100", "113108", "113107"]
    assert kept.PatientIdentityRemoved == "YES"


def test_uids_depend_on_the_key_alone():
    assert Rules(key=b"a").uid("1.2.3") == Rules(key=b"a", pseudonym="X").uid("1.2.3")
    assert Rules(key=b"a").uid("1.2.3") != Rules(key=b"b").uid("1.2.3")
    assert Rules().uid("1.2.3") != Rules().uid("1.2.3")
    assert Rules().uid("1.2.840.10008.1.2") == "1.2.840.10008.1.2"
    assert len(Rules().uid("1.2.3")) <= 64


def test_the_key_is_never_shown():
    assert "hidden-key" not in repr(Rules(key=b"hidden-key"))


def test_what_cannot_be_cleaned_is_refused(make):
    series = make()
    dataset = series.dataset(0, series.places()[0])
    dataset.BurnedInAnnotation = "YES"
    with pytest.raises(DicomError, match="burned into this image's pixels"):
        deidentify(dataset, Rules())
    dataset.BurnedInAnnotation = "NO"
    dataset.ImageType = ["DERIVED", "SECONDARY", "DOSE_INFO"]
    with pytest.raises(DicomError, match="Captured screens"):
        deidentify(dataset, Rules())
    dataset.EncapsulatedDocument = b"%PDF-Doe "
    with pytest.raises(DicomError, match="report may name the patient"):
        deidentify(dataset, Rules())
    clean = deidentify(dataset, replace(Rules(), document_is_clean=True))
    assert clean.EncapsulatedDocument == b"%PDF-Doe "
