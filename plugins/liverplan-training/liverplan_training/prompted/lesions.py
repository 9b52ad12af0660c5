"""Metastases painted into a scene: shape, density, shell and core, and where an expert draws."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage as ndi

from liverplan_training.prompted.scene import Array, Mask, Random, field

DARK, BRIGHT = 0.8, 0.12
CONTRAST_HU, FAINT_HU, FAINT_SHARE = (9.0, 90.0), (8.0, 20.0), 0.25
VISIBLE = 0.82
"""A lesion is seen as far as a fifth of its contrast: so many edge widths from its middle."""
BEYOND_MM, BEYOND_SHARE = 1.25, 0.12
"""Experts draw so far outside the visible edge, but not more than this share of its radius."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a lesion looks, HU and mm: mostly all of a patient's alike."""

    delta_hu: float
    edge_mm: float
    shell_hu: float
    shell_share: float
    rim_hu: float
    rim_mm: float
    texture_hu: float
    keeps: float
    """Share of the liver's own texture (its vessels) that shows through."""

    @classmethod
    def drawn(cls, rng: Random) -> Look:
        """Draw one at random."""
        span = FAINT_HU if rng.random() < FAINT_SHARE else CONTRAST_HU
        size = float(np.exp(rng.uniform(*np.log(span))))
        kind = rng.random()
        delta = -size if kind < DARK else size * 0.8 if kind < DARK + BRIGHT else rng.uniform(-9, 9)
        layered = rng.random() < 0.4
        share = rng.uniform(0.12, 0.6) if layered else 0.0
        rimmed = rng.random() < 0.35 or abs(delta) < 9
        return cls(
            delta_hu=float(delta),
            edge_mm=float(np.exp(rng.uniform(np.log(0.4), np.log(3.0)))),
            shell_hu=float(delta * rng.uniform(0.15, 0.7) if layered else delta),
            shell_share=float(share),
            rim_hu=float(rng.choice((-1, 1)) * rng.uniform(12, 45)) if rimmed else 0.0,
            rim_mm=float(rng.uniform(1.0, 4.0)),
            texture_hu=float(rng.uniform(0, 10)),
            keeps=float(rng.choice((0.0, rng.random()))),
        )

    def varied(self, rng: Random) -> Look:
        """Return how the same patient's next lesion looks."""
        return replace(self, delta_hu=self.delta_hu * rng.uniform(0.8, 1.2))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lesion:
    """Signed depth in mm, (k, j, i), positive inside; and how it looks."""

    depth_mm: Array
    look: Look

    @property
    def drawn(self) -> Mask:
        """Where an expert draws: at the foot of the edge, the rim included."""
        beyond = min(BEYOND_MM, BEYOND_SHARE * max(float(self.depth_mm.max()), 0.0))
        return np.asarray(self.depth_mm > -(beyond + VISIBLE * self.look.edge_mm))


def shaped(rng: Random, shape: tuple[int, ...], middle: Array, size_mm: float, cube_mm: float,
           look: Look) -> Lesion:  # fmt: skip
    """Shape a lesion: an ellipsoid, wavy and sometimes lobed, about `middle` (in cubes)."""
    steps = [np.arange(n, dtype=np.float32) - m for n, m in zip(shape, middle, strict=True)]
    away = np.stack(np.meshgrid(*steps, indexing="ij"), -1) * cube_mm
    radius = size_mm / 2
    depth = radius - _stretched(rng, away)
    if rng.random() < 0.3:  # a second lobe
        aside = rng.normal(0, 1, 3)
        aside *= radius * rng.uniform(0.4, 0.9) / np.linalg.norm(aside)
        depth = np.maximum(depth, radius * rng.uniform(0.4, 0.8) - _stretched(rng, away - aside))
    waves = rng.uniform(0.02, 0.14) * field(rng, shape, max(2.0, 0.5 * radius / cube_mm))
    waves += rng.uniform(0.0, 0.035) * field(rng, shape, max(1.5, 0.2 * radius / cube_mm))
    return Lesion(depth_mm=np.asarray(depth + radius * waves, np.float32), look=look)


def _stretched(rng: Random, away: Array) -> Array:
    turn, _ = np.linalg.qr(rng.standard_normal((3, 3)))
    stretch = np.exp(rng.normal(0, 0.16, 3))
    stretch /= np.exp(np.log(stretch).mean())
    return np.asarray(np.linalg.norm(away @ (turn * stretch), axis=-1))


def painted(rng: Random, hu: Array, liver_hu: float, lesion: Lesion, allowed: Mask,
            cube_mm: float) -> Array:  # fmt: skip
    """Paint a lesion over the CT where it is allowed to be."""
    look, depth = lesion.look, lesion.depth_mm
    cover = 1 / (1 + np.exp(-np.clip(depth / look.edge_mm * 1.7, -30, 30)))
    cover = cover * np.clip(ndi.gaussian_filter(allowed.astype(np.float32), 0.5), 0, 1)
    deepest = max(float(depth.max()), 1.0)
    core_at = look.shell_share * deepest * (1 + 0.25 * field(rng, hu.shape, 5.0))
    soft = max(1.0, 0.06 * deepest)
    core = (
        1 / (1 + np.exp(-np.clip((depth - core_at) / soft, -30, 30))) if look.shell_share else 1.0
    )
    change = look.shell_hu + (look.delta_hu - look.shell_hu) * core
    change = change + look.texture_hu * field(rng, hu.shape, max(1.2, 3 / cube_mm))
    rim = np.exp(-0.5 * ((depth - 0.4 * look.rim_mm) / (0.6 * look.rim_mm)) ** 2)
    change = change + look.rim_hu * rim
    inside = look.keeps * hu + (1 - look.keeps) * liver_hu + change
    return np.asarray(hu + cover * (inside - hu), np.float32)


def imaged(rng: Random, hu: Array, cube_mm: float, *, real: bool) -> Array:
    """Blur, slice thickness and noise, as a scanner adds them."""
    blur = rng.uniform(0.3, 0.7 if real else 1.0) / cube_mm
    slice_mm = rng.choice((1.0, 1.6, 2.5, 3.0, 5.0), p=(0.2, 0.25, 0.25, 0.15, 0.15))
    hu = ndi.gaussian_filter(hu, (max(blur, 0.35 * slice_mm / cube_mm), blur, blur))
    noise = rng.standard_normal(hu.shape, dtype=np.float32)
    grain = rng.uniform(0.3, 0.8) / cube_mm
    noise = ndi.gaussian_filter(noise, (min(0.45 * slice_mm / cube_mm, 2.0), grain, grain))
    most = 24.0 / max(1.0, cube_mm / 1.0) ** 0.8
    hu = hu + noise / (noise.std() + 1e-6) * rng.uniform(2.0, max(4.0, most))
    return _thick(rng, hu, round(float(slice_mm) / cube_mm))


def _thick(rng: Random, hu: Array, step: int) -> Array:
    """Keep every `step`-th slice only, linear between."""
    if step < 2:
        return np.asarray(hu, np.float32)
    last = len(hu) - 1
    at = np.unique(np.clip(np.arange(rng.integers(0, step), len(hu) + step, step), 0, last))
    place = np.interp(np.arange(len(hu)), at, np.arange(len(at)))
    low = np.floor(place).astype(int)
    high = np.minimum(low + 1, len(at) - 1)
    share = (place - low)[:, None, None]
    return np.asarray(hu[at[low]] * (1 - share) + hu[at[high]] * share, np.float32)
