"""Planes through a liver, and what each interval said of them beside what is true."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from liverplan.findings import Interval
from liverplan.resection import Plane
from liverplan.segmentation import Segmentation
from liverplan.volumetry import BoundaryOffsets, ErrorModel, VolumeIndex, estimate
from tests.benchmarks.calibration.masks import Pair

KINDS = ("random", "hemihepatectomy")
SAMPLES = 1000
NEAR, FAR = 0.02, 0.08
"""Thresholds lie at most so far from what is drawn: near for one half, far for the other."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What one interval said of one plan, and the truth that it is of."""

    interval: Interval
    drawn: float
    truth: float
    threshold: float

    @property
    def covered(self) -> bool:
        """Whether the truth lies in the interval."""
        return self.interval.lower_95 <= self.truth <= self.interval.upper_95


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One plan: as drawn against the true liver, as carried out against a moved cut in it."""

    as_drawn: Said
    as_carried_out: Said


def planes(index: VolumeIndex, kind: str, count: int, seed: int) -> list[Plane]:
    """Draw planes that leave 15 to 85 % (random), or either hemiliver."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        if kind == "random":
            normal, left = rng.normal(size=3), rng.uniform(0.15, 0.85)
        else:
            normal = np.array([rng.choice([-1.0, 1.0]), *rng.normal(0, 0.3, 2)])
            left = rng.uniform(0.25, 0.45) if rng.random() < 0.5 else rng.uniform(0.55, 0.7)
        found.append(_leaving(index, normal / np.linalg.norm(normal), left))
    return found


def _leaving(index: VolumeIndex, normal: np.ndarray, left: float) -> Plane:
    reach = index.grid.corners_mm @ normal
    low, high = float(reach.min()), float(reach.max())
    for _ in range(40):
        middle = (low + high) / 2
        enough = index.remnant_ml(normal[None], [middle])[0] > left * index.functional_ml
        low, high = (middle, high) if enough else (low, middle)
    return Plane(point_mm=low * normal, normal=normal)


def moved(plane: Plane, at: np.ndarray, errors: ErrorModel, rng: np.random.Generator) -> Plane:
    """Carry a plane out with the model's own errors: shifted, and tilted about a point on it."""
    across = np.linalg.svd(plane.normal[None])[2][1:]
    lean = np.tan(np.radians(errors.tilt.sd) * rng.standard_normal(2)) @ across
    pivot = at - plane.signed_distance_mm(at[None])[0] * plane.normal
    tilted = Plane(point_mm=pivot, normal=plane.normal + lean)
    return tilted.shifted(errors.position.sd * rng.standard_normal())


@lru_cache(maxsize=3)
def _index(segmentation: Segmentation) -> VolumeIndex:
    """One index a mask, for plans of both kinds."""
    return VolumeIndex.build(segmentation)


def answers(pair: Pair, kind: str, count: int, seed: int) -> list[Answer]:
    """Ask for both intervals of some planes, and for the truth."""
    truth, drawn = _index(pair.truth), _index(pair.drawn)
    boundaries = BoundaryOffsets.build(pair.drawn, errors=pair.errors)
    cells, rng = boundaries.cells, np.random.default_rng(seed)
    found = []
    for plane in planes(drawn, kind, count, seed):
        near = np.abs(plane.signed_distance_mm(cells.points_mm)) < 5
        centre = np.average(cells.points_mm[near], axis=0, weights=cells.tissue_ml[near] + 1e-9)
        left = _fraction(drawn, plane)
        threshold = left + rng.uniform(-1, 1) * (NEAR if rng.random() < 0.5 else FAR)
        doubt = estimate(
            pair.drawn,
            [plane],
            threshold_fraction=threshold,
            index=drawn,
            boundaries=boundaries,
            samples=SAMPLES,
            seed=int(rng.integers(1 << 31)),
        )
        carried = moved(plane, centre, boundaries.errors, rng)
        assert doubt.as_drawn is not None
        found.append(
            Answer(
                as_drawn=_said(doubt.as_drawn, left, _fraction(truth, plane), threshold),
                as_carried_out=_said(
                    doubt.as_carried_out, left, _fraction(truth, carried), threshold
                ),
            )
        )
    return found


def _said(interval: Interval, drawn: float, truth: float, threshold: float) -> Said:
    return Said(interval=interval, drawn=drawn, truth=truth, threshold=threshold)


def _fraction(index: VolumeIndex, plane: Plane) -> float:
    return index.remnant_ml_of([plane]) / index.functional_ml


def wrong_poses(pair: Pair, shift_mm: float, degrees: float, count: int, seed: int) -> float:
    """Share of intervals as carried out that hold a cut off by just so much, in the true liver."""
    rng, index = np.random.default_rng(seed), VolumeIndex.build(pair.truth)
    boundaries = BoundaryOffsets.build(pair.truth)
    held: list[bool] = []
    for plane in planes(index, "random", count, seed):
        doubt = estimate(
            pair.truth, [plane], threshold_fraction=0.3, index=index, boundaries=boundaries
        )
        around = np.linalg.svd(plane.normal[None])[2][1:]
        angle = rng.uniform(0, 2 * np.pi)
        lean = np.tan(np.radians(degrees)) * (np.cos(angle) * around[0] + np.sin(angle) * around[1])
        pivot = boundaries.cells.points_mm.mean(axis=0)
        pivot = pivot - plane.signed_distance_mm(pivot[None])[0] * plane.normal
        off = Plane(point_mm=pivot, normal=plane.normal + lean)
        low, high = doubt.interval_95
        held.append(low <= _fraction(index, off.shifted(rng.choice([-1, 1]) * shift_mm)) <= high)
    return float(np.mean(held))


def of(found: Sequence[Answer], *, carried_out: bool) -> list[Said]:
    """Return one of the two intervals of each answer."""
    return [one.as_carried_out if carried_out else one.as_drawn for one in found]
