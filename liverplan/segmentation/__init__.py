"""Volume -> Segmentation: liver, metastases, vessels; automatic, corrected or given."""

from liverplan.segmentation.axes import Axes, axes_of
from liverplan.segmentation.backends import Segmenter, find_segmenters, segment_with
from liverplan.segmentation.files import (
    MaskFile,
    read_mask_file,
    segmentation_from_files,
    write_mask_file,
)
from liverplan.segmentation.labels import Provenance, Segmentation
from liverplan.segmentation.lesions import lesion_from_click, lesion_from_stroke
from liverplan.segmentation.liver import segment_liver
from liverplan.segmentation.results import Doubt, DoubtfulPlace, LesionResult, LiverResult

__all__ = [
    "Axes",
    "Doubt",
    "DoubtfulPlace",
    "LesionResult",
    "LiverResult",
    "MaskFile",
    "Provenance",
    "Segmentation",
    "Segmenter",
    "axes_of",
    "find_segmenters",
    "lesion_from_click",
    "lesion_from_stroke",
    "read_mask_file",
    "segment_liver",
    "segment_with",
    "segmentation_from_files",
    "write_mask_file",
]
