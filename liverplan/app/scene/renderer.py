"""The 3D view: VTK draws offscreen, Qt shows the picture and says where the mouse is.

An offscreen render window keeps VTK's and napari's OpenGL contexts out of each other's way, lets
words be painted over the picture, and takes screenshots like any other widget.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import vtkmodules.vtkInteractionStyle
import vtkmodules.vtkRenderingOpenGL2
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkRenderer, vtkRenderWindow
from vtkmodules.vtkRenderingUI import vtkGenericRenderWindowInteractor

from liverplan.app.kit import theme
from liverplan.app.scene.actors import (
    FAR_MM,
    body_actor,
    colour_liver,
    liver_actor,
    orientation_figure,
    show_actor,
)
from liverplan.app.scene.cut_surfaces import Balls, CutActor
from liverplan.app.scene.detail import Detail
from liverplan.app.scene.lighting import light, nearer
from liverplan.app.scene.own_context import in_own_context
from liverplan.app.scene.plane_handle import PlaneHandle
from liverplan.app.scene.structures import (
    AT_FIRST,
    COLOURS,
    CUTS,
    LIVER,
    METASTASES,
    REMNANT,
    RESECTED,
    SOLID,
    Seen,
)
from liverplan.resection import Cut, Plan, Plane
from liverplan.resection.cuts.handle import Handle
from liverplan.resection.cuts.net import Extent
from liverplan.volume import FloatArray
from liverplan.volumetry.shapes.margins import removal

Image = NDArray[np.uint8]
Taken = Callable[[FloatArray], NDArray[np.bool_]]

CAMERAS: dict[str, tuple[tuple[int, int, int], tuple[int, int, int]]] = {
    "A": ((0, -1, 0), (0, 0, 1)),
    "P": ((0, 1, 0), (0, 0, 1)),
    "R": ((-1, 0, 0), (0, 0, 1)),
    "L": ((1, 0, 0), (0, 0, 1)),
    "H": ((0, 0, 1), (0, -1, 0)),
    "F": ((0, 0, -1), (0, -1, 0)),
}
"""Camera presets by the side that the eye is on: (direction from the liver, up), LPS."""

UNDER_MM = 2.0
"""So far under the liver's surface is asked which part of the liver lies there."""


