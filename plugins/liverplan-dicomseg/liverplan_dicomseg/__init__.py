"""A DICOM SEG that another program made, as liverplan's segmentation."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from threading import Event

import numpy as np

from liverplan.dicom import SegMask, find_series, read_seg
from liverplan.errors import BackendError, DicomError, GridError
from liverplan.segmentation import Provenance
from liverplan.segmentation.backends import lacking_place
from liverplan.segmentation.results import LiverResult
from liverplan.volume import Volume

VARIABLE = "LIVERPLAN_DICOMSEG"


class DicomSegSegmenter:
    """Takes liver and metastases from the SEG that shares the CT's frame of reference."""

    name = "dicomseg"

    def missing(self) -> list[str]:
        """Return what must be set before it can run."""
        return lacking_place(VARIABLE, "a DICOM SEG, or a folder of them")

    def segment(
        self,
        volume: Volume,
        *,
        progress: Callable[[float, str], None] | None = None,
        cancel: Event | None = None,
    ) -> LiverResult:
        """Read the masks; the liver holds its metastases.

        Raises
        ------
        BackendError
            If no SEG fits the CT, or it holds no liver.
        """
        if progress:
            progress(0.0, "Reading the DICOM SEG")
        path, masks = _matching_seg(Path(os.environ[VARIABLE]), volume)
        livers = [m.mask for m in masks if m.structure == "liver"]
        lesions = [m.mask for m in masks if m.structure == "lesion"]
        if not livers:
            names = ", ".join(m.name for m in masks)
            raise BackendError(f"The DICOM SEG {path} holds no liver; it holds {names}.")
        made = Provenance(
            method="DICOM SEG", version="1", origin="given", parameters={"file": path.name}
        )
        liver = np.logical_or.reduce([*livers, *lesions])
        return LiverResult(mask=liver, provenance=made, lesions=tuple(lesions))


def _matching_seg(place: Path, volume: Volume) -> tuple[Path, list[SegMask]]:
    """Read the first SEG in the place that lies on the CT."""
    reasons = []
    for path in _segs(place):
        try:
            return path, read_seg(path, volume.grid)
        except (DicomError, GridError) as refusal:
            reasons.append(str(refusal))
    why = f": {reasons[0]}" if reasons else "."
    raise BackendError(f"{place} holds no DICOM SEG that lies on this CT{why}")


def _segs(place: Path) -> list[Path]:
    """Every SEG file of a folder, or the one that was named."""
    if place.is_file():
        return [place]
    found = [info for info in find_series(place) if info.modality == "SEG"]
    return [info.path / name for info in found for name in info.files]
