"""How sure the remnant fraction is: a seeded Monte-Carlo over the cut's pose and the boundaries.

A cut's place is that of its middle within functional tissue: there a margin is measured, and from
there a surgeon sees the plane go astray to all sides. So each sample shifts every plane along its
normal by a normal error, and tilts it about that middle, by normal errors about two axes across
the normal, independent of the shift. About any other point a tilt would move the middle too, by
what the shift's own spread (simulated against real margins, PMID 17440774) counts already. No
source tells of tilts: 5 degrees about each of two axes lean the normal by 6 degrees on average.

Where the liver's and the lesions' surfaces lie off is in `boundary_offsets`. What comes out is two
intervals with their probabilities, the shift that flips the verdict, and what each source alone
does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy
from numpy.typing import NDArray

from liverplan.findings import Uncertainty
from liverplan.resection.cuts.plane import Plane
from liverplan.segmentation.labels import Segmentation
from liverplan.volume import FloatArray
from liverplan.volumetry.planes.index import VolumeIndex
from liverplan.volumetry.planes.remnant import cut_centre_mm
from liverplan.volumetry.planes.warm_up import wait
from liverplan.volumetry.uncertainty.boundary_offsets import NEAR_MM, BoundaryOffsets, Spread
from liverplan.volumetry.uncertainty.cells import Cells
from liverplan.volumetry.uncertainty.error_model import ErrorModel
from liverplan.volumetry.uncertainty.monte_carlo import SAMPLES, require_measurable, uncertainty_of
from liverplan.volumetry.uncertainty.unseen import unseen_vessels


def estimate(
    segmentation: Segmentation,
    planes: Sequence[Plane],
    *,
    threshold_fraction: float,
    denominator_ml: float | None = None,
    seed: int = 0,
    samples: int = SAMPLES,
    index: VolumeIndex | None = None,
    boundaries: BoundaryOffsets | None = None,
) -> Uncertainty:
    """Estimate how sure the remnant fraction of a plan is.

    Parameters
    ----------
    segmentation : Segmentation
        Its provenance chooses the boundaries' errors.
    planes : sequence of Plane
        What is on the staying side of all of them stays.
    threshold_fraction : float
        The verdict is "remnant fraction strictly above this".
    denominator_ml : float, optional
        What the fraction is of, without doubt of its own; the functional liver, with the doubt of
        its boundaries, if not given.
    seed, samples : int
        Of the Monte-Carlo; the same seed gives the same result.
    index : VolumeIndex, optional
        The segmentation's, if it is built already.
    boundaries : BoundaryOffsets, optional
        ``BoundaryOffsets.build(segmentation)``, if it is built already: it does not depend on the
        planes. It also brings errors other than those of the segmentation's provenance, each of
        its own size and length along the surface.

    Raises
    ------
    PlanError
        If there is no functional liver, the denominator is not positive or samples < 2.
    """
    wait()
    index = index or VolumeIndex.build(segmentation)
    require_measurable(index.functional_ml, denominator_ml, samples)
    boundaries = boundaries or BoundaryOffsets.build(segmentation)
    plan = _Planes(
        index=index,
        planes=tuple(planes),
        pivots_mm=np.array([cut_centre_mm(index, plane) for plane in planes]).reshape(-1, 3),
        errors=boundaries.errors,
        spreads=boundaries.spreads(*_sides(boundaries.cells, planes)),
        denominator_ml=denominator_ml,
    )
    plan = replace(plan, spreads=(*plan.spreads, *unseen_vessels(plan)))
    return uncertainty_of(plan, threshold_fraction=threshold_fraction, samples=samples, seed=seed)


def _sides(cells: Cells, planes: Sequence[Plane]) -> tuple[FloatArray, NDArray[np.bool_]]:
    """(N,) how much of each cell stays, 0-1, and (N,) whether it lies near a plane."""
    stays, near = np.ones(len(cells.points_mm)), np.zeros(len(cells.points_mm), np.bool_)
    for plane in planes:
        distance = plane.signed_distance_mm(cells.points_mm)
        stays = np.minimum(stays, distance / cells.extent_mm(plane.normal) + 0.5)
        near |= np.abs(distance) < NEAR_MM
    return np.clip(stays, 0.0, 1.0), near


def flip_mm(index: VolumeIndex, planes: Sequence[Plane], needed_ml: float) -> float | None:
    """Return the smallest shift of all planes that changes "remnant > needed", or None."""
    if not planes:
        return None

    def excess(shift: float) -> float:
        return index.remnant_ml_of([plane.shifted(shift) for plane in planes]) - needed_ml

    far = _reach_mm(index, planes)
    now = excess(0.0)
    away = far if now > 0 else -far
    if (excess(away) > 0) == (now > 0):
        return None

    return float(scipy.optimize.brentq(excess, 0.0, away, xtol=1e-4))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Planes:
    """Planes, each with the point that it tilts about, and what the boundaries' errors do."""

    index: VolumeIndex
    planes: tuple[Plane, ...]
    pivots_mm: FloatArray
    errors: ErrorModel
    spreads: tuple[Spread, ...]
    denominator_ml: float | None

    @property
    def cut_count(self) -> int:
        """How many planes there are."""
        return len(self.planes)

    @property
    def functional_ml(self) -> float:
        """As measured."""
        return self.index.functional_ml

    @property
    def remnant_ml(self) -> float:
        """As measured."""
        return self.index.remnant_ml_of(self.planes)

    def flip_mm(self, needed_ml: float) -> float | None:
        """Return the smallest shift of all planes that changes "remnant > needed", or None."""
        return flip_mm(self.index, self.planes, needed_ml)

    def remnants_ml(self, draws: FloatArray) -> FloatArray:
        """(M, P, 3) standard normal draws to (M,) remnants, mL."""
        return self.index.remnants_ml_of(*self._poses(draws))

    def _poses(self, draws: FloatArray) -> tuple[FloatArray, FloatArray]:
        """(M, P, 3) draws to (M, P, 3) normals and (M, P) offsets."""
        normals, offsets = np.empty(draws.shape), np.empty(draws.shape[:2])
        for p, (plane, pivot) in enumerate(zip(self.planes, self.pivots_mm, strict=True)):
            across = np.linalg.svd(plane.normal[None])[2][1:]
            tilt = np.radians(self.errors.tilt.sd) * draws[:, p, 1:]
            angle = np.linalg.norm(tilt, axis=1, keepdims=True)
            lean = np.sinc(angle / np.pi) * (tilt @ across)
            normals[:, p] = np.cos(angle) * plane.normal + lean
            shift = self.errors.position.sd * draws[:, p, 0]
            on_plane = pivot - (plane.normal @ pivot - plane.offset_mm) * plane.normal
            offsets[:, p] = normals[:, p] @ on_plane + shift
        return normals, offsets


def _reach_mm(index: VolumeIndex, planes: Sequence[Plane]) -> float:
    """Return a shift that takes every plane past the whole liver."""
    corners = index.grid.corners_mm
    far = max(float(np.abs(plane.signed_distance_mm(corners)).max()) for plane in planes)
    return far + sum(index.grid.spacing_mm)
