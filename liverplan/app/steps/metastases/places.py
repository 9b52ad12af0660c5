"""Where a lesion lies: its Couinaud segment, or, without a map of them, its side of the liver."""

from __future__ import annotations

import numpy as np

from liverplan.app.session.work import Work
from liverplan.resection.anatomy.named import SCHEME
from liverplan.volume import FloatArray

LEAST_SHARE = 0.2
"""A segment that holds a smaller share of the lesion than this is not named."""


def place_of(work: Work, lesion: int, away_mm: FloatArray) -> str:
    """Name a lesion's segments, the fullest first, or its side.

    Parameters
    ----------
    work : Work
        With a segmentation.
    lesion : int
        Its label value.
    away_mm : (3,) array
        From the liver's middle to the lesion's, LPS: it decides where there is no map.
    """
    segments = work.maps.get(SCHEME)
    if segments is not None and work.segmentation is not None:
        inside = segments.labels[work.segmentation.labels == lesion]
        counts = np.bincount(inside, minlength=len(segments.names) + 1)
        shares = counts[1:] / max(1, counts.sum())
        order = [n for n in np.argsort(-shares) if shares[n] >= LEAST_SHARE]
        if order:
            return "S" + ", ".join(segments.names[n] for n in order[:2])
    return "left" if away_mm[0] > 0 else "right"
