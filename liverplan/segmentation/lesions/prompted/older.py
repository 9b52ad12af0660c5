"""What the densities alone say of a prompt: the ways that know no network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache, partial

from liverplan.errors import SegmentationError
from liverplan.segmentation.boxes import bounding_box, ends_of
from liverplan.segmentation.lesions.click import lesion_from_click
from liverplan.segmentation.lesions.prompted.between import at_cubes
from liverplan.segmentation.lesions.prompted.patch import Patch
from liverplan.segmentation.lesions.prompted.prompt import Prompt
from liverplan.segmentation.lesions.stroke import lesion_from_stroke
from liverplan.segmentation.morphology import Float32, signed_distance_mm
from liverplan.segmentation.results import LesionResult, Mask
from liverplan.volume import Grid, Volume

ROOM_VOXELS = 4
"""How far beyond a lesion its distance is measured; farther out it stays the same."""


Densities = Callable[[], LesionResult | None]
"""What the densities say of a prompt, reckoned once."""


@contextmanager
def beside(volume: Volume, liver_mask: Mask, prompt: Prompt) -> Iterator[Densities]:
    """Let the densities in a (k, j, i) liver be asked: at once where they surely are, else later.

    At once means beside the networks, which leave a core to them.
    """
    ask = partial(by_densities, volume, liver_mask, prompt)
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(ask).result if surely_asked(prompt) else cache(ask)


def surely_asked(prompt: Prompt) -> bool:
    """Whether the densities are an opinion: of a click, and where both axes are drawn."""
    return prompt.size_mm is None or prompt.short_axis_mm is not None


def by_densities(volume: Volume, liver_mask: Mask, prompt: Prompt) -> LesionResult | None:
    """Return what the densities say, in a (k, j, i) liver; None where they say nothing."""
    try:
        if prompt.long_axis_mm is not None:
            ends, short = prompt.long_axis_mm, prompt.short_axis_mm
            return lesion_from_stroke(volume, liver_mask, *ends, short_axis_mm=short)
        return lesion_from_click(volume, liver_mask, prompt.middle_mm)
    except SegmentationError:
        return None


def outside_mm(mask: Mask, grid: Grid, patch: Patch) -> Float32:
    """(k, j, i) float32 array: distance of each cube to a lesion of the CT, mm; negative inside."""
    box = bounding_box(mask, (ROOM_VOXELS,) * 3)
    distance = -signed_distance_mm(mask[box], grid.spacing_mm)
    part = grid.crop(*ends_of(box))
    side = patch.hu.shape[0]
    return at_cubes((distance,), part, patch.middle_mm, patch.cube_mm, side)[0]
