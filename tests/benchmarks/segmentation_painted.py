"""CTs rendered from label maps, with metastases painted into them whose outline is known.

Sizes are of the outline that an expert would draw, a little outside the visible edge. The livers
are of maps that training now keeps out (`HELD_OUT`; the first prompted network had learned from
them), and another painter than training's makes the metastases: slices of 1 to 5 mm that average
what is in them, noise as such slices have it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import scipy.ndimage as ndi

from liverplan.segmentation.blocks import resampled
from liverplan.segmentation.morphology import distance_transform_mm
from liverplan.volume import Grid, Volume
from tests.benchmarks.segmentation_rendered import LIVER, PHASES, PORTAL, densities, labelled

MAPS = ("btcv_0010", "btcv_0025", "btcv_0030", "btcv_0035", "btcv_0040")
SIZES_MM = (5.0, 10.0, 20.0, 40.0)
LOOKS = {"-12 HU": (-12, 0), "-20 HU": (-20, 0), "-40 HU": (-40, 0), "-70 HU": (-70, 0),
         "-30 HU, rim +30": (-30, 30)}  # fmt: skip
"""Density of a metastasis and of its rim, about the liver's, HU."""
RIM_MM = 2.0
BEYOND_MM, BEYOND_SHARE = 1.25, 0.125
"""Experts draw so far outside the visible edge, but no more than this share of the size."""
SLICES = {1: 20.0, 2: 16.0, 3: 13.0, 5: 11.0}
"""Slice thickness, mm, and the noise that such slices have, HU."""
PIXEL_MM, FINE_MM, ROOM_MM = 0.8, 1.0, 20.0
TEXTURE = ((5.0, 3.0), (25.0, 2.0))
"""Grain, mm, and spread, HU, of what no map names."""
APART_MM, TRIES = 8.0, 400
COARSE = 2.5


@dataclass(frozen=True, kw_only=True, eq=False)
class Painted:
    """One metastasis: its outline on the CT, the size and look that were asked for."""

    truth: np.ndarray
    size_mm: float
    look: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Patient:
    """A CT, its liver and its metastases."""

    name: str
    volume: Volume
    liver: np.ndarray
    lesions: list[Painted]


