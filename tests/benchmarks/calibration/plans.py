"""Planes through a liver, and what each interval said of them beside what is true."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from liverplan.findings import Interval
from liverplan.resection import Plane
from liverplan.segmentation import Segmentation
from liverplan.volumetry import BoundaryOffsets, ErrorModel, VolumeIndex, estimate
from liverplan.volumetry.planes.remnant import cut_centre_mm
from tests.benchmarks.calibration.masks import Pair

KINDS = ("random", "hemihepatectomy")
SAMPLES = 1000
NEAR, FAR = 0.02, 0.08
"""Thresholds lie at most so far from what is drawn: near for one half, far for the other."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What one interval said of one plan, and the truth that it is of.

    ``liver`` numbers the draws of the mask's error: what shares one is not independent.
    """

    interval: Interval
    drawn: float
    truth: float
    threshold: float
    liver: int

    @property
    def covered(self) -> bool:
        """Whether the truth lies in the interval."""
        return self.interval.lower_95 <= self.truth <= self.interval.upper_95


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One plan: as drawn against the true liver, as carried out against a moved cut in it."""

    plane: Plane
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


def moved(plane: Plane, middle_mm: np.ndarray, errors: ErrorModel, draw: np.ndarray) -> Plane:
    """Carry a plane out: three normal draws shift it, and tilt it about its cut's middle."""
    across = np.linalg.svd(plane.normal[None])[2][1:]
    lean = np.radians(errors.tilt.sd) * (draw[1:] @ across)
    return _misplaced(plane, middle_mm, errors.position.sd * float(draw[0]), lean)


def _misplaced(plane: Plane, middle_mm: np.ndarray, shift_mm: float, lean: np.ndarray) -> Plane:
    """Tilt a plane by a vector across its normal, as long as the angle, and shift it."""
    angle = float(np.linalg.norm(lean))
    normal = np.cos(angle) * plane.normal + np.sinc(angle / np.pi) * lean
    on_plane = middle_mm - plane.signed_distance_mm(middle_mm[None])[0] * plane.normal
    return Plane(point_mm=on_plane, normal=normal).shifted(shift_mm)


@lru_cache(maxsize=3)
def _index(segmentation: Segmentation) -> VolumeIndex:
    """One index a mask, for plans of both kinds."""
    return VolumeIndex.build(segmentation)


def answers(pair: Pair, kind: str, count: int, seed: int) -> list[Answer]:
    """Ask for both intervals of some planes, and for the truth."""
    truth, drawn = _index(pair.truth), _index(pair.drawn)
    boundaries = BoundaryOffsets.build(pair.drawn, errors=pair.errors)
    rng = np.random.default_rng(seed)
    found = []
    for plane in planes(drawn, kind, count, seed):
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
        middle = cut_centre_mm(drawn, plane)
        carried = moved(plane, middle, boundaries.errors, rng.standard_normal(3))
        assert doubt.as_drawn is not None
        found.append(
            Answer(
                plane=plane,
                as_drawn=_said(doubt.as_drawn, left, _fraction(truth, plane), threshold, seed),
                as_carried_out=_said(
                    doubt.as_carried_out, left, _fraction(truth, carried), threshold, seed
                ),
            )
        )
    return found


def _said(interval: Interval, drawn: float, truth: float, threshold: float, liver: int) -> Said:
    return Said(interval=interval, drawn=drawn, truth=truth, threshold=threshold, liver=liver)


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
        way = rng.uniform(0, 2 * np.pi)
        lean = np.radians(degrees) * np.array([np.cos(way), np.sin(way)]) @ around
        shift = float(rng.choice([-1, 1])) * shift_mm
        off = _misplaced(plane, cut_centre_mm(index, plane), shift, lean)
        low, high = doubt.interval_95
        held.append(low <= _fraction(index, off) <= high)
    return float(np.mean(held))


def of(found: Sequence[Answer], *, carried_out: bool) -> list[Said]:
    """Return one of the two intervals of each answer."""
    return [one.as_carried_out if carried_out else one.as_drawn for one in found]
