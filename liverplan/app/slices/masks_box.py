"""How masks lie over the slices: filled, the metastases too, or outlines alone; how strongly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QRadioButton, QSlider, QWidget

from liverplan.app.kit.language import en, tr
from liverplan.app.kit.widgets import label
from liverplan.app.session.display import OPACITY, Masks, Style
from liverplan.app.slices.hanging import Hanging
from liverplan.app.slices.views import ThreeViews

PERCENT = 100
STYLES: Mapping[Style, str] = {
    "filled": en("Liver and vessels filled"),
    "all filled": en("Metastases filled too"),
    "outlines": en("Outlines alone"),
}


class MasksBox(Hanging):
    """Three ways of seeing them, and how strong the tint is."""

    def __init__(self, views: ThreeViews, near: QWidget) -> None:
        super().__init__(near, 230)
        self._views = views
        self.styles: dict[Style, QRadioButton] = {}
        for style, name in STYLES.items():
            self.styles[style] = choice = QRadioButton(tr(name))
            choice.setMinimumHeight(24)
            choice.clicked.connect(lambda _on=False, style=style: self._choose(style))
            self.column.addWidget(choice)
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setRange(*(round(share * PERCENT) for share in OPACITY))
        self.opacity.setFixedHeight(26)
        self.opacity.setAccessibleName(tr("How strongly the masks are tinted"))
        self.opacity.valueChanged.connect(self._tint)
        self.column.addWidget(label(tr("How strongly the masks are tinted"), "secondary"))
        self.column.addWidget(self.opacity)
        views.masks_changed.connect(self.refresh)
        self.refresh()

    def next(self) -> None:
        """Go on to the next way of seeing them."""
        styles = list(STYLES)
        self._choose(styles[(styles.index(self._views.masks.style) + 1) % len(styles)])

    def refresh(self) -> None:
        """Show what holds now."""
        masks = self._views.masks
        blocker = QSignalBlocker(self.opacity)
        self.styles[masks.style].setChecked(True)
        self.opacity.setValue(round(masks.opacity * PERCENT))
        self.opacity.setEnabled(masks.style != "outlines")
        del blocker

    def _choose(self, style: Style) -> None:
        self._views.set_masks(replace(self._views.masks, style=style))

    def _tint(self, percent: int) -> None:
        style = self._views.masks.style
        self._views.set_masks(Masks(style=style, opacity=percent / PERCENT))