def patients(data: Path, count: int, seed: int) -> Iterator[Patient]:
    """Yield CTs; all sizes and looks come in turn, as many of each as fit."""
    rng = np.random.default_rng(seed)
    wanted = [
        pair for _ in range(count) for pair in rng.permutation(list(product(SIZES_MM, LOOKS)))
    ]
    share = -(-len(wanted) // count)
    for number in range(count):
        part = wanted[number * share : (number + 1) * share]
        slice_mm = list(SLICES)[number % len(SLICES)]
        phase = list(PHASES)[number % len(PHASES)]
        yield _patient(data, MAPS[number % len(MAPS)], phase, slice_mm, part, rng)


def _patient(data: Path, name: str, phase: str, slice_mm: int, wanted: list, rng) -> Patient:
    path = data / "label_maps" / f"{name}.nii.gz"
    labels, whole, spacing = labelled(path, rng, lesions=False)
    hu, liver, steps = _finer(densities(labels, phase), whole, spacing, slice_mm)
    for grain_mm, spread_hu in TEXTURE:
        hu += spread_hu * _field(rng, hu.shape, [grain_mm / s for s in steps])
    liver_hu = (PORTAL | PHASES[phase])[LIVER]
    taken = np.zeros(liver.shape, bool)
    made = []
    for size, look in sorted(((float(s), str(w)) for s, w in wanted), reverse=True):
        found = _placed(rng, liver, taken, size, steps)
        if found is None:
            continue
        box, depth = found
        beyond = min(BEYOND_MM, BEYOND_SHARE * size)
        _paint(rng, hu, liver, (box, depth - beyond), LOOKS[look], liver_hu)
        taken[box] |= depth > -APART_MM
        made.append((box, (depth > 0) & liver[box], size, look))
    hu = ndi.gaussian_filter(hu, (0.4, 0.6 / PIXEL_MM, 0.6 / PIXEL_MM))
    noise = _field(rng, (hu.shape[0] // slice_mm, *hu.shape[1:]), (0.35, 0.9, 0.9))
    hu = _thick(hu, slice_mm) + SLICES[slice_mm] * noise
    affine = np.eye(4)
    affine[:3, :3] = np.fliplr(np.diag([PIXEL_MM, PIXEL_MM, slice_mm * FINE_MM]))
    volume = Volume(grid=Grid(shape=hu.shape, affine=affine), hu=np.rint(hu).astype(np.int16))
    lesions = []
    for box, mask, size, look in made:
        truth = np.zeros(liver.shape, np.float32)
        truth[box] = mask
        lesions.append(Painted(truth=_thick(truth, slice_mm) >= 0.5, size_mm=size, look=look))
    known = _thick(liver.astype(np.float32), slice_mm) >= 0.5
    return Patient(name=name, volume=volume, liver=known, lesions=lesions)


def _finer(hu, liver, spacing, slice_mm):
    """Cut the liver with room round it out of a map, on finer voxels; whole slices of them."""
    used = np.argwhere(liver)
    room = np.ceil(ROOM_MM / np.array(spacing)).astype(int)
    low = np.maximum(used.min(axis=0) - room, 0)
    high = np.minimum(used.max(axis=0) + 1 + room, liver.shape)
    box = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
    steps = (FINE_MM, PIXEL_MM, PIXEL_MM)
    counts = ((high - low - 1) * np.array(spacing) / steps).astype(int)
    counts[0] -= counts[0] % slice_mm
    where = [np.arange(n) * step / s for n, step, s in zip(counts, steps, spacing, strict=True)]
    smooth = ndi.gaussian_filter(liver[box].astype(np.float32), [1.0 / s for s in spacing])
    return resampled(hu[box], where), resampled(smooth, where) > 0.5, steps


def _placed(rng, liver, taken, size, steps):
    """Find room for a lesion, mostly in the liver; its box, and its depth there, mm."""
    at = np.argwhere(liver[::3, ::4, ::4]) * (3, 4, 4)
    reach = np.ceil((0.75 * size + APART_MM) / np.array(steps)).astype(int)
    depth = _depth(rng, reach, size, steps)
    inside = depth > 0
    for _ in range(TRIES):
        middle = at[rng.integers(len(at))]
        low, high = middle - reach, middle + reach + 1
        if (low < 0).any() or (high > liver.shape).any():
            continue
        box = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
        if (taken[box] & inside).any() or liver[box][inside].mean() < 0.9:
            continue
        return box, depth
    return None


def _depth(rng, reach, size, steps):
    """How deep each voxel lies in an uneven ellipsoid of a mean diameter, mm."""
    sides = (np.arange(-n, n + 1) * s for n, s in zip(reach, steps, strict=True))
    grid = np.stack(np.meshgrid(*sides, indexing="ij"), -1)
    turn, _ = np.linalg.qr(rng.standard_normal((3, 3)))
    stretch = np.exp(rng.normal(0, 0.15, 3))
    stretch /= np.exp(np.log(stretch).mean())
    away = np.linalg.norm(grid @ (turn * stretch), axis=-1)
    waves = 0.05 * size * _field(rng, away.shape, [0.25 * size / s for s in steps])
    depth = size / 2 - away + waves
    parts, _ = ndi.label(depth > 0)
    own = parts == parts[tuple(reach)]
    size_now = np.cbrt(6 / np.pi * np.count_nonzero(own) * np.prod(steps))
    outside = distance_transform_mm(~own, steps) - distance_transform_mm(own, steps)
    return -outside + (size - size_now) / 2


def _paint(rng, hu, liver, placed, look, liver_hu):
    """Paint what is seen of it: a soft edge, and a rim within it."""
    box, depth = placed
    core, rim = look
    edge = rng.uniform(0.3, 0.8)
    cover = 1 / (1 + np.exp(-np.clip(depth / edge, -30, 30)))
    cover = cover * ndi.gaussian_filter(liver[box].astype(np.float32), 0.5)
    layer = 1 / (1 + np.exp(np.clip((depth - RIM_MM) / edge, -30, 30))) if rim else 0.0
    own = liver_hu + core + (rim - core) * layer + 2.0 * _field(rng, depth.shape, (3, 3, 3))
    hu[box] += cover * (own - hu[box])


def _field(rng, shape, sigma):
    """Smooth noise of unit spread; what is coarse is drawn on a coarser lattice."""
    step = [max(1.0, one / COARSE) for one in sigma]
    counts = [int(np.ceil(n / one)) + 1 for n, one in zip(shape, step, strict=True)]
    drawn = rng.standard_normal(counts, dtype=np.float32)
    drawn = ndi.gaussian_filter(
        drawn, [a / b for a, b in zip(sigma, step, strict=True)], truncate=3
    )
    if counts != list(shape):
        drawn = resampled(drawn, [np.arange(n) / one for n, one in zip(shape, step, strict=True)])
    return drawn / drawn.std()


def _thick(values, count):
    """Average slices; what is left over at the top is left out."""
    whole = len(values) // count * count
    return values[:whole].reshape(-1, count, *values.shape[1:]).mean(axis=1)
