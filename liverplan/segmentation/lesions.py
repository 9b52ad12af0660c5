"""Metastases from a click or a stroke: the least-energy mask between two densities.

A lesion is found in a small box around the hint. Its own density is read at the hint, the
liver's around it; the cut puts the border half way between the two, smooths it, and keeps to the
shape that a stroke gives. Experts draw the border 1-1.5 mm outside the visible edge; so does
this.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.ndimage as ndi
from numpy.typing import ArrayLike

from liverplan import __version__
from liverplan.errors import SegmentationError
from liverplan.segmentation.coarse import Blocks, blocks_of, resampled
from liverplan.segmentation.labels import Provenance
from liverplan.segmentation.maxflow import cut
from liverplan.segmentation.results import LesionResult, Mask
from liverplan.segmentation.shapes import Float32, closed, depth_mm, grown, pieces, signed_depth_mm
from liverplan.volume import FloatArray, Volume

CLICK, STROKE = "liverplan lesion from click", "liverplan lesion from stroke"

FINE_MM = 1.0
CLICK_REACH_MM = 45.0
RIM_MM = 1.0
"""How far outside the visible edge experts draw."""
HINT_MM = 2.5
CAPSULE_MM = 4.0
"""How far out of the liver a lesion may reach."""
DENT_MM = 25.0
"""How deep a surface lesion may dent a liver mask that left it out."""
COST_PER_MM = 3
LEAST_CONTRAST_HU = 8.0
BODY_HU = -200.0


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
        If the point lies outside the CT, the body or the liver, or nothing stands out there.
    """
    point = _checked_point(volume, liver_mask, point_mm)
    patch = _patch(volume, liver_mask, point, CLICK_REACH_MM)
    distance = np.linalg.norm(patch.points_mm - point, axis=-1)
    lesion_hu = float(np.median(patch.calm[distance <= _reach(distance, HINT_MM)]))
    liver_hu = _liver_hu(patch, distance > 8, lesion_hu)
    evidence = _evidence(patch, lesion_hu, liver_hu)
    far = np.clip((distance - CLICK_REACH_MM * 0.6) / 20, 0, 1)
    mask, weak = _cut_lesion(
        patch, evidence + far, distance <= _reach(distance, HINT_MM), liver_hu - lesion_hu
    )
    return LesionResult(
        mask=_on_voxels(patch, mask, volume),
        provenance=_provenance(CLICK, point=point),
        warnings=weak,
    )


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
    radius = _ellipsoid_radius(patch.points_mm, start, end, short_axis_mm)
    core = radius <= max(0.5, float(radius.min()))
    lesion_hu = float(np.median(patch.calm[core]))
    liver_hu = _liver_hu(patch, (radius > 1.2), lesion_hu)
    shape = np.clip((radius - 1) * length / 2 / 4, -1, 3) * 0.5
    evidence = _evidence(patch, lesion_hu, liver_hu) + shape
    mask, weak = _cut_lesion(patch, evidence, core & (radius <= 0.3), liver_hu - lesion_hu)
    return LesionResult(
        mask=_on_voxels(patch, mask, volume),
        provenance=_provenance(STROKE, start=start, end=end),
        warnings=weak,
    )


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
    index = volume.grid.to_index(point)
    reach = reach_mm / np.array(volume.grid.spacing_mm)
    low = np.clip(np.floor(index - reach), 0, np.array(volume.grid.shape) - 1).astype(int)
    high = np.clip(np.ceil(index + reach) + 1, low + 1, volume.grid.shape).astype(int)
    start, stop = _triple(low), _triple(high)
    blocks = blocks_of(volume, FINE_MM, start, stop)
    box = tuple(slice(a, b) for a, b in zip(start, stop, strict=True))
    liver = Volume(grid=volume.grid.crop(start, stop), hu=liver_mask[box].astype(np.int16))
    calm = ndi.gaussian_filter(np.clip(blocks.hu, -200, 300), [1.0 / s for s in blocks.spacing_mm])
    share = blocks_of(liver, FINE_MM).hu
    return Patch(blocks=blocks, calm=calm, liver=share >= 0.5, start=start, stop=stop)


