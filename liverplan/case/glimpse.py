"""A glance at a case: one slice of its CT, without keeping the CT."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from liverplan.case.documents import Json
from liverplan.case.objects import get
from liverplan.case.store import Case
from liverplan.case.voxels import from_nifti, slice_from_nifti
from liverplan.segmentation.labels import LIVER
from liverplan.volume import FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Glimpse:
    """One axial slice: (rows, columns) HU, and how far apart its rows and columns lie, mm."""

    hu: FloatArray
    row_mm: float
    column_mm: float


def glimpse_of(case: Case) -> Glimpse | None:
    """Return the slice of a case's CT with the most liver, the middle one without; None without CT.

    Raises
    ------
    CaseError
        If a file that it is read from is not as it was written.
    """
    ct = case.state_json["ct"]
    if ct is None:
        return None
    k = _fullest(case.state_json["segmentation"], case)
    levels, *size = ct["grid"]["shape"]
    content, at = get(case.folder, ct["file"]), levels // 2 if k is None else k
    hu = slice_from_nifti(content, (levels, *size), ct["type"], at, ct["file"])
    row_mm, column_mm = np.linalg.norm(np.array(ct["grid"]["affine"])[:3, 1:3], axis=0)
    return Glimpse(hu=hu.astype(np.float64), row_mm=float(row_mm), column_mm=float(column_mm))


def _fullest(masks: Json, case: Case) -> int | None:
    if masks is None:
        return None
    name = masks["file"]
    labels = from_nifti(get(case.folder, name), tuple(masks["grid"]["shape"]), "uint8", name)
    liver = np.count_nonzero(labels >= LIVER, axis=(1, 2))
    return int(liver.argmax()) if liver.any() else None
