"""The list over the 3D view: an eye and an opacity for each structure that stands in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QCheckBox, QGridLayout, QSlider, QWidget

from liverplan.app.kit.language import tr
from liverplan.app.scene.structures import AT_FIRST, COLOURS, Seen

LEAST = 10
"""Percent: what is fainter is better hidden, by its eye."""


class StructureList(QWidget):
    """A row for each structure at hand; what is changed is handed on at once."""

    def __init__(self, changed: Callable[[str, Seen], None]) -> None:
        super().__init__()
        self._changed, self._seen = changed, dict(AT_FIRST)
        self.eyes: dict[str, QCheckBox] = {}
        self.sliders: dict[str, QSlider] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(6, 2, 6, 4)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(1)
        for number, name in enumerate(AT_FIRST):
            self._add_row(grid, number, name)
        grid.setColumnStretch(4, 1)

    def _add_row(self, grid: QGridLayout, number: int, name: str) -> None:
        said = tr(name)
        eye = QCheckBox(said[0].upper() + said[1:])
        swatch = QPixmap(12, 12)
        swatch.fill(QColor(*COLOURS[name]))
        eye.setIcon(QIcon(swatch))
        eye.setIconSize(QSize(12, 12))
        eye.setChecked(True)
        eye.setToolTip(tr("Seen in 3D or not"))
        eye.setMinimumHeight(24)
        eye.toggled.connect(lambda on: self._change(name, replace(self._seen[name], visible=on)))
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(LEAST, 100)
        slider.setValue(round(100 * AT_FIRST[name].opacity))
        slider.setFixedWidth(90)
        slider.setMinimumHeight(24)
        slider.setToolTip(tr("From seen through to solid"))
        slider.setAccessibleName(tr("Opacity of {structure}", structure=said))
        slider.valueChanged.connect(
            lambda value: self._change(name, replace(self._seen[name], opacity=value / 100))
        )
        row, column = number // 2, 2 * (number % 2)
        grid.addWidget(eye, row, column)
        grid.addWidget(slider, row, column + 1)
        self.eyes[name], self.sliders[name] = eye, slider

    def show_at_hand(self, names: frozenset[str]) -> None:
        """Enable the rows of what stands in the view; the others keep their places."""
        for name, eye in self.eyes.items():
            eye.setEnabled(name in names)
            self.sliders[name].setEnabled(name in names)

    def _change(self, name: str, seen: Seen) -> None:
        self._seen[name] = seen
        self._changed(name, seen)
