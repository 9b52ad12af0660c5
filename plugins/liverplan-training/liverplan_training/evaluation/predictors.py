"""A network as a function: HU in, probabilities of liver and lesion out, slab by slab."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray

from liverplan_training.labels import Label
from liverplan_training.network import LATTICE, LiverNetwork, UNet

FloatArray = NDArray[np.float32]
Predict = Callable[[FloatArray], tuple[FloatArray, FloatArray]]
"""(k, j, i) HU, each side a multiple of `LATTICE`, to liver and lesion, 0-1."""

SLAB, OVERLAP = 96, 32
"""Slices of a slab, and how many two slabs share."""
OUTSIDE_HU = -1000.0


def of_net(net: UNet, device: str = "cpu") -> Predict:
    """Return a trained network as a function."""
    whole = LiverNetwork(net).eval().to(device)

    @torch.no_grad()
    def predict(hu: FloatArray) -> tuple[FloatArray, FloatArray]:
        organs, lesion = whole(torch.from_numpy(hu)[None, None].to(device))
        return organs[0, Label.LIVER].cpu().numpy(), lesion[0, 0].cpu().numpy()

    return predict


def of_onnx(path: Path, threads: int | None = None) -> Predict:
    """Return an exported network as a function, on the processor."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or os.cpu_count() or 1
    session = onnxruntime.InferenceSession(
        path.read_bytes(), options, providers=["CPUExecutionProvider"]
    )

    def predict(hu: FloatArray) -> tuple[FloatArray, FloatArray]:
        organs, lesion = session.run(["organs", "lesion"], {"hu": hu[None, None]})
        return organs[0, Label.LIVER], lesion[0, 0]

    return predict


def by_slabs(hu: FloatArray, predict: Predict) -> tuple[FloatArray, FloatArray]:
    """Ask a network for a whole CT.

    Parameters
    ----------
    hu : (k, j, i)
        Of any size, at `VOXEL_MM`.

    Returns
    -------
    (liver, lesion) : (k, j, i), 0-1
    """
    padding = [(0, -n % LATTICE) for n in hu.shape]
    padded = np.pad(hu.astype(np.float32, copy=False), padding, constant_values=OUTSIDE_HU)
    liver, lesion = np.zeros_like(padded), np.zeros_like(padded)
    total = np.zeros(len(padded), np.float32)
    for slab in _slabs(len(padded)):
        weight = _ramp(slab.stop - slab.start)
        found = predict(np.ascontiguousarray(padded[slab]))
        for whole, part in zip((liver, lesion), found, strict=True):
            whole[slab] += part * weight[:, None, None]
        total[slab] += weight
    kept = tuple(slice(0, n) for n in hu.shape)
    share = total[:, None, None]
    return (liver / share)[kept], (lesion / share)[kept]


def _slabs(count: int) -> Iterator[slice]:
    start = 0
    while start + SLAB < count:
        yield slice(start, start + SLAB)
        start += SLAB - OVERLAP
    yield slice(max(0, count - SLAB), count)


def _ramp(count: int) -> FloatArray:
    """Weight of each slice: little at a slab's ends, where the network sees least."""
    place = np.arange(count)
    return np.minimum(OVERLAP, np.minimum(place + 1, count - place)).astype(np.float32)
