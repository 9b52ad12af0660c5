"""The network run over a box of a CT's lattice, slab by slab."""

from __future__ import annotations

from threading import Event
from weakref import ReferenceType, ref

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
MOST_VOXELS, FEWEST_SLICES = 1_900_000, 48
"""In one slab: a voxel takes about 0.3 kB of memory while the network runs."""
OVERLAP, UNUSED = 24, 4
"""Slices that two slabs share, and how many at a slab's end count for nothing."""

LIVER_INDEX = ORGANS.index("liver")


def infer(
    volume: Volume,
    *,
    progress: Progress | None = None,
    cancel: Event | None = None,
    weights: Weights = LIVER,
) -> Maps:
    """Find the box that holds the liver, and run the network on it at 2 mm.

    The box is looked for by the same network on voxels of 4 mm, where a liver looks small but is
    seen; it is made larger until no liver touches a side of it that is not the CT's own. The maps
    of the CT that was asked for last are kept: hints and corrections ask again.

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
    if (kept := _LAST.get(volume, weights)) is not None:
        return kept
    lattice = lattice_of(volume.grid)
    coarse = Lattice(ct=lattice.ct, step_mm=COARSER * LATTICE_MM)
    steps = Steps(progress, cancel)
    steps.tell(0.0, "Looking for the liver")
    body, hu = coarse_body(volume, coarse)
    liver, _, _ = predict(hu, weights, steps.part(0.0, 0.2))
    box = liver_box(liver, body, lattice.shape, COARSER)
    while True:
        hu = lattice.hu(volume, box)
        liver, lesion, organ = predict(hu, weights, steps.part(0.2, 1.0))
        larger = grown(box, liver, lattice.shape)
        if larger == box:
            maps = Maps(lattice=lattice, box=box, hu=hu, liver=liver, lesion=lesion, organ=organ)
            _LAST.put(volume, weights, maps)
            return maps
        box = larger


class _Last:
    """Keeps the maps of one CT, as long as the CT itself is kept."""

    def __init__(self) -> None:
        self._hu: ReferenceType[NDArray[np.generic]] | None = None
        self._of: tuple[Weights, Maps] | None = None

    def get(self, volume: Volume, weights: Weights) -> Maps | None:
        of = self._of
        same = self._hu is not None and self._hu() is volume.hu
        return of[1] if same and of is not None and of[0] == weights else None

    def put(self, volume: Volume, weights: Weights, maps: Maps) -> None:
        self._hu, self._of = ref(volume.hu, self._forget), (weights, maps)

    def _forget(self, gone: ReferenceType[NDArray[np.generic]]) -> None:
        if self._hu is gone:
            self._hu = self._of = None


_LAST = _Last()


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


def predict(
    hu: Float32, weights: Weights, steps: Steps
) -> tuple[Float32, Float32, NDArray[np.uint8]]:
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
    (k, j, i) float32, float32 and uint8 arrays
        Liver and lesions, 0-1; the likeliest organ, as an index of `ORGANS`.
    """
    room = [(0, -n % STRIDE) for n in hu.shape]
    padded = np.pad(hu, room, constant_values=OUTSIDE_HU)
    liver, lesion = np.zeros_like(padded), np.zeros_like(padded)
    organ = np.zeros(padded.shape, np.uint8)
    slabs, before = _slabs(padded.shape), 0
    for number, (start, stop) in enumerate(slabs):
        steps.tell(number / len(slabs), "Running the network")
        organs, spots = weights.run(hu=padded[None, None, start:stop])
        share = _share(start, stop, before)
        liver[start:stop] += share[:, None, None] * (organs[0, LIVER_INDEX] - liver[start:stop])
        lesion[start:stop] += share[:, None, None] * (spots[0, 0] - lesion[start:stop])
        first = start + int(np.searchsorted(share, 0.5))
        organ[first:stop] = organs[0, :, first - start :].argmax(axis=0)
        before = stop
    steps.tell(1.0, "Running the network")
    k, j, i = hu.shape
    return liver[:k, :j, :i], lesion[:k, :j, :i], organ[:k, :j, :i]


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
