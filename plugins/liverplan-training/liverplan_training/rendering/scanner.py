"""What the scanner does: partial volume, slices that are thick and apart, noise."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from liverplan_training import VOXEL_MM
from liverplan_training.rendering.chance import Chance
from liverplan_training.rendering.filters import blurred

THIN_MM = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """How a CT is made.

    Parameters
    ----------
    slice_mm
        Thickness of the slices, and their distance.
    blur_mm
        Standard deviation of the blur within a slice.
    noise_hu
        Standard deviation of the noise.
    grain
        Width of the noise's grains, in voxels.
    """

    slice_mm: float = THIN_MM
    blur_mm: float = 1.0
    noise_hu: float = 12.0
    grain: float = 0.5


def drawn_scan(chance: Chance) -> Scan:
    """Draw a scan: half of them in thick slices, a tenth very noisy."""
    return Scan(
        slice_mm=chance.between(2, 7.5) if chance.happens(0.55) else THIN_MM,
        blur_mm=chance.between(0.5, 1.6),
        noise_hu=chance.between(2, 26) * (1.7 if chance.happens(0.1) else 1.0),
        grain=chance.between(0.1, 0.9),
    )


def scanned(chance: Chance, hu: Tensor, scan: Scan, *, voxel_mm: float = VOXEL_MM) -> Tensor:
    """Return a sharp CT (k, j, i) as the scanner shows it."""
    within = scan.blur_mm / voxel_mm
    hu = blurred(hu, (max(0.6 * within, 0.3 * scan.slice_mm / voxel_mm), within, within))
    noise = blurred(chance.noise(hu.shape), (0.6 * scan.grain, scan.grain, scan.grain))
    hu = hu + noise * (scan.noise_hu / (noise.std() + 1e-6))
    step = round(scan.slice_mm / voxel_mm)
    return hu if step <= 1 else _between_slices(hu, step, chance.below(step))


def _between_slices(hu: Tensor, step: int, first: int) -> Tensor:
    """Keep every `step`-th slice and go straight from each to the next."""
    last = (hu.shape[0] - 1 - first) // step
    place = (torch.arange(hu.shape[0], device=hu.device) - first) / step
    low = place.floor().clamp(0, last).long()
    high = (low + 1).clamp(max=last)
    share = (place - low).clamp(0, 1)[:, None, None]
    return hu[first + low * step] * (1 - share) + hu[first + high * step] * share
