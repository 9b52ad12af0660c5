"""What a segment of a SEG is: a metastasis of the liver, the liver, or neither."""

import numpy as np
import pydicom
import pytest

from liverplan.anatomy import Code
from liverplan.dicom import choose_series, find_series, read_series, write_seg
from liverplan.dicom.seg_read import UNSAID, SegMask
from liverplan.errors import InputError
from liverplan.segmentation import Segmentation
from liverplan.workflow.given import given_lesions, given_liver

ANATOMY = Code(value="123037004", meaning="Anatomical Structure")
ABNORMAL = Code(value="49755003", meaning="Morphologically Abnormal Structure")
TISSUE = Code(value="85756007", meaning="Tissue")
LIVER = Code(value="10200004", meaning="Liver")
MASS = Code(value="4147007", meaning="Mass")
NEOPLASM = Code(value="108369006", meaning="Neoplasm")
CYST = Code(value="41146007", meaning="Cyst")
KIDNEY = Code(value="64033007", meaning="Kidney")
SPLEEN = Code(value="78961009", meaning="Spleen")
LUNG = Code(value="39607008", meaning="Lung")


def meant(name, code, category=ABNORMAL, region=UNSAID):
    mask = np.zeros((1, 1, 1), bool)
    made = SegMask(name=name, number=1, code=code, category=category, region=region, mask=mask)
    return made.meaning


@pytest.mark.parametrize(
    ("name", "code", "category", "region", "meaning"),
    [
        ("Segment_1", NEOPLASM, ABNORMAL, LIVER, "lesion"),
        ("Segment_1", NEOPLASM, ABNORMAL, UNSAID, "lesion"),
        ("Segment_1", MASS, ABNORMAL, LIVER, "lesion"),
        ("m1", NEOPLASM, ABNORMAL, KIDNEY, "other"),
        ("m1", NEOPLASM, ABNORMAL, SPLEEN, "other"),
        ("m1", MASS, ABNORMAL, LUNG, "other"),
        ("metastasis", NEOPLASM, ABNORMAL, KIDNEY, "other"),
        ("m1", CYST, ABNORMAL, LIVER, "other"),
        ("lesion", CYST, ABNORMAL, LIVER, "other"),
        ("cyst", NEOPLASM, ABNORMAL, LIVER, "other"),
        ("kidney tumour", NEOPLASM, ABNORMAL, UNSAID, "other"),
        ("anything", SPLEEN, ANATOMY, UNSAID, "other"),
        ("liver", LIVER, ANATOMY, UNSAID, "liver"),
        ("x", LIVER, ANATOMY, UNSAID, "liver"),
        ("x", LIVER, ABNORMAL, UNSAID, "lesion"),
        ("liver", TISSUE, ANATOMY, UNSAID, "liver"),
        ("tumour 1", TISSUE, ANATOMY, UNSAID, "lesion"),
        ("spleen", TISSUE, ANATOMY, UNSAID, "other"),
        ("tumour 1", TISSUE, ANATOMY, KIDNEY, "other"),
        ("Segment_7", TISSUE, ANATOMY, UNSAID, "other"),
    ],
)
def test_codes_region_and_name_together_say_what_a_segment_is(
    name, code, category, region, meaning
):
    if name == "Segment_1":
        name = "area"
    assert meant(name, code, category, region) == meaning


@pytest.fixture
def written(make, tmp_path):
    """A CT, and a SEG of a liver and three lesions that can be called otherwise."""
    make(count=8, rows=20, columns=20).write(tmp_path / "ct")
    ct = read_series(choose_series(find_series(tmp_path / "ct")))
    labels = np.zeros(ct.volume.grid.shape, np.uint8)
    labels[1:7, 2:18, 2:12] = 1
    labels[2, 3:6, 3:6], labels[4, 3:6, 3:6], labels[4, 8:12, 14:18] = 2, 3, 4
    segmentation = Segmentation(grid=ct.volume.grid, labels=labels)
    path = write_seg(tmp_path / "seg.dcm", segmentation, ct.headers)
    return path, segmentation


def renamed(path, **changes):
    """Give segments, by their numbers from 1, another type or region."""
    dataset = pydicom.dcmread(path)
    for number, (keyword, code) in changes.items():
        segment = dataset.SegmentSequence[int(number[1:]) - 1]
        item = pydicom.Dataset()
        item.CodeValue, item.CodeMeaning = code.value, code.meaning
        item.CodingSchemeDesignator = "SCT"
        setattr(segment, keyword, [item])
        segment.SegmentLabel = f"area {number[1:]}"
    dataset.save_as(path)


def test_a_cyst_and_a_kidneys_tumour_are_left_out_and_the_liver_does_not_grow(written):
    path, segmentation = written
    renamed(
        path,
        s3=("SegmentedPropertyTypeCodeSequence", CYST),
        s4=("AnatomicRegionSequence", KIDNEY),
    )
    ((mask, _),) = given_lesions(path, None, segmentation.grid)
    np.testing.assert_array_equal(mask, segmentation.lesion(2))
    inside = segmentation.liver & ~segmentation.lesion(4)
    np.testing.assert_array_equal(given_liver(path, segmentation.grid)[0] & inside, inside)


@pytest.mark.parametrize("region", [KIDNEY, SPLEEN, LUNG])
def test_a_seg_whose_lesions_are_all_elsewhere_is_refused_with_the_list(written, region):
    path, segmentation = written
    renamed(path, **{f"s{n}": ("AnatomicRegionSequence", region) for n in (2, 3, 4)})
    with pytest.raises(InputError, match=r"which of its labels is the metastases; it has 1 "):
        given_lesions(path, None, segmentation.grid)
