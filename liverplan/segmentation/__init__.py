"""Volume -> Segmentation: liver, metastases, vessels; automatic, corrected or given."""

from liverplan.segmentation.backends import Segmenter, find_segmenters, segment_with
from liverplan.segmentation.classical.liver import segment_liver
from liverplan.segmentation.edit.contours import apply_contours, outline_mask
from liverplan.segmentation.edit.corrections import (
    brush,
    click,
    erase,
    merge_lesions,
    paint_between,
    resize_lesion,
    split_lesion,
)
from liverplan.segmentation.files.masks import (
    MaskFile,
    read_mask_file,
    segmentation_from_files,
    write_mask_file,
)
from liverplan.segmentation.labels import Segmentation
from liverplan.segmentation.lesions.axes import Axes, axes_of
from liverplan.segmentation.lesions.hints import Hint, hints
from liverplan.segmentation.lesions.outline import lesion_from_click, lesion_from_stroke
from liverplan.segmentation.provenance import Provenance
from liverplan.segmentation.results import Doubt, DoubtfulPlace, LesionResult, LiverResult
from liverplan.segmentation.vessels.branches import Branch, branches_of
from liverplan.segmentation.vessels.trees import Vessels, find_vessels

__all__ = [
    "Axes",
    "Branch",
    "Doubt",
    "DoubtfulPlace",
    "Hint",
    "LesionResult",
    "LiverResult",
    "MaskFile",
    "Provenance",
    "Segmentation",
    "Segmenter",
    "Vessels",
    "apply_contours",
    "axes_of",
    "branches_of",
    "brush",
    "click",
    "erase",
    "find_segmenters",
    "find_vessels",
    "hints",
    "lesion_from_click",
    "lesion_from_stroke",
    "merge_lesions",
    "outline_mask",
    "paint_between",
    "read_mask_file",
    "resize_lesion",
    "segment_liver",
    "segment_with",
    "segmentation_from_files",
    "split_lesion",
    "write_mask_file",
]
