"""Organs that touch: maps leave a rim of fat round the liver; people often have none there.

Without this a network learns that fat always ends the liver, and takes wall, heart and bowel.
"""

from __future__ import annotations

import torch
from torch import Tensor

from liverplan_training import VOXEL_MM
from liverplan_training.labels import Label
from liverplan_training.rendering.chance import Chance
from liverplan_training.rendering.filters import closed, widened

NEIGHBOURS: tuple[tuple[Label, float, float], ...] = (
    (Label.MUSCLE, 0.75, 6.5), (Label.HEART, 0.8, 9.0), (Label.BOWEL, 0.6, 5.0),
    (Label.STOMACH, 0.4, 4.0), (Label.KIDNEY, 0.3, 3.0), (Label.SPLEEN, 0.3, 4.0),
    (Label.GALLBLADDER, 0.3, 3.0), (Label.CAVA, 0.5, 4.0), (Label.PANCREAS, 0.3, 3.0),
)  # fmt: skip
"""What grows into the fat about it, how often, and by how many mm at most."""


def with_contacts(chance: Chance, labels: Tensor, *, voxel_mm: float = VOXEL_MM) -> Tensor:
    """Return a map (k, j, i) in which organs have grown into the fat between them."""
    if chance.happens(0.85):
        labels = _veins_in_clefts(chance, labels, voxel_mm)
    for organ, often, most_mm in NEIGHBOURS:
        if chance.happens(often):
            labels = _grown(chance, labels, organ, chance.between(0.6, most_mm), voxel_mm)
    if chance.happens(0.6):
        labels = _wall_of_ribs(chance, labels, voxel_mm)
    if chance.happens(0.7):
        reach = max(1, round(chance.between(1.5, 5) / voxel_mm))
        labels = _filled(labels, widened(labels == Label.LUNG, reach), Label.MUSCLE)  # diaphragm
    if chance.happens(0.5):
        loops = chance.smooth(labels.shape, chance.between(9, 16) / voxel_mm)
        labels = _filled(labels, loops > chance.between(0.7, 1.8), Label.BOWEL)
    return labels


def _filled(labels: Tensor, where: Tensor, organ: Label) -> Tensor:
    """Only fat gives way."""
    soft = (labels == Label.FAT) | (labels == Label.BODY)
    return torch.where(where & soft, torch.full_like(labels, int(organ)), labels)


def _veins_in_clefts(chance: Chance, labels: Tensor, voxel_mm: float) -> Tensor:
    """Portal vein and cava, which most maps show as fat in the liver's clefts."""
    reach = max(1, round(chance.between(4, 12) / voxel_mm))
    cleft = closed(labels == Label.LIVER, reach)
    field = chance.smooth(labels.shape, chance.between(8, 20) / voxel_mm)
    vein = Label.PORTAL_VEIN if chance.happens(0.5) else Label.CAVA
    return _filled(labels, cleft & (field > chance.between(-1.2, 0.6)), vein)


def _grown(
    chance: Chance, labels: Tensor, organ: Label, reach_mm: float, voxel_mm: float
) -> Tensor:
    reach = round(reach_mm / voxel_mm)
    if not reach:
        return labels
    grown = widened(labels == organ, reach)
    if organ is Label.MUSCLE:  # uneven, with streaks of fat
        grown &= chance.smooth(labels.shape, 8 / voxel_mm) > chance.between(-3, 0.3)
    return _filled(labels, grown, organ)


def _wall_of_ribs(chance: Chance, labels: Tensor, voxel_mm: float) -> Tensor:
    reach = max(1, round(chance.between(2, 9) / voxel_mm))
    uneven = chance.smooth(labels.shape, 10 / voxel_mm) > chance.between(-2.5, 0.5)
    return _filled(labels, widened(labels == Label.BONE, reach) & uneven, Label.MUSCLE)
