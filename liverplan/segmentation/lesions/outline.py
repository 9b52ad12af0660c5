"""Metastases from a click or a stroke: the least-energy mask between two densities.

A lesion is found in a small box around the hint. Its own density is read at the hint, the
liver's around it. Of many ellipsoids that fit the hint, the one that holds most of the lesion's
density and least of the liver's gives the shape; the cut then draws the border between the two
densities, never far from that shape. Experts draw 1-1.5 mm outside the visible edge, where the
density has all but become the liver's; so does this.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy.ndimage as ndi
from numpy.typing import ArrayLike
from scipy.signal import fftconvolve

from liverplan import __version__
from liverplan.errors import SegmentationError
from liverplan.segmentation.blocks import Blocks, blocks_of, resampled
from liverplan.segmentation.lesions.edges import at_the_foot
from liverplan.segmentation.maxflow import cut
from liverplan.segmentation.morphology import (
    Float32,
    Spacing,
    closed,
    depth_mm,
    grown,
    pieces,
    signed_depth_mm,
)
from liverplan.segmentation.provenance import Provenance
from liverplan.segmentation.results import LesionResult, Mask
from liverplan.volume import FloatArray, Volume

CLICK, STROKE = "liverplan lesion from click", "liverplan lesion from stroke"

FINE_MM, COARSEST_MM, BLOCKS_IN_REACH = 1.0, 2.0, 45
"""Block size: as fine as a small lesion needs, as coarse as a large one allows."""
CLICK_REACH_MM = 45.0
HINT_MM = 2.5
AWAY_MM = 20.0
"""Dark tissue this far from the liver is no lesion."""
CAPSULE_MM = 1.0
"""How far out of the liver a lesion may reach."""
DENT_MM = 20.0
"""How deep a surface lesion may dent a liver mask that left it out."""
BRIM_MM = 2.0
"""Within this of the liver's edge, densities are mixed with what lies outside."""
COST_PER_MM = 2.0
SHAPE_PER_MM, SHAPE_SLACK_MM, SHAPE_MOST = 2.0, 2.0, 1.5
RADII_MM = (3.0, 4.5, 6.0, 8.0, 10.0, 13.0, 16.0, 20.0, 25.0, 31.0)
LARGEST_MM, LARGEST_WEAK_MM = 31.0, 8.0
"""A click on what hardly stands out may not spread far."""
WEAK_HU = 15.0
CLEAR_HU, LEAST_TRUST = 40.0, 0.15
"""Contrast at which the density is trusted as much as the shape; and the least trust."""
FITS_RIM, FITS_ODD, BALL_RIM = 0.4, 0.15, 0.2
"""How much liver a fitting ellipsoid may hold, and the price of a shifted or stretched one."""
EDGE_FRACTION = 0.8
"""Where between the lesion's (0) and the liver's (1) density the border is drawn."""
LEAST_CONTRAST_HU = 12.0
FAT_HU, BODY_HU = -30.0, -200.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Patch:
    """The box around a hint: densities, liver, and the voxels' distances in it."""

    blocks: Blocks
    calm: Float32
    liver: Mask
    start: tuple[int, int, int]
    stop: tuple[int, int, int]

    @property
    def points_mm(self) -> FloatArray:
        """(k, j, i, 3) LPS mm."""
        return self.blocks.grid.to_mm(np.moveaxis(np.indices(self.calm.shape), 0, -1))


def lesion_from_click(volume: Volume, liver_mask: Mask, point_mm: ArrayLike) -> LesionResult:
    """Find the lesion at one click.

    Parameters
    ----------
    volume : Volume
        The CT.
    liver_mask : (k, j, i) bool array
        The liver on the CT's grid.
    point_mm : (3,) array
        A point in the lesion, LPS mm; best its middle.

    Raises
    ------
    SegmentationError
        If the point lies outside the CT, the body or the liver.
    """
    point = _checked_point(volume, liver_mask, point_mm)
    patch = _patch(volume, liver_mask, point, CLICK_REACH_MM)
    offset = patch.points_mm - point
    distance = np.linalg.norm(offset, axis=-1)
    hint = distance <= _reach(distance, HINT_MM)
    evidence, contrast = _evidence(patch, hint, distance > 8)
    ball = _best_ball(evidence, patch, offset, _trust(contrast))
    found = _result(volume, patch, evidence, ball, hint, contrast, CLICK, {"point": point})
    return replace(found, mask=at_the_foot(volume, liver_mask, found.mask))


