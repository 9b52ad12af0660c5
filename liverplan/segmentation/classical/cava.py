"""The inferior vena cava, tracked as a tube, so that the liver does not take it in.

In the portal-venous phase the cava is often as bright as the liver it runs through. Above and
below the liver it is plain to see: a disc about 20 mm wide in front and to the right of the
spine. The track is the cheapest chain of such discs from slice to slice (dynamic programming):
even inside, different outside, little movement, the same density all along.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from liverplan.segmentation.blocks import Blocks
from liverplan.segmentation.classical.spine import find_spine
from liverplan.segmentation.classical.torso import Torso
from liverplan.segmentation.morphology import Float32, Spacing
from liverplan.volume import FloatArray

RADII_MM, RING_MM = (5.5, 8.0, 10.5), (2.5, 6.0)
"""Radii that are tried, and how far outside them the surroundings are looked at."""
RIGHT_MM, FRONT_MM = 18.0, 38.0
"""Where the cava runs, from the middle of the vertebra."""
SIDE_SPREAD_MM, FRONT_SPREAD_MM = 12.0, 16.0
VERTEBRA_MM = 24.0
ALIKE_HU = 6.0
USUAL_RADIUS_MM, WIDEST_RADIUS_MM = 10.0, 16.0
REACH_MM = 40.0
EVEN_HU, APART_HU, STEADY_HU, BRIGHT_HU = 8.0, 30.0, 10.0, 20.0
LEAST_HU = 60.0
PLACE_PRICE, NEVER = 0.3, 10.0
"""Prices of a place one spread off the usual one, and of one where no cava runs."""
SMOOTH_MM = 8.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tube:
    """The cava's middle on every slice of a range, in fractional indices, and its density there."""

    slices: range
    rows: FloatArray
    columns: FloatArray
    densities_hu: FloatArray

    def distance_mm(self, shape: tuple[int, ...], spacing_mm: Spacing) -> Float32:
        """(k, j, i) in-plane distance to the tube's middle, mm; infinite off its slices."""
        distance = np.full(shape, np.inf, np.float32)
        j, i = np.indices(shape[1:])
        for k, row, column in zip(self.slices, self.rows, self.columns, strict=True):
            distance[k] = np.hypot((j - row) * spacing_mm[1], (i - column) * spacing_mm[2])
        return distance


