"""The network run over a box of a CT's lattice, slab by slab."""

from __future__ import annotations

from threading import Event

import numpy as np
from numpy.typing import NDArray

from liverplan.errors import CancelledError
from liverplan.segmentation.boxes import Triple
from liverplan.segmentation.morphology import Float32
from liverplan.segmentation.network.box import coarse_body, grown, liver_box
from liverplan.segmentation.network.lattice import LATTICE_MM, OUTSIDE_HU, Lattice, lattice_of
from liverplan.segmentation.network.maps import ORGANS, Maps
from liverplan.segmentation.network.weights import LIVER, Weights
from liverplan.segmentation.results import Progress
from liverplan.volume import Volume

COARSER = 2
STRIDE = 16
"""The network halves its lattice four times."""
MOST_VOXELS, FEWEST_SLICES = 1_500_000, 48
"""In one slab: a voxel takes about 0.3 kB of memory while the network runs."""
OVERLAP, UNUSED = 24, 4
"""Slices that two slabs share, and how many at a slab's end count for nothing."""

Float16 = NDArray[np.float16]


def infer(
    volume: Volume,
    *,
    progress: Progress | None = None,
    cancel: Event | None = None,
    weights: Weights = LIVER,
) -> Maps:
    """Find the box that holds the liver, and run the network on it at 2 mm.

    The box is looked for by the same network on voxels of 4 mm, where a liver looks small but is
    seen; it is made larger until no liver touches a side of it that is not the CT's own.

    Parameters
    ----------
    volume : Volume
        A CT of the upper abdomen, in any orientation.
    progress, cancel
        Told how far it is, and asked between two slabs whether to stop.
    weights : Weights
        Which network.

    Raises
    ------
    CancelledError
        If `cancel` is set.
    """
    lattice = lattice_of(volume)
    coarse = Lattice(ct=lattice.ct, step_mm=COARSER * LATTICE_MM)
    steps = Steps(progress, cancel)
    steps.tell(0.0, "Looking for the liver")
    body, hu = coarse_body(coarse)
    organs, _ = predict(hu, weights, steps.part(0.0, 0.2))
    box = liver_box(organs[ORGANS.index("liver")], body, lattice.shape, COARSER)
    while True:
        organs, lesion = predict(lattice.hu(box), weights, steps.part(0.2, 1.0))
        larger = grown(box, organs[ORGANS.index("liver")], lattice.shape)
        if larger == box:
            return Maps(lattice=lattice, box=box, organs=organs, lesion=lesion)
        box = larger


class Steps:
    """Tells how far the work is, and stops it when asked."""

    def __init__(
        self, progress: Progress | None, cancel: Event | None, span: tuple[float, float] = (0, 1)
    ) -> None:
        self._progress, self._cancel, self._span = progress, cancel, span

    def part(self, start: float, stop: float) -> Steps:
        """Return what tells of a part of this work."""
        low, high = self._span
        span = (low + start * (high - low), low + stop * (high - low))
        return Steps(self._progress, self._cancel, span)

    def tell(self, fraction: float, words: str) -> None:
        """Say that a fraction is done.

        Raises
        ------
        CancelledError
            If the user stops it.
        """
        if self._cancel is not None and self._cancel.is_set():
            raise CancelledError("The search for the liver was stopped.")
        if self._progress is not None:
            low, high = self._span
            self._progress(low + fraction * (high - low), words)


def predict(hu: Float32, weights: Weights, steps: Steps) -> tuple[Float16, Float16]:
    """Run the network over densities at any spacing.

    Parameters
    ----------
    hu : (k, j, i) float32 array
        Densities in the common orientation, HU.
    weights : Weights
        Which network.
    steps : Steps
        Told after each slab.

    Returns
    -------
    (15, k, j, i) and (k, j, i) float16 arrays
        Organs in the order of `ORGANS`, and lesions, 0-1.
    """
    room = [(0, -n % STRIDE) for n in hu.shape]
    padded = np.pad(hu, room, constant_values=OUTSIDE_HU)
    organs = np.zeros((len(ORGANS), *padded.shape), np.float16)
    lesion = np.zeros(padded.shape, np.float16)
    slabs, before = _slabs(padded.shape), 0
    for number, (start, stop) in enumerate(slabs):
        steps.tell(number / len(slabs), "Running the network")
        found, spots = weights.run(hu=padded[None, None, start:stop])
        share = _share(start, stop, before)[:, None, None]
        organs[:, start:stop] += (share * (found[0] - organs[:, start:stop])).astype(np.float16)
        lesion[start:stop] += (share * (spots[0, 0] - lesion[start:stop])).astype(np.float16)
        before = stop
    steps.tell(1.0, "Running the network")
    k, j, i = hu.shape
    return organs[:, :k, :j, :i], lesion[:k, :j, :i]


def _slabs(shape: Triple) -> list[tuple[int, int]]:
    """First slice, and the one after the last, of each slab."""
    count, plane = shape[0], shape[1] * shape[2]
    most = max(FEWEST_SLICES, MOST_VOXELS // plane // STRIDE * STRIDE)
    if count <= most:
        return [(0, count)]
    number = -(-(count - OVERLAP) // (most - OVERLAP))
    deep = -(-(count + (number - 1) * OVERLAP) // number)
    deep += -deep % STRIDE
    return [(int(k), int(k) + deep) for k in np.linspace(0, count - deep, number)]


def _share(start: int, stop: int, before: int) -> Float32:
    """How much of each slice of a slab counts, where the slab before it ends at `before`."""
    k = np.arange(start, stop)
    if before == 0:
        return np.ones(k.size, np.float32)
    first, last = start + UNUSED, before - UNUSED
    share: Float32 = np.clip((k - first + 1) / (last - first + 1), 0, 1).astype(np.float32)
    return share
