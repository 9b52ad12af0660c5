"""TotalSegmentator's Couinaud segments and vessels as maps of liverplan."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from liverplan.resection.anatomy.named import SCHEME as COUINAUD
from liverplan.resection.anatomy.named import SEGMENTS
from liverplan.segmentation.results import Parts
from liverplan.volume import Grid
from liverplan_totalsegmentator.parent import Answer

VESSELS = "vessels"


def maps_of(answer: Answer, liver: NDArray[np.bool_], grid: Grid) -> Iterator[tuple[str, Parts]]:
    """Yield scheme, labels and names of each map; segments lie within the liver only."""
    if answer.segments is not None and answer.segments.any():
        yield COUINAUD, (divided(answer.segments * liver, grid), SEGMENTS)
    if answer.vessels is not None and answer.vessels.any():
        yield VESSELS, (answer.vessels, ("liver vessels",))


def divided(segments: NDArray[np.uint8], grid: Grid) -> NDArray[np.uint8]:
    """(k, j, i) 1-8 to the values of 1, 2, 3, 4a, 4b, 5, ...: the upper half of 4 becomes 4a."""
    values = np.array([0, 1, 2, 3, 4, 6, 7, 8, 9], np.uint8)
    ours = values[segments]
    fourth = np.nonzero(segments == 4)
    if fourth[0].size:
        height_mm = grid.to_mm(np.stack(fourth, axis=1))[:, 2]
        ours[fourth] += (height_mm < np.median(height_mm)).astype(np.uint8)
    return np.asarray(ours)
