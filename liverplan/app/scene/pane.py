"""The 3D pane: the picture, its camera buttons and the list of what stands in it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from liverplan.app.kit.language import en, tr
from liverplan.app.scene.canvas import SceneCanvas
from liverplan.app.scene.renderer import CAMERAS, Scene
from liverplan.app.scene.structure_list import StructureList
from liverplan.app.scene.structures import Seen
from liverplan.app.session.session import Session

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

    def __init__(self, session: Session, scene: Scene) -> None:
        super().__init__()
        self.canvas = SceneCanvas(session, scene)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        row = QHBoxLayout()
        row.setContentsMargins(6, 4, 6, 2)
        row.setSpacing(4)
        self.buttons: dict[str, QToolButton] = {}
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
        layout.addLayout(row)
        self.list = StructureList(self._show_as)
        layout.addWidget(self.list)
        layout.addWidget(self.canvas, 1)

    def update_scene(self) -> None:
        """Draw anew, and list what stands in the view."""
        self.list.show_at_hand(self.canvas.scene.at_hand)
        self.canvas.update()

    def _show_as(self, name: str, seen: Seen) -> None:
        self.canvas.scene.show_as(name, seen)
        self.canvas.update()

    def look_from(self, side: str) -> None:
        """Turn the camera to a side, the whole liver in the pane as it is now."""
        ratio = self.canvas.devicePixelRatioF()
        wide, high = round(self.canvas.width() * ratio), round(self.canvas.height() * ratio)
        self.canvas.scene.window.SetSize(max(1, wide), max(1, high))
        self.canvas.scene.look_from(side)
        self.canvas.update()
