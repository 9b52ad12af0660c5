"""Cheapest ways from every bright voxel to the root of either tree.

A step is cheap where the liver is bright, and cheaper still in the middle of a thick vessel; so a
way follows a vessel, and leaps a gap only where nothing else leads on.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.segmentation.morphology import Float32, Spacing, dilated, distance_transform_mm
from liverplan.segmentation.results import Mask
from liverplan.segmentation.vessels.contrast import Contrast
from liverplan.segmentation.vessels.middle_line import Places
from liverplan.segmentation.vessels.roots import Roots
from liverplan.volume import FloatArray

HALF_OF_A_CUBE = [o for o in product((-1, 0, 1), repeat=3) if o > (0, 0, 0)]
RIM_MM, CAVA_RIM_MM = 1.0, 3.0
CAPSULE_MM, GATES_MM = 3.0, 12.0
"""Near the capsule what is bright is a neighbour's rim, but for what is so near hilum and cava."""
BRIGHT_SD, SOFT_SD, FAINT_SD = 3.0, 0.7, 0.5
SLOWEST, DEEPER = 0.03, 0.6
TRUNK_SD, ARTERY = 6.0, 2.4
"""What the trunk outside the liver counts as; and what stands out so much more is no vein."""
LOW_CAVA_SHARE, LOW_CAVA_PRICE = 0.55, 60.0
"""Hepatic veins enter the cava high; lower, a way there costs this for each share of the liver."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Field:
    """The bright voxels, and how far from each root they lie.

    Parameters
    ----------
    at : (n, 3) int array
        The voxels' indices (k, j, i).
    points_mm : (n, 3) array
        LPS.
    number : (k, j, i) int32 array
        Each voxel's row in `at`, -1 where there is none.
    snr : (k, j, i) float32 array
        How far each stands out, the trunk outside the liver included.
    depth_mm : (k, j, i) float32 array
        How deep in what is bright.
    cost : (2, n) array
        Price of the way to the portal root, and to the cava.
    before : (2, n) int array
        The voxel before on each way; negative at the root.
    """

    at: Places
    points_mm: FloatArray
    number: NDArray[np.int32]
    snr: Float32
    depth_mm: Float32
    cost: FloatArray
    before: Places

    @property
    def nearer(self) -> tuple[FloatArray, Places]:
        """(n,) price of the cheaper way, and the voxel before on it."""
        mine = self.cost.argmin(axis=0)[None]
        before = np.take_along_axis(self.before, mine, axis=0)[0]
        return self.cost.min(axis=0), before


def field_of(contrast: Contrast, roots: Roots, inside_mm: Float32) -> Field:
    """Let ways run from both roots through what is bright.

    ``inside_mm``: (k, j, i) how deep in the liver, with hilum and cava, a voxel lies.
    """
    spacing, room = contrast.spacing_mm, dilated(contrast.liver, RIM_MM, contrast.spacing_mm)
    gates = dilated(roots.cava | roots.trunk, GATES_MM, spacing)
    outside = roots.trunk | roots.mouths
    domain = ((room & ((inside_mm > CAPSULE_MM) | gates)) | outside) & ~roots.cava
    snr = np.where(outside & ~room, np.float32(TRUNK_SD), contrast.snr)
    snr = np.where(contrast.above_hu > ARTERY * contrast.blood_hu, np.float32(-9), snr)
    depth = distance_transform_mm(domain & (snr > BRIGHT_SD), spacing)
    speed = SLOWEST + 1 / (1 + np.exp(-(snr - BRIGHT_SD) / SOFT_SD))
    speed *= 1 + DEEPER * np.maximum(depth - 1, 0)
    shore = dilated(roots.cava, CAVA_RIM_MM, spacing) & domain
    nodes = (domain & (snr > FAINT_SD)) | shore
    if roots.portal is not None:
        nodes[roots.portal] = True
    number, joined = joined_voxels(nodes, 1 / speed, spacing)
    at = np.argwhere(nodes)
    ports = [] if roots.portal is None else [int(number[roots.portal])]
    mouths = number[shore]
    low = np.maximum(LOW_CAVA_SHARE - roots.height[shore], 0) * LOW_CAVA_PRICE
    found = [
        _ways(joined, np.array(ports, int), np.zeros(len(ports))),
        _ways(joined, mouths.astype(np.int64), low),
    ]
    return Field(
        at=at,
        points_mm=contrast.blocks.grid.to_mm(at),
        number=number,
        snr=snr,
        depth_mm=depth,
        cost=np.stack([cost for cost, _ in found]),
        before=np.stack([before for _, before in found]),
    )


def joined_voxels(
    nodes: Mask, price: FloatArray | Float32, spacing: Spacing
) -> tuple[NDArray[np.int32], scipy.sparse.csr_array[np.float64, tuple[int, int]]]:
    """Join the voxels of a (k, j, i) mask that share a corner, at a price per mm; number them.

    Returns
    -------
    (k, j, i) int32 array, (n, n) sparse array
        Each voxel's number, -1 outside the mask; and the price of each step.
    """
    number = np.full(nodes.shape, -1, np.int32)
    count = int(np.count_nonzero(nodes))
    number[nodes] = np.arange(count)
    rows, columns, prices = [], [], []
    for offset in HALF_OF_A_CUBE:
        a = tuple(slice(max(0, -x), None if x <= 0 else -x) for x in offset)
        b = tuple(slice(max(0, x), None if x >= 0 else x) for x in offset)
        both = nodes[a] & nodes[b]
        step = float(np.linalg.norm(np.array(offset) * spacing))
        rows.append(number[a][both])
        columns.append(number[b][both])
        prices.append(step * (price[a][both] + price[b][both]) / 2)
    entries = np.concatenate(prices), (np.concatenate(rows), np.concatenate(columns))
    return number, scipy.sparse.coo_array(entries, (count, count)).tocsr()


def _ways(
    joined: scipy.sparse.csr_array[np.float64, tuple[int, int]], sources: Places, start: FloatArray
) -> tuple[FloatArray, Places]:
    """(n,) price from the nearest of some sources, and the voxel before; negative at a source."""
    count = joined.shape[0]
    if len(sources) == 0:
        return np.full(count, np.inf), np.full(count, -1)
    edges = joined.tocoo()
    rows = np.concatenate([edges.row, np.full(len(sources), count)])
    columns = np.concatenate([edges.col, sources])
    prices = np.concatenate([edges.data, np.maximum(start, 1e-3)])
    whole = scipy.sparse.coo_array((prices, (rows, columns)), (count + 1, count + 1)).tocsr()
    cost, before = scipy.sparse.csgraph.dijkstra(
        whole, directed=False, indices=count, return_predecessors=True
    )  # type: ignore[call-overload]  # the stubs know no csr_array
    before = np.where(before[:count] >= count, -1, before[:count])
    return cost[:count], before.astype(np.int64)
