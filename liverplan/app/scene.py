"""The 3D view: VTK draws offscreen, Qt shows the picture and says where the mouse is.

An offscreen render window keeps VTK's and napari's OpenGL contexts out of each other's way, lets
words be painted over the picture, and takes screenshots like any other widget.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import vtkmodules.vtkInteractionStyle
import vtkmodules.vtkRenderingOpenGL2
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkLookupTable, vtkUnsignedCharArray
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkCommonExecutionModel import vtkPolyDataAlgorithm
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkFiltersSources import vtkArrowSource, vtkPlaneSource, vtkSphereSource
from vtkmodules.vtkInteractionWidgets import vtkOrientationMarkerWidget
from vtkmodules.vtkRenderingAnnotation import vtkAnnotatedCubeActor
from vtkmodules.vtkRenderingCore import (
    vtkActor,
    vtkPolyDataMapper,
    vtkRenderer,
    vtkRenderWindow,
)
from vtkmodules.vtkRenderingUI import vtkGenericRenderWindowInteractor

from liverplan.app import theme
from liverplan.resection.cuts import Plane
from liverplan.volume import FloatArray

Image = NDArray[np.uint8]

CAMERAS: dict[str, tuple[tuple[int, int, int], tuple[int, int, int]]] = {
    "A": ((0, -1, 0), (0, 0, 1)),
    "P": ((0, 1, 0), (0, 0, 1)),
    "R": ((-1, 0, 0), (0, 0, 1)),
    "L": ((1, 0, 0), (0, 0, 1)),
    "H": ((0, 0, 1), (0, -1, 0)),
    "F": ((0, 0, -1), (0, -1, 0)),
}
"""Camera presets by the side that the eye is on: (direction from the liver, up), LPS."""

FAR_MM = 1e4


class Scene:
    """Liver, lesions, cut planes and the handle of the active one, in LPS millimetres."""

    def __init__(self) -> None:
        self.renderer = vtkRenderer()
        self.renderer.SetBackground(0.075, 0.075, 0.085)
        self.window = vtkRenderWindow()
        self.window.SetOffScreenRendering(1)
        self.window.SetMultiSamples(0)
        self.renderer.UseFXAAOn()  # half the price of multisampling where no card helps
        self.scale = 1.0
        self.window.AddRenderer(self.renderer)
        self.interactor = vtkGenericRenderWindowInteractor()
        self.interactor.SetRenderWindow(self.window)
        style = vtkmodules.vtkInteractionStyle.vtkInteractorStyleTrackballCamera()
        self.interactor.SetInteractorStyle(style)
        self.interactor.EnableRenderOff()
        self.interactor.Initialize()
        self.liver = _liver_actor()
        self.lesions: list[vtkActor] = []
        self.cuts: list[tuple[vtkPlaneSource, vtkActor]] = []
        self.handle = _Handle()
        self.figure = _orientation_figure(self.interactor)
        self.vertices: FloatArray = np.empty((0, 3))
        self.centre = np.zeros(3)
        self.radius_mm = 100.0
        self._pixels = vtkUnsignedCharArray()

    def show_liver(self, surface: vtkPolyData | None) -> None:
        """Show another liver surface; None shows none."""
        self.renderer.RemoveActor(self.liver)
        if surface is None or surface.GetNumberOfPoints() == 0:
            self.vertices = np.empty((0, 3))
            return
        self.vertices = vtk_to_numpy(surface.GetPoints().GetData()).astype(np.float64)
        low, high = self.vertices.min(0), self.vertices.max(0)
        self.centre, self.radius_mm = (low + high) / 2, float(np.linalg.norm(high - low) / 2)
        self.liver.GetMapper().SetInputData(surface)
        self.renderer.AddActor(self.liver)

    def show_lesions(self, surfaces: Sequence[vtkPolyData]) -> None:
        """Show the lesions as solid bodies inside the liver."""
        for actor in self.lesions:
            self.renderer.RemoveActor(actor)
        self.lesions = [_solid_actor(surface, (0.93, 0.92, 0.86)) for surface in surfaces]
        for actor in self.lesions:
            self.renderer.AddActor(actor)

    def show_planes(self, planes: tuple[Plane, ...], active: int, *, locked: bool) -> None:
        """Show the cuts, colour both sides of the liver, put the handle on the active plane."""
        self._colour_sides(planes)
        while len(self.cuts) > len(planes):
            self.renderer.RemoveActor(self.cuts.pop()[1])
        while len(self.cuts) < len(planes):
            self.cuts.append(_cut_actor())
            self.renderer.AddActor(self.cuts[-1][1])
        for number, (plane, (source, actor)) in enumerate(zip(planes, self.cuts, strict=True)):
            _place_cut(source, plane, self.centre, 0.85 * self.radius_mm)
            actor.GetProperty().SetOpacity(0.2 if number == active else 0.12)
        shown = planes[active] if 0 <= active < len(planes) and not locked else None
        self.handle.place(self.renderer, shown, self.centre, self.radius_mm)

    def _colour_sides(self, planes: tuple[Plane, ...]) -> None:
        if not len(self.vertices):
            return
        surface = self.liver.GetMapper().GetInput()
        mapper = self.liver.GetMapper()
        if not planes:
            mapper.ScalarVisibilityOff()
            return
        nearest = np.min([p.signed_distance_mm(self.vertices) for p in planes], axis=0)
        scalars = numpy_to_vtk(nearest.astype(np.float32), deep=True)
        surface.GetPointData().SetScalars(scalars)
        mapper.ScalarVisibilityOn()

    def look_from(self, side: str) -> None:
        """Put the camera on one of the six sides, the whole liver in view."""
        direction, up = CAMERAS[side]
        camera = self.renderer.GetActiveCamera()
        camera.SetFocalPoint(*self.centre)
        camera.SetPosition(*(self.centre + np.array(direction) * 4.2 * self.radius_mm))
        camera.SetViewUp(*up)
        camera.SetViewAngle(30)
        self.renderer.ResetCameraClippingRange()

    def render(self, width: int, height: int, scale: float = 1.0) -> Image:
        """Draw; return (height, width, 4) bytes, the lowest row first.

        ``scale``: draw fewer pixels than the pane has, as while a plane is dragged on a computer
        without a graphics card; `to_pixel` and `ray` go on in the pane's pixels.
        """
        self.scale = scale
        width, height = max(1, round(width * scale)), max(1, round(height * scale))
        self.window.SetSize(width, height)
        self.renderer.ResetCameraClippingRange()
        self.window.Render()
        self.window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 0, self._pixels)  # type: ignore[call-overload]
        picture: Image = vtk_to_numpy(self._pixels).reshape(height, width, 4)
        return picture

    def to_pixel(self, point_mm: FloatArray) -> tuple[float, float]:
        """LPS mm to (x, y) pixels of the last picture, y downward."""
        x_mm, y_mm, z_mm = point_mm.tolist()
        self.renderer.SetWorldPoint(x_mm, y_mm, z_mm, 1.0)
        self.renderer.WorldToDisplay()
        x, y, _ = self.renderer.GetDisplayPoint()
        return x / self.scale, (self.window.GetSize()[1] - 1 - y) / self.scale

    def ray(self, x: float, y: float) -> tuple[FloatArray, FloatArray]:
        """Return (origin, unit direction) of the line of sight through pixel (x, y), LPS mm."""
        ends = []
        for depth in (0.0, 1.0):
            down = self.window.GetSize()[1] - 1 - y * self.scale
            self.renderer.SetDisplayPoint(x * self.scale, down, depth)
            self.renderer.DisplayToWorld()
            world = np.array(self.renderer.GetWorldPoint())
            ends.append(world[:3] / world[3])
        direction = ends[1] - ends[0]
        return ends[0], direction / np.linalg.norm(direction)

    def close(self) -> None:
        """Let go of the OpenGL context."""
        self.figure.SetEnabled(0)
        self.interactor.SetRenderWindow(None)
        self.window.Finalize()


class _Handle:
    """An arrow toward what stays and a ball at its foot."""

    def __init__(self) -> None:
        arrow = vtkArrowSource()
        arrow.SetTipResolution(24)
        arrow.SetShaftResolution(16)
        arrow.SetShaftRadius(0.025)
        arrow.SetTipRadius(0.09)
        arrow.SetTipLength(0.28)
        self.arrow = _source_actor(arrow, theme.REMNANT)
        ball = vtkSphereSource()
        ball.SetThetaResolution(24)
        ball.SetPhiResolution(16)
        ball.SetRadius(0.08)
        self.ball = _source_actor(ball, (255, 255, 255))
        self.foot: FloatArray | None = None
        self.tip: FloatArray | None = None

    def place(
        self, renderer: vtkRenderer, plane: Plane | None, centre: FloatArray, radius_mm: float
    ) -> None:
        renderer.RemoveActor(self.arrow)
        renderer.RemoveActor(self.ball)
        self.foot = self.tip = None
        if plane is None:
            return
        foot = foot_of(plane, centre, radius_mm)
        length = 0.5 * radius_mm
        self.foot, self.tip = foot, foot + length * plane.normal
        for actor in (self.arrow, self.ball):
            actor.SetUserMatrix(_frame(foot, plane.normal, length))
            renderer.AddActor(actor)


def foot_of(plane: Plane, centre: FloatArray, radius_mm: float) -> FloatArray:
    """Where the handle stands: the plane's own point, or, far from the liver, nearest its centre.

    The plane's own point stays put while the plane turns about it, so nothing jumps.
    """
    nearest: FloatArray = centre - plane.signed_distance_mm(centre) * plane.normal
    far = np.linalg.norm(plane.point_mm - nearest) > 0.8 * radius_mm
    return nearest if far else plane.point_mm


def _frame(origin: FloatArray, x_axis: FloatArray, scale: float) -> vtkMatrix4x4:

    y_axis, z_axis = across(x_axis)
    matrix = vtkMatrix4x4()
    for column, vector in enumerate((x_axis * scale, y_axis * scale, z_axis * scale, origin)):
        for row in range(3):
            matrix.SetElement(row, column, float(vector[row]))
    return matrix


def across(normal: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Two unit vectors that, with a unit normal, make a right-handed frame."""
    helper = np.eye(3)[int(np.argmin(np.abs(normal)))]
    first = np.cross(normal, helper)
    first = first / np.linalg.norm(first)
    return first, np.cross(normal, first)


