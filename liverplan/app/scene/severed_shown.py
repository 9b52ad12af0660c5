"""Divided vessels in the 3D view: lit tubes from the cut on, and a ball where it crosses them.

Those that are kept have another colour, and a cube there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData
from vtkmodules.vtkCommonExecutionModel import vtkPolyDataAlgorithm
from vtkmodules.vtkFiltersCore import vtkAppendPolyData, vtkGlyph3D, vtkTubeFilter
from vtkmodules.vtkFiltersSources import vtkCubeSource, vtkSphereSource
from vtkmodules.vtkRenderingCore import vtkRenderer

from liverplan.app.kit import theme
from liverplan.app.scene.actors import source_actor
from liverplan.app.session.severed import Divided
from liverplan.volume import FloatArray

TUBE_MM, BALL_MM, CUBE_MM = 1.6, 4.0, 8.0

NEARER = -6000.0
"""Of a depth of 65536: so far they come forward, out of the vessel that they run in."""


class SeveredShown:
    """Divided and kept vessels, each one body, seen through whatever lies before it."""

    def __init__(self, renderer: vtkRenderer) -> None:
        ball, cube = vtkSphereSource(), vtkCubeSource()
        ball.SetRadius(BALL_MM)
        ball.SetThetaResolution(18)
        ball.SetPhiResolution(12)
        for length in (cube.SetXLength, cube.SetYLength, cube.SetZLength):
            length(CUBE_MM)
        self._severed = _Body(renderer, theme.SEVERED, ball)
        self._kept = _Body(renderer, theme.KEPT, cube)
        self.actor, self.kept_actor = self._severed.actor, self._kept.actor

    def show(self, divided: Sequence[Divided]) -> None:
        """Show these and no others."""
        self._severed.show([one for one in divided if not one.kept])
        self._kept.show([one for one in divided if one.kept])


class _Body:
    """Tubes, and a mark where each is crossed."""

    def __init__(
        self, renderer: vtkRenderer, rgb: tuple[int, int, int], mark: vtkPolyDataAlgorithm
    ) -> None:
        self._tubes, balls = vtkTubeFilter(), vtkGlyph3D()
        self._tubes.SetRadius(TUBE_MM)
        self._tubes.SetNumberOfSides(10)
        balls.SetSourceConnection(mark.GetOutputPort())
        balls.ScalingOff()
        self._balls = balls
        both = vtkAppendPolyData()
        both.AddInputConnection(self._tubes.GetOutputPort())
        both.AddInputConnection(balls.GetOutputPort())
        self.actor = source_actor(both, rgb)
        self.actor.GetProperty().SetAmbient(0.7)
        mapper = self.actor.GetMapper()
        mapper.SetResolveCoincidentTopologyToPolygonOffset()
        mapper.SetRelativeCoincidentTopologyPolygonOffsetParameters(0.0, NEARER)
        self.show(())
        renderer.AddActor(self.actor)

    def show(self, divided: Sequence[Divided]) -> None:
        """Show these and no others."""
        self._tubes.SetInputData(_lines([line for one in divided for line in one.lines_mm]))
        self._balls.SetInputData(_points(np.array([one.point_mm for one in divided])))
        self.actor.SetVisibility(bool(divided))


def _lines(lines: Sequence[FloatArray]) -> vtkPolyData:
    points, cells, begun = vtkPoints(), vtkCellArray(), 0
    lines = [line for line in lines if len(line) > 1]
    if lines:
        points.SetData(numpy_to_vtk(np.concatenate(lines), deep=True))
    for line in lines:
        cells.InsertNextCell(len(line))
        for n in range(len(line)):
            cells.InsertCellPoint(begun + n)
        begun += len(line)
    found = vtkPolyData()
    found.SetPoints(points)
    found.SetLines(cells)
    return found


def _points(places: FloatArray) -> vtkPolyData:
    points, found = vtkPoints(), vtkPolyData()
    if len(places):
        points.SetData(numpy_to_vtk(places, deep=True))
    found.SetPoints(points)
    return found
