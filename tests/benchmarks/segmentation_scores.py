"""Scores of a mask against an expert's."""

from __future__ import annotations

import numpy as np

from liverplan.segmentation.morphology import dilated, eroded, signed_distance_mm
from liverplan.volume import Grid


def dice(a: np.ndarray, b: np.ndarray) -> float:
    """Overlap of two masks, 0 to 1."""
    return float(2 * np.count_nonzero(a & b) / (np.count_nonzero(a) + np.count_nonzero(b)))


def against(mask: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Dice and signed volume error (fraction) of a mask."""
    error = np.count_nonzero(mask) / np.count_nonzero(truth) - 1
    return {"dice": dice(mask, truth), "volume_error_fraction": float(error)}


def surface_error(mask: np.ndarray, truth: np.ndarray, grid: Grid) -> dict[str, float]:
    """How far the mask's surface lies outside the expert's, mm: mean, SD, 95th percentile."""
    used = [np.flatnonzero((mask | truth).any(axis=tuple({0, 1, 2} - {a}))) for a in range(3)]
    box = tuple(slice(max(0, int(u[0]) - 3), int(u[-1]) + 4) for u in used)
    mask, spacing = mask[box], grid.spacing_mm
    outside = -signed_distance_mm(truth[box], spacing)
    voxel = max(spacing)
    layers = (dilated(mask, voxel, spacing) & ~mask, mask & ~eroded(mask, voxel, spacing))
    errors = np.concatenate([outside[layer] for layer in layers])
    return {
        "surface_mean_mm": float(errors.mean()),
        "surface_sd_mm": float(errors.std()),
        "surface_percentile_95_mm": float(np.percentile(np.abs(errors), 95)),
    }
