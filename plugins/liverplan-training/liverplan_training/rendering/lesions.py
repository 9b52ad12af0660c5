"""Metastases drawn into a liver: balls that wobble, with rims, cores and soft edges.

Masks are drawn where experts draw them: at the foot of the edge, outside what is seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from liverplan_training import VOXEL_MM
from liverplan_training.rendering.chance import Chance
from liverplan_training.rendering.filters import blurred

FEWEST_VOXELS = 200
"""A liver cut smaller than this gets no lesion."""
FOOT = 0.6
"""How far outside its half height a lesion ends, over the width of its edge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a patient's lesions look; all densities in HU over the liver's, lengths in mm."""

    contrast_hu: float
    edge_mm: float
    rim_hu: float
    rim_mm: float
    core_hu: float
    texture_hu: float
    calcified: bool
    even: bool
    """Whether the liver's own texture and vessels are gone inside."""


def drawn_manner(chance: Chance) -> Manner:
    """Draw a manner: eight of ten darker than the liver, one brighter, one hardly seen."""
    low, high = ((-75, -8), (8, 60), (-25, 10))[chance.weighted((0.8, 0.1, 0.1))]
    return Manner(
        contrast_hu=chance.between(low, high),
        edge_mm=chance.between(0.4, 3),
        rim_hu=chance.between(-35, 35) if chance.happens(0.45) else 0.0,
        rim_mm=chance.between(1, 5),
        core_hu=chance.between(-45, 10) if chance.happens(0.4) else 0.0,
        texture_hu=chance.between(0, 14),
        calcified=chance.happens(0.05),
        even=chance.happens(0.25),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Place:
    """One lesion's box in the CT, and how deep in it each voxel lies (mm, positive inside)."""

    box: tuple[slice, ...]
    depth: Tensor
    radius_mm: float


def with_lesions(
    chance: Chance,
    hu: Tensor,
    liver: Tensor,
    *,
    voxel_mm: float = VOXEL_MM,
    most: int = 7,
    centre: Sequence[float] | None = None,
    largest_mm: float = 55.0,
    manner: Manner | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Draw lesions into a liver.

    Parameters
    ----------
    hu, liver : (k, j, i)
    most
        One to this many are drawn.
    centre : (k, j, i), optional
        Where the first lies; the others, and it otherwise, lie anywhere in the liver.
    largest_mm
        Largest diameter.
    manner
        How all look; else most patients' lesions look alike, some patients' each otherwise.

    Returns
    -------
    hu, liver, lesion : (k, j, i)
        The liver includes lesions that bulge out of it.
    """
    hu, liver, lesion = hu.clone(), liver.clone(), torch.zeros_like(liver)
    inside = torch.nonzero(liver)
    if len(inside) < FEWEST_VOXELS:
        return hu, liver, lesion
    alike, calm = chance.happens(0.6), blurred(hu, (1.0, 1.0, 1.0))
    shared = manner or drawn_manner(chance)
    for number in range(1 + chance.below(most)):
        own = shared if manner is not None or alike or not number else drawn_manner(chance)
        anywhere = centre is None or number > 0
        at = inside[chance.below(len(inside))].tolist() if anywhere else list(centre or ())
        place = _placed(chance, hu, at, _radius(chance, largest_mm), voxel_mm)
        if place is not None:
            _draw(chance, hu, liver, lesion, calm, place, own, voxel_mm=voxel_mm)
    return hu, liver, lesion


def _radius(chance: Chance, largest_mm: float) -> float:
    small = 0.5 if chance.happens(0.25) else 1.0
    return chance.around(3.5, max(4.0, largest_mm)) / 2 * small + 1.5


def _placed(
    chance: Chance, hu: Tensor, at: Sequence[float], radius_mm: float, voxel_mm: float
) -> _Place | None:
    reach = int(1.9 * radius_mm / voxel_mm) + 4
    low = [max(0, int(x) - reach) for x in at]
    high = [min(n, int(x) + reach + 1) for n, x in zip(hu.shape, at, strict=True)]
    size = [b - a for a, b in zip(low, high, strict=True)]
    if min(size) < 3:
        return None
    axes = [
        torch.arange(a, b, device=hu.device, dtype=torch.float32) - x
        for a, b, x in zip(low, high, at, strict=True)
    ]
    away_mm = torch.stack(torch.meshgrid(*axes, indexing="ij"), -1) * voxel_mm
    turn, _ = np.linalg.qr(chance.numbers.standard_normal((3, 3)))
    stretched = turn * np.exp((chance.numbers.random(3) - 0.5) * 0.7)
    away = (away_mm @ torch.tensor(stretched, dtype=torch.float32, device=hu.device)).norm(dim=-1)
    span = radius_mm / voxel_mm
    wobble = chance.smooth(size, max(2.0, 0.45 * span)) * chance.between(0.02, 0.22)
    wobble = wobble + chance.smooth(size, max(1.5, 0.2 * span)) * chance.between(0, 0.07)
    box = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
    return _Place(box=box, depth=radius_mm * (1 + wobble) - away, radius_mm=radius_mm)


def _draw(
    chance: Chance,
    hu: Tensor,
    liver: Tensor,
    lesion: Tensor,
    calm: Tensor,
    place: _Place,
    manner: Manner,
    *,
    voxel_mm: float,
) -> None:
    """Write one lesion into CT, liver and lesions."""
    within, around = liver[place.box], calm[place.box]
    bulges = chance.happens(0.15) and bool(within.any())
    room = within | ((around > -200) & (around < 150)) if bulges else within
    share = torch.sigmoid(place.depth / manner.edge_mm * 1.7) * room
    change = _change(chance, place, manner, voxel_mm)
    if (manner.even or bulges) and bool(within.any()):
        change = change + around[within].median() - around
    hu[place.box] += share * change
    foot = 0.0 if bulges else FOOT * manner.edge_mm
    own = (place.depth > -foot) & room
    lesion[place.box] |= own
    liver[place.box] |= own


def _change(chance: Chance, place: _Place, manner: Manner, voxel_mm: float) -> Tensor:
    """Density of a lesion over the liver's, by depth."""
    depth = place.depth
    change = torch.full_like(depth, manner.contrast_hu)
    change = change + manner.core_hu * torch.sigmoid((depth - 0.4 * place.radius_mm) / 2)
    at_rim = (depth - 0.5 * manner.rim_mm) / manner.rim_mm
    change = change + manner.rim_hu * torch.exp(-0.5 * at_rim**2)
    texture = chance.smooth(depth.shape, max(1.2, 3 / voxel_mm))
    change = change + manner.texture_hu * texture
    if manner.calcified:
        change = change + 200 * (chance.smooth(depth.shape, 2.0) > 2)
    return change
