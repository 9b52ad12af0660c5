"""The two trees drawn: middle lines with how sure each point is, roots, and voxels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.segmentation.morphology import Float32, dilated, distance_transform_mm
from liverplan.segmentation.results import Mask
from liverplan.segmentation.vessels.apart import Starts, parted, seen_to_the_end
from liverplan.segmentation.vessels.contrast import Contrast
from liverplan.segmentation.vessels.field import Field
from liverplan.segmentation.vessels.lines import tree_lines
from liverplan.segmentation.vessels.middle_line import Places, Tree
from liverplan.segmentation.vessels.roots import Roots
from liverplan.segmentation.vessels.web import Web
from liverplan.volume import FloatArray

TREES = (1, 2)
START_MM, START_PRICE = 30.0, 0.125
"""So near to a root, as the ways count, a tree may begin, at this price for each millimetre."""
LUMEN_MM = 10.0
"""So near, as the ways count, lies the root's own lumen."""
IN_TRUNK_MM = 1.0
"""What lies so near the portal trunk outside the liver begins no hepatic vein."""
MOUTH_MM = 15.0
"""A tree's root lies no farther from the trunk, or from the cava."""
SLAB_MM, HIGH_SHARE = 4.0, 0.7
"""The hepatic veins' root is the cava in a slab of this half thickness, high among their mouths."""
EVEN_SD = 3.0
"""What stands out no more than this is a vessel by even odds."""
PAINT_RADII, PAINT_MM = 1.25, 1.2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drawn:
    """The trees' middle lines.

    Parameters
    ----------
    at : (n, 3) int array
        Voxels.
    points_mm : (n, 3) array
        LPS.
    radius_mm, confidence : (n,) arrays
        The confidence, 0 to 1, is of being a vessel of this tree.
    tree : (n,) uint8 array
        1 portal, 2 hepatic.
    roots_mm : (2,) tuple of (m, 3) arrays
        Where the trees begin, LPS mm.
    length_mm : (float, float)
        Of both trees.
    lines : (2,) tuple of sequences of Tree
        The middle lines of each.
    """

    at: Places
    points_mm: FloatArray
    radius_mm: FloatArray
    confidence: FloatArray
    tree: NDArray[np.uint8]
    roots_mm: tuple[FloatArray, FloatArray]
    length_mm: tuple[float, float]
    lines: tuple[Sequence[Tree], Sequence[Tree]]


def drawn(web: Web, field: Field, roots: Roots, contrast: Contrast, least_sd: float) -> Drawn:
    """Part a web into its trees, and keep of them what stands out enough to its end."""
    starts = _starts(web, field, dilated(roots.trunk, IN_TRUNK_MM, contrast.spacing_mm))
    middles = np.stack([_portal_mm(roots, contrast), _cava_mm(web, starts[1], roots, contrast)])
    parting = parted(web, starts, middles, _above_hu(web, contrast))
    left = seen_to_the_end(web, parting.tree, least_sd)
    tree, told = np.zeros(len(web.at), np.uint8), np.zeros(len(web.at))
    length = [0.0, 0.0]
    for number, points in left.items():
        tree[points] = parting.tree[number]
        told[points] = parting.sure[number]
        steps = np.linalg.norm(np.diff(web.points_mm[points], axis=0), axis=1)
        length[parting.tree[number] - 1] += float(steps.sum())
    kept = tree > 0
    seen = 1 / (1 + np.exp(-(web.snr - EVEN_SD)))
    return Drawn(
        at=web.at[kept],
        points_mm=web.points_mm[kept],
        radius_mm=web.radius_mm[kept],
        confidence=(seen * told)[kept],
        tree=tree[kept],
        roots_mm=(
            _begun(web, tree, 1, starts[0], _from_trunk_mm(roots, contrast)),
            _begun(web, tree, 2, starts[1], _from_cava_mm(roots, contrast)),
        ),
        length_mm=(length[0], length[1]),
        lines=(
            _lines(web, field, [p for n, p in left.items() if parting.tree[n] == 1], 1),
            _lines(web, field, [p for n, p in left.items() if parting.tree[n] == 2], 2),
        ),
    )


def _lines(web: Web, field: Field, ways: Sequence[Places], number: int) -> list[Tree]:
    """Join a tree's lines, each part from where the way to its root is cheapest."""
    if not ways:
        return []
    numbers = field.number[tuple(web.at.T)]
    price = np.where(numbers >= 0, field.cost[number - 1][numbers], np.inf)
    return tree_lines(web.points_mm, web.radius_mm, ways, web.links, price)