class Scene:
    """Liver, lesions, cuts and the handles of the active one, in LPS millimetres."""

    def __init__(self) -> None:
        self.renderer = vtkRenderer()
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
        light(self.renderer)
        self.detail = Detail()
        self.liver = liver_actor()
        self.lesions: list[vtkActor] = []
        self.vessels: dict[str, vtkActor] = {}
        self.cuts: list[CutActor] = []
        self.handle = PlaneHandle()
        self.balls = Balls()
        self.handles: tuple[Handle, ...] = ()
        self.figure = orientation_figure(self.interactor)
        self.vertices: FloatArray = np.empty((0, 3))
        self.outward: FloatArray = np.empty((0, 3))
        self.centre = np.zeros(3)
        self.radius_mm = 100.0
        self._pixels = vtkUnsignedCharArray()
        self.seen = dict(AT_FIRST)
        self._parts = frozenset[str]()
        self._opacities: list[float] = []

    @property
    def at_hand(self) -> frozenset[str]:
        """Names of the structures that stand in the view."""
        named = {METASTASES: self.lesions, CUTS: self.cuts}
        return self._parts | self.vessels.keys() | {name for name, some in named.items() if some}

    @in_own_context
    def show_as(self, name: str, seen: Seen) -> None:
        """Show a structure more or less opaque, or hide it."""
        self.seen[name] = seen
        self._apply()

    def _apply(self) -> None:
        """Give every actor the opacity that its structure has."""
        sides = self.seen[RESECTED].alpha, self.seen[REMNANT].alpha
        cut = REMNANT in self._parts
        mappers = self.detail.of(self.liver)
        colour_liver(self.liver, mappers, sides if cut else None, self.seen[LIVER].alpha)
        for actor in self.lesions:
            show_actor(actor, self.seen[METASTASES].alpha)
        for name, actor in self.vessels.items():
            show_actor(actor, self.seen.get(name, SOLID).alpha)
        for shown, opacity in zip(self.cuts, self._opacities, strict=True):
            show_actor(shown.actor, opacity * self.seen[CUTS].alpha)

    @in_own_context
    def show_liver(self, surface: vtkPolyData | None) -> None:
        """Show another liver surface; None shows none."""
        self.renderer.RemoveActor(self.liver)
        if surface is None or surface.GetNumberOfPoints() == 0:
            self.vertices, self._parts = np.empty((0, 3)), frozenset()
            return
        self.vertices = vtk_to_numpy(surface.GetPoints().GetData()).astype(np.float64)
        self.outward = vtk_to_numpy(surface.GetPointData().GetNormals()).astype(np.float64)
        low, high = self.vertices.min(0), self.vertices.max(0)
        self.centre, self.radius_mm = (low + high) / 2, float(np.linalg.norm(high - low) / 2)
        self.detail.add(self.liver, surface)
        self.renderer.AddActor(self.liver)
        self._parts = frozenset({LIVER})
        self._apply()

    @in_own_context
    def show_lesions(self, surfaces: Sequence[vtkPolyData]) -> None:
        """Show the lesions as solid bodies inside the liver."""
        for actor in self.lesions:
            self._remove(actor)
        self.lesions = [self._body(surface, COLOURS[METASTASES]) for surface in surfaces]
        for actor in self.lesions:
            nearer(actor)
        self._apply()

    def _body(self, surface: vtkPolyData, rgb: Sequence[int]) -> vtkActor:
        actor = body_actor([c / 255 for c in rgb])
        self.detail.add(actor, surface)
        self.renderer.AddActor(actor)
        return actor

    def _remove(self, actor: vtkActor) -> None:
        self.renderer.RemoveActor(actor)
        self.detail.drop(actor)

    @in_own_context
    def show_vessels(self, surfaces: Mapping[str, vtkPolyData]) -> None:
        """Show vessel trees by their names, each in its colour."""
        for actor in self.vessels.values():
            self._remove(actor)
        self.vessels = {
            name: self._body(surface, theme.VESSELS.get(name, theme.OTHER_VESSEL))
            for name, surface in surfaces.items()
        }
        self._apply()

    @in_own_context
    def show_cuts(
        self, plan: Plan, active: int, *, locked: bool, taken: Taken | None = None
    ) -> None:
        """Show a plan's cuts, colour both sides of the liver, put handles on the active cut.

        ``taken``: of (N, 3) LPS points, whether the plan's named parts hold them.
        """
        self._colour_sides(plan, taken)
        cuts = plan.cuts
        for number in range(len(self.cuts) - 1, -1, -1):
            if number >= len(cuts) or not self.cuts[number].fits(cuts[number]):
                self.renderer.RemoveActor(self.cuts.pop(number).actor)
        extent = Extent(
            vertices_mm=self.vertices, centre_mm=self.centre, half_mm=0.85 * self.radius_mm
        )
        self._opacities = []
        for number, cut in enumerate(cuts):
            if number == len(self.cuts) or not self.cuts[number].fits(cut):
                self.cuts.insert(number, CutActor.of(cut))
                self.renderer.AddActor(self.cuts[number].actor)
            shown = self.cuts[number]
            shown.place(cut, extent)
            plane = isinstance(cut, Plane)
            opacity = (0.2 if plane else 0.42) if number == active else (0.12 if plane else 0.25)
            self._opacities.append(opacity)
        self._apply()
        held = cuts[active] if 0 <= active < len(cuts) and not locked else None
        self._place_handles(held)

    def _place_handles(self, cut: Cut | None) -> None:
        plane = cut if isinstance(cut, Plane) else None
        self.handle.place(self.renderer, plane, self.centre, self.radius_mm)
        self.handles = () if cut is None else cut.handles()
        self.balls.place(self.renderer, self.handles)
        foot, tip = self.handle.foot, self.handle.tip
        if plane is not None and foot is not None and tip is not None:
            turn = Handle(what="turn", at_mm=tip, foot_mm=foot)
            push = Handle(what="move", at_mm=foot, foot_mm=foot, along=plane.normal)
            self.handles = (turn, push)

    def _colour_sides(self, plan: Plan, taken: Taken | None) -> None:
        if not len(self.vertices):
            return
        self._parts = frozenset({REMNANT, RESECTED} if plan.cuts else {LIVER})
        if not plan.cuts:
            return
        nearest, reach = removal(plan)(self.vertices), FAR_MM
        if taken is not None:  # yes or no at each point: the border lies in the middle between two
            nearest[taken(self.vertices - UNDER_MM * self.outward)] = -UNDER_MM
            reach = UNDER_MM
        nearest = np.clip(nearest, -reach, reach).astype(np.float32)
        self.detail.colour(self.liver, numpy_to_vtk(nearest, deep=True))

    def look_from(self, side: str) -> None:
        """Put the camera on one of the six sides, the whole liver in view."""
        direction, up = CAMERAS[side]
        wide, high = self.window.GetSize()
        away = max(4.2, 3.2 * high / max(wide, 1)) * self.radius_mm
        camera = self.renderer.GetActiveCamera()
        camera.SetFocalPoint(*self.centre)
        camera.SetPosition(*(self.centre + np.array(direction) * away))
        camera.SetViewUp(*up)
        camera.SetViewAngle(30)
        self.renderer.ResetCameraClippingRange()

    @in_own_context
    def render(self, width: int, height: int, scale: float = 1.0, *, fine: bool = True) -> Image:
        """Draw; return (height, width, 4) bytes, the lowest row first.

        ``scale``: draw fewer pixels than the pane has, as while a plane is dragged on a computer
        without a graphics card; `to_pixel` and `ray` go on in the pane's pixels. ``fine``: all
        triangles; else those that are enough while things move.
        """
        self.scale = scale
        self.detail.refine(fine=fine)
        width, height = max(1, round(width * scale)), max(1, round(height * scale))
        self.window.SetSize(width, height)
        self.renderer.SetBackground(*theme.rgb_of(theme.palette().scene))
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

    @in_own_context
    def close(self) -> None:
        """Let go of the OpenGL context."""
        self.figure.SetEnabled(0)
        self.interactor.SetRenderWindow(None)
        self.window.Finalize()
