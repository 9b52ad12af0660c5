from .archive import (
    Archive,
    FoundSeries,
    Query,
    ScheduledStudy,
    Worklist,
    archive_faults,
    archive_names,
    open_archive,
)
from .choice import choose_series
from .deidentify import deidentify_series, keep
from .documents import (
    make_pdf,
    make_stl_object,
    stl_from,
    stl_of,
    write_pdf,
    write_stl,
    write_stl_object,
)
from .find import find_series
from .headers import Headers, SourceImage
from .key_images import make_key_images
from .outgoing import header_notes
from .preview import middle_slice
from .read import CT, read_series
from .seg_read import SegMask, read_seg
from .seg_segments import Segment, segment_sets
from .seg_write import make_seg, make_segs, write_seg
from .series_info import SeriesInfo
from .source import open_source
from .sr import make_sr, write_sr

__all__ = [
    "CT",
    "Archive",
    "FoundSeries",
    "Headers",
    "Query",
    "ScheduledStudy",
    "SegMask",
    "Segment",
    "SeriesInfo",
    "SourceImage",
    "Worklist",
    "archive_faults",
    "archive_names",
    "choose_series",
    "deidentify_series",
    "find_series",
    "header_notes",
    "keep",
    "make_key_images",
    "make_pdf",
    "make_seg",
    "make_segs",
    "make_sr",
    "make_stl_object",
    "middle_slice",
    "open_archive",
    "open_source",
    "read_seg",
    "read_series",
    "segment_sets",
    "stl_from",
    "stl_of",
    "write_pdf",
    "write_seg",
    "write_sr",
    "write_stl",
    "write_stl_object",
]
