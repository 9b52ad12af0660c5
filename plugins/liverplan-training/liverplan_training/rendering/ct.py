"""A CT rendered from a label map: densities, textures, vessels, what fills bowel and lung."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from liverplan_training import VOXEL_MM
from liverplan_training.labels import Label
from liverplan_training.rendering.chance import Chance
from liverplan_training.rendering.looks import Look, Phase, densities


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Textures:
    """Smooth fields of unit variance that change over 3, 6 and 30 mm."""

    fine: Tensor
    soft: Tensor
    drift: Tensor


def rendered(chance: Chance, labels: Tensor, look: Look, *, voxel_mm: float = VOXEL_MM) -> Tensor:
    """Render a CT, still perfectly sharp and without noise.

    Parameters
    ----------
    labels : (k, j, i) uint8
        Values of `Label`.

    Returns
    -------
    (k, j, i) HU
    """
    table = densities(chance, look)
    hu = table.to(labels.device)[labels.long()]
    fields = _Textures(
        fine=chance.smooth(labels.shape, 3 / voxel_mm),
        soft=chance.smooth(labels.shape, 6 / voxel_mm),
        drift=chance.smooth(labels.shape, 30 / voxel_mm),
    )
    hu = _strands(chance, hu, labels, fields)
    hu = _hollow_organs(chance, hu, labels, voxel_mm)
    hu = torch.where(labels == Label.BONE, hu + chance.between(0, 120) * fields.fine, hu)
    empty = (labels == Label.OTHER) | (labels == Label.GAS) | (labels == Label.LUNG)
    uneven = chance.between(0, 8) * fields.soft + chance.between(0, 6) * fields.drift
    hu = torch.where(empty, hu, hu + uneven)
    hu = _liver_s_inside(chance, hu, labels, look, float(table[Label.PORTAL_VEIN]), voxel_mm)
    return _lung_vessels(chance, hu, labels, voxel_mm)


def tubes(chance: Chance, shape: torch.Size, *, voxel_mm: float) -> Tensor:
    """Return a net of tubes like vessels: where two smooth fields are both near zero."""
    size = chance.between(9, 20) / voxel_mm
    a, b = chance.smooth(shape, size), chance.smooth(shape, size)
    width = chance.between(0.12, 0.34)
    uneven = (1 + 0.9 * chance.smooth(shape, 3 * size)).clamp(0.05, 4)
    return a * a + b * b < width * width * uneven


def _strands(chance: Chance, hu: Tensor, labels: Tensor, fields: _Textures) -> Tensor:
    """In fat: vessels, walls of bowel, all that no map names."""
    fat = (labels == Label.BODY) | (labels == Label.FAT)
    there = fat & (fields.soft > chance.between(0.8, 2.6))
    return torch.where(there, chance.between(20, 110) + 10 * fields.fine, hu)


def _hollow_organs(chance: Chance, hu: Tensor, labels: Tensor, voxel_mm: float) -> Tensor:
    """Stomach and bowel: wall, then fluid or contrast, food, gas."""
    large, small = (chance.smooth(hu.shape, mm / voxel_mm) for mm in (12, 4))
    fluid = chance.between(-10, 45) if chance.happens(0.6) else chance.between(60, 320)
    wall = chance.between(35, 110) + 12 * small
    filled = large > chance.between(-1, 1)
    inside = torch.where(filled, torch.full_like(hu, fluid), wall) + chance.between(0, 30) * small
    gas = large + 0.3 * small > chance.between(0.9, 3)
    inside = torch.where(gas, torch.full_like(hu, -950.0), inside)
    return torch.where((labels == Label.STOMACH) | (labels == Label.BOWEL), inside, hu)


def _liver_s_inside(
    chance: Chance, hu: Tensor, labels: Tensor, look: Look, portal_hu: float, voxel_mm: float
) -> Tensor:
    """Vessels, and fat that spares some parts."""
    liver = labels == Label.LIVER
    blood = chance.between(30, 55) if look.phase is Phase.UNENHANCED else portal_hu
    if chance.happens(0.9):
        vessels = tubes(chance, hu.shape, voxel_mm=voxel_mm) & liver
        hu = torch.where(vessels, blood + 4 * chance.smooth(hu.shape, 3 / voxel_mm), hu)
    if look.fatty and chance.happens(0.4):
        spared = chance.smooth(hu.shape, 22 / voxel_mm) > chance.between(0.8, 2)
        hu = torch.where(liver & spared, hu + chance.between(10, 40), hu)
    return hu


def _lung_vessels(chance: Chance, hu: Tensor, labels: Tensor, voxel_mm: float) -> Tensor:
    vessels = (labels == Label.LUNG) & tubes(chance, hu.shape, voxel_mm=voxel_mm)
    return torch.where(vessels, torch.full_like(hu, chance.between(-100, 60)), hu)
