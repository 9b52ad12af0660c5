"""How the networks are asked: as closely as the lesion is large; densities speak beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from liverplan.segmentation.lesions.prompted.answer import Answer, View, glance, look, soft_border
from liverplan.segmentation.lesions.prompted.brighter import is_brighter
from liverplan.segmentation.lesions.prompted.channels import SIDE
from liverplan.segmentation.lesions.prompted.fitting import fitting_level
from liverplan.segmentation.lesions.prompted.older import Densities, outside_mm
from liverplan.segmentation.lesions.prompted.prompt import Prompt
from liverplan.segmentation.lesions.prompted.rims import with_rim
from liverplan.segmentation.lesions.prompted.stretching import stretched
from liverplan.segmentation.lesions.prompted.unprompted import Seen
from liverplan.segmentation.morphology import Float32
from liverplan.segmentation.results import Mask
from liverplan.volume import FloatArray, Volume

FINEST_MM, COARSEST_MM = 0.8, 6.0
DRAWN_CUBES, CLICKED_CUBES = 17.0, 13.0
"""How many cubes long a drawn axis is made, and how many a clicked lesion is across."""
TRIED_MM = (0.8, 1.2, 1.7, 2.4, 3.4, 4.8)
"""Cubes on which a click is looked at first: it says nothing of the size."""
KEPT = 3
"""How many of these scales speak in the end."""
HALF_SHARE, DENSITIES_SHARE = 0.5, 0.6
"""What a second opinion counts; the densities see the CT's own voxels, networks coarser cubes."""
MARKED_SHARE, SHARE_PER_HU = 0.85, 0.025
"""For a click they count the more the more it stands out, for on what is faint they wander off:
most for what both networks see."""
FITTING = 0.5
"""Two opinions that overlap (Dice) less than this are of different things."""


def answered(
    volume: Volume, liver_mask: Mask, prompt: Prompt, seen: Seen | None, densities: Densities
) -> Answer:
    """Ask the prompted network; what the liver network marked and the densities are opinions too.

    Parameters
    ----------
    volume : Volume
        The CT.
    liver_mask : (k, j, i) bool array
        The liver on the CT's grid.
    prompt : Prompt
    seen : Seen or None
        What the liver network marks there.
    densities : Densities
        What the densities say, where they are asked.
    """
    size, negative = prompt.size_mm, is_brighter(volume, liver_mask, prompt)
    if size is not None:
        cube = float(np.clip(size / DRAWN_CUBES, FINEST_MM, COARSEST_MM))
        view = View(middle_mm=prompt.middle_mm, cube_mm=cube, negative=negative)
        drawn = look(volume, liver_mask, prompt, view)
        drawn = drawn.shifted(fitting_level(drawn, prompt))
        joined = drawn if seen is None else _with(drawn, seen) or drawn
        if prompt.long_axis_mm is None:
            return joined
        return _fitted(volume, prompt, joined, densities)
    marked = None if seen is None else _marked(volume, liver_mask, prompt, seen, negative=negative)
    clicked = marked or _clicked(volume, liver_mask, prompt, negative=negative)
    most = DENSITIES_SHARE if marked is None else MARKED_SHARE
    share = min(SHARE_PER_HU * clicked.contrast_hu, most)
    return with_rim(_with_densities(volume, clicked, densities, share))


def _marked(
    volume: Volume, liver_mask: Mask, prompt: Prompt, seen: Seen, *, negative: bool
) -> Answer | None:
    """Look as closely as what the liver network marks is large; None if that is another thing."""
    cube = float(np.clip(seen.across_mm / CLICKED_CUBES, FINEST_MM, COARSEST_MM))
    middle = _in_view(prompt, seen.middle_mm, cube)
    view = View(middle_mm=middle, cube_mm=cube, negative=negative)
    return _with(look(volume, liver_mask, prompt, view), seen)


def _clicked(volume: Volume, liver_mask: Mask, prompt: Prompt, *, negative: bool) -> Answer:
    """Look at several scales, and at the likeliest again, as closely as the lesion is large."""
    views = [View(middle_mm=prompt.middle_mm, cube_mm=cube, negative=negative) for cube in TRIED_MM]
    first = glance(volume, liver_mask, prompt, views)
    weights = np.array([answer.weight for answer in first])
    likely = np.argsort(-weights, kind="stable")[:KEPT]
    better = [replace(_better_view(first[n], prompt), negative=negative) for n in likely]
    again = glance(volume, liver_mask, prompt, better)
    return _between(again, weights[likely])


def _between(answers: Sequence[Answer], weights: FloatArray) -> Answer:
    """Weigh the answers of several scales, the weightiest first.

    Of a faint lesion no scale is sure. One alone may be far off; where half of the weight says
    lesion, the border lies between them.
    """
    first = answers[0]
    seen = np.stack([answer.on(first.patch) for answer in answers])
    mean = replace(first, probability=np.average(seen, axis=0, weights=weights).astype(np.float32))
    return replace(mean, agreed=bool(mean.found.any()))


def _with(answer: Answer, seen: Seen) -> Answer | None:
    """Both opinions' mean; None where they are of different things."""
    return _mean(answer, seen.on(answer.patch), HALF_SHARE)


def _mean(answer: Answer, outside: Float32, share: float) -> Answer | None:
    theirs = soft_border(outside, answer.patch.cube_mm)
    return answer.joined(theirs, share) if answer.overlap(theirs) >= FITTING else None


def _fitted(volume: Volume, prompt: Prompt, answer: Answer, densities: Densities) -> Answer:
    """Put the border to the axes, which RECIST counts; the densities speak where both are drawn."""
    if prompt.short_axis_mm is not None:
        answer = _with_densities(volume, answer, densities, DENSITIES_SHARE)
    return stretched(answer.shifted(fitting_level(answer, prompt)), prompt)


def _with_densities(volume: Volume, answer: Answer, densities: Densities, share: float) -> Answer:
    """Add what the densities alone say, where that is of the same lesion."""
    found = densities()
    if found is None or not found.mask.any():
        return answer
    outside = outside_mm(found.mask, volume.grid, answer.patch)
    return _mean(answer, outside, share) or answer


def _better_view(first: Answer, prompt: Prompt) -> View:
    """Return where, and how closely, it is seen best."""
    cubes = np.argwhere(first.found)
    if not len(cubes):
        return View(middle_mm=prompt.middle_mm, cube_mm=first.patch.cube_mm)
    across = float(np.cbrt(6 / np.pi * len(cubes)))
    cube = float(np.clip(first.patch.cube_mm * across / CLICKED_CUBES, FINEST_MM, COARSEST_MM))
    middle = _in_view(prompt, first.patch.to_mm(cubes.mean(axis=0)), cube)
    return View(middle_mm=middle, cube_mm=cube)


def _in_view(prompt: Prompt, middle_mm: FloatArray, cube_mm: float) -> FloatArray:
    """Return a middle, (3,) LPS mm, so near to the prompt that both are seen."""
    most = SIDE / 4 * cube_mm
    return prompt.middle_mm + np.clip(middle_mm - prompt.middle_mm, -most, most)
