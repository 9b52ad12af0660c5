"""The bright rim round a metastasis: experts draw it in, a click mostly finds the dark middle."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from liverplan.segmentation.lesions.prompted.answer import FEWEST_CUBES, Answer, soft_border
from liverplan.segmentation.lesions.prompted.channels import usual_hu
from liverplan.segmentation.morphology import Float32, signed_distance_mm
from liverplan.volume import FloatArray

DARKER_HU, RIM_HU = 3.0, 10.0
"""How much darker than the liver the middle is, and how much brighter a rim."""
SHELL_MM, WIDEST_MM, AWAY_MM = 0.8, 6.0, 8.0
"""Shells so thick are looked at, up to so far out; farther out the liver's density is read."""


def with_rim(answer: Answer) -> Answer:
    """Take in the rim of a metastasis that was outlined without it.

    A shell round the dark middle is a rim if half of it is so much brighter than the liver; a
    vessel that passes covers less. It ends where it is half as bright as at its brightest, with
    liver beyond; what is brighter far around is tissue that takes up more contrast.
    """
    found, patch = answer.found, answer.patch
    if not found.any():
        return answer
    outside_mm = -signed_distance_mm(found, (patch.cube_mm,) * 3)
    liver_hu = usual_hu(patch.hu, patch.liver & (outside_mm > AWAY_MM))
    if liver_hu - float(np.median(patch.hu[found])) < DARKER_HU:
        return answer
    ends, above = _shells(answer, outside_mm, liver_hu)
    if not above.size or above.max() < RIM_HU:
        return answer
    brightest = int(above.argmax())
    beyond = np.flatnonzero(above[brightest:] < above.max() / 2)
    if not beyond.size:
        return answer
    width_mm = ends[brightest + int(beyond[0]) - 1]
    rim = soft_border((outside_mm - width_mm).astype(np.float32), patch.cube_mm)
    return replace(answer, probability=np.maximum(answer.probability, rim))


def _shells(answer: Answer, outside_mm: Float32, liver_hu: float) -> tuple[FloatArray, FloatArray]:
    """Outer ends of the shells, mm, and how far above the liver's each one's median is, HU."""
    patch = answer.patch
    step = max(SHELL_MM, patch.cube_mm)
    ends, above = [], []
    for start in np.arange(0.0, WIDEST_MM, step):
        shell = (outside_mm > start) & (outside_mm <= start + step)
        held = shell & patch.liver if patch.liver.any() else shell
        if np.count_nonzero(held) < max(FEWEST_CUBES, np.count_nonzero(shell) / 2):
            break
        ends.append(start + step)
        above.append(float(np.median(patch.hu[held])) - liver_hu)
    return np.array(ends), np.array(above)
