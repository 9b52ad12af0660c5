"""One stream of randomness: numbers from the processor, fields from the tensors' device."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional


class Chance:
    """A seeded stream; two with one seed draw the same on one kind of device.

    Numbers come from the processor, so that nothing waits for a GPU.

    Parameters
    ----------
    seed
        Fixes all that is drawn.
    device
        Where fields are made.
    """

    def __init__(self, seed: int, device: str | torch.device = "cpu") -> None:
        self.device = torch.device(device)
        self.numbers = np.random.default_rng(seed)
        self._fields = torch.Generator(self.device).manual_seed(seed)

    def between(self, low: float, high: float) -> float:
        """Return a number, evenly drawn."""
        return float(self.numbers.random()) * (high - low) + low

    def around(self, low: float, high: float) -> float:
        """Return a positive number whose logarithm is evenly drawn."""
        return math.exp(self.between(math.log(low), math.log(high)))

    def happens(self, fraction: float) -> bool:
        """Return true in this fraction of draws."""
        return float(self.numbers.random()) < fraction

    def below(self, count: int) -> int:
        """Return a whole number from 0 to count - 1."""
        return int(self.numbers.integers(0, count))

    def weighted(self, weights: Sequence[float]) -> int:
        """Return a place in a list of weights, as often as its weight says."""
        shares = np.asarray(weights, dtype=np.float64)
        return int(self.numbers.choice(len(shares), p=shares / shares.sum()))

    def noise(self, shape: Sequence[int]) -> Tensor:
        """Return independent normal numbers."""
        return torch.randn(tuple(shape), generator=self._fields, device=self.device)

    def smooth(self, shape: Sequence[int], size_voxels: float) -> Tensor:
        """Return a smooth field of unit variance.

        Parameters
        ----------
        shape : (k, j, i)
        size_voxels
            About the distance over which it changes.
        """
        coarse = [max(3, math.ceil(n / max(1.0, size_voxels)) + 2) for n in shape]
        field = functional.interpolate(
            self.noise((1, 1, *coarse)), size=tuple(shape), mode="trilinear", align_corners=False
        )[0, 0]
        return field / (field.std() + 1e-6)