def lesion_from_stroke(
    volume: Volume,
    liver_mask: Mask,
    start_mm: ArrayLike,
    end_mm: ArrayLike,
    *,
    short_axis_mm: tuple[ArrayLike, ArrayLike] | None = None,
) -> LesionResult:
    """Find the lesion from its long axis, and its short axis if that is drawn too.

    Parameters
    ----------
    volume, liver_mask
        The CT, and the liver on its grid.
    start_mm, end_mm : (3,) arrays
        Ends of the long axis, LPS mm.
    short_axis_mm : two (3,) arrays
        Ends of the short axis, LPS mm.

    Raises
    ------
    SegmentationError
        If the stroke has no length, or its middle lies outside the CT, the body or the liver.
    """
    start, end = np.asarray(start_mm, dtype=float), np.asarray(end_mm, dtype=float)
    length = float(np.linalg.norm(end - start))
    if not 1 <= length <= 300:
        raise SegmentationError(f"A long axis of {length:.0f} mm is no lesion's.")
    middle = _checked_point(volume, liver_mask, (start + end) / 2)
    patch = _patch(volume, liver_mask, middle, length * 0.75 + 12)
    drawn = Drawn.of(start, end, short_axis_mm, volume)
    frame = (patch.points_mm - drawn.middle) @ drawn.axes.T
    guess = _radius(frame, drawn.guess())
    hint = guess <= max(0.3, float(guess.min()) + 1e-6)
    evidence, contrast = _evidence(patch, hint | (guess <= 0.6), guess > 1.3)
    trust = _trust(contrast)
    shape = min(drawn.candidates(), key=lambda c: _misfit(evidence, frame, c, trust))
    where = {"start": start, "end": end}
    radius_mm = (_radius(frame, shape) - 1) * shape.size_mm
    return _result(volume, patch, evidence, radius_mm, hint, contrast, STROKE, where)


