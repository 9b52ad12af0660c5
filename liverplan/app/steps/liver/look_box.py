"""The places to look at first, one after the other."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from liverplan.app.kit.language import localised, tr
from liverplan.app.kit.widgets import button, label, row
from liverplan.app.session.telling import told
from liverplan.app.steps.liver.look_first import LookFirst
from liverplan.words.numbers import ml


class LookBox(QWidget):
    """Says how many places there are, and leads through them."""

    def __init__(self, look_first: LookFirst) -> None:
        super().__init__()
        self.look_first = look_first
        self.words = label("", "secondary")
        self.next_button = button("", lambda: look_first.step(1))
        self.back_button = button(tr("Back"), lambda: look_first.step(-1))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(5)
        layout.addWidget(self.words)
        layout.addLayout(row(self.back_button, self.next_button))
        look_first.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Say what the crosshair is on."""
        places, shown = self.look_first.places, self.look_first.shown
        self.setVisible(bool(places or self.look_first.said))
        self.next_button.setVisible(bool(places))
        self.back_button.setVisible(shown is not None)
        self.next_button.setText(tr("Look there") if shown is None else tr("Next"))
        said = [told(note) for note in self.look_first.said]
        self.words.setText(" ".join([self._place(), *said]).strip())

    def _place(self) -> str:
        places, shown = self.look_first.places, self.look_first.shown
        if not places:
            return ""
        if shown is None:
            sum_ml = localised(ml(sum(place.volume_ml for place in places)))
            words = tr("Unsure in {count} places, {ml} mL in all.", count=len(places), ml=sum_ml)
            return words if len(places) > 1 else tr("Unsure in one place, {ml} mL.", ml=sum_ml)
        volume, number = localised(ml(shown.volume_ml)), self.look_first.at + 1
        if shown.inside:
            return tr(
                "Place {number} of {count}: {ml} mL counted as liver may be none.",
                number=number,
                count=len(places),
                ml=volume,
            )
        return tr(
            "Place {number} of {count}: {ml} mL left out may be liver.",
            number=number,
            count=len(places),
            ml=volume,
        )
