"""Who can follow a vessel that a person points at: the built-in way, and back ends.

A back end that can has `VesselPrompter.follow` beside what `Segmenter` asks of it; it is announced
under the same entry point group.
"""

from __future__ import annotations

from dataclasses import replace
from threading import Event
from typing import Protocol, runtime_checkable

import numpy as np

from liverplan.errors import SegmentationError
from liverplan.segmentation.backends import (
    CLASSICAL,
    ClassicalSegmenter,
    Method,
    find_segmenters,
)
from liverplan.segmentation.morphology import dilated
from liverplan.segmentation.points import checked_point
from liverplan.segmentation.prompters import answer_of, prompter_ready
from liverplan.segmentation.results import Mask, VesselResult
from liverplan.segmentation.vessels.trees import HILUM_MM, find_vessels
from liverplan.volume import FloatArray, Volume


@runtime_checkable
class VesselPrompter(Method, Protocol):
    """A method that outlines a vessel from a click in it."""

    def follow(
        self,
        volume: Volume,
        liver_mask: Mask,
        point_mm: FloatArray,
        *,
        cancel: Event | None = None,
    ) -> VesselResult:
        """Outline the vessel at a (3,) LPS point, mm, beside a (k, j, i) mask on the CT's grid."""
        ...


class BrightVessels(ClassicalSegmenter):
    """The built-in way: what is connected and brighter than the liver around it."""

    def follow(
        self,
        volume: Volume,
        liver_mask: Mask,
        point_mm: FloatArray,
        *,
        cancel: Event | None = None,
    ) -> VesselResult:
        """Follow it from a (3,) LPS point, mm, by `find_vessels`, done before one could stop."""
        del cancel
        found = find_vessels(volume, liver_mask, np.reshape(point_mm, (1, 3)))
        return VesselResult(mask=found.labels > 0, provenance=found.provenance)


def find_vessel_prompters() -> dict[str, VesselPrompter]:
    """Every back end that follows a vessel from a click, by its name, the built-in one first."""
    found: dict[str, VesselPrompter] = {CLASSICAL: BrightVessels()}
    for name, method in find_segmenters().items():
        if isinstance(method, VesselPrompter):
            found.setdefault(name, method)
    return found


def follow_with(
    name: str,
    volume: Volume,
    liver_mask: Mask,
    point_mm: FloatArray,
    *,
    cancel: Event | None = None,
) -> VesselResult:
    """Follow the vessel that a person points at with a named back end.

    Vessels stay inside the liver, and a step from it: so the cava is kept apart.

    Parameters
    ----------
    name : str
        Of the back end.
    volume : Volume
        The CT.
    liver_mask : (k, j, i) bool array
        The liver on the CT's grid.
    point_mm : (3,) array
        A click in the vessel, LPS mm.
    cancel : Event or None
        Set by a person who does not want to wait.

    Raises
    ------
    SegmentationError
        If the click lies outside the CT, or no vessel is found there.
    BackendError
        If there is no such back end, it lacks something, it failed, or its mask does not fit.
    """
    checked_point(volume.grid, point_mm)
    if name == CLASSICAL:
        return BrightVessels().follow(volume, liver_mask, point_mm)
    prompter = prompter_ready(name, find_vessel_prompters, "that follows a vessel")
    found = answer_of(
        name, volume.grid, lambda: prompter.follow(volume, liver_mask, point_mm, cancel=cancel)
    )
    inside = found.mask & dilated(liver_mask, HILUM_MM, volume.grid.spacing_mm)
    if not inside.any():
        raise SegmentationError(f"The back end {name!r} found no vessel in the liver here.")
    return replace(found, mask=inside)