def track_cava(
    blocks: Blocks, denoised: Float32, torso: Torso, slices: range, liver_hu: float
) -> Tube:
    """Track the cava over a range of slices; it is seldom darker than the liver.

    Parameters
    ----------
    blocks, torso
        The CT on a coarse lattice, and the body on it.
    denoised : (k, j, i) float32 array
        The blocks' densities without noise, HU.
    slices : range
        Of k.
    liver_hu : float
        The liver's density.
    """
    spine, spacing = find_spine(blocks, torso), blocks.spacing_mm
    centre = spine - np.array((FRONT_MM / spacing[1], RIGHT_MM / spacing[2]))
    search = _Search.of(spacing, liver_hu)
    looks = [search.on(denoised[k], centre[k], spine[k]) for k in slices]
    densities = [density for _, density in looks]
    chain = _cheapest_chain([price for price, _ in looks], densities, spacing)
    way = np.array([search.offsets[:, j, i] for j, i in chain]) + centre[slices.start : slices.stop]
    density = np.array([found[at] for found, at in zip(densities, chain, strict=True)])
    smooth = SMOOTH_MM / spacing[0]
    return Tube(
        slices=slices,
        rows=scipy.ndimage.gaussian_filter1d(way[:, 0], smooth, mode="nearest"),
        columns=scipy.ndimage.gaussian_filter1d(way[:, 1], smooth, mode="nearest"),
        densities_hu=scipy.ndimage.gaussian_filter1d(density, smooth, mode="nearest"),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Search:
    """Where around its usual place the cava's disc is looked for on a slice, and how.

    ``offsets`` is a (2, rows, columns) array: rows and columns from the usual place.
    """

    spacing_mm: Spacing
    liver_hu: float
    offsets: FloatArray
    footprints: tuple[tuple[Float32, Float32], ...]

    @classmethod
    def of(cls, spacing_mm: Spacing, liver_hu: float) -> _Search:
        reach = [int(REACH_MM / s) for s in spacing_mm[1:]]
        steps = np.meshgrid(*(np.arange(-r, r + 1) for r in reach), indexing="ij")
        return cls(
            spacing_mm=spacing_mm,
            liver_hu=liver_hu,
            offsets=np.stack(steps).astype(float),
            footprints=tuple(_footprints(radius, spacing_mm) for radius in RADII_MM),
        )

    def on(
        self, plane: Float32, centre: FloatArray, spine: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """(rows, columns) price of the best disc at every offset on a slice, and its mean HU."""
        price, mean = self._best_discs(plane)
        at = [np.rint(centre[n] + self.offsets[n]).astype(int) for n in range(2)]
        j, i = (np.clip(a, 0, n - 1) for a, n in zip(at, plane.shape, strict=True))
        _, row_mm, column_mm = self.spacing_mm
        place = (self.offsets[0] * row_mm / FRONT_SPREAD_MM) ** 2
        place += (self.offsets[1] * column_mm / SIDE_SPREAD_MM) ** 2
        total = price[j, i] + PLACE_PRICE * place
        total[mean[j, i] < LEAST_HU] += NEVER
        beside = np.hypot((j - spine[0]) * row_mm, (i - spine[1]) * column_mm)
        total[beside < VERTEBRA_MM] += NEVER
        return total, mean[j, i]

    def _best_discs(self, plane: Float32) -> tuple[Float32, Float32]:
        """(j, i) price of the best disc around every pixel, and its mean HU."""
        looks = [_disc_price(plane, *footprint, self.liver_hu) for footprint in self.footprints]
        prices = np.stack([price for price, _ in looks])
        means = np.stack([mean for _, mean in looks])
        best = prices.argmin(axis=0)[None]
        return prices.min(axis=0), np.take_along_axis(means, best, axis=0)[0]


def _footprints(radius_mm: float, spacing_mm: Spacing) -> tuple[Float32, Float32]:
    """Weights of a disc, and of the ring around it; each sums to 1."""
    reach = [int(np.ceil((radius_mm + RING_MM[1]) / s)) for s in spacing_mm[1:]]
    j, i = (np.arange(-r, r + 1) for r in reach)
    away = np.hypot(j[:, None] * spacing_mm[1], i[None] * spacing_mm[2]) - radius_mm
    disc = (away <= 0).astype(np.float32)
    ring = ((away >= RING_MM[0]) & (away <= RING_MM[1])).astype(np.float32)
    return disc / disc.sum(), ring / ring.sum()


def _disc_price(
    plane: Float32, disc: Float32, ring: Float32, liver_hu: float
) -> tuple[Float32, Float32]:
    """Price of a disc around each pixel, and its mean HU: even, set apart and bright is cheap."""
    mean = scipy.ndimage.convolve(plane, disc, mode="nearest")
    square = scipy.ndimage.convolve(plane**2, disc, mode="nearest")
    spread = np.sqrt(np.maximum(square - mean**2, 0))
    ring_mean = scipy.ndimage.convolve(plane, ring, mode="nearest")
    ring_square = scipy.ndimage.convolve(plane**2, ring, mode="nearest")
    apart = np.sqrt(np.maximum(ring_square - 2 * mean * ring_mean + mean**2, 0))
    bright = np.clip(mean - liver_hu, -BRIGHT_HU, BRIGHT_HU)
    price = spread / EVEN_HU - 2 * np.minimum(apart, APART_HU) / APART_HU - bright / BRIGHT_HU
    return price, mean


def _cheapest_chain(
    prices: list[FloatArray], densities: list[FloatArray], spacing_mm: Spacing
) -> list[tuple[int, int]]:
    """Viterbi over slices; neighbours within two voxels may follow each other."""
    steps = [(dj, di) for dj in (-2, -1, 0, 1, 2) for di in (-2, -1, 0, 1, 2)]
    total, back = prices[0], []
    for k in range(1, len(prices)):
        options = []
        for dj, di in steps:
            before = _shifted(total, dj, di)
            density = _shifted(densities[k - 1], dj, di)
            move = np.hypot(dj * spacing_mm[1], di * spacing_mm[2]) / spacing_mm[0]
            change = np.abs(densities[k] - density) / STEADY_HU
            options.append(before + 0.5 * move**2 + np.minimum(np.nan_to_num(change, nan=9), 9))
        stacked = np.stack(options)
        back.append(stacked.argmin(axis=0))
        total = stacked.min(axis=0) + prices[k]
    j, i = np.unravel_index(int(total.argmin()), total.shape)
    chain = [(int(j), int(i))]
    for choice in reversed(back):
        dj, di = steps[int(choice[chain[-1]])]
        chain.append((chain[-1][0] + dj, chain[-1][1] + di))
    return chain[::-1]


def _shifted(values: FloatArray, dj: int, di: int) -> FloatArray:
    """``result[j, i] = values[j + dj, i + di]``, infinite outside."""
    result = np.full_like(values, np.inf)
    n, m = values.shape
    to = slice(max(0, -dj), n - max(0, dj)), slice(max(0, -di), m - max(0, di))
    of = slice(max(0, dj), n - max(0, -dj)), slice(max(0, di), m - max(0, -di))
    result[to] = values[of]
    return result


def cava_cost(tube: Tube, denoised: Float32, liver_hu: Float32, spacing_mm: Spacing) -> Float32:
    """(k, j, i) price from -1 to 1 of calling a voxel liver beside the cava; 0 away from it.

    Near the tube a voxel goes to the nearer density of the two; where they are too much alike to
    tell, to the cava within its usual radius.
    """
    distance = tube.distance_mm(denoised.shape, spacing_mm)
    density = np.zeros(denoised.shape[0], np.float32)
    density[tube.slices.start : tube.slices.stop] = tube.densities_hu
    apart = density[:, None, None] - liver_hu
    middle = (density[:, None, None] + liver_hu) / 2
    by_density = np.clip(4 * (denoised - middle) / np.where(np.abs(apart) < 1, 1, apart), -1, 1)
    told = np.clip((np.abs(apart) - ALIKE_HU) / ALIKE_HU, 0, 1)
    by_place = np.clip((USUAL_RADIUS_MM - distance) / 3, -1, 1)
    price = told * by_density + (1 - told) * by_place
    price = np.where(distance < RADII_MM[0], 1, np.maximum(price, 0))
    return np.where(distance < WIDEST_RADIUS_MM, price, 0).astype(np.float32)
