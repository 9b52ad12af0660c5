"""The surfaces of cuts in the 3D view, and the balls by which they are dragged."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk, numpy_to_vtkIdTypeArray
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData
from vtkmodules.vtkCommonExecutionModel import vtkTrivialProducer
from vtkmodules.vtkFiltersSources import vtkLineSource, vtkPlaneSource, vtkSphereSource
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkRenderer

from liverplan.app.kit import theme
from liverplan.resection import Cut, Plane
from liverplan.resection.cuts.handle import Handle
from liverplan.resection.cuts.net import Extent
from liverplan.volume import FloatArray

BALL_MM = {"move": 4.5, "turn": 4.5, "resize": 3.5, "spread": 3.5, "bend": 3.2}


class CutActor:
    """One cut in the scene: a square for a plane, a mesh for any other."""

    def __init__(self, source: vtkPlaneSource | vtkTrivialProducer) -> None:
        self.source = source
        mapper = vtkPolyDataMapper()
        mapper.SetInputConnection(source.GetOutputPort())
        mapper.ScalarVisibilityOff()
        self.actor = vtkActor()
        self.actor.SetMapper(mapper)
        self.actor.GetProperty().SetColor(1, 1, 1)
        self.actor.GetProperty().SetAmbient(0.6)

    @classmethod
    def of(cls, cut: Cut) -> CutActor:
        """Make what shows a kind of cut."""
        made = cls(vtkPlaneSource() if isinstance(cut, Plane) else vtkTrivialProducer())
        if isinstance(cut, Plane):
            shown = made.actor.GetProperty()
            shown.SetEdgeVisibility(1)
            shown.SetEdgeColor(1, 1, 1)
            shown.SetLineWidth(1.5)
        return made

    def fits(self, cut: Cut) -> bool:
        """Whether it can show this cut."""
        return isinstance(cut, Plane) == isinstance(self.source, vtkPlaneSource)

    def place(self, cut: Cut, extent: Extent) -> None:
        """Show a cut of a liver."""
        if isinstance(cut, Plane) and isinstance(self.source, vtkPlaneSource):
            _place_square(self.source, cut, extent)
        elif isinstance(self.source, vtkTrivialProducer):
            self.source.SetOutput(mesh_of(cut.nets_mm(extent)))


def _place_square(source: vtkPlaneSource, plane: Plane, extent: Extent) -> None:
    corner, one, _, two = plane.square_mm(extent.centre_mm, extent.half_mm)
    source.SetOrigin(*corner)
    source.SetPoint1(*one)
    source.SetPoint2(*two)


def mesh_of(nets: Sequence[FloatArray]) -> vtkPolyData:
    """Return (U, V, 3) nets of points as one surface of quadrilaterals."""
    points, quads, used = [np.empty((0, 3))], [np.empty((0, 4), dtype=np.int64)], 0
    for net in nets:
        number = used + np.arange(net.shape[0] * net.shape[1]).reshape(net.shape[:2])
        a, b, c, d = number[:-1, :-1], number[1:, :-1], number[1:, 1:], number[:-1, 1:]
        quads.append(np.stack([a, b, c, d], axis=-1).reshape(-1, 4))
        points.append(net.reshape(-1, 3))
        used += number.size
    cells = vtkCellArray()
    corners = np.ascontiguousarray(np.concatenate(quads))
    starts = np.arange(0, 4 * len(corners) + 1, 4)
    cells.SetData(
        numpy_to_vtkIdTypeArray(starts, deep=True),
        numpy_to_vtkIdTypeArray(corners.ravel(), deep=True),
    )
    mesh, places = vtkPolyData(), vtkPoints()
    places.SetData(numpy_to_vtk(np.ascontiguousarray(np.concatenate(points)), deep=True))
    mesh.SetPoints(places)
    mesh.SetPolys(cells)
    return mesh


class Balls:
    """A ball for each handle, with a line to its foot where it turns the cut."""

    def __init__(self) -> None:
        self._kinds: tuple[str, ...] = ()
        self._balls: list[vtkSphereSource] = []
        self._lines: list[vtkLineSource] = []
        self._actors: list[vtkActor] = []

    def place(self, renderer: vtkRenderer, handles: Sequence[Handle]) -> None:
        """Show these handles and no others."""
        kinds = tuple(handle.what for handle in handles)
        if kinds != self._kinds:
            self._kinds = kinds
            self._build(renderer)
        for ball, handle in zip(self._balls, handles, strict=True):
            ball.SetCenter(*handle.at_mm)
        turning = [handle for handle in handles if handle.what == "turn"]
        for line, handle in zip(self._lines, turning, strict=True):
            line.SetPoint1(*handle.foot_mm)
            line.SetPoint2(*handle.at_mm)

    def _build(self, renderer: vtkRenderer) -> None:
        for actor in self._actors:
            renderer.RemoveActor(actor)
        self._balls = [_ball(BALL_MM[kind]) for kind in self._kinds]
        self._lines = [vtkLineSource() for kind in self._kinds if kind == "turn"]
        self._actors = [
            _solid(ball, (255, 255, 255) if kind in ("move", "turn") else theme.REMNANT)
            for ball, kind in zip(self._balls, self._kinds, strict=True)
        ]
        self._actors += [_solid(line, theme.REMNANT) for line in self._lines]
        for actor in self._actors:
            renderer.AddActor(actor)


def _ball(radius_mm: float) -> vtkSphereSource:
    ball = vtkSphereSource()
    ball.SetRadius(radius_mm)
    ball.SetThetaResolution(18)
    ball.SetPhiResolution(12)
    return ball


def _solid(source: vtkSphereSource | vtkLineSource, rgb: Sequence[int]) -> vtkActor:
    mapper = vtkPolyDataMapper()
    mapper.SetInputConnection(source.GetOutputPort())
    actor = vtkActor()
    actor.SetMapper(mapper)
    actor.GetProperty().SetColor(*(c / 255 for c in rgb))
    actor.GetProperty().SetLineWidth(2)
    return actor
