"""How far a lesion reaches where its axes or a box were drawn: the border is put to fit them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from liverplan.segmentation.blocks import resampled
from liverplan.segmentation.boxes import bounding_box, ends_of
from liverplan.segmentation.lesions.prompted.answer import Answer
from liverplan.segmentation.lesions.prompted.prompt import Prompt
from liverplan.segmentation.morphology import Float32
from liverplan.volume import FloatArray

LEVELS = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8)
"""Probabilities at which the border may lie, the usual first."""
FINER = 2
SLAB_CUBES = 0.75
"""Axes on one slice are measured within this of it."""
GAIN = 0.02
"""Another border than the usual must fit better by this share of the drawn length."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drawn:
    """What was drawn, in cubes.

    Parameters
    ----------
    ways : (n, 3) array
        Unit vectors (k, j, i) along the axes, or the box's sides.
    lengths : (n,) array
    middle : (3,) array
    across : (3,) array or None
        The unit vector across the slice they lie on; None where they are measured anywhere.
    """

    ways: FloatArray
    lengths: FloatArray
    middle: FloatArray
    across: FloatArray | None


def fitting_level(answer: Answer, prompt: Prompt) -> float:
    """Return the probability at which the lesion is as long as it was drawn; 0.5 for a click."""
    drawn = _drawn(answer, prompt)
    if drawn is None:
        return LEVELS[0]
    finer = resampled(answer.probability, [_finer(n) for n in answer.probability.shape])
    misfits = [_misfit(answer, finer, level, drawn) for level in LEVELS]
    best = int(np.argmin(misfits))
    gained = misfits[0] - misfits[best]
    return LEVELS[best] if gained > GAIN * float(drawn.lengths.sum()) else LEVELS[0]


def _misfit(answer: Answer, finer: Float32, level: float, drawn: Drawn) -> float:
    """Sum of how much longer or shorter the lesion is than drawn, cubes."""
    whole = scipy.ndimage.binary_dilation(answer.above(level))
    box = bounding_box(whole)
    parts = finer[tuple(slice(FINER * side.start, FINER * side.stop) for side in box)] > level
    near = whole[box].repeat(FINER, 0).repeat(FINER, 1).repeat(FINER, 2)
    first = FINER * np.array(ends_of(box)[0])
    at = (np.argwhere(parts & near) + first + 0.5) / FINER - 0.5 - drawn.middle
    if drawn.across is not None:
        at = at[np.abs(at @ drawn.across) <= SLAB_CUBES]
    if not len(at):
        return float(drawn.lengths.sum())
    found = np.ptp(at @ drawn.ways.T, axis=0) + 1 / FINER
    return float(np.abs(found - drawn.lengths).sum())


def _finer(count: int) -> FloatArray:
    """(n,) where the middles of finer cubes lie, in cubes."""
    return np.asarray((np.arange(FINER * count) + 0.5) / FINER - 0.5)


def _drawn(answer: Answer, prompt: Prompt) -> Drawn | None:
    if prompt.long_axis_mm is not None:
        ends = answer.patch.cubes(prompt.axes_mm)
        return _as_drawn(ends[:, 1] - ends[:, 0], ends[0].mean(axis=0), _across(ends))
    if prompt.box_mm is None:
        return None
    low, high = np.sort(answer.patch.cubes(np.array(prompt.box_mm)), axis=0)
    flat = high - low < 1
    across = np.eye(3)[int(np.argmax(flat))] if flat.any() else None
    return _as_drawn(np.diag(high - low)[~flat], (low + high) / 2, across)


def _as_drawn(sides: FloatArray, middle: FloatArray, across: FloatArray | None) -> Drawn:
    lengths = np.linalg.norm(sides, axis=1)
    return Drawn(ways=sides / lengths[:, None], lengths=lengths, middle=middle, across=across)


def _across(ends: FloatArray) -> FloatArray:
    """(3,) unit vector across the slice that (n, 2, 3) axes lie on: the one they move least in."""
    return np.asarray(np.eye(3)[int(np.ptp(ends.reshape(-1, 3), axis=0).argmin())])
