"""A drawn long axis is the lesion's: its border is stretched to the ends that a person drew."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy

from liverplan.segmentation.lesions.prompted.answer import HALF, REACH_CUBES, Answer
from liverplan.segmentation.lesions.prompted.prompt import Prompt
from liverplan.segmentation.morphology import Float32
from liverplan.volume import FloatArray

MOST = 1.5
"""By no more than this: beyond it the ends were not drawn on what was found."""
FINE = 0.25
"""Steps on the slice that was drawn on, cubes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Line:
    """A drawn axis in cubes: its middle and unit vector, (3,) each (k, j, i), and half its length.

    `across` is the direction of the lattice that its slice is stacked in: 0, 1 or 2.
    """

    middle: FloatArray
    way: FloatArray
    half: float
    across: int


def stretched(answer: Answer, prompt: Prompt) -> Answer:
    """Stretch an answer along the long axis, so that it ends where that was drawn to end."""
    if prompt.long_axis_mm is None:
        return answer
    line = _line(answer, prompt.long_axis_mm)
    found = _ends(answer, line)
    if found is None:
        return answer
    by = np.clip(found / line.half, 1 / MOST, MOST)
    cubes = np.moveaxis(np.indices(answer.probability.shape), 0, -1)
    along = (cubes - line.middle) @ line.way
    from_along = along * np.where(along < 0, by[0], by[1])
    places = cubes + (from_along - along)[..., None] * line.way
    moved: Float32 = scipy.ndimage.map_coordinates(
        answer.probability, np.moveaxis(places, -1, 0), order=1, mode="nearest"
    )
    return replace(answer, probability=moved)


def _line(answer: Answer, ends_mm: object) -> Line:
    ends = answer.patch.cubes(np.array(ends_mm))
    side = ends[1] - ends[0]
    length = float(np.linalg.norm(side))
    return Line(
        middle=ends.mean(axis=0),
        way=side / length,
        half=length / 2,
        across=int(np.abs(side).argmin()),
    )


def _ends(answer: Answer, line: Line) -> FloatArray | None:
    """(2,) how far what was found on the drawn slice reaches either way, cubes; None if not."""
    steps = [np.arange(-0.5, n - 0.5, FINE) + FINE / 2 for n in answer.probability.shape]
    steps[line.across] = line.middle[line.across : line.across + 1]
    places = np.stack(np.meshgrid(*steps, indexing="ij"), -1)
    p = scipy.ndimage.map_coordinates(
        answer.probability, np.moveaxis(places, -1, 0), order=1, mode="nearest"
    )
    away = places - line.middle
    parts, _ = scipy.ndimage.label(p > HALF)
    meant = np.unique(parts[(away**2).sum(-1) <= REACH_CUBES**2])
    along = (away @ line.way)[np.isin(parts, meant[meant > 0])]
    if not along.size or along.min() >= 0 or along.max() <= 0:
        return None
    return np.array([-along.min(), along.max()]) + FINE / 2
