"""A plan's cuts in the 3D view: what shows them, the faces that they make, their handles."""

from __future__ import annotations

from collections.abc import Sequence

from vtkmodules.vtkRenderingCore import vtkRenderer

from liverplan.app.scene.actors import show_actor
from liverplan.app.scene.cut_surfaces import Balls, CutActor
from liverplan.app.scene.faces import Bands, Faces
from liverplan.app.scene.fields import Field
from liverplan.app.scene.plane_handle import PlaneHandle
from liverplan.app.scene.severed_shown import SeveredShown
from liverplan.app.scene.structures import BANDS, CUTS, FACES, Seen
from liverplan.resection import Cut, Plan, Plane
from liverplan.resection.cuts.handle import Handle
from liverplan.resection.cuts.net import Extent


class CutsShown:
    """Everything that shows a plan's cuts.

    Attributes
    ----------
    bands : Bands
        Distances at which a face's colour changes.
    handles : tuple of Handle
        Of the active cut, as far as it can be dragged in 3D.
    """

    def __init__(self, renderer: vtkRenderer) -> None:
        self._renderer = renderer
        self.cuts: list[CutActor] = []
        self.handle, self.balls = PlaneHandle(), Balls()
        self.handles: tuple[Handle, ...] = ()
        self.faces, self.bands = Faces(), Bands()
        self.distance: Field | None = None
        self._opacities: list[float] = []
        renderer.AddActor(self.faces.actor)
        self.severed = SeveredShown(renderer)

    def show(self, plan: Plan, active: int, extent: Extent, inside: Field | None) -> None:
        """Show a plan's cuts in a liver."""
        cuts = plan.cuts
        for number in range(len(self.cuts) - 1, -1, -1):
            if number >= len(cuts) or not self.cuts[number].fits(cuts[number]):
                self._renderer.RemoveActor(self.cuts.pop(number).actor)
        self._opacities = []
        for number, cut in enumerate(cuts):
            if number == len(self.cuts) or not self.cuts[number].fits(cut):
                self.cuts.insert(number, CutActor.of(cut))
                self._renderer.AddActor(self.cuts[number].actor)
            self.cuts[number].place(cut, extent)
            plane = isinstance(cut, Plane)
            opacity = (0.2 if plane else 0.42) if number == active else (0.12 if plane else 0.25)
            self._opacities.append(opacity)
        nets = [net for cut in cuts for net in cut.nets_mm(extent)]
        self.faces.place(nets, inside, self.distance, plan)

    def hold(self, cut: Cut | None, extent: Extent, radius_mm: float) -> None:
        """Put handles on a cut; None takes them away."""
        plane = cut if isinstance(cut, Plane) else None
        self.handle.place(self._renderer, plane, extent.centre_mm, radius_mm)
        self.handles = () if cut is None else cut.handles()
        self.balls.place(self._renderer, self.handles)
        foot, tip = self.handle.foot, self.handle.tip
        if plane is not None and foot is not None and tip is not None:
            turn = Handle(what="turn", at_mm=tip, foot_mm=foot)
            push = Handle(what="move", at_mm=foot, foot_mm=foot, along=plane.normal)
            self.handles = (turn, push)

    def apply(self, seen: dict[str, Seen], *, alone: bool) -> None:
        """Show them as the list says; ``alone``: only what stays and its faces are shown."""
        for shown, opacity in zip(self.cuts, self._opacities, strict=True):
            show_actor(shown.actor, 0.0 if alone else opacity * seen[CUTS].alpha)
        alpha = 1.0 if alone and seen[FACES].visible else seen[FACES].alpha
        show_actor(self.faces.actor, 0.0 if self.faces.empty else alpha)
        self.faces.colour(self.bands if self.banded(seen) else None)

    def banded(self, seen: dict[str, Seen]) -> bool:
        """Whether faces are coloured by how near a metastasis lies."""
        return seen[BANDS].visible and self.distance is not None

    @property
    def at_hand(self) -> Sequence[str]:
        """Names of what there is of them."""
        faces = () if self.faces.empty else (FACES,)
        bands = () if self.faces.empty or self.distance is None else (BANDS,)
        return (*((CUTS,) if self.cuts else ()), *faces, *bands)
