"""Where else to look: hints one by one, none of them counted."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from liverplan.app.kit.language import en, localised, tr
from liverplan.app.kit.widgets import button, label, row
from liverplan.app.steps.metastases.hinting import Hinting
from liverplan.words.numbers import ml


class HintBox(QWidget):
    """Asks for hints and steps through them."""

    def __init__(self, hinting: Hinting) -> None:
        super().__init__()
        self.hinting = hinting
        self.look_button = button(
            tr("Where else to look"), hinting.look, tip=tr("Ranks spots that look like lesions")
        )
        self.words = label("", "secondary")
        self.next_button = button(tr("Next"), lambda: hinting.step(1))
        self.back_button = button(tr("Back"), lambda: hinting.step(-1))
        self.outline_button = button(tr("Outline it"), hinting.outline)
        self.steps = QWidget()
        self.steps.setLayout(row(self.back_button, self.next_button, self.outline_button))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(5)
        for part in (self.look_button, self.words, self.steps):
            layout.addWidget(part)
        hinting.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the hint that the crosshair is on."""
        found, hint = self.hinting.found, self.hinting.shown
        self.steps.setVisible(hint is not None)
        self.words.setVisible(found is not None)
        if hint is None or found is None:
            words = tr("Nothing else stands out; look through the slices all the same.")
            self.words.setText(words)
            return
        words = (
            en(
                "Hint {number} of {count}: brighter than the liver around it, about {ml} mL. Not "
                "counted unless you outline it."
            )
            if hint.brighter
            else en(
                "Hint {number} of {count}: darker than the liver around it, about {ml} mL. Not "
                "counted unless you outline it."
            )
        )
        volume = localised(ml(hint.volume_ml))
        self.words.setText(tr(words, number=self.hinting.at + 1, count=len(found), ml=volume))
