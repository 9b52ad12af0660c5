"""A segmentation as DICOM SEG: liver, each metastasis, what stays and what goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import highdicom as hd
import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code as DicomCode
from pydicom.uid import ExplicitVRLittleEndian

from liverplan.anatomy import LIVER, Code
from liverplan.dicom.headers import Headers
from liverplan.dicom.outgoing import (
    VERSION,
    in_unicode,
    native,
    save,
    series_of_one,
    source_datasets,
)
from liverplan.dicom.quiet import quiet
from liverplan.dicom.seg_segments import Segment, segments_of
from liverplan.segmentation.labels import Segmentation
from liverplan.segmentation.provenance import Origin, Provenance
from liverplan.volume import Grid

FAMILY = codes.cid7162.MorphologicalOperations
NETWORK = codes.cid7162.ArtificialIntelligence
CONTENTS = {
    "segmentation": "Liver, metastases and planned resection",
    "parts": "What stays, what goes and metastases: no two overlap",
    "cut": "Where the cut runs through functional liver",
    "hepatic_vessels": "Portal vein and hepatic veins",
    "couinaud": "Couinaud segments without metastases",
}
"""Of each SEG of a case, by its name."""
ALGORITHM_TYPES: Mapping[Origin, str] = {
    "automatic": "AUTOMATIC",
    "clicks": "SEMIAUTOMATIC",
    "drawn": "MANUAL",
    "given": "MANUAL",
}


def write_seg(
    path: Path | str,
    segmentation: Segmentation,
    headers: Headers,
    *,
    remnant: NDArray[np.bool_] | None = None,
    resected: NDArray[np.bool_] | None = None,
) -> Path:
    """Write a BINARY DICOM SEG into the study that the CT came from.

    Parameters
    ----------
    path : Path or str
        The file to write.
    segmentation : Segmentation
        On the CT's grid.
    headers : Headers
        Of the CT, from `read_series`.
    remnant, resected : (k, j, i) bool array, optional
        What stays and what goes.

    Raises
    ------
    DicomError
        If there is nothing to write, a mask does not fit, or the file cannot be written.
    """
    return save(make_seg(segmentation, headers, remnant=remnant, resected=resected), Path(path))


def make_seg(
    segmentation: Segmentation,
    headers: Headers,
    *,
    remnant: NDArray[np.bool_] | None = None,
    resected: NDArray[np.bool_] | None = None,
) -> pydicom.Dataset:
    """Build what `write_seg` writes; the parts are (k, j, i) masks."""
    segments = segments_of(segmentation, remnant, resected)
    return _encode(segments, segmentation.grid, headers, "segmentation")


def make_segs(
    sets: Mapping[str, Sequence[Segment]], grid: Grid, headers: Headers
) -> Iterator[tuple[str, pydicom.Dataset]]:
    """Yield each of `segment_sets` as a SEG, with its name."""
    for name, segments in sets.items():
        yield name, _encode(segments, grid, headers, name)


@quiet()
def _encode(
    segments: Sequence[Segment], grid: Grid, headers: Headers, name: str
) -> pydicom.Dataset:
    first, last = _extent(segments)
    grid = grid.crop((first, 0, 0), (last, *grid.shape[1:]))
    # each segment's voxels stay together in memory: it is written frame by frame
    stacked = np.stack([segment.mask[first:last] for segment in segments])
    turned, grid = native(np.moveaxis(stacked, 0, -1), grid, headers)
    volume = hd.Volume(
        array=turned.view(np.uint8),
        affine=grid.affine,
        coordinate_system="PATIENT",
        frame_of_reference_uid=headers.frame_uid,
        channels={"SegmentNumber": list(range(1, len(segments) + 1))},
    )
    seg = hd.seg.Segmentation(
        source_images=source_datasets(headers),
        pixel_array=volume,
        segmentation_type="BINARY",
        segment_descriptions=[
            _description(number, segment, headers) for number, segment in enumerate(segments, 1)
        ],
        content_label="LIVERPLAN",
        content_description=CONTENTS[name],
        transfer_syntax_uid=ExplicitVRLittleEndian,
        omit_empty_frames=True,
        **series_of_one(name),
    )
    seg.SeriesDescription = f"liverplan {name.replace('_', ' ')} (research)"
    _name_each_frames_segment(seg)
    return in_unicode(seg, seg.SegmentSequence)


def _name_each_frames_segment(seg: pydicom.Dataset) -> None:
    """Say of each frame which segment it is of, also where there is one segment only.

    Readers look for it there, though it may stand once for all frames.
    """
    shared = seg.SharedFunctionalGroupsSequence[0]
    if "SegmentIdentificationSequence" in shared:
        for group in seg.PerFrameFunctionalGroupsSequence:
            group.SegmentIdentificationSequence = shared.SegmentIdentificationSequence
        del shared.SegmentIdentificationSequence


def _extent(segments: Sequence[Segment]) -> tuple[int, int]:
    """Return the slices that hold anything, as a half-open range."""
    used = np.flatnonzero(np.logical_or.reduce([s.mask.any(axis=(1, 2)) for s in segments]))
    return int(used[0]), int(used[-1]) + 1


def _algorithm_type(made: Provenance | None) -> str:
    if made is None or (made.edits and made.origin != "drawn"):
        return "SEMIAUTOMATIC"
    return ALGORITHM_TYPES[made.origin]


def _description(number: int, segment: Segment, headers: Headers) -> hd.seg.SegmentDescription:
    made = segment.provenance
    kind = _algorithm_type(made)
    method = made.method if made else "liverplan"
    version = made.version if made else VERSION
    algorithm = None
    if kind != "MANUAL":
        algorithm = hd.AlgorithmIdentificationSequence(
            name=method[:64],
            family=NETWORK if made and made.network else FAMILY,
            version=version[:64],
            parameters=dict(made.network) if made and made.network else None,
        )
    described = hd.seg.SegmentDescription(
        segment_number=number,
        segment_label=segment.name,
        segmented_property_category=dicom_code(segment.structure.category),
        segmented_property_type=dicom_code(segment.structure.kind),
        algorithm_type=kind,
        algorithm_identification=algorithm,
        tracking_uid=segment.tracking_uid(headers),
        tracking_id=segment.name,
        display_color=hd.color.CIELabColor.from_rgb(*segment.structure.rgb),
        anatomic_regions=[dicom_code(LIVER.kind)] if segment.in_liver else None,
    )
    if segment.description:
        described.SegmentDescription = segment.description
    return described


def dicom_code(code: Code) -> DicomCode:
    """Convert one of liverplan's codes to pydicom's."""
    return DicomCode(value=code.value, scheme_designator=code.scheme, meaning=code.meaning)
