"""What liverplan is told of a metastasis, in nnInteractive's prompts."""

from __future__ import annotations

from liverplan.segmentation import Prompt as LesionPrompt
from liverplan_nninteractive.prompts import Box, Click, Prompt, Stroke


def spoken_in(said: LesionPrompt) -> tuple[Prompt, ...]:
    """Return a click as a click, axes as strokes, a box as a box, what is denied as clicks outside.

    A box in three dimensions becomes a flat one through its middle: the networks know no other.
    """
    spoken: list[Prompt] = []
    if said.box_mm is not None:
        spoken.append(Box(corners_mm=said.box_mm))
    axes = (said.long_axis_mm, said.short_axis_mm)
    spoken += [Stroke(points_mm=ends) for ends in axes if ends is not None]
    if said.click_mm is not None:
        spoken.append(Click(point_mm=said.click_mm))
    spoken += [Click(point_mm=point, says="outside") for point in said.not_lesion_mm]
    return tuple(spoken)
