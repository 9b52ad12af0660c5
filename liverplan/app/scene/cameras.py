"""Where the eye of the 3D view stands, on six sides and at named places, and what it sees where."""

from __future__ import annotations

import numpy as np
from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow

from liverplan.resection import Cut
from liverplan.volume import FloatArray

Direction = tuple[float, float, float]

Place = tuple[Direction, Direction]
"""Where the eye is, as a direction from what it looks at, and what is up; LPS."""

CAMERAS: dict[str, Place] = {
    "A": ((0, -1, 0), (0, 0, 1)),
    "P": ((0, 1, 0), (0, 0, 1)),
    "R": ((-1, 0, 0), (0, 0, 1)),
    "L": ((1, 0, 0), (0, 0, 1)),
    "H": ((0, 0, 1), (0, -1, 0)),
    "F": ((0, 0, -1), (0, -1, 0)),
}
"""By the side that the eye is on: (direction from the liver, up), LPS."""

SURGEON: Place = ((-0.5, -0.8, -0.34), (0, 0, 1))
"""At the operating table: at the patient's right, in front, a little toward the feet."""

HILUM: Place = ((-0.1, -0.55, -0.83), (0, -0.83, 0.55))
"""From below and in front, as when the liver's lower edge is lifted."""


def look(
    renderer: vtkRenderer,
    window: vtkRenderWindow,
    place: Place,
    focus: FloatArray,
    radius_mm: float,
) -> None:
    """Put the eye where a ball about a (3,) LPS point fills the window."""
    direction, up = np.array(place[0], dtype=float), place[1]
    wide, high = window.GetSize()
    away = max(4.2, 3.2 * high / max(wide, 1)) * radius_mm
    camera = renderer.GetActiveCamera()
    camera.SetFocalPoint(*focus)
    camera.SetPosition(*(focus + direction / np.linalg.norm(direction) * away))
    camera.SetViewUp(*up)
    camera.SetViewAngle(30)
    renderer.ResetCameraClippingRange()


def pixel_of(
    renderer: vtkRenderer, window: vtkRenderWindow, point_mm: FloatArray
) -> tuple[float, float]:
    """Return where the eye sees a (3,) LPS point, mm: (x, y) pixels of the window, y downward."""
    x_mm, y_mm, z_mm = point_mm.tolist()
    renderer.SetWorldPoint(x_mm, y_mm, z_mm, 1.0)
    renderer.WorldToDisplay()
    x, y, _ = renderer.GetDisplayPoint()
    return x, window.GetSize()[1] - 1 - y


def sight_through(
    renderer: vtkRenderer, window: vtkRenderWindow, x: float, y: float
) -> tuple[FloatArray, FloatArray]:
    """Return the line of sight through a pixel, y downward: (3,) origin, unit direction; LPS mm."""
    ends = []
    for depth in (0.0, 1.0):
        renderer.SetDisplayPoint(x, window.GetSize()[1] - 1 - y, depth)
        renderer.DisplayToWorld()
        world = np.array(renderer.GetWorldPoint())
        ends.append(world[:3] / world[3])
    direction = ends[1] - ends[0]
    return ends[0], direction / np.linalg.norm(direction)


def along(cut: Cut) -> Place | None:
    """Return the place from which a cut is seen edge on, from in front; None if it has no plane."""
    frame = cut.flat_frame(20.0)
    if frame is None:
        return None
    normal = np.asarray(frame.normal, dtype=float)
    sight = np.array([0.0, -1, 0]) - normal[1] * -1.0 * normal
    if np.linalg.norm(sight) < 0.1:  # it lies square to the line from the front: from the feet then
        sight = np.array([0.0, 0, -1]) + normal[2] * normal
    sight /= np.linalg.norm(sight)
    up = np.cross(normal, sight)
    up *= 1.0 if up[2] >= 0 else -1.0
    return (sight[0], sight[1], sight[2]), (up[0], up[1], up[2])
