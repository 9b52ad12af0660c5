"""What stands in the 3D view, each in its colour: bodies, the liver, the orientation figure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonCore import vtkLookupTable
from vtkmodules.vtkCommonExecutionModel import vtkPolyDataAlgorithm
from vtkmodules.vtkInteractionWidgets import vtkOrientationMarkerWidget
from vtkmodules.vtkRenderingAnnotation import vtkAnnotatedCubeActor
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper
from vtkmodules.vtkRenderingUI import vtkGenericRenderWindowInteractor

from liverplan.app.kit import theme
from liverplan.app.scene.lighting import cut_open, edged, moist

FAR_MM = 40.0
"""The liver is coloured by its distance to the cuts, up to this."""

SHADES = 2048
BORDER_MM = 1.0
"""Width of the line between what stays and what goes."""


def source_actor(source: vtkPolyDataAlgorithm, rgb: Sequence[int]) -> vtkActor:
    """Show what a source makes, in a colour of 0 to 255."""
    mapper = vtkPolyDataMapper()
    mapper.SetInputConnection(source.GetOutputPort())
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.GetProperty().SetColor(*(c / 255 for c in rgb))
    return actor


def body_actor(rgb: Sequence[float]) -> vtkActor:
    """Show a closed surface in a colour of 0 to 1, lit as tissue is; `Detail` gives it one."""
    mapper = sided_mapper()
    table = np.zeros((SHADES, 4), dtype=np.uint8)
    table[:, :3] = [round(255 * c) for c in rgb]
    table[SHADES // 2 :, 3] = 255
    mapper.GetLookupTable().SetTable(numpy_to_vtk(table, deep=True))
    mapper.ScalarVisibilityOff()
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.GetProperty().SetColor(*rgb)
    moist(actor)
    cut_open(actor)
    return actor


def sided_mapper() -> vtkPolyDataMapper:
    """Colour by how far a point lies in what stays, mm, negative in what goes."""
    table = vtkLookupTable()
    table.SetTableRange(-FAR_MM, FAR_MM)
    mapper = vtkPolyDataMapper()
    mapper.SetLookupTable(table)
    mapper.SetScalarRange(-FAR_MM, FAR_MM)
    mapper.UseLookupTableScalarRangeOn()
    mapper.InterpolateScalarsBeforeMappingOn()
    return mapper


def liver_actor() -> vtkActor:
    """Coloured by the signed distance to the cuts: a crisp border where it is 0."""
    actor = vtkActor()
    actor.SetMapper(sided_mapper())
    actor.GetProperty().SetColor(*(c / 255 for c in theme.LIVER))
    moist(actor)
    edged(actor)
    return actor


def colour_liver(
    actor: vtkActor,
    mappers: Sequence[vtkPolyDataMapper],
    sides: tuple[float, float] | None,
    whole: float,
) -> None:
    """Show the liver in two colours with the alphas of what goes and what stays, or in one."""
    for mapper in mappers:
        mapper.SetScalarVisibility(sides is not None)
    if sides is None:
        show_actor(actor, whole)
    else:
        table = mappers[0].GetLookupTable()
        table.SetTable(numpy_to_vtk(side_colours(*sides), deep=True))
        table.Modified()
        show_actor(actor, 1.0 if any(sides) else 0.0)
    solid = min(sides or (whole,)) >= 1 or (sides is not None and 0.0 in sides)
    actor.GetProperty().SetBackfaceCulling(not solid)  # a liver cut open is seen from inside
    actor.SetForceOpaque(sides is not None and {*sides} <= {0.0, 1.0})


def side_colours(goes: float, stays: float) -> NDArray[np.uint8]:
    """(SHADES, 4) colours from FAR_MM within what goes to FAR_MM within what stays, by alphas.

    Where both sides are shown a dark line is their border.
    """
    colours = np.zeros((SHADES, 4), dtype=np.uint8)
    middle = SHADES // 2
    colours[:middle] = (*theme.RESECTED, round(255 * goes))
    colours[middle:] = (*theme.REMNANT, round(255 * stays))
    if goes and stays:
        half = round(BORDER_MM / 2 / (2 * FAR_MM) * SHADES)
        colours[middle - half : middle + half] = (*theme.BORDER, 255)
    return colours


def keep_only(actor: vtkActor, mappers: Sequence[vtkPolyDataMapper], *, remnant: bool) -> None:
    """Draw only what of a body lies in what stays, or all of it."""
    actor.SetForceOpaque(remnant and actor.GetProperty().GetOpacity() >= 1)
    for mapper in mappers:
        mapper.SetScalarVisibility(remnant)


def show_actor(actor: vtkActor, alpha: float) -> None:
    """Draw an actor with an alpha from 0 to 1; not at all at 0."""
    actor.SetVisibility(alpha > 0)
    actor.GetProperty().SetOpacity(alpha)


def orientation_figure(interactor: vtkGenericRenderWindowInteractor) -> vtkOrientationMarkerWidget:
    """Return a cube in the corner whose faces bear the patient's sides."""
    cube = vtkAnnotatedCubeActor()
    for letter, setter in (
        ("L", cube.SetXPlusFaceText),
        ("R", cube.SetXMinusFaceText),
        ("P", cube.SetYPlusFaceText),
        ("A", cube.SetYMinusFaceText),
        ("H", cube.SetZPlusFaceText),
        ("F", cube.SetZMinusFaceText),
    ):
        setter(letter)
    cube.SetFaceTextScale(0.62)
    cube.GetCubeProperty().SetColor(0.30, 0.32, 0.36)
    cube.GetTextEdgesProperty().SetColor(0.9, 0.9, 0.9)
    for face in (
        cube.GetXPlusFaceProperty(),
        cube.GetXMinusFaceProperty(),
        cube.GetYPlusFaceProperty(),
        cube.GetYMinusFaceProperty(),
        cube.GetZPlusFaceProperty(),
        cube.GetZMinusFaceProperty(),
    ):
        face.SetColor(0.92, 0.92, 0.92)
    cube.SetZFaceTextRotation(-90)
    figure = vtkOrientationMarkerWidget()
    figure.SetOrientationMarker(cube)
    figure.SetInteractor(interactor)
    figure.SetViewport(0.80, 0.0, 1.0, 0.2)
    figure.SetEnabled(1)
    figure.InteractiveOff()
    return figure
