"""The prompted network's answer on a patch."""

from __future__ import annotations

import numpy as np

from liverplan.segmentation.morphology import Float32
from liverplan.segmentation.network.weights import PROMPTED

MIRRORS: tuple[tuple[int, ...], ...] = ((), (1,), (2, 3), (1, 2, 3))
"""The answer is the mean over these mirror images: what depends on chance averages out."""


def probabilities(seen: Float32) -> Float32:
    """Ask the network of several cases at once.

    Parameters
    ----------
    seen : (n, 8, k, j, i) float32 array
        What `channels` draws of each.

    Returns
    -------
    (n, k, j, i) float32 array
        0-1, how likely each cube is the metastasis.
    """
    (answers,) = PROMPTED.run(seen=seen)
    return answers


def mirrored(seen: Float32) -> Float32:
    """Ask of one case, (8, k, j, i), and of its mirror images: the mean answer, (k, j, i)."""
    answers = probabilities(np.stack([np.flip(seen, way) for way in MIRRORS]))
    back = [np.flip(a, tuple(n - 1 for n in way)) for a, way in zip(answers, MIRRORS, strict=True)]
    mean: Float32 = np.mean(back, axis=0, dtype=np.float32)
    return mean
