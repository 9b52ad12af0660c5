"""A real CT with other densities: fat in the liver, another phase, another scanner."""

from __future__ import annotations

import torch
from torch import Tensor

from liverplan_training import VOXEL_MM
from liverplan_training.labels import Label
from liverplan_training.rendering.chance import Chance
from liverplan_training.rendering.filters import blurred

EDGE = (0.6, 0.6, 0.6)
CALM = (0.7, 0.7, 0.7)
VESSEL_HU = 28.0
"""Vessels are this much denser than the liver's median: they keep their density."""
ORGANS = (
    Label.SPLEEN, Label.KIDNEY, Label.STOMACH, Label.PANCREAS, Label.CAVA, Label.AORTA,
    Label.PORTAL_VEIN,
)  # fmt: skip


def with_other_densities(
    chance: Chance, hu: Tensor, labels: Tensor, *, voxel_mm: float = VOXEL_MM
) -> Tensor:
    """Change the densities of a real CT.

    Parameters
    ----------
    hu, labels : (k, j, i)
        The labels may name few organs, or only the liver.
    """
    liver = labels == Label.LIVER
    if chance.happens(0.55) and bool(liver.any()):
        hu = hu + _liver_change(chance, hu, liver, voxel_mm)
    for organ in ORGANS:
        if chance.happens(0.3):
            hu = hu + blurred((labels == organ).float(), EDGE) * chance.between(-45, 45)
    if chance.happens(0.3):
        soft = (hu > 20) & (hu < 140) & ~liver
        hu = hu + soft * chance.between(-15, 25)
    return hu * chance.between(0.93, 1.07) + chance.between(-12, 12)


def _liver_change(chance: Chance, hu: Tensor, liver: Tensor, voxel_mm: float) -> Tensor:
    vessel_from = hu[liver].median() + VESSEL_HU
    parenchyma = torch.sigmoid((vessel_from - blurred(hu, CALM)) / 8)
    change = blurred(liver.float(), EDGE) * parenchyma * chance.between(-80, 25)
    if chance.happens(0.25):
        change = change * (0.6 + 0.4 * torch.tanh(chance.smooth(hu.shape, 22 / voxel_mm)))
    return change
