"""Every reason why an image plane cannot be part of a CT volume."""

from __future__ import annotations

import math
from collections.abc import Sequence

from liverplan.dicom.slices import ENHANCED_CLASSES, MAX_FRAMES, MAX_SIDE, Slice

MIN_SPACING_MM, MAX_SPACING_MM = 0.05, 20.0
MAX_COORDINATE_MM = 1e5
MAX_SLOPE, MAX_INTERCEPT = 1e4, 1e6


def faults_of(plane: Slice) -> list[str]:
    """Every reason why a plane cannot be part of a CT volume, in words that follow its name."""
    return [
        *([plane.fault] if plane.fault else []),
        *_pixel_faults(plane),
        *_value_faults(plane),
        *_place_faults(plane),
    ]


def _pixel_faults(plane: Slice) -> list[str]:
    faults = []
    if not (1 <= plane.rows <= MAX_SIDE and 1 <= plane.columns <= MAX_SIDE):
        faults.append(f"it has {plane.rows} x {plane.columns} pixels, not 1 to {MAX_SIDE} a side")
    if plane.samples != 1:
        faults.append(f"it has {plane.samples} samples a pixel (colour), not 1")
    if plane.bits_allocated not in {8, 16}:
        faults.append(f"it stores {plane.bits_allocated} bits a pixel, not 8 or 16")
    elif not 1 <= plane.bits_stored <= plane.bits_allocated:
        faults.append(f"it claims {plane.bits_stored} bits stored of {plane.bits_allocated}")
    elif not plane.bits_stored - 1 <= plane.high_bit < plane.bits_allocated:
        faults.append(f"it claims high bit {plane.high_bit} of {plane.bits_stored} bits stored")
    if not 1 <= plane.frames <= MAX_FRAMES:
        faults.append(f"it claims {plane.frames} frames, not 1 to {MAX_FRAMES}")
    elif plane.frames > 1 and plane.sop_class not in ENHANCED_CLASSES:
        faults.append(f"it holds {plane.frames} frames without their positions")
    return faults


def _value_faults(plane: Slice) -> list[str]:
    faults = []
    if plane.photometric and plane.photometric != "MONOCHROME2":
        faults.append(
            f"its photometric interpretation is {plane.photometric[:20]}, not MONOCHROME2"
        )
    if math.isnan(plane.slope) or math.isnan(plane.intercept):
        faults.append("it has no rescale slope and intercept, so its values are not HU")
    elif plane.slope == 0 or abs(plane.slope) > MAX_SLOPE or abs(plane.intercept) > MAX_INTERCEPT:
        faults.append(
            f"its rescale slope {plane.slope:g} and intercept {plane.intercept:g} make no HU"
        )
    derived = plane.image_type[:1] == ("DERIVED",)
    if plane.rescale_type.upper() not in ({"", "HU"} if derived else {"", "HU", "US"}):
        faults.append(f"its values are {plane.rescale_type[:20]}, not HU")
    return faults


def _place_faults(plane: Slice) -> list[str]:
    faults = []
    if not plane.position:
        faults.append("it has no image position")
    elif max(abs(c) for c in plane.position) > MAX_COORDINATE_MM:
        faults.append("its image position lies more than 100 m away")
    if not plane.row_direction:
        faults.append("it has no image orientation")
    elif not _orthonormal(plane.row_direction, plane.column_direction):
        faults.append("its image orientation is not two perpendicular unit vectors")
    for spacing in (plane.row_spacing, plane.column_spacing):
        if not MIN_SPACING_MM <= spacing <= MAX_SPACING_MM:
            words = "missing" if math.isnan(spacing) else f"{spacing:g} mm"
            faults.append(
                f"its pixel spacing is {words}, not {MIN_SPACING_MM} to {MAX_SPACING_MM:g} mm"
            )
            break
    return faults


def _orthonormal(a: Sequence[float], b: Sequence[float]) -> bool:
    dot = sum(x * y for x, y in zip(a, b, strict=True))
    lengths = [math.sqrt(sum(x * x for x in v)) for v in (a, b)]
    return abs(dot) < 1e-3 and all(abs(length - 1) < 1e-3 for length in lengths)
