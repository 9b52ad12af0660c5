"""Divided vessels in the 3D view: lit tubes from the cut on, and a ball where it crosses them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData
from vtkmodules.vtkFiltersCore import vtkAppendPolyData, vtkGlyph3D, vtkTubeFilter
from vtkmodules.vtkFiltersSources import vtkSphereSource
from vtkmodules.vtkRenderingCore import vtkRenderer

from liverplan.app.kit import theme
from liverplan.app.scene.actors import source_actor
from liverplan.app.session.severed import Divided
from liverplan.volume import FloatArray

TUBE_MM, BALL_MM = 1.6, 4.0


class SeveredShown:
    """One body of tubes and balls, seen through whatever lies before it."""

    def __init__(self, renderer: vtkRenderer) -> None:
        self._tubes, balls = vtkTubeFilter(), vtkGlyph3D()
        self._tubes.SetRadius(TUBE_MM)
        self._tubes.SetNumberOfSides(10)
        ball = vtkSphereSource()
        ball.SetRadius(BALL_MM)
        ball.SetThetaResolution(18)
        ball.SetPhiResolution(12)
        balls.SetSourceConnection(ball.GetOutputPort())
        balls.ScalingOff()
        self._balls = balls
        both = vtkAppendPolyData()
        both.AddInputConnection(self._tubes.GetOutputPort())
        both.AddInputConnection(balls.GetOutputPort())
        self.actor = source_actor(both, theme.SEVERED)
        self.actor.GetProperty().SetAmbient(0.7)
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
