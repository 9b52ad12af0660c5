"""Plans on one mask, held against hundreds of livers that it may stand for.

A plan's intervals say how far the true surface may lie from the drawn one. So the drawn mask stays
and the true one is moved: only the voxels that a field moves are counted anew, and a liver costs a
tenth of a second where a new plan on a moved mask costs some seconds (`masks.perturbed` does that
for part of them).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from liverplan.findings import Uncertainty
from liverplan.resection import Plane
from liverplan.volume import FloatArray
from liverplan.volumetry import BoundaryOffsets, ErrorModel, VolumeIndex, estimate
from liverplan.volumetry.planes.remnant import cut_centre_mm
from tests.benchmarks.calibration.plans import KINDS, SAMPLES, Answer, Said, moved, planes
from tests.benchmarks.calibration.surfaces import Surface, errors_of

POINTS_4 = 0.04
"""A third of the thresholds lie up to so far from what is drawn, the others within an interval."""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """One plan on the drawn mask, and what its intervals say."""

    plane: Plane
    middle_mm: FloatArray
    left: float
    threshold: float
    doubt: Uncertainty


@dataclass(frozen=True, kw_only=True, eq=False)
class Told:
    """Plans on a surface, which may be told the size of its error."""

    surface: Surface
    sd_mm: float
    length_mm: float
    errors: ErrorModel
    index: VolumeIndex
    plans: Sequence[Planned]

    @classmethod
    def of(
        cls,
        surface: Surface,
        size: tuple[float, float],
        count: int,
        seed: int,
        *,
        kinds: Sequence[str] = KINDS,
        told: bool = True,
    ) -> Self:
        """Make so many plans of each kind; one that is not told takes the mask's own errors."""
        index = VolumeIndex.build(surface.truth)
        errors = errors_of(*size) if told else None
        boundaries = BoundaryOffsets.build(surface.truth, errors=errors)
        rng = np.random.default_rng(seed)
        chosen = (plane for kind in kinds for plane in planes(index, kind, count, seed))
        plans = [_planned(plane, surface, index, boundaries, rng) for plane in chosen]
        return cls(
            surface=surface,
            sd_mm=size[0],
            length_mm=size[1],
            errors=boundaries.errors,
            index=index,
            plans=plans,
        )

    @cached_property
    def _normals(self) -> FloatArray:
        return np.array([one.plane.normal for one in self.plans])

    @cached_property
    def _offsets(self) -> FloatArray:
        return np.array([one.plane.offset_mm for one in self.plans])

    def livers(self, seeds: Iterable[int]) -> list[Answer]:
        """Hold every plan against many true livers."""
        return [answer for seed in seeds for answer in self.liver(seed)]

    def liver(self, seed: int) -> list[Answer]:
        """Hold every plan against one true liver, with its cut as drawn, and as carried out."""
        field = self.surface.changed(self.sd_mm, self.length_mm, seed)
        draws = np.random.default_rng(seed).standard_normal((len(self.plans), 3))
        carried = [
            moved(one.plane, one.middle_mm, self.errors, draw)
            for one, draw in zip(self.plans, draws, strict=True)
        ]
        normals = np.array([plane.normal for plane in carried])
        offsets = np.array([plane.offset_mm for plane in carried])
        true = self._fractions(self._normals, self._offsets, *field)
        true_carried = self._fractions(normals, offsets, *field)
        rows = zip(self.plans, true, true_carried, strict=True)
        return [_answer(*row, seed) for row in rows]

    def _fractions(
        self, normals: FloatArray, offsets: FloatArray, at_mm: FloatArray, more_ml: FloatArray
    ) -> FloatArray:
        """(P,) fractions left by planes once (M, 3) voxels have come to it, or gone."""
        stays = at_mm @ normals.T >= offsets
        remnant = self.index.remnant_ml(normals, offsets) + more_ml @ stays
        return np.asarray(remnant / (self.index.functional_ml + more_ml.sum()))


def _planned(
    plane: Plane,
    surface: Surface,
    index: VolumeIndex,
    boundaries: BoundaryOffsets,
    rng: np.random.Generator,
) -> Planned:
    left = index.remnant_ml_of([plane]) / index.functional_ml
    seed = int(rng.integers(1 << 31))

    def asked(threshold: float) -> Uncertainty:
        return estimate(
            surface.truth,
            [plane],
            threshold_fraction=threshold,
            index=index,
            boundaries=boundaries,
            samples=SAMPLES,
            seed=seed,
        )

    first = asked(left)
    assert first.as_drawn is not None
    reach = rng.choice([first.as_drawn.half_width, first.as_carried_out.half_width, POINTS_4])
    threshold = left + float(reach) * rng.uniform(-1, 1)
    middle = cut_centre_mm(index, plane)
    return Planned(
        plane=plane, middle_mm=middle, left=left, threshold=threshold, doubt=asked(threshold)
    )


def _answer(plan: Planned, true: float, true_carried: float, liver: int) -> Answer:
    assert plan.doubt.as_drawn is not None
    return Answer(
        plane=plan.plane,
        as_drawn=Said(
            interval=plan.doubt.as_drawn,
            drawn=plan.left,
            truth=true,
            threshold=plan.threshold,
            liver=liver,
        ),
        as_carried_out=Said(
            interval=plan.doubt.as_carried_out,
            drawn=plan.left,
            truth=true_carried,
            threshold=plan.threshold,
            liver=liver,
        ),
    )
