"""Keeps the 3D view up to date with the session and what is derived from it."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal
from vtkmodules.vtkCommonDataModel import vtkPolyData

from liverplan.app.kit.language import en, tr
from liverplan.app.scene.fields import Field, distance_of
from liverplan.app.scene.held import held_by
from liverplan.app.scene.pane import ScenePane
from liverplan.app.scene.structures import segment_name
from liverplan.app.scene.surfaces import Surfaces, part_surfaces, surfaces_of
from liverplan.app.session.derived import Derived
from liverplan.app.session.job import Progress
from liverplan.app.session.jobs import Jobs
from liverplan.app.session.live import Live
from liverplan.app.session.session import Session, Topic
from liverplan.app.session.severed import Divided
from liverplan.app.session.work import same_voxels
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.named import SCHEME as COUINAUD_SCHEME
from liverplan.volume import Volume

PLACE = "surfaces"
NO_LIVER = en("The 3D view appears once the liver is found.")


class SceneFollower(QObject):
    """Makes the surfaces in the background, and shows cuts, liver, lesions and vessels.

    Attributes
    ----------
    surfaces : Surfaces or None
        What stands in the view; None while there is no liver.
    vessels : mapping of str to vtkPolyData
        By name.
    distance : Field or None
        Of what lies around, mm to the nearest metastasis.
    """

    bodies_changed = Signal()
    """Other surfaces stand in the view, or none."""

    def __init__(self, session: Session, live: Live, jobs: Jobs, pane: ScenePane) -> None:
        super().__init__()
        self._session, self._live, self._jobs = session, live, jobs
        self._pane, self._scene = pane, pane.canvas.scene
        self._framed: Volume | None = None
        self._made: tuple[Derived, Surfaces] | None = None
        self.surfaces: Surfaces | None = None
        self.vessels: Mapping[str, vtkPolyData] = {}
        self.distance: Field | None = None
        self._segments: PartMap | None = None
        self._lit: tuple[Divided, ...] = ()
        session.subscribe(self._changed)
        live.derived_changed.connect(self._derived)
        live.measured.connect(self._show_divided)
        pane.changed.connect(self._show_cuts)
        self._show(None)

    def show_vessels(self, surfaces: Mapping[str, vtkPolyData]) -> None:
        """Show vessel trees by their names."""
        self.vessels = surfaces
        self._scene.show_vessels(surfaces)
        self.bodies_changed.emit()
        self._show_cuts()

    def _changed(self, topics: frozenset[Topic]) -> None:
        if topics & {"ct", "maps"}:
            self._follow_segments()
        if "ct" in topics:
            self._framed = None
            self._pane.begin()
            known = self._made is not None and self._made[0] is self._live.derived
            self._show(self._made if known and self._live.index else None)
        elif topics & {"cuts", "labels"}:
            self._show_cuts()

    def _derived(self) -> None:
        derived = self._live.derived
        if derived is None:
            self._show(None)
            return
        if self._made is not None and same_voxels(self._made[0].segmentation, derived.segmentation):
            self._made = derived, self._made[1]
            if self.surfaces is None:  # the same masks again, after there were none
                self._show(self._made)
            return

        def task(_report: Progress, _cancel: threading.Event) -> Surfaces:
            return surfaces_of(derived.segmentation)

        def then(surfaces: Surfaces) -> None:
            self._made = derived, surfaces
            self._show(self._made)

        self._jobs.follow(PLACE, task, then, holds=lambda: self._live.derived is derived)

    def _follow_segments(self) -> None:
        """Show the case's segments, made in the background; none of the case before."""
        segments = self._session.work.maps.get(COUINAUD_SCHEME)
        if segments is self._segments:
            return
        self._segments = segments
        self._show_segments({})
        if segments is None:
            return

        def task(_report: Progress, _cancel: threading.Event) -> dict[str, vtkPolyData]:
            return part_surfaces(segments)

        holds = lambda: self._segments is segments  # noqa: E731 - asked when it ends
        self._jobs.follow("segment surfaces", task, self._show_segments, holds=holds)

    def _show_segments(self, surfaces: Mapping[str, vtkPolyData]) -> None:
        named = {segment_name(name): surface for name, surface in surfaces.items()}
        self._scene.show_segments(named)
        self._show_cuts()

    def _show(self, made: tuple[Derived, Surfaces] | None) -> None:
        self.surfaces = surfaces = made[1] if made else None
        self.distance = None
        if made is None:
            self._scene.show_liver(None)
        else:
            self.distance = distance_of(made[0].zone, made[0].segmentation.grid)
            self._scene.show_liver(made[1].liver, made[1].inside, self.distance)
        self._scene.show_lesions(surfaces.lesions if surfaces else ())
        volume = self._session.work.volume
        if surfaces is not None and self._framed is not volume:
            self._pane.look_from("A")
            self._framed = volume
        self.bodies_changed.emit()
        self._pane.canvas.message = "" if len(self._scene.vertices) else tr(NO_LIVER)
        self._show_cuts()

    def _show_divided(self) -> None:
        """Light the vessels that the plan divides, as soon as they are known."""
        divided = self._live.divided
        if divided is not self._lit:
            self._lit = divided
            self._scene.cut_show.severed.show(divided)
            self._pane.canvas.update()

    def _show_cuts(self) -> None:
        """Show the active plan; what its parts take comes from the same index as numbers."""
        work, taken = self._session.work, self._live.taken
        held = None if taken is None or work.volume is None else held_by(work.volume.grid, taken)
        self._scene.show_cuts(work.active_plan, work.cut, locked=work.locked, taken=held)
        self._pane.update_scene()
