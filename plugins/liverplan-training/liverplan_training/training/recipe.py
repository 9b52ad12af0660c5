"""How long and how large: all that a training is told, as values."""

from __future__ import annotations

import math
from dataclasses import dataclass

from liverplan_training.network import SMALL_WIDTHS, WIDTHS


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One training.

    Parameters
    ----------
    patch : (k, j, i)
        Voxels of a patch.
    batch
        Patches of a step.
    widths
        Channels of the network's levels.
    rate
        Highest learning rate; it rises for `warm_steps` and then falls as a cosine.
    decay
        Of the weights, by AdamW.
    liver_weight
        What a voxel of liver counts in the cross entropy. The liver's unbiased level is
        therefore `unbiased_level`, not one half.
    seed
        Fixes the network's start and every patch.
    bfloat16
        Whether a processor multiplies in bfloat16, as a GPU always does: twice as quick where it
        has instructions for that, much slower where it has none.
    """

    patch: tuple[int, int, int] = (112, 128, 144)
    batch: int = 6
    widths: tuple[int, ...] = WIDTHS
    rate: float = 3e-3
    warm_steps: int = 100
    decay: float = 2e-4
    liver_weight: float = 2.0
    seed: int = 1
    bfloat16: bool = False

    @property
    def unbiased_level(self) -> float:
        """Probability above which a voxel is more likely liver than not."""
        return self.liver_weight / (1 + self.liver_weight)

    def rate_at(self, step: int, done_fraction: float) -> float:
        """Return the learning rate of a step."""
        cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, done_fraction)))
        return self.rate * min(1.0, (step + 1) / self.warm_steps) * (0.02 + 0.98 * cosine)


FULL = Recipe()
"""For one large GPU."""
SMALL = Recipe(patch=(48, 64, 64), batch=2, widths=SMALL_WIDTHS, warm_steps=20)
"""For two cores."""
GOING_ON = Recipe(patch=(64, 96, 96), batch=1, rate=2e-5, bfloat16=True)
"""For one core that has bfloat16: the full network, on from weights that shipped, slowly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """When a training ends: after so many steps, which is the same everywhere, or minutes."""

    steps: int | None = None
    minutes: float | None = None

    def __post_init__(self) -> None:
        if (self.steps is None) == (self.minutes is None):
            raise ValueError("a budget is either steps or minutes")

    def done_fraction(self, step: int, seconds: float) -> float:
        """Return how much of it is used, 1 at its end."""
        if self.steps is not None:
            return step / self.steps
        return seconds / (60 * (self.minutes or 1.0))
