"""DICOM in and out: the only room that imports pydicom and highdicom.

`find_series` says what lies in a folder, zip, DICOMDIR or file; `choose_series` picks one;
`read_series` reads it, or refuses it in words. `read_seg` reads segmentations onto the CT's grid;
`write_seg`, `write_sr`, `write_pdf` and `write_stl_object` send results back to its study, and
`write_stl` writes plain surfaces.
"""

from liverplan.dicom.documents import stl_of, write_pdf, write_stl, write_stl_object
from liverplan.dicom.find import SeriesInfo, choose_series, find_series
from liverplan.dicom.headers import Headers, SourceImage
from liverplan.dicom.read import CT, read_series
from liverplan.dicom.seg_read import SegMask, read_seg
from liverplan.dicom.seg_write import write_seg
from liverplan.dicom.source import open_source
from liverplan.dicom.sr import write_sr

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
    "stl_of",
    "write_pdf",
    "write_seg",
    "write_sr",
    "write_stl",
    "write_stl_object",
]
