"""What stays, in mL: the performance core.

`Liver` answers for plans of any kind. For plans of planes alone a `VolumeIndex` measures many
thousands a second: `measure` and `lesion_margins` say what one leaves, `best_plane` and `front`
propose one, and `estimate` says how sure its remnant is.
"""

from liverplan.volumetry.liver import Liver
from liverplan.volumetry.planes.index import VolumeIndex
from liverplan.volumetry.planes.remnant import lesion_margins, measure
from liverplan.volumetry.planes.warm_up import warm_up
from liverplan.volumetry.search.planes import Suggestion, best_plane, front
from liverplan.volumetry.uncertainty.boundary_offsets import BoundaryOffsets
from liverplan.volumetry.uncertainty.error_model import ErrorModel, ErrorSource
from liverplan.volumetry.uncertainty.of_planes import estimate

__all__ = [
    "BoundaryOffsets",
    "ErrorModel",
    "ErrorSource",
    "Liver",
    "Suggestion",
    "VolumeIndex",
    "best_plane",
    "estimate",
    "front",
    "lesion_margins",
    "measure",
    "warm_up",
]