@dataclass(frozen=True, slots=True)
class Ellipsoid:
    """Half axes along the long axis, the short one and across the slice, and its shift there."""

    half_mm: tuple[float, float, float]
    shift_mm: float = 0.0

    @property
    def size_mm(self) -> float:
        """Mean half axis."""
        return float(np.cbrt(np.prod(self.half_mm)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drawn:
    """A stroke's middle, its three directions (rows) and half lengths; the second may be open."""

    middle: FloatArray
    axes: FloatArray
    long_half_mm: float
    short_half_mm: float | None

    @classmethod
    def of(
        cls,
        start: FloatArray,
        end: FloatArray,
        short_axis_mm: tuple[ArrayLike, ArrayLike] | None,
        volume: Volume,
    ) -> Drawn:
        """Read the drawn axes; without a short axis, across lies in the axial slice."""
        length = float(np.linalg.norm(end - start))
        along = (end - start) / length
        head = np.array((0.0, 0.0, 1.0)) if abs(along[2]) < 0.9 else np.array((0.0, 1.0, 0.0))
        across = np.cross(head, along)
        middle, short_half = (start + end) / 2, None
        if short_axis_mm is not None:
            a, b = (np.asarray(p, dtype=float) for p in short_axis_mm)
            short_half = min(max(float(np.linalg.norm(b - a)) / 2, 0.5), length / 2)
            across = (b - a) - ((b - a) @ along) * along
            middle = middle + 0.5 * _across((a + b) / 2 - middle, along)
        across /= np.linalg.norm(across)
        axes = np.stack([along, across, np.cross(along, across)])
        return cls(middle=middle, axes=axes, long_half_mm=length / 2, short_half_mm=short_half)

    def guess(self) -> Ellipsoid:
        """Return the likeliest ellipsoid before the CT is looked at."""
        across = self.short_half_mm or 0.75 * self.long_half_mm
        return Ellipsoid((self.long_half_mm, across, across))

    def candidates(self) -> list[Ellipsoid]:
        """Ellipsoids whose section in the drawn slice has the drawn axes."""
        shorts = (
            [self.short_half_mm]
            if self.short_half_mm
            else [f * self.long_half_mm for f in (0.55, 0.7, 0.85, 1.0)]
        )
        found = []
        for short in shorts:
            for height in (0.7, 0.9, 1.1, 1.35, 1.6):
                deep = min(height * short, 1.1 * self.long_half_mm)
                for part in (-0.6, -0.4, -0.2, 0.0, 0.2, 0.4, 0.6):
                    grow = 1 / np.sqrt(1 - part**2)
                    halves = (self.long_half_mm * grow, short * grow, deep)
                    found.append(Ellipsoid(halves, part * deep))
        return found


def _across(vector: FloatArray, along: FloatArray) -> FloatArray:
    return np.asarray(vector - (vector @ along) * along)


def _radius(frame: FloatArray, shape: Ellipsoid) -> FloatArray:
    """Distance from the ellipsoid's middle in units of its radius: 1 on its surface."""
    a, b, c = shape.half_mm
    x, y, z = np.moveaxis(frame, -1, 0)
    return np.asarray(np.sqrt((x / a) ** 2 + (y / b) ** 2 + ((z - shape.shift_mm) / c) ** 2))


def _misfit(evidence: Float32, frame: FloatArray, shape: Ellipsoid, trust: float) -> float:
    """Liver inside minus lesion inside, the rim that experts add allowed for; and odd shapes."""
    inside = _radius(frame, shape) <= 1
    tall = abs(float(np.log(shape.half_mm[2] / shape.half_mm[1])))
    odd = FITS_ODD * (abs(shape.shift_mm) / shape.half_mm[2] + tall)
    size, misfit = float(inside.sum()), float(evidence[inside].sum())
    return misfit + (odd - FITS_RIM * trust) * size


def _best_ball(evidence: Float32, patch: Patch, offset: FloatArray, trust: float) -> FloatArray:
    """Signed distance (mm, negative inside) to the ball that holds most lesion, least liver."""
    spacing = np.array(patch.blocks.spacing_mm)
    best, found = np.inf, (np.zeros(3), 4.0)
    largest = LARGEST_MM if trust >= WEAK_HU / CLEAR_HU else LARGEST_WEAK_MM
    for radius in (r for r in RADII_MM if r <= largest):
        kernel = (
            np.sqrt(
                sum(
                    g**2
                    for g in np.meshgrid(
                        *(np.arange(-int(radius / s), int(radius / s) + 1) * s for s in spacing),
                        indexing="ij",
                    )
                )
            )
            <= radius
        )
        total = fftconvolve(evidence, kernel.astype(np.float32), mode="same")
        total -= BALL_RIM * trust * float(kernel.sum())
        near = np.linalg.norm(offset, axis=-1) <= max(0.6 * radius, 3.0)
        total = np.where(near, total, np.inf)
        at = np.unravel_index(int(total.argmin()), total.shape)
        if total[at] < best:
            best, found = float(total[at]), (offset[at], radius)
    return np.asarray(np.linalg.norm(offset - found[0], axis=-1) - found[1])


def _checked_point(volume: Volume, liver_mask: Mask, point_mm: ArrayLike) -> FloatArray:
    point = np.asarray(point_mm, dtype=float).reshape(-1)
    if point.shape != (3,) or not np.isfinite(point).all():
        raise SegmentationError("A point is three coordinates in millimetres.")
    words = ", ".join(f"{x:.1f}" for x in point)
    voxel = volume.grid.nearest_index(point)
    if voxel is None:
        raise SegmentationError(f"The point {words} mm lies outside the CT.")
    box = tuple(slice(max(0, n - 1), n + 2) for n in voxel)
    if float(np.median(volume.hu[box])) < BODY_HU:
        raise SegmentationError(f"The point {words} mm lies outside the body, in air or lung.")
    reach = tuple(int(np.ceil(DENT_MM / s)) for s in volume.grid.spacing_mm)
    near = tuple(slice(max(0, n - r), n + r + 1) for n, r in zip(voxel, reach, strict=True))
    if not liver_mask[near].any():
        raise SegmentationError(f"The point {words} mm lies outside the liver.")
    return point


def _patch(volume: Volume, liver_mask: Mask, point: FloatArray, reach_mm: float) -> Patch:
    size_mm = float(np.clip(reach_mm / BLOCKS_IN_REACH, FINE_MM, COARSEST_MM))
    index = volume.grid.to_index(point)
    reach = reach_mm / np.array(volume.grid.spacing_mm)
    low = np.clip(np.floor(index - reach), 0, np.array(volume.grid.shape) - 1).astype(int)
    high = np.clip(np.ceil(index + reach) + 1, low + 1, volume.grid.shape).astype(int)
    start, stop = _triple(low), _triple(high)
    blocks = blocks_of(volume, size_mm, start, stop)
    box = tuple(slice(a, b) for a, b in zip(start, stop, strict=True))
    liver = Volume(grid=volume.grid.crop(start, stop), hu=liver_mask[box].astype(np.int16))
    calm = ndi.gaussian_filter(np.clip(blocks.hu, -200, 300), [1.0 / s for s in blocks.spacing_mm])
    share = blocks_of(liver, size_mm).hu
    return Patch(blocks=blocks, calm=calm, liver=share >= 0.5, start=start, stop=stop)


def _evidence(patch: Patch, hint: Mask, around: Mask) -> tuple[Float32, float]:
    """-1 at the lesion's density, +1 at the liver's; and how far the two are apart, HU."""
    spacing = patch.blocks.spacing_mm
    lesion_hu = float(np.median(patch.calm[hint]))
    deep = depth_mm(patch.liver, spacing) > BRIM_MM
    values = patch.calm[deep & around]
    if values.size < 50:
        raise SegmentationError("There is too little liver around this point to tell a lesion.")
    liver_hu = _other_mode(values, lesion_hu)
    contrast = liver_hu - lesion_hu
    reach = np.sign(contrast) * max(abs(contrast), LEAST_CONTRAST_HU)
    share = (patch.calm - lesion_hu) / reach
    evidence = np.clip((share - EDGE_FRACTION) / (1 - EDGE_FRACTION), -1, 1)
    evidence *= _trust(contrast)
    fat = patch.blocks.hu < FAT_HU
    evidence[grown(fat, BRIM_MM, spacing)] = 0  # mixed with what lies outside
    away = depth_mm(~_undented(patch.liver, spacing), spacing)
    away = np.maximum(away - float(np.median(away[hint])), 0)  # the hint itself is trusted
    elsewhere = np.where(fat, 1, np.minimum(away / AWAY_MM, 1))
    evidence = np.where(fat | (away > 0), np.maximum(evidence, elsewhere), evidence)
    return np.asarray(evidence, dtype=np.float32), contrast


def _trust(contrast_hu: float) -> float:
    """How far density is believed, against shape."""
    return float(np.clip(abs(contrast_hu) / CLEAR_HU, LEAST_TRUST, 1))


def _other_mode(values: Float32, lesion_hu: float) -> float:
    """Most frequent density among the liver's, the lesion's own left out."""
    counts, edges = np.histogram(values, np.arange(-50, 251, 4))
    smooth = ndi.gaussian_filter1d(counts.astype(float), 1.5)
    apart = np.abs(edges[:-1] + 2 - lesion_hu) > LEAST_CONTRAST_HU / 2
    return float(edges[int(np.where(apart, smooth, 0).argmax())] + 2)


def _undented(liver: Mask, spacing_mm: Spacing) -> Mask:
    """Fill the dents that surface lesions leave in a liver mask."""
    pad = [(int(DENT_MM / s) + 2,) * 2 for s in spacing_mm]
    whole = closed(np.pad(liver, pad), DENT_MM, spacing_mm)
    return whole[tuple(slice(a, -b) for a, b in pad)]


def _result(
    volume: Volume,
    patch: Patch,
    evidence: Float32,
    outside_mm: FloatArray,
    hint: Mask,
    contrast: float,
    method: str,
    where: dict[str, FloatArray],
) -> LesionResult:
    """Cut the lesion out near its shape and bring it to the CT's voxels."""
    spacing = patch.blocks.spacing_mm
    shape = np.clip(outside_mm / SHAPE_SLACK_MM, -SHAPE_MOST, SHAPE_MOST)
    cost = evidence * COST_PER_MM + shape * SHAPE_PER_MM
    outside = depth_mm(~_undented(patch.liver, spacing), spacing) > CAPSULE_MM
    outside &= outside_mm > 0
    never = outside | (patch.blocks.hu < FAT_HU)
    cost[never] = 5
    cost[hint] = -5
    mask = cut(cost, 1.0, spacing, iterations=150) > 0.5
    numbers, _ = pieces(mask)
    mask = np.isin(numbers, np.unique(numbers[hint & mask])) & mask
    mask = np.stack([ndi.binary_fill_holes(plane) for plane in mask])
    mask &= ~never
    words = "The lesion hardly stands out from the liver; check its outline."
    return LesionResult(
        mask=_on_voxels(patch, mask, volume),
        provenance=_provenance(method, where),
        warnings=(words,) if abs(contrast) < WEAK_HU else (),
    )


def _on_voxels(patch: Patch, mask: Mask, volume: Volume) -> Mask:
    where = [
        (np.arange(b - a) + 0.5) / factor - 0.5
        for a, b, factor in zip(patch.start, patch.stop, patch.blocks.factors, strict=True)
    ]
    result = np.zeros(volume.grid.shape, dtype=bool)
    box = tuple(slice(a, b) for a, b in zip(patch.start, patch.stop, strict=True))
    result[box] = resampled(signed_depth_mm(mask, patch.blocks.spacing_mm), where) > 0
    return result


def _provenance(method: str, points: dict[str, FloatArray]) -> Provenance:
    words = {name: ", ".join(f"{x:.2f}" for x in point) for name, point in points.items()}
    return Provenance(method=method, version=__version__, origin="clicks", parameters=words)


def _reach(distance: FloatArray, wanted: float) -> float:
    return max(wanted, float(distance.min()) + 0.01)


def _triple(values: FloatArray) -> tuple[int, int, int]:
    k, j, i = (int(v) for v in values)
    return k, j, i
