"""What stays, in mL: the performance core."""

from liverplan.volumetry.index import VolumeIndex
from liverplan.volumetry.margin import LesionMargin
from liverplan.volumetry.remnant import Remnant, lesion_margins, measure
from liverplan.volumetry.search import Suggestion, best_plane, front
from liverplan.volumetry.uncertainty import Contribution, Doubt, estimate

__all__ = [
    "Contribution",
    "Doubt",
    "LesionMargin",
    "Remnant",
    "Suggestion",
    "VolumeIndex",
    "best_plane",
    "estimate",
    "front",
    "lesion_margins",
    "measure",
]
