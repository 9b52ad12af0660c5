"""The numbers of any plan, each kind by its quickest exact way."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from liverplan.resection import Plan
from liverplan.resection.anatomy.maps import PartMap
from liverplan.volume import FloatArray, Grid
from liverplan.volumetry import LesionMargin, Remnant, lesion_margins, measure
from liverplan.volumetry.shapes.margins import PlanMargin, plan_margins
from liverplan.volumetry.shapes.plan_index import PlanIndex

Margin = LesionMargin | PlanMargin

_MADE_OF_MASKS = ("liver", "planes", "lesions", "lesion_boxes")
"""What an index has made from the masks alone, whatever its maps are."""


def remnant_of(index: PlanIndex, plan: Plan) -> Remnant:
    """Measure what stays; planes alone by their own index, clipping every voxel.

    Raises
    ------
    PlanError
        If the plan names parts of a map that is not at hand.
    """
    if plan.is_flat:
        return measure(index.planes, plan.planes)
    remnant_ml = index.remnant_ml(plan)
    return Remnant(
        liver_ml=index.liver_ml,
        tumour_ml=index.liver_ml - index.functional_ml,
        functional_ml=index.functional_ml,
        remnant_ml=remnant_ml,
        resected_ml=index.functional_ml - remnant_ml,
    )


def margins_of(index: PlanIndex, plan: Plan) -> tuple[Margin, ...]:
    """Return the margin to each lesion, ascending by label."""
    if plan.is_flat:
        return lesion_margins(index.planes, plan.planes)
    return plan_margins(index, plan)


def on_maps(index: PlanIndex, maps: Mapping[str, PartMap]) -> PlanIndex:
    """Return the same liver's index with other maps; nothing is made twice."""
    other = PlanIndex(
        segmentation=index.segmentation,
        maps=dict(maps),
        functional=index.functional,
        liver_ml=index.liver_ml,
    )
    kept = {name: index.__dict__[name] for name in _MADE_OF_MASKS if name in index.__dict__}
    other.__dict__.update(kept)
    return other


def held_by(grid: Grid, mask: NDArray[np.bool_]) -> Callable[[FloatArray], NDArray[np.bool_]]:
    """Return whether (N, 3) LPS points lie in a (k, j, i) mask; beyond its grid none does."""

    def held(points_mm: FloatArray) -> NDArray[np.bool_]:
        at = np.rint(grid.to_index(points_mm)).astype(int)
        on_grid = np.all((at >= 0) & (at < grid.shape), axis=1)
        found = np.zeros(len(at), dtype=np.bool_)
        found[on_grid] = mask[tuple(at[on_grid].T)]
        return found

    return held
