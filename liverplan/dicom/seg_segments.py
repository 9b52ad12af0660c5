"""What a SEG holds of a case: the organ, metastases, what stays, what goes, anatomy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
import scipy
from numpy.typing import NDArray
from pydicom.uid import generate_uid

from liverplan.anatomy import (
    COUINAUD,
    CUT_SURFACE,
    LIVER,
    METASTASIS,
    REMNANT,
    RESECTED,
    VESSELS,
    Structure,
    lesion_name,
)
from liverplan.dicom.headers import Headers
from liverplan.errors import DicomError
from liverplan.findings import Statement, Volumes
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.named import SCHEME
from liverplan.resection.anatomy.territories import LUMEN
from liverplan.segmentation.boxes import bounding_box
from liverplan.segmentation.labels import LIVER as LIVER_LABEL
from liverplan.segmentation.labels import Segmentation
from liverplan.segmentation.provenance import Provenance
from liverplan.words import in_english

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Segment:
    """One structure to write.

    Parameters
    ----------
    name : str
    structure : Structure
        Its codes.
    mask : (k, j, i) bool array
    provenance : Provenance or None
        How it was made.
    in_liver : bool
        Whether its anatomic region has to be said, for its codes do not.
    description : str
        What else a reader must know of its voxels.
    """

    name: str
    structure: Structure
    mask: Mask = field(repr=False)
    provenance: Provenance | None = None
    in_liver: bool = False
    description: str = ""

    def tracking_uid(self, headers: Headers) -> str:
        """UID under which this structure of this series is known in SEG and SR alike."""
        series = str(headers.dataset().SeriesInstanceUID)
        return str(generate_uid(entropy_srcs=[series, self.name]))


def segments_of(
    segmentation: Segmentation,
    remnant: Mask | None = None,
    resected: Mask | None = None,
    *,
    volumes: Volumes | None = None,
) -> list[Segment]:
    """List the whole liver, each metastasis, and the two parts where there are any.

    Parameters
    ----------
    segmentation : Segmentation
    remnant, resected : (k, j, i) bool array, optional
        On its grid.
    volumes : Volumes, optional
        As measured, to be said beside what the voxels sum up to.

    Raises
    ------
    DicomError
        If there is no liver, or a mask does not fit.
    """
    _check(segmentation, {REMNANT.name: remnant, RESECTED.name: resected})
    made = segmentation.provenance
    liver = Segment(
        name=LIVER.name, structure=LIVER, mask=segmentation.liver, provenance=made.get(LIVER_LABEL)
    )
    lesions = [
        Segment(
            name=lesion_name(label),
            structure=METASTASIS,
            mask=segmentation.lesion(label),
            provenance=made.get(label),
            in_liver=True,
        )
        for label in segmentation.lesion_labels
    ]
    parts = _parts(segmentation, {"remnant": remnant, "resected": resected}, volumes)
    return [liver, *lesions, *(part for part in parts if part.mask.any())]


def _check(segmentation: Segmentation, parts: Mapping[str, Mask | None]) -> None:
    if not segmentation.liver.any():
        raise DicomError("There is no liver to write: the segmentation is empty.")
    for name, mask in parts.items():
        if mask is not None and mask.shape != segmentation.grid.shape:
            raise DicomError(f"The mask {name!r} does not lie on the CT's grid.")


def segment_sets(
    segmentation: Segmentation,
    *,
    remnant: Mask | None = None,
    resected: Mask | None = None,
    volumes: Volumes | None = None,
    maps: Mapping[str, PartMap] = MappingProxyType({}),
) -> dict[str, list[Segment]]:
    """Sort what there is into the SEGs to write, by their names; "segmentation" is the first.

    In the others no two segments overlap: viewers that show one segment a voxel lose slices of
    segments that lie over others. See the table of readers in ``docs/dicom_readers.md``.

    Parameters
    ----------
    segmentation : Segmentation
    remnant, resected : (k, j, i) bool array, optional
        On its grid.
    volumes : Volumes, optional
        As measured, mL.
    maps : mapping of str to PartMap
        By scheme: vessels and Couinaud segments are written.

    Raises
    ------
    DicomError
        If there is no liver, or a mask does not fit.
    """
    segments = segments_of(segmentation, remnant, resected, volumes=volumes)
    masks = {segment.name: segment.mask for segment in segments}
    sets = {
        "segmentation": segments,
        "parts": list(segments[1:]) if REMNANT.name in masks or RESECTED.name in masks else [],
        "cut": list(_cut(masks.get(REMNANT.name), masks.get(RESECTED.name))),
        "hepatic_vessels": list(_of_map(maps.get(LUMEN), VESSELS)),
        "couinaud": list(_couinaud(segmentation, maps.get(SCHEME))),
    }
    filled = {name: [one for one in some if one.mask.any()] for name, some in sets.items()}
    return {name: some for name, some in filled.items() if some}


def _parts(
    segmentation: Segmentation, masks: Mapping[str, Mask | None], volumes: Volumes | None
) -> Iterator[Segment]:
    """Yield what stays and what goes; the liver's codes hold for both, their names tell them."""
    for structure, key in ((REMNANT, "remnant"), (RESECTED, "resected")):
        mask, said = masks[key], ""
        if mask is None:
            continue
        if volumes is not None:
            measured_ml = volumes.remnant_ml if key == "remnant" else volumes.resected_ml
            voxels_ml = float(np.count_nonzero(mask)) * segmentation.grid.voxel_ml
            said = in_english(
                Statement.of(f"exported.{key}", measured=measured_ml, voxels=voxels_ml)
            )
        yield Segment(
            name=structure.name,
            structure=structure,
            mask=mask,
            provenance=segmentation.provenance.get(LIVER_LABEL),
            description=said,
        )


def _cut(remnant: Mask | None, resected: Mask | None) -> Iterator[Segment]:
    """Yield where the cut runs through functional tissue."""
    if remnant is not None and resected is not None:
        mask, box = np.zeros_like(remnant), bounding_box(resected, margin=(1, 1, 1))
        mask[box] = remnant[box] & scipy.ndimage.binary_dilation(resected[box])
        yield Segment(
            name=CUT_SURFACE.name,
            structure=CUT_SURFACE,
            mask=mask,
            in_liver=True,
            description=in_english(Statement.of("exported.cut")),
        )


def _of_map(part_map: PartMap | None, known: Mapping[str, Structure]) -> Iterator[Segment]:
    """Yield a map's parts that have a name and codes."""
    if part_map is None:
        return
    for part in part_map.names:
        if part in known:
            mask = part_map.mask([part])
            yield Segment(name=known[part].name, structure=known[part], mask=mask)


def _couinaud(segmentation: Segmentation, part_map: PartMap | None) -> Iterator[Segment]:
    """Yield the segments without metastases, as they are measured."""
    functional = segmentation.labels == LIVER_LABEL
    said = in_english(Statement.of("exported.couinaud"))
    for segment in _of_map(part_map, COUINAUD):
        yield replace(segment, mask=segment.mask & functional, description=said)
