"""The liver cut open at the crosshair's slice, the half toward the eye taken away, the CT in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkImageData, vtkPlane
from vtkmodules.vtkFiltersSources import vtkPlaneSource
from vtkmodules.vtkRenderingCore import (
    vtkActor,
    vtkPolyDataMapper,
    vtkRenderer,
    vtkTexture,
)

from liverplan.app.kit import theme
from liverplan.app.kit.language import en
from liverplan.app.scene.cameras import Place
from liverplan.app.scene.lighting import cut_open
from liverplan.segmentation import Segmentation
from liverplan.segmentation.boxes import bounding_box
from liverplan.segmentation.labels import LIVER
from liverplan.volume import FloatArray, Grid, Volume

OPENINGS = {"": en("Not cut open"), "Axial": en("Axial"), "Coronal": en("Coronal")} | {
    "Sagittal": en("Sagittal")
}
"""What it can be cut open by."""

INTO: dict[str, Place] = {
    "Axial": ((0.1, -0.55, -0.83), (0, -0.83, 0.55)),
    "Coronal": ((0.25, -0.95, 0.1), (0, 0, 1)),
    "Sagittal": ((0.95, -0.25, 0.1), (0, 0, 1)),
}
"""From where one sees into what is cut open: from the feet, the front, the patient's left."""

TINT = 0.3
"""How much of a side's colour lies over the CT."""

Sides = Callable[[FloatArray], NDArray[np.float32]]
"""How far (N, 3) LPS points lie in what stays, mm, negative in what goes."""

