"""What stays, in mL: the performance core."""

from liverplan.volumetry.index import VolumeIndex
from liverplan.volumetry.margin import LesionMargin
from liverplan.volumetry.remnant import Remnant, lesion_margins, measure
from liverplan.volumetry.uncertainty import Contribution, Doubt, estimate

__all__ = [
    "Contribution",
    "Doubt",
    "LesionMargin",
    "Remnant",
    "VolumeIndex",
    "estimate",
    "lesion_margins",
    "measure",
]
