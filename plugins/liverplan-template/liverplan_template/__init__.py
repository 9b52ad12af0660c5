"""A back end in 40 lines: the largest piece of tissue of a liver's density."""

import os
from threading import Event

import SimpleITK as sitk

from liverplan.errors import BackendError
from liverplan.segmentation import LiverResult, Provenance
from liverplan.segmentation.results import Progress
from liverplan.volume import Volume

WINDOW = "LIVERPLAN_TEMPLATE_HU"


class DensitySegmenter:
    """Takes for liver what is as dense as the environment variable says."""

    name = "density"

    def missing(self) -> list[str]:
        """Return what must be set before it can run."""
        return [] if WINDOW in os.environ else [f"the environment variable {WINDOW}, like 80,140"]

    def segment(
        self, volume: Volume, *, progress: Progress | None = None, cancel: Event | None = None
    ) -> LiverResult:
        """Smooth, threshold, open, keep the largest piece."""
        low, high = (float(hu) for hu in os.environ[WINDOW].split(","))
        image = sitk.GetImageFromArray(volume.hu)
        image.SetSpacing(volume.grid.spacing_mm[::-1])
        alike = sitk.BinaryThreshold(sitk.SmoothingRecursiveGaussian(image, 2.0), low, high)
        opened = sitk.BinaryMorphologicalOpening(alike, [2, 2, 1])
        pieces = sitk.RelabelComponent(sitk.ConnectedComponent(opened))
        mask = sitk.GetArrayFromImage(pieces) == 1
        if not mask.any():
            raise BackendError(f"Nothing on this CT lies between {low:g} and {high:g} HU.")
        made = Provenance(method="density", version="1", origin="automatic")
        return LiverResult(mask=mask, provenance=made)
