"""The prompted network's answer on a patch."""

from __future__ import annotations

import numpy as np

from liverplan.segmentation.morphology import Float32
from liverplan.segmentation.network.weights import PROMPTED

MIRRORS: tuple[tuple[int, ...], ...] = ((), (1,), (2, 3), (1, 2, 3))
"""The answer is the mean over these mirror images: what depends on chance averages out."""


def probability(seen: Float32, *, mirrored: bool) -> Float32:
    """Ask the network.

    Parameters
    ----------
    seen : (8, k, j, i) float32 array
        What `channels` draws.
    mirrored : bool
        Whether mirror images are asked as well, and the answers averaged.

    Returns
    -------
    (k, j, i) float32 array
        0-1, how likely each cube is the metastasis.
    """
    ways = MIRRORS if mirrored else ((),)
    images = np.stack([np.flip(seen, way) for way in ways])
    (answers,) = PROMPTED.run(seen=images)
    back = [np.flip(a, tuple(n - 1 for n in way)) for a, way in zip(answers, ways, strict=True)]
    mean: Float32 = np.mean(back, axis=0, dtype=np.float32)
    return mean
