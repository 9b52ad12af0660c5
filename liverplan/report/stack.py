"""Axial slices through the whole liver, small enough to travel inside a page."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.report.geometry import PIXEL_MM, Slice, cut_slice, focus_mm, liver_box_mm
from liverplan.report.pictures import CUT, coloured, to_webp
from liverplan.report.request import ReportInput
from liverplan.volume import FloatArray

SLICES = 60
WEBP_QUALITY = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSlice:
    """One axial slice: where it lies, which metastases it meets, and its picture."""

    level_mm: float
    lesions: tuple[str, ...]
    webp: bytes

    @property
    def data_uri(self) -> str:
        """The picture as it stands in the page."""
        return "data:image/webp;base64," + base64.b64encode(self.webp).decode("ascii")


def axial_stack(request: ReportInput) -> tuple[StackSlice, ...]:
    """Take axial slices from foot to head, at most `SLICES` and none finer than the CT's own."""
    focus = focus_mm(request.segmentation, request.side)
    return tuple(_slice(request, focus, level) for level in _levels(request))


def middle_of(stack: tuple[StackSlice, ...], request: ReportInput) -> int:
    """Index of the slice nearest to the middle of the cut."""
    level = float(focus_mm(request.segmentation, request.side)[2])
    return int(np.argmin([abs(one.level_mm - level) for one in stack]))


def _levels(request: ReportInput) -> FloatArray:
    low, high = liver_box_mm(request.segmentation)[:, 2]
    finest = min(request.volume.grid.spacing_mm)
    through = np.abs(request.volume.grid.affine[2, :3]).max()
    step = max((high - low) / (SLICES - 1), finest, through)
    levels: FloatArray = np.arange(low, high + step / 2, step)
    return levels


def _slice(request: ReportInput, focus: FloatArray, level_mm: float) -> StackSlice:
    through = np.array([focus[0], focus[1], level_mm])
    picture = cut_slice(
        request.volume, request.segmentation, request.side, view="axial", through_mm=through
    )
    present = np.unique(picture.labels[picture.labels > 1])
    return StackSlice(
        level_mm=level_mm,
        lesions=tuple(f"M{label - 1}" for label in present),
        webp=to_webp(_lined(picture), quality=WEBP_QUALITY),
    )


def _lined(picture: Slice) -> NDArray[np.uint8]:
    """Colours with outlines painted pixel by pixel: many slices, so no drawing library."""
    rgb = coloured(picture)
    for label in np.unique(picture.labels[picture.labels > 1]):
        mask = picture.labels == label
        rgb[scipy.ndimage.binary_dilation(mask, iterations=2) & ~mask] = 0
        rgb[mask & ~scipy.ndimage.binary_erosion(mask)] = 255
    side = np.abs(picture.line_mm)
    rgb[side < 1.6 * PIXEL_MM] = 0
    rgb[side < 0.8 * PIXEL_MM] = CUT
    return rgb
