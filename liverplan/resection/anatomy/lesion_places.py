"""Where a lesion lies: its Couinaud segments, or, without a map of them, its side of the liver.

And how far it is from the vessels whose names are sure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy
from numpy.typing import ArrayLike

from liverplan.findings import VesselDistance
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.named import SCHEME
from liverplan.resection.anatomy.vessel_graph import line_mm
from liverplan.resection.anatomy.vessel_names import branches_in, names_of_trees
from liverplan.segmentation import Segmentation
from liverplan.segmentation.boxes import voxels_of
from liverplan.segmentation.results import Mask
from liverplan.volume import FloatArray

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


def segments_of_lesion(maps: Mapping[str, PartMap], lesion: Mask) -> tuple[str, ...]:
    """Return the segments that hold most of a (k, j, i) mask, the fullest first; none unmapped."""
    return _fullest(maps[SCHEME], lesion) if SCHEME in maps else ()


def named_courses(
    segmentation: Segmentation, maps: Mapping[str, PartMap]
) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Return points along each vessel that is surely named, and the vessel's radius there.

    Returns
    -------
    dict of str to ((n, 3) array, (n,) array)
        By key, e.g. "middle_hepatic": LPS mm, and mm. Empty without vessels.
    """
    branches = {tree: some for tree, some in branches_in(maps).items() if some}
    named = names_of_trees(branches, segmentation.labels > 0, segmentation.grid)
    found: dict[str, list[tuple[FloatArray, FloatArray]]] = {}
    for tree, names in named.items():
        for branch in branches[tree]:
            name = names.names[branch.name]
            if name.sure:
                line = line_mm(branch)
                found.setdefault(name.key, []).append((line, np.full(len(line), branch.radius_mm)))
    return {
        key: (np.concatenate([line for line, _ in some]), np.concatenate([r for _, r in some]))
        for key, some in found.items()
    }


def vessel_distances(
    segmentation: Segmentation,
    label: int,
    courses: Mapping[str, tuple[FloatArray, FloatArray]],
) -> tuple[VesselDistance, ...]:
    """Return how far a lesion lies from the wall of each named vessel, the nearest first.

    Parameters
    ----------
    segmentation : Segmentation
    label : int
        The lesion's label value.
    courses : mapping of str to ((n, 3) array, (n,) array)
        As `named_courses` returns them.
    """
    lesion = segmentation.grid.to_mm(voxels_of(segmentation.lesion(label)))
    tree = scipy.spatial.cKDTree(lesion)
    away = {
        key: max(0.0, float(np.min(np.asarray(tree.query(points)[0]) - radii)))
        for key, (points, radii) in courses.items()
    }
    return tuple(
        VesselDistance(name=key, distance_mm=away[key])
        for key in sorted(away, key=away.__getitem__)
    )


def _fullest(segments: PartMap, lesion: Mask) -> tuple[str, ...]:
    counts = np.bincount(segments.labels[lesion], minlength=len(segments.names) + 1)
    shares = counts[1:] / max(1, counts.sum())
    order = [n for n in np.argsort(-shares) if shares[n] >= LEAST_SHARE]
    return tuple(segments.names[n] for n in order[:MOST_SEGMENTS])
