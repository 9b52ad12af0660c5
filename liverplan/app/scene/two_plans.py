"""Another plan beside the one on screen: the same liver, the same eye, in the right half."""

from __future__ import annotations

from PySide6.QtCore import QObject

from liverplan.app.scene.following import SceneFollower
from liverplan.app.scene.pane import ScenePane
from liverplan.app.scene.plan_pictures import fill, taken_by
from liverplan.app.scene.renderer import Image, Scene
from liverplan.app.session.live import Live
from liverplan.app.session.session import Session, Topic
from liverplan.app.session.work import plan_title


class TwoPlans(QObject):
    """Shows another plan of the case in a scene of its own, seen by the first one's camera.

    Attributes
    ----------
    name : str
        Of the other plan; "" while one is shown alone.
    """

    def __init__(
        self, session: Session, live: Live, follower: SceneFollower, pane: ScenePane
    ) -> None:
        super().__init__()
        self._session, self._live, self._follower, self._pane = session, live, follower, pane
        self._scene: Scene | None = None
        self.name = ""
        session.subscribe(self._changed)
        follower.bodies_changed.connect(self._fill)
        pane.more.plans_wanted.connect(self.show)
        pane.more.plan_names = lambda: [
            plan_title(plan) for plan in session.work.plans if plan is not session.work.active_plan
        ]

    def show(self, name: str) -> None:
        """Show the plan of this name beside; "" shows one alone."""
        self.name = name
        self._pane.canvas.beside = self.picture if name else None
        self._pane.canvas.names = (plan_title(self._session.work.active_plan), name)
        self._fill()
        self._pane.fit()

    def _changed(self, topics: frozenset[Topic]) -> None:
        if not self.name:
            return
        work = self._session.work
        others = {plan_title(plan) for plan in work.plans if plan is not work.active_plan}
        if "ct" in topics or self.name not in others:
            self.show("")
        else:
            self._pane.canvas.names = (plan_title(work.active_plan), self.name)
            self._cut()

    def _fill(self) -> None:
        surfaces = self._follower.surfaces
        if not self.name:
            return
        if surfaces is None:
            self.show("")
            return
        if self._scene is None:
            self._scene = Scene()
            self._scene.renderer.SetActiveCamera(self._pane.canvas.scene.renderer.GetActiveCamera())
        fill(self._scene, surfaces, self._follower.vessels, self._follower.distance)
        self._cut()

    def _cut(self) -> None:
        plan = next((p for p in self._session.work.plans if plan_title(p) == self.name), None)
        if plan is not None and self._scene is not None:
            taken = taken_by(self._session, self._live, plan)
            self._scene.show_cuts(plan, -1, locked=True, taken=taken)

    def picture(self, width: int, height: int, scale: float) -> Image | None:
        """Return (height, width, 4) bytes as `Scene.render` does, seen as the first plan is."""
        scene, first = self._scene, self._pane.canvas.scene
        if scene is None:
            return None
        if (scene.seen, scene.alone) != (first.seen, first.alone):
            scene.seen, scene.alone = dict(first.seen), first.alone
            self._cut()
        return scene.render(width, height, scale, fine=scale >= 1)

    def close(self) -> None:
        """Let go of the OpenGL context."""
        if self._scene is not None:
            self._scene.close()
