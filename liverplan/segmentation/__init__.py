"""Volume -> Segmentation: liver, metastases, vessels; automatic, corrected or imported."""

from liverplan.segmentation.backends import Segmenter, find_segmenters, segment_with
from liverplan.segmentation.classical.liver import segment_liver
from liverplan.segmentation.edit.border import click
from liverplan.segmentation.edit.brush import Brush, Stroke, liver_limits_hu, paint
from liverplan.segmentation.edit.contours import apply_contours, outline_mask
from liverplan.segmentation.edit.lesions import (
    free_label,
    merge_lesions,
    resize_lesion,
    split_lesion,
    with_lesion,
    with_lesions,
    with_liver,
    without_lesion,
)
from liverplan.segmentation.edit.provenance import accepted, edited
from liverplan.segmentation.files.reading import (
    MaskFile,
    read_mask_file,
    segmentation_from_files,
)
from liverplan.segmentation.files.writing import write_mask_file
from liverplan.segmentation.labels import Segmentation
from liverplan.segmentation.lesions.axes import Axes, axes_of
from liverplan.segmentation.lesions.click import lesion_from_click
from liverplan.segmentation.lesions.hints import Hint, hints
from liverplan.segmentation.lesions.prompted.outline import lesion_from_prompt
from liverplan.segmentation.lesions.prompted.prompt import Prompt
from liverplan.segmentation.lesions.stroke import lesion_from_stroke
from liverplan.segmentation.network.hints import find_hints
from liverplan.segmentation.network.liver import find_liver
from liverplan.segmentation.prompters import Prompter, find_prompters, outline_with
from liverplan.segmentation.provenance import Provenance
from liverplan.segmentation.results import (
    Confidence,
    LesionResult,
    LiverResult,
    UnsurePlace,
    VesselResult,
)
from liverplan.segmentation.second_opinion import second_look
from liverplan.segmentation.vessel_prompters import (
    VesselPrompter,
    find_vessel_prompters,
    follow_with,
)
from liverplan.segmentation.vessels.branches import Branch, branches_of
from liverplan.segmentation.vessels.trees import Vessels, find_vessels
from liverplan.segmentation.vessels.unasked import Trees, find_trees

__all__ = [
    "Axes",
    "Branch",
    "Brush",
    "Confidence",
    "Hint",
    "LesionResult",
    "LiverResult",
    "MaskFile",
    "Prompt",
    "Prompter",
    "Provenance",
    "Segmentation",
    "Segmenter",
    "Stroke",
    "Trees",
    "UnsurePlace",
    "VesselPrompter",
    "VesselResult",
    "Vessels",
    "accepted",
    "apply_contours",
    "axes_of",
    "branches_of",
    "click",
    "edited",
    "find_hints",
    "find_liver",
    "find_prompters",
    "find_segmenters",
    "find_trees",
    "find_vessel_prompters",
    "find_vessels",
    "follow_with",
    "free_label",
    "hints",
    "lesion_from_click",
    "lesion_from_prompt",
    "lesion_from_stroke",
    "liver_limits_hu",
    "merge_lesions",
    "outline_mask",
    "outline_with",
    "paint",
    "read_mask_file",
    "resize_lesion",
    "second_look",
    "segment_liver",
    "segment_with",
    "segmentation_from_files",
    "split_lesion",
    "with_lesion",
    "with_lesions",
    "with_liver",
    "without_lesion",
    "write_mask_file",
]
