"""A small 3D picture of each plan, made when nothing else is going on."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap
from vtkmodules.vtkCommonDataModel import vtkPolyData

from liverplan.app.scene.fields import Field
from liverplan.app.scene.following import SceneFollower
from liverplan.app.scene.held import Taken, held_by
from liverplan.app.scene.renderer import Scene
from liverplan.app.scene.structures import CUTS, Seen
from liverplan.app.scene.surfaces import Surfaces
from liverplan.app.session.jobs import Jobs
from liverplan.app.session.live import Live
from liverplan.app.session.session import Session, Topic
from liverplan.errors import PlanError
from liverplan.resection import Plan

SIZE = (104, 84)
"""Pixels; shown at half of that, sharp where a screen has more of them."""

NEARER = 1.45
"""So small a picture has no room for a margin."""

IDLE_MS = 400
"""A picture is made when nothing has changed for so long."""


class PlanPictures(QObject):
    """Pictures of the plans of the case on screen, in a scene of its own.

    A picture is of the plan and the masks that it was made of: it is shown for no other.
    """

    changed = Signal()
    """There is one more picture, or those of the case before are gone."""

    def __init__(self, session: Session, live: Live, jobs: Jobs, follower: SceneFollower) -> None:
        super().__init__()
        self._session, self._live, self._jobs = session, live, jobs
        self._follower = follower
        self._scene: Scene | None = None
        self._of: Surfaces | None = None
        self._made: dict[Plan, QPixmap] = {}
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(IDLE_MS)
        self._idle.timeout.connect(self._next)
        session.subscribe(self._changed)
        follower.bodies_changed.connect(self._renew)

    def of(self, plan: Plan) -> QPixmap | None:
        """Return the picture of a plan; None while there is none of it as it is now."""
        return self._made.get(plan)

    def _changed(self, topics: frozenset[Topic]) -> None:
        if topics & {"maps", "labels"}:  # the same named part may be another by now
            self._made = {plan: one for plan, one in self._made.items() if not plan.voxels}
        self._idle.start()

    def _renew(self) -> None:
        """Forget the pictures of other masks."""
        if self._follower.surfaces is not self._of:
            self._of = self._follower.surfaces
            self._made.clear()
            self.changed.emit()
            if self._of is not None and self._scene is not None:
                fill(self._scene, self._of)
        self._idle.start()

    def _next(self) -> None:
        """Make one picture, if nothing is going on."""
        wanted = [plan for plan in self._session.work.plans if plan.cuts and plan not in self._made]
        self._made = {p: one for p, one in self._made.items() if p in self._session.work.plans}
        if self._of is None or not wanted:
            return
        if self._session.dragging or self._live.busy or self._jobs.any_running:
            self._idle.start()
            return
        self._made[wanted[0]] = self._picture(wanted[0], self._of)
        self.changed.emit()
        if len(wanted) > 1:
            self._idle.start()

    def _picture(self, plan: Plan, surfaces: Surfaces) -> QPixmap:
        if self._scene is None:
            self._scene = Scene()
            self._scene.figure.SetEnabled(0)
            self._scene.show_as(CUTS, Seen(opacity=1.0, visible=False))
            fill(self._scene, surfaces)
        self._scene.show_cuts(
            plan, -1, locked=True, taken=taken_by(self._session, self._live, plan)
        )
        wide, high = SIZE
        self._scene.window.SetSize(wide, high)
        self._scene.look_from("A")
        self._scene.renderer.GetActiveCamera().Dolly(NEARER)
        pixels = np.ascontiguousarray(self._scene.render(wide, high)[::-1])
        image = QImage(pixels.data, wide, high, 4 * wide, QImage.Format.Format_RGBX8888)
        return QPixmap.fromImage(image.copy())

    def close(self) -> None:
        """Let go of the OpenGL context."""
        self._idle.stop()
        if self._scene is not None:
            self._scene.close()


def fill(
    scene: Scene,
    surfaces: Surfaces,
    vessels: Mapping[str, vtkPolyData] = MappingProxyType({}),
    distance: Field | None = None,
) -> None:
    """Show in another scene what stands in the view."""
    scene.show_liver(copied(surfaces.liver), surfaces.inside, distance)
    scene.show_lesions([copied(one) for one in surfaces.lesions])
    scene.show_vessels({name: copied(one) for name, one in vessels.items()})


def copied(surface: vtkPolyData) -> vtkPolyData:
    """Return a surface of the same points that can be coloured otherwise."""
    made = vtkPolyData()
    made.ShallowCopy(surface)
    return made


def taken_by(session: Session, live: Live, plan: Plan) -> Taken | None:
    """Return what says whether a plan's named parts hold (n, 3) LPS mm; None: none are named."""
    index, volume = live.plan_index, session.work.volume
    if not plan.voxels or index is None or volume is None:
        return None
    try:
        return held_by(volume.grid, index.part_mask(plan.voxels))
    except PlanError:  # it names parts of a map that is not there
        return None
