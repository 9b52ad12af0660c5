"""Where a lesion lies: its Couinaud segments, or, without a map of them, its side of the liver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.named import SCHEME
from liverplan.segmentation import Segmentation
from liverplan.segmentation.results import Mask

LEAST_SHARE = 0.2
"""A segment that holds a smaller share of the lesion than this is not named."""
MOST_SEGMENTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class LesionPlace:
    """Where a lesion lies.

    Parameters
    ----------
    segments : tuple of str
        Names of the segments that hold most of it, the fullest first, at most two; none without a
        map.
    side : {"left", "right"}
        Of the liver's middle, as the patient has it.
    """

    segments: tuple[str, ...]
    side: Literal["left", "right"]

    @property
    def name(self) -> str:
        """As lists show it: ``S6, 4a``, or the side."""
        return "S" + ", ".join(self.segments) if self.segments else self.side


def place_of(
    segmentation: Segmentation, label: int, away_mm: ArrayLike, maps: Mapping[str, PartMap]
) -> LesionPlace:
    """Find a lesion's segments and side.

    Parameters
    ----------
    segmentation : Segmentation
    label : int
        The lesion's label value.
    away_mm : (3,) array
        From the liver's middle to the lesion's, LPS mm.
    maps : mapping of str to PartMap
        Of the liver's parts, by scheme.
    """
    x_mm, _, _ = np.asarray(away_mm, dtype=float)
    segments = maps.get(SCHEME)
    return LesionPlace(
        segments=() if segments is None else _fullest(segments, segmentation.lesion(label)),
        side="left" if x_mm > 0 else "right",
    )


def _fullest(segments: PartMap, lesion: Mask) -> tuple[str, ...]:
    counts = np.bincount(segments.labels[lesion], minlength=len(segments.names) + 1)
    shares = counts[1:] / max(1, counts.sum())
    order = [n for n in np.argsort(-shares) if shares[n] >= LEAST_SHARE]
    return tuple(segments.names[n] for n in order[:MOST_SEGMENTS])
