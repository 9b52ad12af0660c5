"""Sliding-window inference on an upright grid, and the way there and back.

The CT is resampled (linear) to the network's spacing on an axis-aligned grid: slices from foot to
head, rows from front to back, columns from right to left (LPS). Overlapping patches are blended
with a Gaussian weight. Only two sums are kept, liver and lesion, whatever the number of classes.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import affine_transform

from liverplan_onnx.description import Network

FloatArray = NDArray[np.float32]
Predict = Callable[[FloatArray], FloatArray]
"""(1, 1, k, j, i) or (1, 1, j, i) to (1, classes, ...)."""


def upright_grid(
    shape: Sequence[int], affine: NDArray[np.float64], spacing_mm: Sequence[float]
) -> tuple[tuple[int, int, int], NDArray[np.float64]]:
    """Return shape and affine of the upright grid that covers a CT.

    Parameters
    ----------
    shape, affine : (k, j, i) and (4, 4)
        The CT's grid: index to LPS mm.
    spacing_mm : (slice, row, column)
        Of the new grid.
    """
    ends = np.array(list(np.ndindex(2, 2, 2))) * (np.array(shape) - 1)
    corners = ends @ affine[:3, :3].T + affine[:3, 3]
    low, high = corners.min(axis=0), corners.max(axis=0)
    step = np.asarray(spacing_mm, dtype=np.float64)
    count = np.maximum(1, np.ceil((high - low)[::-1] / step - 1e-6).astype(int) + 1)
    upright = np.eye(4)
    upright[:3, :3] = np.fliplr(np.diag(step[::-1]))  # index (k, j, i) to (x, y, z)
    upright[:3, 3] = low
    k, j, i = (int(n) for n in count)
    return (k, j, i), upright


def resample(
    values: NDArray[np.generic],
    affine: NDArray[np.float64],
    shape: tuple[int, int, int],
    target: NDArray[np.float64],
    *,
    outside: float,
) -> FloatArray:
    """Linear resampling from one grid to another."""
    matrix = np.linalg.inv(affine) @ target
    moved: FloatArray = affine_transform(
        values.astype(np.float32, copy=False),
        matrix[:3, :3],
        matrix[:3, 3],
        output_shape=shape,
        order=1,
        mode="constant",
        cval=outside,
        output=np.float32,
    )
    return moved


def probabilities(
    image: FloatArray,
    network: Network,
    predict: Predict,
    *,
    flat: bool,
    told: Callable[[float], None],
) -> tuple[FloatArray, FloatArray]:
    """Slide the network over an upright, scaled image.

    Parameters
    ----------
    image : (k, j, i) array
        Scaled to the network's range.
    flat : bool
        Whether the network takes single slices.
    told : callable
        Hears the fraction done.

    Returns
    -------
    (liver, lesion) : (k, j, i) arrays, 0-1
    """
    patch = np.minimum(network.patch, 1024)
    padding = [(0, max(0, int(p) - n)) for p, n in zip(patch, image.shape, strict=True)]
    padded = np.pad(image, padding, constant_values=network.range[0])
    weight = _weight(patch)
    total = np.zeros(padded.shape, np.float32)
    liver, lesion = np.zeros_like(total), np.zeros_like(total)
    places = _places(padded.shape, patch, network.overlap_fraction)
    for done, start in enumerate(places, 1):
        here = tuple(slice(a, a + int(p)) for a, p in zip(start, patch, strict=True))
        inside = padded[here][None, None]
        found = _activated(predict(inside[:, :, 0] if flat else inside), network.activation)[0]
        shares = found[:, None] if flat else found
        liver[here] += weight * shares[list(network.liver)].sum(axis=0)
        if network.lesions:
            lesion[here] += weight * shares[list(network.lesions)].sum(axis=0)
        total[here] += weight
        told(done / len(places))
    kept = tuple(slice(0, n) for n in image.shape)
    return (liver / total)[kept], (lesion / total)[kept]


def scaled(hu: FloatArray, network: Network) -> FloatArray:
    """Clip to the window and scale to the range."""
    (low, high), (first, last) = network.window_hu, network.range
    share = (np.clip(hu, low, high) - low) / (high - low)
    return (first + share * (last - first)).astype(np.float32)


def _weight(patch: NDArray[np.int64]) -> FloatArray:
    """Gaussian with a standard deviation of an eighth of the patch; never zero."""
    axes = [np.exp(-0.5 * ((np.arange(p) - (p - 1) / 2) / (p / 8)) ** 2) for p in patch]
    weight = axes[0][:, None, None] * axes[1][:, None] * axes[2]
    floored: FloatArray = np.maximum(weight, 1e-4).astype(np.float32)
    return floored


def _places(
    shape: tuple[int, ...], patch: NDArray[np.int64], overlap: float
) -> list[tuple[int, ...]]:
    starts = []
    for length, size in zip(shape, patch, strict=True):
        step = max(1, int(size * (1 - overlap)))
        regular = list(range(0, length - int(size), step))
        starts.append([*regular, length - int(size)])
    return list(itertools.product(*starts))


def _activated(raw: FloatArray, activation: str) -> FloatArray:
    if activation == "softmax":
        raised = np.exp(raw - raw.max(axis=1, keepdims=True))
        shares: FloatArray = raised / raised.sum(axis=1, keepdims=True)
        return shares
    if activation == "sigmoid":
        sigmoid: FloatArray = np.float32(0.5) * (1 + np.tanh(raw / 2))
        return sigmoid
    return raw
