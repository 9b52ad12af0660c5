"""DICOM in and out: the only room that imports pydicom and highdicom.

`find_series` says what lies in a folder, zip, DICOMDIR or file; `choose_series` picks one;
`read_series` reads it, or refuses it in words.
"""

from liverplan.dicom.find import SeriesInfo, choose_series, find_series
from liverplan.dicom.headers import Headers, SourceImage
from liverplan.dicom.read import CT, read_series
from liverplan.dicom.seg_read import SegMask, read_seg
from liverplan.dicom.source import open_source

__all__ = [
    "CT",
    "Headers",
    "SegMask",
    "SeriesInfo",
    "SourceImage",
    "choose_series",
    "find_series",
    "open_source",
    "read_seg",
    "read_series",
]
