"""Prompts as an ideal person gives them, from an expert's mask of a lesion."""

from __future__ import annotations

import edt
import numpy as np

from liverplan.segmentation import Prompt, axes_of
from liverplan.segmentation.lesions.prompted.prompt import Ends, as_ends
from liverplan.volume import Grid


def prompts_of(truth: np.ndarray, grid: Grid) -> dict[str, Prompt]:
    """Return a click, the long axis, both axes, a box on one slice and one round all of it."""
    axes = axes_of(truth, grid)
    depth = edt.edt(truth, anisotropy=grid.spacing_mm)
    middle = grid.to_mm(np.unravel_index(int(depth.argmax()), depth.shape))
    on_slice = np.argwhere(truth & (np.arange(len(truth)) == axes.slice_k)[:, None, None])
    return {
        "click": Prompt.of_click(middle),
        "long axis": Prompt.of_axes(axes.long_ends_mm),
        "both axes": Prompt.of_axes(axes.long_ends_mm, axes.short_ends_mm),
        "box on a slice": Prompt(box_mm=_box(on_slice, grid, (0, 1, 1))),
        "box": Prompt(box_mm=_box(np.argwhere(truth), grid, (1, 1, 1))),
    }


def _box(voxels: np.ndarray, grid: Grid, loose: tuple[int, int, int]) -> Ends:
    half = np.array(loose) / 2
    low, high = voxels.min(axis=0) - half, voxels.max(axis=0) + half
    return as_ends((grid.to_mm(low), grid.to_mm(high)))
