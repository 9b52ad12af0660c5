"""Trunks made of balls: to try every command, and to test that what is trained learns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from liverplan_training.cases import Case, write_case
from liverplan_training.labels import Label
from liverplan_training.sources import table
from liverplan_training.training.recipe import Recipe

SHAPE = (48, 56, 64)
NAMED = (Label.LIVER, Label.SPLEEN, Label.LUNG, Label.BONE, Label.MUSCLE)

RECIPE = Recipe(patch=(32, 32, 32), batch=2, widths=(8, 16, 24), rate=1e-2, warm_steps=10)
STEPS = 160
"""With these a network learns phantoms in a minute of one core."""


def trunk(
    *, liver: tuple[int, int, int] = (24, 26, 26), radius_voxels: float = 15.0
) -> NDArray[np.uint8]:
    """Return a label map of balls, (k, j, i): liver, spleen, lung and spine in a trunk of fat.

    Parameters
    ----------
    liver : (k, j, i)
        The liver's middle.
    """
    k, j, i = np.ogrid[tuple(slice(n) for n in SHAPE)]
    labels = np.zeros(SHAPE, np.uint8)
    rows, columns = SHAPE[1], SHAPE[2]
    oval = np.hypot(
        (j - (rows - 1) / 2) / (0.46 * rows), (i - (columns - 1) / 2) / (0.47 * columns)
    )
    oval = np.broadcast_to(oval, SHAPE)
    labels[oval < 1] = Label.MUSCLE
    labels[oval < 0.88] = Label.FAT
    a, b, c = liver
    for label, middle, radius in (
        (Label.LUNG, (a + 22, b, c), 12.0),
        (Label.SPLEEN, (a + 4, b + 8, columns - 12), 7.0),
        (Label.LIVER, liver, radius_voxels),
    ):
        away = (k - middle[0]) ** 2 + (j - middle[1]) ** 2 + (i - middle[2]) ** 2
        labels[(away < radius**2) & (oval < 0.88)] = label
    spine = np.hypot(j - (rows - 12), i - columns / 2) < 5
    labels[np.broadcast_to(spine, SHAPE) & (labels != Label.LIVER)] = Label.BONE
    return labels


def phantom(number: int) -> Case:
    """Return a case whose liver lies and is sized as its number draws it."""
    rng = np.random.default_rng(number)
    a, b, c = (int(x) for x in np.array((24, 26, 25)) + rng.integers(-4, 5, 3))
    name = f"phantom_{number:02d}"
    return Case(
        name=name,
        source=table().source_of(name),
        labels=trunk(liver=(a, b, c), radius_voxels=float(rng.uniform(14, 18))),
        known=tuple(int(label) for label in NAMED),
    )


def write_phantoms(folder: Path, *, count: int = 6) -> None:
    """Write phantoms as cases."""
    for number in range(count):
        write_case(folder, phantom(number))
