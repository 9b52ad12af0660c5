"""The doubt of vessels that were not seen, or seen where there are none.

A branch that nobody saw may be cut, and one that was seen may be none: then tissue beside the cut
loses its blood, or keeps it. So many branches cross a cut as it has surface, each for itself: the
variance of what they feed grows with the surface.
"""

from __future__ import annotations

import numpy as np

from liverplan.volumetry.uncertainty.boundary_offsets import PARTS, Spread
from liverplan.volumetry.uncertainty.monte_carlo import Measurer

NEAR = [PARTS.index("stays, near the cut"), PARTS.index("goes, near the cut")]


def cut_size(surface_ml_mm: float, functional_ml: float) -> float:
    """Return a cut's surface over the liver's volume to the power of two thirds; about 1 halves it.

    ``surface_ml_mm`` is the tissue that a shift by a millimetre moves: 1 mL for 10 cm2.
    """
    return 10.0 * surface_ml_mm / float(functional_ml ** (2 / 3))


def unseen_vessels(plan: Measurer) -> tuple[Spread, ...]:
    """Return what vessels that were not seen do to a plan's remnant; nothing where none is known.

    What they take from the tissue that stays, near the cut, they give to what goes.
    """
    source = plan.errors.vessels
    if source is None or not plan.cut_count:
        return ()
    apart = np.zeros((2, plan.cut_count, 3))
    apart[:, :, 0] = np.array([[-0.5], [0.5]])  # one standard deviation of the cuts' position
    before, behind = plan.remnants_ml(apart)
    surface_ml_mm = abs(float(before - behind)) / plan.errors.position.sd
    whole_ml = plan.functional_ml
    ml2 = (source.sd / 100 * whole_ml) ** 2 * cut_size(surface_ml_mm, whole_ml)
    parts = np.zeros((len(PARTS), len(PARTS)))
    parts[np.ix_(NEAR, NEAR)] = [[ml2, -ml2], [-ml2, ml2]]
    return (Spread(source=source, parts_ml2=parts),)