def painted(trees: Drawn, web: Web, contrast: Contrast) -> NDArray[np.uint8]:
    """Paint the trees' voxels: what of the vessels lies round a middle line, the nearest one's.

    Returns
    -------
    (k, j, i) uint8 array
        1 portal, 2 hepatic.
    """
    number = np.zeros(web.vessel.shape, np.int64)
    number[tuple(trees.at.T)] = np.arange(1, len(trees.at) + 1)
    away, nearest = scipy.ndimage.distance_transform_edt(
        number == 0, sampling=contrast.spacing_mm, return_indices=True
    )
    line = number[tuple(nearest)] - 1
    near = away <= np.maximum(PAINT_RADII * trees.radius_mm[line], PAINT_MM)
    labels = np.where((near & web.vessel) | (away <= PAINT_MM), trees.tree[line], 0)
    return labels.astype(np.uint8)


def _above_hu(web: Web, contrast: Contrast) -> FloatArray:
    at = contrast.blocks.grid.to_index(web.points_mm).T
    above: FloatArray = scipy.ndimage.map_coordinates(
        contrast.above_hu, at, np.float64, order=1, mode="nearest"
    )
    return above


def _starts(web: Web, field: Field, trunk: Mask) -> tuple[Starts, Starts]:
    """Meetings where either tree may begin, and what it costs to begin there, cheapest first.

    They are those to which a root is nearer than to all that they lead to: elsewhere a tree comes
    along the web. In a root's own lumen each may.
    """
    found = []
    for cost in field.cost:
        prices = _prices(web, field, cost)
        near = sorted(
            (price, n)
            for n, price in prices.items()
            if price <= LUMEN_MM or (price <= START_MM and _is_nearest(web, n, prices))
        )
        found.append({n: START_PRICE * price for price, n in near})
    return found[0], {n: c for n, c in found[1].items() if not trunk[tuple(web.at[n])]}


def _prices(web: Web, field: Field, cost: FloatArray) -> dict[int, float]:
    """By meeting: the price of the way there from a root."""
    meetings = list(web.meetings)
    numbers = field.number[tuple(web.at[meetings].T)]
    prices = np.where(numbers >= 0, cost[numbers], np.inf).tolist()
    return dict(zip(meetings, prices, strict=True))


def _is_nearest(web: Web, meeting: int, prices: Mapping[int, float]) -> bool:
    """Whether a root is no nearer to any meeting that stretches join to this one."""
    joined = (web.stretches[n].ends[1 - end] for n, end in web.meetings[meeting])
    return all(prices[meeting] <= prices[other] for other in joined)


def _begun(
    web: Web, tree: NDArray[np.uint8], number: int, starts: Starts, away_mm: Float32
) -> FloatArray:
    """(m, 3) where a tree begins, LPS mm: those of its starts that lie at its root."""
    near = [n for n in starts if tree[n] == number and away_mm[tuple(web.at[n])] <= MOUTH_MM]
    return web.points_mm[np.array(near, dtype=np.int64)]


def _from_trunk_mm(roots: Roots, contrast: Contrast) -> Float32:
    seed = np.zeros(contrast.liver.shape, bool)
    if roots.portal is not None:
        seed[roots.portal] = True
    return distance_transform_mm(~seed, contrast.spacing_mm)


def _from_cava_mm(roots: Roots, contrast: Contrast) -> Float32:
    return distance_transform_mm(~roots.cava, contrast.spacing_mm)


def _portal_mm(roots: Roots, contrast: Contrast) -> FloatArray:
    grid = contrast.blocks.grid
    return grid.to_mm(np.array(contrast.liver.shape) / 2 if roots.portal is None else roots.portal)


def _cava_mm(web: Web, mouths: Starts, roots: Roots, contrast: Contrast) -> FloatArray:
    """Return the middle of the cava, at the height of the higher mouths."""
    cava = np.argwhere(roots.cava)
    if not len(cava):
        return contrast.blocks.grid.to_mm(np.array(contrast.liver.shape) / 2)
    slices = web.at[list(mouths), 0] if mouths else cava[:, 0]
    height = np.quantile(slices, HIGH_SHARE)
    slab = np.abs(cava[:, 0] - height) * contrast.spacing_mm[0] <= SLAB_MM
    return contrast.blocks.grid.to_mm(cava[slab if slab.any() else slice(None)].mean(axis=0))
