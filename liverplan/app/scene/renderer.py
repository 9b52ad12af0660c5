"""The 3D view: VTK draws offscreen, Qt shows the picture and says where the mouse is.

An offscreen render window keeps VTK's and napari's OpenGL contexts out of each other's way, lets
words be painted over the picture, and takes screenshots like any other widget.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import vtkmodules.vtkInteractionStyle
import vtkmodules.vtkRenderingOpenGL2
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkRenderer, vtkRenderWindow
from vtkmodules.vtkRenderingUI import vtkGenericRenderWindowInteractor

from liverplan.app.kit import theme
from liverplan.app.scene.actors import (
    body_actor,
    colour_liver,
    keep_only,
    liver_actor,
    orientation_figure,
    show_actor,
)
from liverplan.app.scene.behind import Behind
from liverplan.app.scene.cameras import CAMERAS, Place, look, pixel_of, sight_through
from liverplan.app.scene.cut_surfaces import CutActor
from liverplan.app.scene.cuts_shown import CutsShown
from liverplan.app.scene.detail import Detail
from liverplan.app.scene.faces import Bands
from liverplan.app.scene.fields import Field
from liverplan.app.scene.held import UNDER_MM, Taken, sided
from liverplan.app.scene.lighting import light, nearer
from liverplan.app.scene.opening import Opening, Sides, Slice
from liverplan.app.scene.own_context import in_own_context
from liverplan.app.scene.plane_handle import PlaneHandle
from liverplan.app.scene.structures import (
    AT_FIRST,
    COLOURS,
    FACES,
    LIVER,
    METASTASES,
    REMNANT,
    RESECTED,
    SEGMENTS,
    SOLID,
    Seen,
    colour_of,
    tree_of,
)
from liverplan.resection import Plan
from liverplan.resection.cuts.handle import Handle
from liverplan.resection.cuts.net import Extent
from liverplan.segmentation import Segmentation
from liverplan.volume import FloatArray, Volume

Image = NDArray[np.uint8]


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
        self.segments: dict[str, vtkActor] = {}
        self.cut_show = CutsShown(self.renderer)
        self.opening = Opening(self.renderer)
        self.behind = Behind(self.window, self.renderer)
        self.figure = orientation_figure(self.interactor)
        self.vertices: FloatArray = np.empty((0, 3))
        self.outward: FloatArray = np.empty((0, 3))
        self.centre = np.zeros(3)
        self.radius_mm = 100.0
        self._pixels = vtkUnsignedCharArray()
        self.seen = dict(AT_FIRST)
        self.alone = False
        self._parts = frozenset[str]()
        self._inside: Field | None = None
        self.sides: Sides | None = None

    @property
    def at_hand(self) -> frozenset[str]:
        """Names of the structures that stand in the view."""
        named = {METASTASES: self.lesions, SEGMENTS: self.segments}
        some = {name for name, actors in named.items() if actors}
        trees = {tree_of(name) for name in self.vessels} - {""}
        bodies = self.vessels.keys() | self.segments.keys() | trees
        return frozenset(self._parts | bodies | some | set(self.cut_show.at_hand))

    @property
    def further(self) -> tuple[str, ...]:
        """Names of the case's own structures, in order: branches of vessels, segments."""
        return (*(name for name in self.vessels if name not in AT_FIRST), *self.segments)

    @property
    def cuts(self) -> list[CutActor]:
        """What shows each cut of the plan."""
        return self.cut_show.cuts

    @property
    def handle(self) -> PlaneHandle:
        """The arrow of a plane that has the handles."""
        return self.cut_show.handle

    @property
    def handles(self) -> tuple[Handle, ...]:
        """Of the active cut, as far as it can be dragged in 3D."""
        return self.cut_show.handles

    @property
    def bands(self) -> Bands | None:
        """Distances at which the colour of the cut faces changes; None while none is shown."""
        faces = not self.cut_show.faces.empty and self.seen[FACES].visible
        return self.cut_show.bands if faces and self.cut_show.banded(self.seen) else None

    @in_own_context
    def show_as(self, name: str, seen: Seen) -> None:
        """Show a structure more or less opaque, or hide it."""
        self.seen[name] = seen
        self._apply()

    @in_own_context
    def show_bands(self, bands: Bands) -> None:
        """Change the colour of cut faces at other distances."""
        self.cut_show.bands = bands
        self._apply()

    @in_own_context
    def show_alone(self, *, remnant: bool) -> None:
        """Show only what stays, solid, or everything as the list says."""
        self.alone = remnant
        self._apply()

    @in_own_context
    def open_at(self, cut: Slice | None) -> None:
        """Cut the liver and all that is in it open at a slice; None closes it."""
        self.opening.show(cut, self._mappers())

    @in_own_context
    def show_behind(self, volume: Volume | None, segmentation: Segmentation | None) -> None:
        """Show a CT behind all that stands in the view; None shows none."""
        self.behind.show(volume, segmentation)

    def _mappers(self) -> list[vtkPolyDataMapper]:
        bodies = self.liver, *self.lesions, *self.vessels.values(), *self.segments.values()
        return [m for body in bodies for m in self.detail.of(body)] + [self.cut_show.faces.mapper]

    def _apply(self) -> None:
        """Give every actor the opacity that its structure has."""
        sides = self.seen[RESECTED].alpha, self.seen[REMNANT].alpha
        if self.alone:
            sides = 0.0, 1.0
        cut = REMNANT in self._parts
        mappers = self.detail.of(self.liver)
        colour_liver(self.liver, mappers, sides if cut else None, self.seen[LIVER].alpha)
        for actor in self.lesions:
            show_actor(actor, self.seen[METASTASES].alpha)
        for name, actor in self.vessels.items():
            tree = self.seen.get(tree_of(name), SOLID).alpha
            show_actor(actor, tree * self.seen.get(name, SOLID).alpha)
        for name, actor in self.segments.items():
            show_actor(actor, self.seen[SEGMENTS].alpha * self.seen.get(name, SOLID).alpha)
        for actor in (*self.lesions, *self.vessels.values(), *self.segments.values()):
            keep_only(actor, self.detail.of(actor), remnant=self.alone and cut)
        self.cut_show.apply(self.seen, alone=self.alone and cut)
        self.opening.clip(self._mappers())

    @in_own_context
    def show_liver(
        self,
        surface: vtkPolyData | None,
        inside: Field | None = None,
        distance: Field | None = None,
    ) -> None:
        """Show another liver surface; None shows none.

        ``inside``: its blurred mask, in which cuts have faces; ``distance``: mm to its lesions.
        """
        self.renderer.RemoveActor(self.liver)
        self._inside, self.cut_show.distance = inside, distance
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
            name: self._body(surface, colour_of(name, number))
            for number, (name, surface) in enumerate(surfaces.items())
        }
        self._apply()

    @in_own_context
    def show_segments(self, surfaces: Mapping[str, vtkPolyData]) -> None:
        """Show the liver's segments by their names, each in its colour."""
        for actor in self.segments.values():
            self._remove(actor)
        self.segments = {
            name: self._body(surface, colour_of(name)) for name, surface in surfaces.items()
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
        self.sides = (lambda at: sided(plan, taken, at, at)) if plan.cuts else None
        extent = Extent(
            vertices_mm=self.vertices, centre_mm=self.centre, half_mm=0.85 * self.radius_mm
        )
        self.cut_show.show(plan, active, extent, self._inside)
        if self.alone:
            self._colour_bodies(plan, taken)
        self._apply()
        held = plan.cuts[active] if 0 <= active < len(plan.cuts) and not locked else None
        self.cut_show.hold(held, extent, self.radius_mm)

    def _colour_sides(self, plan: Plan, taken: Taken | None) -> None:
        if not len(self.vertices):
            return
        self._parts = frozenset({REMNANT, RESECTED} if plan.cuts else {LIVER})
        if not plan.cuts:
            return
        under = self.vertices - UNDER_MM * self.outward
        nearest = sided(plan, taken, self.vertices, under)
        self.detail.colour(self.liver, numpy_to_vtk(nearest, deep=True))

    def _colour_bodies(self, plan: Plan, taken: Taken | None) -> None:
        """Tell of each point of lesions, vessels and segments on which side it lies."""
        for actor in (*self.lesions, *self.vessels.values(), *self.segments.values()):
            at = self.points_of(actor)
            if len(at) and plan.cuts:
                nearest = sided(plan, taken, at, at)
                self.detail.colour(actor, numpy_to_vtk(nearest, deep=True))

    def points_of(self, actor: vtkActor) -> FloatArray:
        """(N, 3) LPS points of a body's surface."""
        points = self.detail.of(actor)[0].GetInput().GetPoints()
        return (
            np.empty((0, 3)) if points is None else np.array(vtk_to_numpy(points.GetData()), float)
        )

    def look_from(self, side: str) -> None:
        """Put the camera on one of the six sides, the whole liver in view."""
        self.look(CAMERAS[side])

    def look(self, place: Place, focus: FloatArray | None = None) -> None:
        """Put the camera at a place, about a (3,) LPS point or the liver's middle."""
        at = self.centre if focus is None else focus
        look(self.renderer, self.window, place, at, self.radius_mm)

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
        background = theme.rgb_of(theme.palette().scene)
        self.renderer.SetBackground(*background)
        self.opening.turn()
        self.renderer.ResetCameraClippingRange()
        self.behind.prepare(background, fine=fine)
        self.window.Render()
        self.window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 0, self._pixels)  # type: ignore[call-overload]
        picture: Image = vtk_to_numpy(self._pixels).reshape(height, width, 4)
        return picture

    def to_pixel(self, point_mm: FloatArray) -> tuple[float, float]:
        """(3,) LPS mm to (x, y) pixels of the last picture, y downward."""
        x, y = pixel_of(self.renderer, self.window, point_mm)
        return x / self.scale, y / self.scale

    def ray(self, x: float, y: float) -> tuple[FloatArray, FloatArray]:
        """Return (origin, unit direction) of the line of sight through pixel (x, y), LPS mm."""
        return sight_through(self.renderer, self.window, x * self.scale, y * self.scale)

    @in_own_context
    def close(self) -> None:
        """Let go of the OpenGL context."""
        self.figure.SetEnabled(0)
        self.interactor.SetRenderWindow(None)
        self.window.Finalize()
