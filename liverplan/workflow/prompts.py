"""What points at metastases, from numbers: clicks, axes, boxes, and what is none of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from liverplan.errors import InputError
from liverplan.segmentation import Prompt
from liverplan.segmentation.lesions.prompted.prompt import as_ends, as_point

Numbers = Sequence[float]
AXIS_NUMBERS = 6


def prompts_of(
    lesions: Sequence[Numbers] = (), boxes: Sequence[Numbers] = (), denied: Sequence[Numbers] = ()
) -> tuple[Prompt, ...]:
    """Return a prompt for each metastasis that is pointed at.

    Parameters
    ----------
    lesions : sequence of 3, 6 or 12 numbers
        A click; the ends of the long axis; those of the long and the short axis. LPS mm.
    boxes : sequence of 6 numbers
        Two opposite corners, LPS mm.
    denied : sequence of 3 numbers
        Points that are no lesion, LPS mm: each is told to the prompt whose middle is nearest.

    Raises
    ------
    InputError
        If a point is denied where nothing is pointed at.
    SegmentationError
        If what is drawn has no lesion's size.
    """
    prompts = [*map(_of_lesion, lesions), *(Prompt(box_mm=as_ends(_ends(box))) for box in boxes)]
    for point in map(as_point, denied):
        if not prompts:
            raise InputError("A point that is no lesion needs a lesion that is pointed at.")
        away = [np.linalg.norm(prompt.middle_mm - np.array(point)) for prompt in prompts]
        nearest = int(np.argmin(away))
        known = prompts[nearest]
        prompts[nearest] = replace(known, not_lesion_mm=(*known.not_lesion_mm, point))
    return tuple(prompts)


def _of_lesion(numbers: Numbers) -> Prompt:
    if len(numbers) < AXIS_NUMBERS:
        return Prompt.of_click(numbers)
    short = numbers[AXIS_NUMBERS:]
    return Prompt.of_axes(_ends(numbers[:AXIS_NUMBERS]), _ends(short) if short else None)


def _ends(numbers: Numbers) -> tuple[Numbers, Numbers]:
    return numbers[:3], numbers[3:]