def _place_cut(source: vtkPlaneSource, plane: Plane, centre: FloatArray, half_mm: float) -> None:
    foot = centre - plane.signed_distance_mm(centre) * plane.normal
    u, v = across(plane.normal)
    source.SetOrigin(*(foot - half_mm * (u + v)))
    source.SetPoint1(*(foot + half_mm * (u - v)))
    source.SetPoint2(*(foot - half_mm * (u - v)))


def _cut_actor() -> tuple[vtkPlaneSource, vtkActor]:
    source = vtkPlaneSource()
    actor = _source_actor(source, (255, 255, 255))
    actor.GetProperty().SetAmbient(0.6)
    actor.GetProperty().SetEdgeVisibility(1)
    actor.GetProperty().SetEdgeColor(1, 1, 1)
    actor.GetProperty().SetLineWidth(1.5)
    return source, actor


def _source_actor(source: vtkPolyDataAlgorithm, rgb: Sequence[int]) -> vtkActor:
    mapper = vtkPolyDataMapper()
    mapper.SetInputConnection(source.GetOutputPort())
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.GetProperty().SetColor(*(c / 255 for c in rgb))
    return actor


def _solid_actor(surface: vtkPolyData, colour: tuple[float, float, float]) -> vtkActor:
    mapper = vtkPolyDataMapper()
    mapper.SetInputData(surface)
    mapper.ScalarVisibilityOff()
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.GetProperty().SetColor(*colour)
    return actor


def _liver_actor() -> vtkActor:
    """Coloured by the signed distance to the cuts: a crisp border where it is 0."""
    table = vtkLookupTable()
    table.SetNumberOfTableValues(2)
    for value, rgb in enumerate((theme.RESECTED, theme.REMNANT)):
        red, green, blue = (c / 255 for c in rgb)
        table.SetTableValue(value, red, green, blue, 1.0)
    table.SetTableRange(-FAR_MM, FAR_MM)
    mapper = vtkPolyDataMapper()
    mapper.SetLookupTable(table)
    mapper.SetScalarRange(-FAR_MM, FAR_MM)
    mapper.UseLookupTableScalarRangeOn()
    mapper.InterpolateScalarsBeforeMappingOn()
    mapper.ScalarVisibilityOff()
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.GetProperty().SetColor(*(c / 255 for c in theme.LIVER))
    actor.GetProperty().SetOpacity(0.5)
    actor.GetProperty().BackfaceCullingOn()
    actor.GetProperty().SetSpecular(0.15)
    actor.GetProperty().SetAmbient(0.25)
    return actor


def _orientation_figure(interactor: vtkGenericRenderWindowInteractor) -> vtkOrientationMarkerWidget:
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
