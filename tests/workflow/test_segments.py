"""Couinaud segments from files: by code, by name; what is left out goes to the nearest."""

from pathlib import Path

import numpy as np
import pytest

from liverplan.anatomy import Code
from liverplan.dicom.seg_read import SegMask
from liverplan.errors import InputError
from liverplan.findings import Statement
from liverplan.segmentation import Segmentation
from liverplan.volume import Grid
from liverplan.words import in_english
from liverplan.workflow.segments import CODES, read_segments

ANY = Code(value="91723000", scheme="SCT", meaning="Anatomical structure")


@pytest.fixture
def segmentation():
    """A liver of 8 x 8 x 8 voxels in a grid of 10, 1 mL each."""
    labels = np.zeros((10, 10, 10), np.uint8)
    labels[1:9, 1:9, 1:9] = 1
    affine = np.diag((10.0, 10.0, 10.0, 1.0))[[2, 1, 0, 3]]
    return Segmentation(grid=Grid(shape=labels.shape, affine=affine), labels=labels)


@pytest.fixture
def seg(monkeypatch, segmentation):
    """Pretend that a SEG holds slabs of the liver, each with a name and a code."""

    def pretend(*segments, columns=2):
        found = []
        for number, (name, value) in enumerate(segments, 1):
            mask = np.zeros(segmentation.grid.shape, bool)
            mask[:, :, 1 + columns * (number - 1) : 1 + columns * number] = True
            code = Code(value=value, scheme="SCT", meaning=name)
            found.append(SegMask(name=name, number=number, code=code, category=ANY, mask=mask))
        monkeypatch.setattr("liverplan.dicom.read_seg", lambda *_: found)
        return read_segments(Path("segments.dcm"), segmentation)

    return pretend


def test_codes_name_segments(seg, segmentation):
    by_segment = {name: code for code, name in CODES.items()}
    part_map, notes = seg(
        ("a", by_segment["8"]), ("b", by_segment["4a"]), ("c", by_segment["4b"]),
        ("d", by_segment["2"]),
    )  # fmt: skip
    assert part_map.names == ("2", "4a", "4b", "8")
    assert notes == ()
    assert list(part_map.volumes_ml(segmentation).values()) == pytest.approx([128.0] * 4)


@pytest.mark.parametrize(
    ("names", "segments"),
    [
        (("Segment 5", "segment_6", "Seg 7", "S8"), ("5", "6", "7")),
        (("IVa", "Segment IVb", "VIII", "iii"), ("3", "4a", "4b", "8")),
        (("4b", "liver segment 4a", "2", "Couinaud I"), ("1", "2", "4a", "4b")),
    ],
)
def test_names_do_where_codes_say_nothing(seg, names, segments):
    part_map, _ = seg(*((name, "10200004") for name in names))
    assert part_map.names == segments


def test_the_fourth_undivided_is_halved_at_its_height_and_said(seg, segmentation):
    part_map, notes = seg(("Segment 4", ""), ("Segment 5", ""), columns=4)
    assert Statement.of("note.segment_halved") in notes
    volumes = part_map.volumes_ml(segmentation)
    assert volumes == pytest.approx({"4a": 128.0, "4b": 128.0, "5": 256.0})
    assert part_map.mask(("4a",))[5:].any()
    assert not part_map.mask(("4a",))[:5].any()


def test_liver_in_no_segment_goes_to_the_nearest_and_is_said(seg, segmentation):
    part_map, notes = seg(("Segment 5", ""), ("Segment 6", ""))
    assert tuple(map(in_english, notes)) == (
        "256.0 mL of the liver lies in no segment of segments.dcm and was counted to the nearest.",
    )
    assert part_map.volumes_ml(segmentation) == pytest.approx({"5": 128.0, "6": 384.0})
    assert not part_map.labels[~segmentation.liver].any()


@pytest.mark.parametrize("names", [("Liver", "Spleen"), ("Tumour 9",)])
def test_what_names_no_segment_is_refused(seg, names):
    with pytest.raises(InputError, match="names no Couinaud segment"):
        seg(*((name, "10200004") for name in names))
