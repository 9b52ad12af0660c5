"""The handle of a plane in the 3D view: pushed by its foot, turned by its tip."""

from __future__ import annotations

import numpy as np
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkFiltersSources import vtkArrowSource, vtkSphereSource
from vtkmodules.vtkRenderingCore import vtkRenderer

from liverplan.app.kit import theme
from liverplan.app.scene.actors import source_actor
from liverplan.resection import Plane
from liverplan.resection.cuts.net import across
from liverplan.volume import FloatArray


class PlaneHandle:
    """An arrow toward what stays and a ball at its foot."""

    def __init__(self) -> None:
        arrow = vtkArrowSource()
        arrow.SetTipResolution(24)
        arrow.SetShaftResolution(16)
        arrow.SetShaftRadius(0.025)
        arrow.SetTipRadius(0.09)
        arrow.SetTipLength(0.28)
        self.arrow = source_actor(arrow, theme.REMNANT)
        ball = vtkSphereSource()
        ball.SetThetaResolution(24)
        ball.SetPhiResolution(16)
        ball.SetRadius(0.08)
        self.ball = source_actor(ball, (255, 255, 255))
        self.foot: FloatArray | None = None
        self.tip: FloatArray | None = None

    def place(
        self, renderer: vtkRenderer, plane: Plane | None, centre: FloatArray, radius_mm: float
    ) -> None:
        """Show the handle of a plane through a liver of this size about a (3,) centre, LPS mm."""
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
    """(3,) LPS mm: the plane's own point, or, far from the liver, where it is nearest its centre.

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
