"""Item 5: the Monte-Carlo against brute force, and its interval against injected errors."""

import edt
import numpy as np
from scipy.stats import beta

from liverplan.resection.cuts.plane import Plane
from liverplan.segmentation.boxes import bounding_box
from liverplan.volumetry import estimate
from liverplan.volumetry.planes.remnant import cut_centre_mm
from liverplan.volumetry.uncertainty.boundary_offsets import BoundaryOffsets
from liverplan.volumetry.uncertainty.monte_carlo import standard_normal
from liverplan.volumetry.uncertainty.of_planes import _Planes, _sides, flip_mm
from tests.benchmarks.volumetry_peers import NumpyBox
from tests.benchmarks.volumetry_shapes import Row
from tests.benchmarks.volumetry_speed import clock
from tests.volumetry.injected import SPREADS, trial

PLANE = Plane(point_mm=(14.0, 0.0, 0.0), normal=(1.0, 0.25, 0.15))


class BruteForce:
    """Each sample thresholds the distance maps and counts the voxels on the plane's side."""

    def __init__(self, segmentation):
        box = tuple(
            slice(max(s.start - 8, 0), s.stop + 8) for s in bounding_box(segmentation.labels)
        )
        labels = np.ascontiguousarray(segmentation.labels[box])
        self.grid = segmentation.grid.crop([s.start for s in box], [s.stop for s in box])
        self.liver, self.tumour = labels > 0, labels > 1
        self.to_liver, self.to_tumour = self._distance(self.liver), self._distance(self.tumour)
        self.axes = [
            np.arange(n, dtype=np.float32).reshape([-1 if a == c else 1 for a in range(3)])
            for c, n in enumerate(labels.shape)
        ]

    def _distance(self, mask):
        spacing = self.grid.spacing_mm
        half = min(spacing) / 2
        outside, inside = (edt.edt(m, anisotropy=spacing) for m in (~mask, mask))
        return np.where(mask, half - inside, outside - half)

    def __call__(self, normal, offset, liver_mm, lesion_mm):
        slope = (normal @ self.grid.affine[:3, :3]).astype(np.float32)
        edge = np.float32(offset - normal @ self.grid.affine[:3, 3])
        k, j, i = self.axes
        side = slope[0] * k + slope[1] * j + slope[2] * i >= edge
        tissue = (self.to_liver <= liver_mm) & (self.to_tumour > lesion_mm)
        return np.count_nonzero(tissue & side) / np.count_nonzero(tissue)


def monte_carlo(segmentation, index, *, samples, brute_samples, rounds=5):
    """Speed, agreement with brute force, and the flip distance."""
    setup, boundaries = clock(lambda: BoundaryOffsets.build(segmentation, errors=SPREADS))
    model = _Planes(
        index=index,
        planes=(PLANE,),
        pivots_mm=cut_centre_mm(index, PLANE)[None],
        errors=SPREADS,
        spreads=boundaries.spreads(*_sides(boundaries.cells, [PLANE])),
        denominator_ml=None,
    )
    draws = standard_normal(samples, 5, 0)
    _shifted(model, draws)
    spent = float(np.median([clock(_shifted, model, draws)[0] for _ in range(rounds)]))
    brute_setup, brute = clock(BruteForce, segmentation)
    normals, offsets = model._poses(draws[:, :3].reshape(-1, 1, 3))
    shifts = draws[:, 3] * SPREADS.liver.sd, draws[:, 4] * SPREADS.lesion.sd
    times, found = [], []
    for m in range(brute_samples):
        sample = normals[m, 0], offsets[m, 0], shifts[0][m], shifts[1][m]
        took, fraction = clock(brute, *sample)
        times.append(took)
        found.append(fraction)
    a_sample = float(np.median(times))
    mine = _shifted(model, draws)[:brute_samples]
    levels = np.quantile(mine, (0.025, 0.975)) - np.quantile(found, (0.025, 0.975))
    apart = 100 * max(float(np.abs(levels).max()), abs(float(np.mean(mine) - np.mean(found))))
    scale = a_sample * samples / spent
    threshold = float(np.median(mine)) - 0.04
    flip = flip_mm(index, [PLANE], threshold * index.functional_ml)
    bisected = _bisected(NumpyBox(segmentation), threshold * index.functional_ml)
    off = abs(flip - bisected)
    return [
        Row(5, "boundaries of a segmentation, once", setup, "s"),
        Row(5, "brute force, distance maps, once", brute_setup, "s"),
        Row(5, f"{samples} samples of pose and boundary", 1e3 * spent, "ms"),
        Row(5, f"{samples} samples by brute force", a_sample * samples, "s"),
        Row(5, "against brute force", scale, "x", ">= 2000", scale >= 2000),
        Row(
            5,
            f"interval and mean against brute force ({brute_samples})",
            apart,
            "points",
            "<= 0.1",
            apart <= 0.1,
        ),
        Row(5, "flip distance against bisection by counting", off, "mm", "<= 0.1", off <= 0.1),
    ]


def _shifted(model, draws):
    """(M,) fractions when each whole boundary is shifted: a liver's outward, lesions' inward."""
    remnant = model.remnants_ml(draws[:, :3].reshape(-1, 1, 3))
    whole = np.full(len(draws), model.functional_ml)
    for spread, draw in zip(model.spreads, (draws[:, 3], -draws[:, 4]), strict=True):
        covariance = spread.volumes_ml2()
        moved = np.sqrt(max(covariance[1, 1], 1e-12))
        remnant += draw * covariance[0, 1] / moved
        whole += draw * moved
    return remnant / whole


def coverage(*, trials, samples=1000):
    """Share of trials with injected errors whose 95 % interval holds the truth."""
    hits, below = 0, 0
    for seed in range(trials):
        segmentation, plane, truth = trial(seed)
        boundaries = BoundaryOffsets.build(segmentation, errors=SPREADS)
        low, high = estimate(
            segmentation,
            [plane],
            threshold_fraction=0.3,
            boundaries=boundaries,
            samples=samples,
            seed=seed,
        ).interval_95
        hits += low <= truth <= high
        below += truth < low
    share = 100 * hits / trials
    bounds = 100 * beta.ppf((0.025, 0.975), (hits, hits + 1), (trials - hits + 1, trials - hits))
    good = 93 <= share <= 97
    return [
        Row(5, f"coverage of the 95 % interval, {trials} trials", share, "%", "93 to 97", good),
        Row(5, "its own 95 % confidence, from", float(bounds[0]), "%"),
        Row(5, "its own 95 % confidence, to", float(bounds[1]), "%"),
        Row(5, "truth below the interval", 100 * below / trials, "%"),
    ]


def _bisected(volume_ml, needed):
    low, high = -60.0, 60.0
    while high - low > 1e-3:
        middle = (low + high) / 2
        plane = PLANE.shifted(middle)
        above = volume_ml(plane.normal, plane.offset_mm) > needed
        low, high = (middle, high) if above else (low, middle)
    return (low + high) / 2
