"""DICOM in and out: the only room that imports pydicom and highdicom.

`find_series` says what lies in a folder, zip, DICOMDIR or file; `choose_series` picks one;
`read_series` reads it, or refuses it in words. `read_seg` reads segmentations onto the CT's grid;
`write_seg`, `write_sr`, `write_pdf` and `write_stl_object` send results back to its study, and
`write_stl` writes plain surfaces.

What writes is imported when it is first asked for: reading needs neither highdicom nor
scikit-image, and their hundreds of megabytes would count against every reader.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from liverplan.dicom.find import SeriesInfo, choose_series, find_series
from liverplan.dicom.headers import Headers, SourceImage
from liverplan.dicom.read import CT, read_series
from liverplan.dicom.seg_read import SegMask, read_seg
from liverplan.dicom.source import open_source

if TYPE_CHECKING:
    from liverplan.dicom.deidentify import deidentify_series, keep
    from liverplan.dicom.documents import (
        make_pdf,
        make_stl_object,
        stl_of,
        write_pdf,
        write_stl,
        write_stl_object,
    )
    from liverplan.dicom.seg_write import make_seg, write_seg
    from liverplan.dicom.sr import make_sr, write_sr

_WRITERS = {
    "deidentify_series": "deidentify",
    "keep": "deidentify",
    "make_pdf": "documents",
    "make_seg": "seg_write",
    "make_sr": "sr",
    "make_stl_object": "documents",
    "stl_of": "documents",
    "write_pdf": "documents",
    "write_seg": "seg_write",
    "write_sr": "sr",
    "write_stl": "documents",
    "write_stl_object": "documents",
}

__all__ = [
    "CT",
    "Headers",
    "SegMask",
    "SeriesInfo",
    "SourceImage",
    "choose_series",
    "deidentify_series",
    "find_series",
    "keep",
    "make_pdf",
    "make_seg",
    "make_sr",
    "make_stl_object",
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


def __getattr__(name: str) -> object:
    if name not in _WRITERS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_WRITERS[name]}"), name)
