"""A segmentation as DICOM SEG: liver, each metastasis, what stays and what goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import highdicom as hd
import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code as DicomCode
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from liverplan.anatomy import LIVER, METASTASIS, Code, lesion_name
from liverplan.dicom.headers import Headers
from liverplan.dicom.outgoing import (
    VERSION,
    native,
    save,
    series_of_one,
    source_datasets,
)
from liverplan.dicom.quiet import quiet
from liverplan.dicom.seg_read import REMNANT_NAME, RESECTED_NAME
from liverplan.errors import DicomError
from liverplan.segmentation.labels import Segmentation
from liverplan.segmentation.provenance import Origin, Provenance

FAMILY = codes.cid7162.MorphologicalOperations
NETWORK = codes.cid7162.ArtificialIntelligence
STRUCTURE = Code(value="91723000", meaning="Anatomical Structure")
ALGORITHM_TYPES: Mapping[Origin, str] = {
    "automatic": "AUTOMATIC",
    "clicks": "SEMIAUTOMATIC",
    "drawn": "MANUAL",
    "given": "MANUAL",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Segment:
    """One structure to write: its name, codes, mask and how it was made."""

    name: str
    category: Code
    kind: Code
    mask: NDArray[np.bool_] = field(repr=False)
    provenance: Provenance | None = None
    is_lesion: bool = False

    def tracking_uid(self, headers: Headers) -> str:
        """UID under which this structure of this series is known in SEG and SR alike."""
        series = str(headers.dataset().SeriesInstanceUID)
        return str(generate_uid(entropy_srcs=[series, self.name]))


def segments_of(
    segmentation: Segmentation,
    remnant: NDArray[np.bool_] | None = None,
    resected: NDArray[np.bool_] | None = None,
) -> list[Segment]:
    """List what a segmentation holds: the whole liver, each lesion, and the two parts if given.

    ``remnant`` and ``resected`` are (k, j, i) masks on its grid.
    """
    made = segmentation.provenance
    liver = made.get(1)
    segments = [
        Segment(
            name=LIVER.name,
            category=LIVER.category,
            kind=LIVER.kind,
            mask=segmentation.liver,
            provenance=liver,
        )
    ]
    segments += [
        Segment(
            name=lesion_name(label),
            category=METASTASIS.category,
            kind=METASTASIS.kind,
            mask=segmentation.lesion(label),
            provenance=made.get(label),
            is_lesion=True,
        )
        for label in segmentation.lesion_labels
    ]
    parts = ((REMNANT_NAME, remnant), (RESECTED_NAME, resected))
    segments += [
        Segment(name=name, category=STRUCTURE, kind=LIVER.kind, mask=mask, provenance=liver)
        for name, mask in parts
        if mask is not None and mask.any()
    ]
    return segments


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
    """Build what `write_seg` writes; the two parts are (k, j, i) masks on the CT's grid."""
    segments = segments_of(segmentation, remnant, resected)
    if not segments[0].mask.any():
        raise DicomError("There is no liver to write: the segmentation is empty.")
    for segment in segments:
        if segment.mask.shape != segmentation.grid.shape:
            raise DicomError(f"The mask {segment.name!r} does not lie on the CT's grid.")
    with quiet():
        return _encode(segments, segmentation, headers)


def _encode(
    segments: Sequence[Segment], segmentation: Segmentation, headers: Headers
) -> pydicom.Dataset:
    first, last = _extent(segments)
    grid = segmentation.grid.crop((first, 0, 0), (last, *segmentation.grid.shape[1:]))
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
        content_description="Liver, metastases and planned resection",
        transfer_syntax_uid=ExplicitVRLittleEndian,
        omit_empty_frames=True,
        **series_of_one("SEG"),
    )
    seg.SeriesDescription = "liverplan segmentation (research)"
    return seg


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
    return hd.seg.SegmentDescription(
        segment_number=number,
        segment_label=segment.name,
        segmented_property_category=dicom_code(segment.category),
        segmented_property_type=dicom_code(segment.kind),
        algorithm_type=kind,
        algorithm_identification=algorithm,
        tracking_uid=segment.tracking_uid(headers),
        tracking_id=segment.name,
        anatomic_regions=[dicom_code(LIVER.kind)] if segment.is_lesion else None,
    )


def dicom_code(code: Code) -> DicomCode:
    """Convert one of liverplan's codes to pydicom's."""
    return DicomCode(value=code.value, scheme_designator=code.scheme, meaning=code.meaning)
