"""A map of the Couinaud segments: from a person's landmarks, or from a file of labels."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np

from liverplan import dicom
from liverplan.errors import InputError
from liverplan.findings import Statement
from liverplan.resection.anatomy.couinaud import by_branches
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.named import SEGMENTS
from liverplan.segmentation import Segmentation, read_mask_file
from liverplan.segmentation.files.formats import is_seg
from liverplan.segmentation.results import Mask
from liverplan.volume import Grid

VALUES: Mapping[int, str] = MappingProxyType(
    {n: str(n) for n in (1, 2, 3, 4, 5, 6, 7, 8)} | {41: "4a", 42: "4b"}
)
"""What a label value stands for; 4 is the whole fourth segment, 41 and 42 are IVa and IVb."""

CODES: Mapping[str, str] = MappingProxyType(
    {
        "71133005": "1",
        "277956007": "2",
        "277957003": "3",
        "277958008": "4",
        "277959000": "5",
        "277960005": "6",
        "277961009": "7",
        "277962002": "8",
        "871688003": "4a",
        "871689006": "4b",
    }
)
"""SNOMED CT, by which a DICOM SEG names segments."""

_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8"}
_NAME = re.compile(
    r"\b(?:segment|seg)?[ _-]*(4[ab]|[1-8]|iv[ab]|viii|vii|vi|v|iv|iii|ii|i)\b", re.I
)


def read_segments(path: Path, segmentation: Segmentation) -> tuple[PartMap, tuple[Statement, ...]]:
    """Read a label map of Couinaud segments onto a liver.

    NIfTI and NRRD by `VALUES`; a DICOM SEG by its codes, else by names such as ``IVa`` or
    ``Segment 4b``. Liver that the file leaves out goes to the nearest segment, so that segments
    add up to the liver; segments outside the liver are cut off.

    Returns
    -------
    PartMap, tuple of Statement
        The map, and what is to be said of it.

    Raises
    ------
    InputError
        If the file cannot be read, or holds no or other labels.
    """
    grid = segmentation.grid
    named = _coded(path, grid) if is_seg(path) else _values(path, grid)
    inside = {name: mask & segmentation.liver for name, mask in named.items()}
    inside = {name: mask for name, mask in inside.items() if mask.any()}
    if not inside:
        raise InputError(f"The segments in {path.name} do not lie in the liver.")
    notes = []
    if "4" in inside:
        notes.append(Statement.of("note.segment_halved"))
        inside |= _halves(inside.pop("4"), grid)
    inside = {name: inside[name] for name in SEGMENTS if name in inside}
    left_out = segmentation.liver & ~np.logical_or.reduce(list(inside.values()))
    left_ml = float(np.count_nonzero(left_out) * grid.voxel_ml)
    if left_ml > 0:
        notes.append(Statement.of("note.segments_left_out", ml=left_ml, file=path.name))
    return by_branches(segmentation, inside), tuple(notes)


def _values(path: Path, grid: Grid) -> dict[str, Mask]:
    file = read_mask_file(path, grid)
    unknown = [value for value in file.values if value not in VALUES]
    if unknown or not file.values:
        found = ", ".join(str(value) for value in unknown[:8]) or "none"
        raise InputError(
            f"{path.name} is no map of Couinaud segments: its labels must be 1 to 8, with 41 and "
            f"42 for IVa and IVb, and it also has {found}."
            if unknown
            else f"The map of segments {path.name} is empty."
        )
    return dict(zip((VALUES[v] for v in file.values), file.masks(), strict=True))


def _coded(path: Path, grid: Grid) -> dict[str, Mask]:
    found: dict[str, Mask] = {}
    for segment in dicom.read_seg(path, grid):
        name = CODES.get(segment.code.value) or _by_name(segment)
        if name:
            found[name] = segment.mask | found.get(name, np.zeros(grid.shape, bool))
    if not found:
        raise InputError(
            f"{path.name} names no Couinaud segment, by code or by names such as IVa or Segment 5."
        )
    return found


def _by_name(segment: dicom.SegMask) -> str:
    match = _NAME.search(segment.name)
    word = match[1].lower() if match else ""
    half = word[-1] if word.startswith("iv") and word[-1] in "ab" else ""
    return _ROMAN.get(word.removesuffix(half) if half else word, word) + half


def _halves(fourth: Mask, grid: Grid) -> dict[str, Mask]:
    """Divide segment 4 at its median height: above is 4a."""
    where = np.nonzero(fourth)
    height_mm = grid.to_mm(np.stack(where, axis=1))[:, 2]
    upper = np.zeros_like(fourth)
    upper[where] = height_mm >= np.median(height_mm)
    return {"4a": upper, "4b": fourth & ~upper}