def _liver_hu(patch: Patch, around: Mask, lesion_hu: float) -> float:
    values = patch.calm[patch.liver & around]
    if values.size < 50:
        raise SegmentationError("There is too little liver around this point to tell a lesion.")
    counts, edges = np.histogram(values, np.arange(-50, 251, 4))
    smooth = ndi.gaussian_filter1d(counts.astype(float), 1.5)
    apart = np.abs(edges[:-1] + 2 - lesion_hu) > LEAST_CONTRAST_HU
    smooth = np.where(apart, smooth, 0)
    return float(edges[int(smooth.argmax())] + 2)


def _evidence(patch: Patch, lesion_hu: float, liver_hu: float) -> Float32:
    """-1 at the lesion's density, +1 at the liver's."""
    half = (liver_hu - lesion_hu) / 2
    half = np.sign(half) * max(abs(half), LEAST_CONTRAST_HU / 2)
    evidence = np.clip((patch.calm - lesion_hu) / half - 1, -1, 1)
    return np.asarray(evidence, dtype=np.float32)


def _cut_lesion(
    patch: Patch, evidence: FloatArray | Float32, seed: Mask, contrast_hu: float
) -> tuple[Mask, tuple[str, ...]]:
    spacing = patch.blocks.spacing_mm
    cost = (evidence * COST_PER_MM).astype(np.float32)
    outside = depth_mm(~closed(patch.liver, DENT_MM, spacing), spacing) > CAPSULE_MM
    cost[outside | (patch.blocks.hu < -50)] = 5
    cost[seed] = -5
    mask = cut(cost, 1.0, spacing, iterations=150) > 0.5
    numbers, _ = pieces(mask)
    mask = np.isin(numbers, np.unique(numbers[seed & mask])) & mask
    mask = np.stack([ndi.binary_fill_holes(plane) for plane in mask])
    mask = grown(mask, RIM_MM, spacing) & ~outside
    weak = abs(contrast_hu) < 15
    words = "The lesion hardly stands out from the liver; check its outline."
    return mask, (words,) if weak else ()


def _ellipsoid_radius(
    points: FloatArray,
    start: FloatArray,
    end: FloatArray,
    short_axis_mm: tuple[ArrayLike, ArrayLike] | None,
) -> FloatArray:
    """Distance from the middle in units of the ellipsoid's radius: 1 on its surface."""
    length = float(np.linalg.norm(end - start))
    offset = points - (start + end) / 2
    along = offset @ ((end - start) / length)
    across = length * 0.8
    if short_axis_mm is not None:
        a, b = (np.asarray(p, dtype=float) for p in short_axis_mm)
        across = min(max(float(np.linalg.norm(b - a)), 1.0), length)
    rest2 = np.maximum((offset**2).sum(axis=-1) - along**2, 0)
    return np.asarray(np.sqrt((2 * along / length) ** 2 + rest2 * (2 / across) ** 2))


def _on_voxels(patch: Patch, mask: Mask, volume: Volume) -> Mask:
    where = [
        (np.arange(b - a) + 0.5) / factor - 0.5
        for a, b, factor in zip(patch.start, patch.stop, patch.blocks.factors, strict=True)
    ]
    result = np.zeros(volume.grid.shape, dtype=bool)
    box = tuple(slice(a, b) for a, b in zip(patch.start, patch.stop, strict=True))
    result[box] = resampled(signed_depth_mm(mask, patch.blocks.spacing_mm), where) > 0
    return result


def _provenance(method: str, **points: FloatArray) -> Provenance:
    words = {name: ", ".join(f"{x:.2f}" for x in point) for name, point in points.items()}
    return Provenance(method=method, version=__version__, quality="automatic", parameters=words)


def _reach(distance: FloatArray, wanted: float) -> float:
    return max(wanted, float(distance.min()) + 0.01)


def _triple(values: FloatArray) -> tuple[int, int, int]:
    k, j, i = (int(v) for v in values)
    return k, j, i
