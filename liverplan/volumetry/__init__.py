"""What stays, in mL: the performance core.

A segmentation becomes a `VolumeIndex` once; then `measure` and `lesion_margins` say what a plan
leaves, `best_plane` and `front` propose one, and `estimate` says how sure its remnant is.
"""

from liverplan.volumetry.planes.index import VolumeIndex
from liverplan.volumetry.planes.margin import LesionMargin
from liverplan.volumetry.planes.remnant import Remnant, lesion_margins, measure
from liverplan.volumetry.planes.warm_up import warm_up
from liverplan.volumetry.search.planes import Suggestion, best_plane, front
from liverplan.volumetry.uncertainty.boundary_offsets import Ladders
from liverplan.volumetry.uncertainty.error_model import Spread, Spreads
from liverplan.volumetry.uncertainty.of_planes import Contribution, Doubt, estimate

__all__ = [
    "Contribution",
    "Doubt",
    "Ladders",
    "LesionMargin",
    "Remnant",
    "Spread",
    "Spreads",
    "Suggestion",
    "VolumeIndex",
    "best_plane",
    "estimate",
    "front",
    "lesion_margins",
    "measure",
    "warm_up",
]
