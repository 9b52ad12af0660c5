"""What follows from the masks alone, made once for them: the liver to measure, axes, distances."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy

from liverplan.app.session.zone import DistanceField, distance_field
from liverplan.segmentation import Axes, Segmentation, axes_of
from liverplan.volume import FloatArray
from liverplan.volumetry import Liver
from liverplan.volumetry.search.placing import liver_centre_mm


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Derived:
    """What follows from a segmentation alone."""

    segmentation: Segmentation
    liver: Liver
    zone: DistanceField | None
    axes: dict[int, Axes]
    centre_mm: FloatArray
    lesion_centres: dict[int, FloatArray]

    def of(self, segmentation: Segmentation) -> Derived:
        """Return the same for masks of the very same voxels, of which only more is known."""
        return replace(self, segmentation=segmentation, liver=self.liver.known_as(segmentation))


def derive(segmentation: Segmentation) -> Derived:
    """Make everything that follows from a segmentation: index, distances, axes, centres."""
    grid, labels = segmentation.grid, segmentation.lesion_labels
    boxes = scipy.ndimage.find_objects(segmentation.labels)
    axes, centres = {}, {}
    for label in labels:
        box = boxes[label - 1]
        start = [part.start for part in box]
        mask = segmentation.labels[box] == label
        axes[label] = axes_of(segmentation.lesion(label), grid)
        centres[label] = grid.to_mm(np.argwhere(mask).mean(axis=0) + start)
    whole = Liver(segmentation=segmentation)
    shapes = whole.shapes.sharing(whole.planes)
    made = shapes.functional, shapes.liver, shapes.lesion_boxes
    del made  # so that it is made here, off the screen's thread
    return Derived(
        segmentation=segmentation,
        liver=whole,
        zone=distance_field(segmentation) if labels else None,
        axes=axes,
        centre_mm=liver_centre_mm(segmentation),
        lesion_centres=centres,
    )
