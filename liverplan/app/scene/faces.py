"""The faces that a plan cuts into the liver, coloured by how near a metastasis lies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonCore import vtkLookupTable
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkFiltersCore import vtkClipPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from liverplan.app.kit import theme
from liverplan.app.scene.cut_surfaces import mesh_of
from liverplan.app.scene.fields import Field
from liverplan.app.scene.lighting import moist
from liverplan.app.session.zone import FIELD_MM
from liverplan.case.contents import DEFAULT_MARGIN_MM
from liverplan.resection import Plan
from liverplan.volume import FloatArray
from liverplan.volumetry.shapes.margins import removal

STEP_MM = 3.5
"""A face's points lie this near to each other."""

LEVEL = 127.5
"""Of the liver's blurred mask, 0 to 255, at which its surface is drawn."""

ON_CUT_MM = 0.5
"""So deep within what another cut takes a face is none any more."""

SHADES = 520
NEAR, THROUGH = (205, 40, 40), (255, 255, 255)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """Two distances to the nearest metastasis at which a cut's colour changes, mm."""

    near_mm: float = DEFAULT_MARGIN_MM / 2
    far_mm: float = DEFAULT_MARGIN_MM


class Faces:
    """All faces of a plan as one body."""

    def __init__(self) -> None:
        self.table = vtkLookupTable()
        self.table.SetTableRange(0, FIELD_MM)
        self.mapper = vtkPolyDataMapper()
        self.mapper.SetLookupTable(self.table)
        self.mapper.SetScalarRange(0, FIELD_MM)
        self.mapper.UseLookupTableScalarRangeOn()
        self.mapper.InterpolateScalarsBeforeMappingOn()
        self.actor = vtkActor()
        self.actor.SetMapper(self.mapper)
        moist(self.actor)
        self.actor.GetProperty().SetAmbient(0.45)  # its colours say something: they stay legible
        self.actor.GetProperty().SetDiffuse(0.6)
        self.empty = True

    def place(
        self,
        nets: Sequence[FloatArray],
        inside: Field | None,
        distance: Field | None,
        plan: Plan,
    ) -> None:
        """Show these (U, V, 3) nets where they lie in the liver and on what a plan takes."""
        made = face_of(nets, inside, distance, removal(plan)) if nets else vtkPolyData()
        self.empty = made.GetNumberOfCells() == 0
        self.mapper.SetInputData(made)

    def colour(self, bands: Bands | None) -> None:
        """Colour by distance; None: as cut tissue."""
        self.table.SetTable(numpy_to_vtk(band_colours(bands), deep=True))
        self.table.Modified()


def face_of(
    nets: Sequence[FloatArray],
    inside: Field | None,
    distance: Field | None,
    removed_mm: Callable[[FloatArray], FloatArray],
) -> vtkPolyData:
    """Return what of (U, V, 3) nets is a face, each point with its distance to a metastasis, mm."""
    if inside is None:
        return vtkPolyData()
    fine = [refined(net) for net in nets]
    points = np.concatenate([net.reshape(-1, 3) for net in fine])
    within = np.minimum(inside.at(points) - LEVEL, LEVEL * (removed_mm(points) + ON_CUT_MM))
    away = np.full(len(points), FIELD_MM) if distance is None else distance.at(points)
    mesh = mesh_of(fine)
    data = mesh.GetPointData()
    data.SetScalars(numpy_to_vtk(within.astype(np.float32), deep=True))
    far = numpy_to_vtk(np.minimum(away, FIELD_MM).astype(np.float32), deep=True)
    far.SetName("distance_mm")
    data.AddArray(far)
    clip = vtkClipPolyData()
    clip.SetInputData(mesh)
    clip.SetValue(0.0)
    clip.Update()
    made: vtkPolyData = clip.GetOutput()
    made.GetPointData().SetActiveScalars("distance_mm")
    return made


def refined(net: FloatArray) -> FloatArray:
    """Return a (U, V, 3) net with points between its own, so that none lie far apart."""
    long_mm = (np.linalg.norm(np.diff(net, axis=axis), axis=-1).max() for axis in (0, 1))
    parts = [max(1, int(np.ceil(mm / STEP_MM))) for mm in long_mm]
    if parts == [1, 1]:
        return net
    shape = [(n - 1) * part + 1 for n, part in zip(net.shape[:2], parts, strict=True)]
    zoom = [new / old for new, old in zip(shape, net.shape[:2], strict=True)]
    made: FloatArray = scipy.ndimage.zoom(net, (*zoom, 1), order=1)
    return made


def band_colours(bands: Bands | None) -> NDArray[np.uint8]:
    """(SHADES, 4) colours from 0 to FIELD_MM."""
    colours = np.full((SHADES, 4), 255, dtype=np.uint8)
    colours[:, :3] = theme.FACE
    if bands is not None:
        away = (np.arange(SHADES) + 0.5) * FIELD_MM / SHADES
        colours[away < bands.far_mm, :3] = theme.MARGIN
        colours[away < bands.near_mm, :3] = NEAR
        colours[away < ON_CUT_MM, :3] = THROUGH
    return colours
