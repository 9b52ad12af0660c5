"""What stands in the 3D view, each in its colour: bodies, the liver, the orientation figure."""

from __future__ import annotations

from collections.abc import Sequence

from vtkmodules.vtkCommonCore import vtkLookupTable
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkCommonExecutionModel import vtkPolyDataAlgorithm
from vtkmodules.vtkInteractionWidgets import vtkOrientationMarkerWidget
from vtkmodules.vtkRenderingAnnotation import vtkAnnotatedCubeActor
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper
from vtkmodules.vtkRenderingUI import vtkGenericRenderWindowInteractor

from liverplan.app.kit import theme

FAR_MM = 1e4
"""The liver is coloured by its distance to the cuts, up to this."""


def source_actor(source: vtkPolyDataAlgorithm, rgb: Sequence[int]) -> vtkActor:
    """Show what a source makes, in a colour of 0 to 255."""
    mapper = vtkPolyDataMapper()
    mapper.SetInputConnection(source.GetOutputPort())
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.GetProperty().SetColor(*(c / 255 for c in rgb))
    return actor


def solid_actor(surface: vtkPolyData, colour: tuple[float, float, float]) -> vtkActor:
    """Show a closed surface, in a colour of 0 to 1."""
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(surface)
    mapper.ScalarVisibilityOff()
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.GetProperty().SetColor(*colour)
    return actor


def liver_actor() -> vtkActor:
    """Coloured by the signed distance to the cuts: a crisp border where it is 0."""
    table = vtkLookupTable()
    table.SetNumberOfTableValues(2)
    table.SetTableRange(-FAR_MM, FAR_MM)
    mapper = vtkPolyDataMapper()
    mapper.SetLookupTable(table)
    mapper.SetScalarRange(-FAR_MM, FAR_MM)
    mapper.UseLookupTableScalarRangeOn()
    mapper.InterpolateScalarsBeforeMappingOn()
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.GetProperty().SetColor(*(c / 255 for c in theme.LIVER))
    actor.GetProperty().SetSpecular(0.2)
    actor.GetProperty().SetSpecularPower(24)
    actor.GetProperty().SetAmbient(0.25)
    return actor


def colour_liver(actor: vtkActor, sides: tuple[float, float] | None, whole: float) -> None:
    """Show the liver in two colours with the alphas of what goes and what stays, or in one."""
    mapper = actor.GetMapper()
    table = mapper.GetLookupTable()
    if sides is None:
        mapper.ScalarVisibilityOff()
        show_actor(actor, whole)
    else:
        for value, rgb in enumerate((theme.RESECTED, theme.REMNANT)):
            red, green, blue = (c / 255 for c in rgb)
            table.SetTableValue(value, red, green, blue, sides[value])
        table.Modified()
        mapper.ScalarVisibilityOn()
        show_actor(actor, 1.0 if any(sides) else 0.0)
    solid = min(sides or (whole,)) >= 1 or (sides is not None and 0.0 in sides)
    actor.GetProperty().SetBackfaceCulling(not solid)  # a liver cut open is seen from inside


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
    cube.SetXFaceTextRotation(90)
    cube.SetZFaceTextRotation(-90)
    figure = vtkOrientationMarkerWidget()
    figure.SetOrientationMarker(cube)
    figure.SetInteractor(interactor)
    figure.SetViewport(0.80, 0.0, 1.0, 0.2)
    figure.SetEnabled(1)
    figure.InteractiveOff()
    return figure
