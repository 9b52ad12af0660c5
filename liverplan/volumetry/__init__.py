"""What stays, in mL: the performance core.

A segmentation becomes a `VolumeIndex` once; then `measure` and `lesion_margins` say what a plan
leaves, `best_plane` and `front` propose one, and `estimate` says how sure its remnant is.
"""

from liverplan.volumetry.compiled import warm_up
from liverplan.volumetry.index import VolumeIndex
from liverplan.volumetry.ladder import Ladders
from liverplan.volumetry.margin import LesionMargin
from liverplan.volumetry.remnant import Remnant, lesion_margins, measure
from liverplan.volumetry.search import Suggestion, best_plane, front
from liverplan.volumetry.spreads import Spread, Spreads
from liverplan.volumetry.uncertainty import Contribution, Doubt, estimate

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
