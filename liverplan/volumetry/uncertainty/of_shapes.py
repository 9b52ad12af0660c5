"""How sure the remnant fraction of a plan of any cuts is: the model of `uncertainty`, for shapes.

Every cut's surface lies off by a distance along its own normal and is turned about two axes across
its mean normal, through the middle of its patch in the liver; the liver's and the lesions' surfaces
are shifted as in `boundary_offsets`. All errors are normal and independent, with the
errors of `error_model`.

A sample is measured on a lattice of points in the liver, each with its distance to every cut and to
both boundaries: what stays is a sum over points. So 2,000 samples of any plan take a second, with
no shape measured anew. For planes it agrees with `estimate` within 0.5 points of the interval's
ends (a test holds it to that).
"""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtri
from scipy.stats import qmc

from liverplan.compiled import compiled
from liverplan.findings import Uncertainty
from liverplan.resection.plan import Plan
from liverplan.volume import FloatArray
from liverplan.volumetry.shapes.plan_index import PlanIndex
from liverplan.volumetry.shapes.primitive_kernels import Array
from liverplan.volumetry.uncertainty.error_model import ErrorModel, errors_for
from liverplan.volumetry.uncertainty.monte_carlo import (
    ALONE_SAMPLES,
    SAMPLES,
    require_measurable,
    uncertainty_of,
)
from liverplan.volumetry.uncertainty.points import Points


def estimate_plan(
    index: PlanIndex,
    plan: Plan,
    *,
    threshold_fraction: float,
    denominator_ml: float | None = None,
    seed: int = 0,
    samples: int = SAMPLES,
    errors: ErrorModel | None = None,
) -> Uncertainty:
    """Estimate how sure the remnant fraction of a plan of any cuts is.

    Parameters
    ----------
    index : PlanIndex
        The segmentation's provenance chooses the boundaries' errors.
    plan : Plan
        Ablated tissue counts as removed: it works no more.
    threshold_fraction : float
        The verdict is "remnant fraction strictly above this".
    denominator_ml : float, optional
        What the fraction is of, without doubt of its own; the functional liver, with the doubt of
        its boundaries, if not given.
    seed, samples : int
        Of the Monte-Carlo; the same seed gives the same result.
    errors : ErrorModel, optional
        Others than those of the segmentation's provenance.

    Raises
    ------
    PlanError
        If there is no functional liver, the denominator is not positive or samples < 2.
    """
    require_measurable(index.functional_ml, denominator_ml, samples)
    labels = [lesion.label for lesion in index.lesions]
    errors = errors or errors_for(index.segmentation, labels)
    points = Points.build(index, plan, errors)
    shapes = _Shapes(
        points=points,
        errors=errors,
        denominator_ml=denominator_ml,
        measured_ml=index.remnant_ml(plan),
    )
    count = 3 * points.cut_count + 2
    draws, alone = _draws(samples, count, seed), _draws(ALONE_SAMPLES, count, seed)
    return uncertainty_of(shapes, draws, alone, threshold_fraction)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Shapes:
    """Points, errors and what the plan leaves as measured: sums are moved to agree with that.

    A draw's columns: position and two tilts for each cut, then the two boundaries.
    """

    points: Points
    errors: ErrorModel
    denominator_ml: float | None
    measured_ml: float

    @property
    def functional_ml(self) -> float:
        """As measured on the masks."""
        return self.points.functional_ml

    def volumes_ml(self, draws: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(M, 3 C + 2) standard normal draws to (M,) remnants and (M,) functional livers, mL."""
        remnant, whole = self._volumes(draws)
        none = self._volumes(np.zeros((1, draws.shape[1])))
        remnant += self.measured_ml - none[0]
        whole += self.points.functional_ml - none[1]
        return remnant, whole

    def flip_mm(self, needed_ml: float) -> float | None:
        """Return the smallest common shift of all cuts that changes "remnant > needed"."""
        if not self.points.cut_count:
            return None
        start = self.points.remnant_ml(0.0)

        def excess(shift: float) -> float:
            return self.points.remnant_ml(shift) - start + self.measured_ml - needed_ml

        now = excess(0.0)
        away = self.points.reach_mm if now > 0 else -self.points.reach_mm
        if (excess(away) > 0) == (now > 0):
            return None
        return float(brentq(excess, 0.0, away, xtol=1e-3))

    def _volumes(self, draws: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(M,) mL that stays and (M,) mL of functional tissue."""
        tilt_sd = np.radians(self.errors.tilt.sd)
        sds = np.array([self.errors.position.sd, tilt_sd, tilt_sd])
        poses = draws[:, :-2].reshape(len(draws), -1, 3) * sds
        shifts = draws[:, -2:] * (self.errors.liver.sd, self.errors.lesion.sd)
        at = self.points
        arrays = (at.distance_mm, at.arms_mm, at.blur_mm, at.liver_mm, at.lesion_mm, at.kinds)
        turned = np.ascontiguousarray(poses.transpose(1, 2, 0))
        sums = _sums(arrays, turned, np.ascontiguousarray(shifts.T), at.edge_mm)
        return sums[0] * at.point_ml, sums[1] * at.point_ml


def _draws(samples: int, sources: int, seed: int) -> FloatArray:
    """(M, S) standard normal draws, each column stratified (a Latin hypercube)."""
    return np.asarray(ndtri(qmc.LatinHypercube(sources, rng=seed).random(samples)))


@compiled(inline="always")
def _ramp(value: float) -> float:
    return min(max(value + 0.5, 0.0), 1.0)


@compiled(fastmath=True)
def _sums(points: Array, poses: Array, boundaries: Array, edge: float) -> Array:
    """(2, M) sums over points: functional tissue that stays, and all of it."""
    distance, arms, blur, liver, lesion, kinds = points
    cuts, samples = poses.shape[0], poses.shape[2]
    sums = np.zeros((2, samples))
    least = np.empty(samples)
    for p in range(distance.shape[0]):
        least[:] = 0.5
        for c in range(cuts):
            f, a, b, h = distance[p, c], arms[p, c, 0], arms[p, c, 1], 1.0 / blur[p, c]
            shift, turn_a, turn_b = poses[c, 0], poses[c, 1], poses[c, 2]
            for m in range(samples):
                value = (f - shift[m] - a * turn_a[m] - b * turn_b[m]) * h
                least[m] = min(least[m], value)
        healthy = 1.0 if kinds[p] <= 1 else 0.0
        own = 1.0 if kinds[p] > 0 else 0.0
        outer, inner = liver[p], lesion[p]
        for m in range(samples):
            tissue = healthy * _ramp((boundaries[0, m] - outer) / edge)
            tissue -= own * (_ramp((boundaries[1, m] - inner) / edge) - _ramp(-inner / edge))
            sums[0, m] += tissue * _ramp(least[m])
            sums[1, m] += tissue
    return sums
