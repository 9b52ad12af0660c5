"""The 3D pane: the picture, its camera buttons and the list of what stands in it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from liverplan.app.kit.language import en, tr
from liverplan.app.scene.band_box import BandBox
from liverplan.app.scene.cameras import CAMERAS, Place
from liverplan.app.scene.canvas import SceneCanvas
from liverplan.app.scene.faces import Bands
from liverplan.app.scene.menu import SceneMenu
from liverplan.app.scene.opening import INTO, slice_at, with_sides
from liverplan.app.scene.renderer import Scene
from liverplan.app.scene.structure_list import StructureList
from liverplan.app.scene.structures import REMNANT, Seen
from liverplan.app.session.session import Session
from liverplan.volume import FloatArray

SIDE_NAMES = {
    "A": en("From the front"),
    "P": en("From the back"),
    "R": en("From the patient's right"),
    "L": en("From the patient's left"),
    "H": en("From the head"),
    "F": en("From the feet"),
}


class ScenePane(QWidget):
    """The 3D canvas with its camera buttons."""

    changed = Signal()
    """What is shown of the plan is to be drawn anew."""

    def __init__(self, session: Session, scene: Scene) -> None:
        super().__init__()
        self.canvas = SceneCanvas(session, scene)
        self.buttons: dict[str, QToolButton] = {}
        self.list = StructureList(self._show_as)
        self.band_box = BandBox(self._band)
        self.list_button = self._toggle(tr("List"), tr("Show the list of structures, or fold it"))
        self.list_button.setChecked(True)
        self.list_button.toggled.connect(self._fold)
        self.remnant_button = self._toggle(
            tr("Remnant"), tr("Only what stays, and the faces of the cuts; again for all (K)")
        )
        self.remnant_button.toggled.connect(self._alone)
        self.more = SceneMenu(session, self.canvas, self.look, self.open_by, self._put_behind)
        self._session, self._opened = session, ""
        self._slice: tuple[FloatArray, tuple[float, float]] | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        self.tops = self._tops()
        layout.addLayout(self.tops)
        layout.addWidget(self.list)
        layout.addWidget(self.band_box)
        layout.addWidget(self.canvas, 1)

    def _tops(self) -> QBoxLayout:
        """Return the buttons over the picture: one row, or two where they have no room in one."""
        sides, tools = QHBoxLayout(), QHBoxLayout()
        for side in CAMERAS:
            button = QToolButton()
            button.setText(side)
            button.setToolTip(tr(SIDE_NAMES[side]))
            button.setProperty("role", "camera")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, s=side: self.look_from(s))
            self.buttons[side] = button
            sides.addWidget(button)
        sides.addStretch()
        for tool in (self.remnant_button, self.list_button, self.more):
            tools.addWidget(tool)
        tools.addStretch()
        tops = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        tops.setContentsMargins(6, 4, 6, 2)
        for row in (sides, tools):
            row.setSpacing(4)
            tops.addLayout(row)
        tops.setSpacing(4)
        tops.setStretch(0, 1)
        return tops

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Give the buttons a second row where they have no room in one."""
        super().resizeEvent(event)
        rows = (self.tops.itemAt(0), self.tops.itemAt(1))
        wanted = sum(row.sizeHint().width() for row in rows if row is not None) + 20
        one, two = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self.tops.setDirection(one if wanted <= event.size().width() else two)

    def _toggle(self, text: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tip)
        button.setCheckable(True)
        button.setProperty("role", "camera")
        return button

    def _fold(self, shown: bool) -> None:  # noqa: FBT001 - Qt's signal
        self.list.setVisible(shown)
        self.band_box.setVisible(shown)

    def update_scene(self) -> None:
        """Draw anew, and list what stands in the view."""
        scene = self.canvas.scene
        self.list.show_at_hand(scene.at_hand, scene.further)
        self.remnant_button.setEnabled(REMNANT in scene.at_hand)
        if self._opened:
            self._open()
        if behind := self.more.behind_action.isChecked():
            self._put_behind(behind)
        self.canvas.update()

    def begin(self) -> None:
        """Begin with another patient: all that stands in the view is shown."""
        self.remnant_button.setChecked(False)
        self.more.behind_action.setChecked(False)
        self.more.openings[""].setChecked(True)
        self.open_by("")

    def open_by(self, name: str) -> None:
        """Cut the liver open by the slice of a view at the crosshair; "" closes it."""
        self._opened = name
        self._open()
        if name:
            self.look(INTO[name])
        self.canvas.update()

    def follow_slices(self, point_mm: FloatArray, limits_hu: tuple[float, float]) -> None:
        """Take over where the crosshair is, (3,) LPS mm, and what is black and white, HU."""
        self._slice = point_mm, limits_hu
        if self._opened:
            self._open()
            self.canvas.stir()

    def _open(self) -> None:
        work, cut = self._session.work, None
        masks = work.segmentation
        if self._opened and self._slice and work.volume is not None and masks is not None:
            cut = slice_at(work.volume, masks, self._opened, *self._slice)
        scene = self.canvas.scene
        if cut is not None and scene.sides is not None:
            cut = with_sides(cut, scene.sides, alone=scene.alone)
        scene.open_at(cut)

    def _alone(self, remnant: bool) -> None:  # noqa: FBT001 - Qt's signal
        self.canvas.scene.show_alone(remnant=remnant)
        self.changed.emit()

    def _put_behind(self, shown: bool) -> None:  # noqa: FBT001 - Qt's signal
        work, scene = self._session.work, self.canvas.scene
        scene.show_behind(*((work.volume, work.segmentation) if shown else (None, None)))
        self.canvas.update()

    def _band(self, bands: Bands) -> None:
        self.canvas.scene.show_bands(bands)
        self.canvas.update()

    def _show_as(self, name: str, seen: Seen) -> None:
        self.canvas.scene.show_as(name, seen)
        self.canvas.update()

    def fit(self) -> None:
        """Show the whole liver from where the eye is now."""
        self.more.fit()

    def look_from(self, side: str) -> None:
        """Turn the camera to a side, the whole liver in the pane as it is now."""
        self.look(CAMERAS[side])

    def look(self, place: Place, focus: FloatArray | None = None) -> None:
        """Turn the camera to a place, about a (3,) LPS point or the liver's middle."""
        ratio = self.canvas.devicePixelRatioF()
        wide, high = round(self.canvas.width() * ratio), round(self.canvas.height() * ratio)
        if self.canvas.beside is not None:
            wide //= 2
        self.canvas.scene.window.SetSize(max(1, wide), max(1, high))
        self.canvas.scene.look(place, focus)
        self.canvas.update()
