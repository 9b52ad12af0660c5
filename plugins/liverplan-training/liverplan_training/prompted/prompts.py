"""Prompts as a person gives them, drawn from a lesion's mask, with a person's errors."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from liverplan.segmentation.lesions.prompted.channels import Marks
from liverplan_training.prompted.scene import Mask, Random

Points = NDArray[np.float64]
ANGLES = np.linspace(0, np.pi, 24, endpoint=False)


def clicked(rng: Random, mask: Mask) -> Points:
    """(1, 3) a point well inside."""
    depth = ndi.distance_transform_edt(mask)
    at = np.argwhere(depth >= rng.uniform(0.4, 1.0) * depth.max())
    return np.asarray(at[rng.integers(len(at))][None], float)


def axes(rng: Random, mask: Mask, *, both: bool) -> Points | None:
    """(1 or 2, 2, 3) the long axis on an axial slice, and the short axis; None if too small."""
    area = mask.sum(axis=(1, 2))
    near = np.flatnonzero(area >= max(4, 0.8 * area.max()))
    if not len(near):
        return None
    k = int(rng.choice(near))
    points = np.argwhere(mask[k]).astype(float)
    spans = [np.ptp(points @ (np.sin(a), np.cos(a))) for a in ANGLES]
    angle = ANGLES[int(np.argmax(spans))]
    along, across = (
        np.array((np.sin(angle), np.cos(angle))),
        np.array((np.cos(angle), -np.sin(angle))),
    )
    start, end = _ends(points, along)
    lines = [_on_slice(rng, k, start, end)]
    if both:
        lines.append(_on_slice(rng, k, *_widest(points, along, across)))
    return np.asarray(lines)


def boxed(rng: Random, mask: Mask, *, flat: bool) -> Points:
    """(2, 3) lowest and highest corner: on one slice, or in three dimensions."""
    if flat:
        area = mask.sum(axis=(1, 2))
        k = int(rng.choice(np.flatnonzero(area >= 0.8 * area.max())))
        mask = mask & (np.arange(len(mask)) == k)[:, None, None]
    at = np.argwhere(mask).astype(float)
    low, high = at.min(0), at.max(0)
    loose = 0.06 * (high - low) * np.abs(rng.standard_normal((2, 3))) * (not flat or (0, 1, 1))
    return np.stack([low - loose[0], high + loose[1]])


def denied(rng: Random, target: Mask, others: Mask) -> Points:
    """(n, 3) points that are none of it: in neighbours, or shortly beyond the border."""
    away = ndi.distance_transform_edt(~target)
    beyond = (away > 2.5) & (away < 9)
    found = []
    for _ in range(rng.integers(1, 4)):
        where = others & (away > 1.5) if others.any() and rng.random() < 0.7 else beyond
        at = np.argwhere(where)
        if len(at):
            found.append(at[rng.integers(len(at))])
    return np.asarray(found, float).reshape(-1, 3)


def middle_of(marks: Marks) -> Points:
    """(3,) the middle of what was drawn."""
    return np.asarray(marks.inside.mean(axis=0))


def _ends(points: Points, along: Points) -> tuple[Points, Points]:
    at = points @ along
    return points[at.argmin()] - along / 2, points[at.argmax()] + along / 2


def _widest(points: Points, along: Points, across: Points) -> tuple[Points, Points]:
    place = np.round(points @ along)
    widths = {p: np.ptp((points @ across)[place == p]) for p in np.unique(place)}
    return _ends(points[place == max(widths, key=lambda p: widths[p])], across)


def _on_slice(rng: Random, k: int, start: Points, end: Points) -> Points:
    off = rng.normal(0, 0.025 * np.linalg.norm(end - start) + 0.15, (2, 2))
    return np.insert(np.stack([start, end]) + off, 0, k, axis=1)
