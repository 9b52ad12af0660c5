"""A patch out of a case: turned, stretched and bent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from liverplan_training.rendering.chance import Chance

MARGIN = 2
"""Voxels kept round what a patch reads, so that interpolation sees its neighbours."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Warp:
    """Where each voxel of a patch comes from.

    Parameters
    ----------
    places : (k, j, i, 3)
        Indices (k, j, i) into the case, with fractions.
    box : three slices
        The part of the case that is read.
    inside : (k, j, i)
        Whether a voxel lies within the case.
    """

    places: Tensor
    box: tuple[slice, slice, slice]
    inside: Tensor

    def nearest(self, labels: Tensor) -> Tensor:
        """Labels (k, j, i) of the case to labels of the patch, 0 outside it."""
        return self._sampled(labels, mode="nearest", padding="zeros").round().to(labels.dtype)

    def linear(self, values: Tensor) -> Tensor:
        """Values (k, j, i) of the case to values of the patch; the border's go on outside."""
        return self._sampled(values, mode="bilinear", padding="border")

    def _sampled(self, values: Tensor, *, mode: str, padding: str) -> Tensor:
        read = values[self.box].float()
        first = torch.tensor([float(s.start) for s in self.box], device=read.device)
        span = torch.tensor([max(1.0, n - 1.0) for n in read.shape], device=read.device)
        grid = ((self.places - first) / span * 2 - 1).flip(-1)[None]
        return functional.grid_sample(
            read[None, None], grid, mode=mode, padding_mode=padding, align_corners=True
        )[0, 0]


def drawn_warp(
    chance: Chance,
    *,
    size: Sequence[int],
    patch: tuple[int, int, int],
    centre: Sequence[float],
    zoom: float = 1.0,
    turn_rad: float = 0.26,
    bend_voxels: float = 4.0,
) -> Warp:
    """Draw a warp.

    Parameters
    ----------
    size, patch : (k, j, i)
        Of the case, and of what is wanted.
    centre : (k, j, i)
        Index in the case of the patch's middle.
    zoom
        Voxel of the patch over voxel of the case.
    turn_rad, bend_voxels
        How far it may be turned about the body's axis, and bent.
    """
    matrix = _turn(chance, turn_rad) * _stretch(chance) * zoom
    axes = [torch.arange(n, device=chance.device) - (n - 1) / 2 for n in patch]
    places = torch.stack(torch.meshgrid(*axes, indexing="ij"), -1).float()
    places = places @ torch.tensor(matrix.T, dtype=torch.float32, device=chance.device)
    if bend_voxels > 0:
        places = places + _bend(chance, patch, chance.between(0, bend_voxels))
    places = places + torch.tensor(list(centre), dtype=torch.float32, device=chance.device)
    last = torch.tensor([n - 0.5 for n in size], device=chance.device)
    inside = ((places >= -0.5) & (places <= last)).all(-1)
    return Warp(places=places, box=_box(places, size), inside=inside)


def _turn(chance: Chance, most_rad: float) -> NDArray[np.float64]:
    a, b, c = (chance.between(-1, 1) * most_rad * share for share in (0.6, 0.4, 0.4))
    about_k = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    about_j = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    about_i = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    turn: NDArray[np.float64] = about_k @ about_j @ about_i
    return turn


def _stretch(chance: Chance) -> NDArray[np.float64]:
    """Each axis by up to 20 %, all together by up to 10 %."""
    logarithms = (chance.numbers.random(3) - 0.5) * 0.36 + chance.between(-0.1, 0.1)
    stretch: NDArray[np.float64] = np.exp(logarithms)
    return stretch


def _bend(chance: Chance, patch: tuple[int, int, int], most_voxels: float) -> Tensor:
    knots = [4 + chance.below(4) for _ in range(3)]
    moved = functional.interpolate(
        chance.noise((1, 3, *knots)) * most_voxels, size=patch, mode="trilinear", align_corners=True
    )
    return moved[0].permute(1, 2, 3, 0)


def _box(places: Tensor, size: Sequence[int]) -> tuple[slice, slice, slice]:
    flat = places.reshape(-1, 3)
    low, high = flat.amin(0).tolist(), flat.amax(0).tolist()
    slices = []
    for a, b, n in zip(low, high, size, strict=True):
        start = min(max(0, int(a) - MARGIN), n - 1)
        slices.append(slice(start, max(start + 1, min(n, int(b) + 1 + MARGIN))))
    k, j, i = slices
    return k, j, i