_PATIENT = {"Axial": 2, "Coronal": 1, "Sagittal": 0}
"""The patient axis (x, y, z) that a view steps through."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Slice:
    """A slice of the liver as a picture in space.

    Parameters
    ----------
    pixels : (rows, columns, 4) uint8 array
        Clear outside the liver.
    corner_mm, across_mm, down_mm : (3,) arrays
        LPS: the outer corner of its first pixel, and of the last of its first row and column.
    normal : (3,) array
        Unit vector square to it, LPS.
    """

    pixels: NDArray[np.uint8]
    corner_mm: FloatArray
    across_mm: FloatArray
    down_mm: FloatArray
    normal: FloatArray


class Opening:
    """Clips every body at a slice, and shows the CT there."""

    def __init__(self, renderer: vtkRenderer) -> None:
        self._renderer, self.plane = renderer, vtkPlane()
        self.shown: Slice | None = None
        self._source, self._image = vtkPlaneSource(), vtkImageData()
        texture = vtkTexture()
        texture.SetInputData(self._image)
        texture.InterpolateOn()
        texture.SetColorModeToDirectScalars()
        mapper = vtkPolyDataMapper()
        mapper.SetInputConnection(self._source.GetOutputPort())
        self.actor = vtkActor()
        self.actor.SetMapper(mapper)
        self.actor.SetTexture(texture)
        self.actor.GetProperty().LightingOff()
        self.actor.ForceOpaqueOn()
        self.actor.VisibilityOff()
        cut_open(self.actor, least=0.5)
        renderer.AddActor(self.actor)

    def show(self, cut: Slice | None, bodies: Iterable[vtkPolyDataMapper]) -> None:
        """Cut bodies open at a slice; None closes them."""
        self.shown = cut
        self.actor.SetVisibility(cut is not None)
        self.clip(bodies)
        if cut is None:
            return
        rows, columns, _ = cut.pixels.shape
        self._image.SetDimensions(columns, rows, 1)
        flat = np.ascontiguousarray(cut.pixels.reshape(-1, 4))
        self._image.GetPointData().SetScalars(numpy_to_vtk(flat, deep=True))
        self._image.Modified()
        self._source.SetOrigin(*cut.corner_mm)
        self._source.SetPoint1(*cut.across_mm)
        self._source.SetPoint2(*cut.down_mm)
        self.plane.SetOrigin(*cut.corner_mm)

    def clip(self, bodies: Iterable[vtkPolyDataMapper]) -> None:
        """Cut these bodies as well, or none."""
        for mapper in bodies:
            mapper.RemoveAllClippingPlanes()
            if self.shown is not None:
                mapper.AddClippingPlane(self.plane)

    def turn(self) -> None:
        """Take away the half that is toward the eye as it is now."""
        if self.shown is not None:
            eye = np.array(self._renderer.GetActiveCamera().GetPosition())
            toward = float((eye - self.shown.corner_mm) @ self.shown.normal)
            self.plane.SetNormal(*(-np.sign(toward or 1.0) * self.shown.normal))


def slice_at(
    volume: Volume,
    segmentation: Segmentation,
    name: str,
    point_mm: FloatArray,
    limits_hu: tuple[float, float],
) -> Slice | None:
    """Return the liver's part of a view's slice through a (3,) LPS point; None where it has none.

    ``limits_hu``: what is black and what is white.
    """
    grid, labels = volume.grid, segmentation.labels
    along = axis_of(grid, name)
    at = int(np.clip(np.rint(grid.to_index(point_mm)[along]), 0, grid.shape[along] - 1))
    box = [*bounding_box(labels > 0)]
    if not box[along].start <= at < box[along].stop:
        return None
    held = tuple(at if axis == along else part for axis, part in enumerate(box))
    mask, hu = labels[held], volume.hu[held].astype(np.float32)
    low, high = limits_hu
    grey = np.clip((hu - low) / max(high - low, 1.0) * 255, 0, 255).astype(np.uint8)
    pixels = np.repeat(grey[..., None], 4, axis=-1)
    pixels[edge_of(mask > LIVER), :3] = theme.LESION
    pixels[..., 3] = np.where(mask > 0, 255, 0)
    down, across = (axis for axis in range(3) if axis != along)
    first = np.array([part.start - 0.5 for part in box])
    first[along] = at
    ends = [first.copy(), first.copy()]
    ends[0][across], ends[1][down] = box[across].stop - 0.5, box[down].stop - 0.5
    corner, across_mm, down_mm = (grid.to_mm(index) for index in (first, *ends))
    normal = np.cross(across_mm - corner, down_mm - corner)
    return Slice(
        pixels=pixels,
        corner_mm=corner,
        across_mm=across_mm,
        down_mm=down_mm,
        normal=normal / np.linalg.norm(normal),
    )


def with_sides(cut: Slice, sides: Sides, *, alone: bool) -> Slice:
    """Return a slice, (rows, columns, 4), tinted by what stays and what goes.

    ``alone``: without what goes.
    """
    rows, columns, _ = cut.pixels.shape
    down, across = ((np.arange(n) + 0.5) / n for n in (rows, columns))
    points = (
        cut.corner_mm
        + down[:, None, None] * (cut.down_mm - cut.corner_mm)
        + across[None, :, None] * (cut.across_mm - cut.corner_mm)
    )
    inside = cut.pixels[..., 3] > 0
    stays = np.zeros(inside.shape, dtype=np.bool_)
    stays[inside] = sides(points[inside]) >= 0
    tint = np.where(stays[..., None], theme.REMNANT, theme.RESECTED)
    pixels = cut.pixels.copy()
    pixels[..., :3] = (1 - TINT) * pixels[..., :3] + TINT * tint
    pixels[..., 3] = np.where(inside & (stays | (not alone)), 255, 0)
    return replace(cut, pixels=pixels)


def axis_of(grid: Grid, name: str) -> int:
    """Return the index axis that lies nearest to the patient axis that a view steps through."""
    directions = grid.affine[:3, :3] / np.linalg.norm(grid.affine[:3, :3], axis=0)
    return int(np.argmax(np.abs(directions[_PATIENT[name]])))


def edge_of(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(rows, columns) bool: pixels of a mask that touch what is none."""
    inner = mask.copy()
    for axis in (0, 1):
        for shift in (1, -1):
            inner &= np.roll(mask, shift, axis=axis)
    return mask & ~inner
