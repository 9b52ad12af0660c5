"""The 3D pane: the picture, its camera buttons and the list of what stands in it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from liverplan.app.kit.language import en, tr
from liverplan.app.scene.band_box import BandBox
from liverplan.app.scene.cameras import CAMERAS, Place
from liverplan.app.scene.canvas import SceneCanvas
from liverplan.app.scene.faces import Bands
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
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(self._row())
        layout.addWidget(self.list)
        layout.addWidget(self.band_box)
        layout.addWidget(self.canvas, 1)

    def _row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(6, 4, 6, 2)
        row.setSpacing(4)
        for side in CAMERAS:
            button = QToolButton()
            button.setText(side)
            button.setToolTip(tr(SIDE_NAMES[side]))
            button.setProperty("role", "camera")
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.clicked.connect(lambda _=False, s=side: self.look_from(s))
            self.buttons[side] = button
            row.addWidget(button)
        row.addStretch()
        row.addWidget(self.remnant_button)
        row.addWidget(self.list_button)
        return row

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
        self.canvas.update()

    def begin(self) -> None:
        """Begin with another patient: all that stands in the view is shown."""
        self.remnant_button.setChecked(False)

    def _alone(self, remnant: bool) -> None:  # noqa: FBT001 - Qt's signal
        self.canvas.scene.show_alone(remnant=remnant)
        self.changed.emit()

    def _band(self, bands: Bands) -> None:
        self.canvas.scene.show_bands(bands)
        self.canvas.update()

    def _show_as(self, name: str, seen: Seen) -> None:
        self.canvas.scene.show_as(name, seen)
        self.canvas.update()

    def look_from(self, side: str) -> None:
        """Turn the camera to a side, the whole liver in the pane as it is now."""
        self.look(CAMERAS[side])

    def look(self, place: Place, focus: FloatArray | None = None) -> None:
        """Turn the camera to a place, about a (3,) LPS point or the liver's middle."""
        ratio = self.canvas.devicePixelRatioF()
        wide, high = round(self.canvas.width() * ratio), round(self.canvas.height() * ratio)
        self.canvas.scene.window.SetSize(max(1, wide), max(1, high))
        self.canvas.scene.look(place, focus)
        self.canvas.update()
