"""What else can be done with the 3D view: where it is seen from, cut open, kept as a picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup, QImage
from PySide6.QtWidgets import QMenu, QToolButton

from liverplan.app.kit.files import file_to_write
from liverplan.app.kit.language import en, tr
from liverplan.app.scene.cameras import HILUM, SURGEON, along
from liverplan.app.scene.canvas import SceneCanvas
from liverplan.app.scene.opening import OPENINGS
from liverplan.app.scene.structures import PORTAL, tree_of
from liverplan.app.scene.turntable import Turntable
from liverplan.app.session.session import Session
from liverplan.volume import FloatArray

PNG = en("PNG picture (*.png)")
GIF = en("Animated picture (*.gif)")
FILM_NAME = "liver-3d.gif"
PICTURE_NAME = "liver-3d.png"
"""Says nothing of whose it is."""

FINER = 2
"""A picture that is kept has so many times the pixels that the pane has, across."""


class SceneMenu(QToolButton):
    """A button with a menu.

    Attributes
    ----------
    plan_names : callable
        Names of the plans that can be shown beside the one on screen.
    """

    plans_wanted = Signal(str)
    """A plan of this name is to be shown beside, or "" for none."""

    def __init__(
        self,
        session: Session,
        canvas: SceneCanvas,
        look: Callable[..., None],
        opened: Callable[[str], None],
        behind: Callable[[bool], None],
    ) -> None:
        super().__init__()
        self._session, self._canvas, self._look = session, canvas, look
        self.setText(tr("More"))
        self.setToolTip(tr("Other views, cut the liver open, save a picture"))
        self.setProperty("role", "camera")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.filled = QMenu(self)
        self.setMenu(self.filled)
        self.filled.aboutToShow.connect(self.refresh)
        self._views()
        self.filled.addSeparator()
        self.openings = self._openings(opened)
        self.behind_action = self.filled.addAction(tr("The CT behind: bones, vessels"))
        self.behind_action.setCheckable(True)
        self.behind_action.toggled.connect(behind)
        self.plan_names: Callable[[], Sequence[str]] = tuple
        self.beside = self.filled.addMenu(tr("Another plan beside"))
        self.filled.addSeparator()
        self.save_action = self.filled.addAction(tr("Save picture…"), self.ask_picture)
        self.film_action = self.filled.addAction(tr("Turntable film…"), self.ask_film)
        self.film: Turntable | None = None

    def _views(self) -> None:
        add = self.filled.addAction
        add(tr("From the surgeon's place"), lambda: self._look(SURGEON))
        self.along_action = add(tr("Along the cut"), self.look_along)
        self.hilum_action = add(tr("Hilum, from below"), self.look_at_hilum)
        add(tr("The whole liver, from here"), self.fit)

    def _openings(self, opened: Callable[[str], None]) -> dict[str, QAction]:
        group, made = QActionGroup(self), {}
        for name, said in OPENINGS.items():
            words = tr("Cut open: {slice}", slice=tr(said)) if name else tr(said)
            action = self.filled.addAction(words, partial(opened, name))
            action.setCheckable(True)
            action.setChecked(not name)
            group.addAction(action)
            made[name] = action
        return made

    def refresh(self) -> None:
        """Grey what cannot be done now."""
        cut = self._session.work.active_cut
        self.along_action.setEnabled(cut is not None and along(cut) is not None)
        self.hilum_action.setEnabled(self.hilum_mm is not None)
        self.beside.clear()
        names = self.plan_names()
        self.beside.setEnabled(bool(names))
        self.beside.addAction(tr("One plan alone"), partial(self.plans_wanted.emit, ""))
        for name in names:
            said = name.replace("&", "&&")
            self.beside.addAction(said, partial(self.plans_wanted.emit, name))
        there = not self._canvas.message
        others = self.behind_action, self.save_action, self.film_action
        for action in (*self.openings.values(), *others):
            action.setEnabled(there)

    @property
    def hilum_mm(self) -> FloatArray | None:
        """(3,) LPS point where the portal vein is nearest the liver's middle; None if unknown."""
        scene = self._canvas.scene
        bodies = [actor for name, actor in scene.vessels.items() if PORTAL in (name, tree_of(name))]
        points = [scene.points_of(actor) for actor in bodies]
        if not points:
            return None
        every = np.concatenate(points)
        nearest: FloatArray = every[np.argmin(np.linalg.norm(every - scene.centre, axis=1))]
        return nearest

    def look_along(self) -> None:
        """See the active cut edge on."""
        cut = self._session.work.active_cut
        place = None if cut is None else along(cut)
        if place is not None:
            self._look(place)

    def look_at_hilum(self) -> None:
        """See where the vessels enter, from below."""
        if self.hilum_mm is not None:
            self._look(HILUM, self.hilum_mm)

    def fit(self) -> None:
        """Show the whole liver from where the eye is now."""
        camera = self._canvas.scene.renderer.GetActiveCamera()
        sight = camera.GetDirectionOfProjection()
        self._look(((-sight[0], -sight[1], -sight[2]), camera.GetViewUp()))

    def ask_picture(self) -> None:
        """Ask where, and keep the picture as it is seen now."""
        path = file_to_write(self, tr("Save picture"), PICTURE_NAME, PNG)
        if path is not None:
            self.save_picture(path)

    def ask_film(self) -> None:
        """Ask where, and turn the liver once about for it."""
        path = file_to_write(self, tr("Turntable film"), FILM_NAME, GIF)
        if path is not None:
            self.film = Turntable(self._canvas, path)

    def save_picture(self, path: Path) -> bool:
        """Write the picture as PNG; it holds no name, no date and no number of a patient."""
        pixels = np.ascontiguousarray(self._canvas.picture(scale=FINER))
        high, wide = pixels.shape[:2]
        image = QImage(pixels.data, wide, high, 4 * wide, QImage.Format.Format_RGBX8888)
        self._canvas.update()
        return image.save(str(path.with_suffix(".png")))
