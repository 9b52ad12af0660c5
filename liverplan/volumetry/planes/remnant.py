"""What one plan leaves: its volumes, and its margin to each lesion."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from liverplan.findings import Margin, Volumes
from liverplan.resection.cuts.plane import Plane
from liverplan.volume import FloatArray
from liverplan.volumetry.planes.exact import index_planes
from liverplan.volumetry.planes.index import VolumeIndex
from liverplan.volumetry.planes.margin import lesion_margin


def measure(index: VolumeIndex, planes: Sequence[Plane]) -> Volumes:
    """Measure exactly what stays on the staying side of all planes; without planes, everything."""
    remnant_ml = index.remnant_ml_of(planes)
    return Volumes(
        liver_ml=index.liver_ml,
        tumour_ml=index.tumour_ml,
        functional_ml=index.functional_ml,
        remnant_ml=remnant_ml,
        resected_ml=index.functional_ml - remnant_ml,
    )


def lesion_margins(index: VolumeIndex, planes: Sequence[Plane]) -> tuple[Margin, ...]:
    """Return the margin of each lesion, ascending by label (see `planes.margin`)."""
    return tuple(lesion_margin(lesion, index.grid, planes) for lesion in index.lesions)


def cut_centre_mm(index: VolumeIndex, plane: Plane) -> FloatArray:
    """(3,) centre of the cut through functional tissue; the plane's own point where it meets none.

    Each run that the plane crosses has one end on the staying side and counts once.
    """
    slopes, offsets = index_planes(index.grid, plane.normal[None], np.array([plane.offset_mm]))
    axis = int(np.argmax(np.abs(slopes[0])))
    ends = index.ends[axis]
    stays = ends.weights * (ends.distances(slopes[0], float(offsets[0])) > 0)
    count = stays.sum()
    if count == 0:
        return plane.point_mm
    centre = (ends.points * stays).sum(axis=1, dtype=np.float64) / count
    centre[axis] = 0.0
    centre[axis] = (offsets[0] - centre @ slopes[0]) / slopes[0, axis]
    return index.grid.to_mm(centre)
