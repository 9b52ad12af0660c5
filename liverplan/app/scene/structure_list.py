"""The list over the 3D view: an eye and an opacity for each structure that stands in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QGridLayout, QScrollArea, QSlider, QWidget

from liverplan.app.kit import theme
from liverplan.app.kit.language import tr
from liverplan.app.scene.structures import AT_FIRST, SOLID, Seen, colour_of

LEAST = 10
"""Percent: what is fainter is better hidden, by its eye."""

SLIDER_PX, ROW_PX, ROWS = (48, 84), 26, 5
"""Five rows of two structures are seen at once; the rest scrolls, so the picture keeps its room."""


GAP_PX = 4


class StructureList(QScrollArea):
    """A row for each structure at hand; what is changed is handed on at once."""

    def __init__(self, changed: Callable[[str, Seen], None]) -> None:
        super().__init__()
        self._changed, self._seen = changed, dict(AT_FIRST)
        self._columns = 2
        self.eyes: dict[str, QCheckBox] = {}
        self.sliders: dict[str, QSlider] = {}
        inside = QWidget()
        self._grid = QGridLayout(inside)
        self._grid.setContentsMargins(6, 2, 2, 2)
        self._grid.setHorizontalSpacing(GAP_PX)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(3, 1)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedHeight(ROWS * ROW_PX + 6)
        for name in AT_FIRST:
            self._add_row(name)

    def _add_row(self, name: str, number: int = 0) -> None:
        seen = self._seen.setdefault(name, SOLID)
        eye, slider = eye_of(name, colour_of(name, number), seen), slider_of(name, seen)
        eye.toggled.connect(lambda on: self._change(name, replace(self._seen[name], visible=on)))
        slider.valueChanged.connect(
            lambda value: self._change(name, replace(self._seen[name], opacity=value / 100))
        )
        self.eyes[name], self.sliders[name] = eye, slider
        self._place(name, len(self.eyes) - 1)

    def _place(self, name: str, number: int) -> None:
        row, column = divmod(number, self._columns)
        self._grid.addWidget(self.eyes[name], row, 2 * column)
        self._grid.addWidget(self.sliders[name], row, 2 * column + 1)
        self._grid.setRowMinimumHeight(row, ROW_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Stand in two columns where they have room, else in one."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        for eye in self.eyes.values():
            eye.ensurePolished()  # the style's font is wider than what a box has before it is seen
        widest = max(eye.sizeHint().width() for eye in self.eyes.values())
        wanted = 2 * (widest + SLIDER_PX[0] + 2 * GAP_PX) + GAP_PX
        columns = 2 if wanted <= self.viewport().width() else 1
        if columns != self._columns:
            self._columns = columns
            for number, name in enumerate(self.eyes):
                self._place(name, number)

    def show_at_hand(self, names: frozenset[str], further: Sequence[str]) -> None:
        """Enable the rows of what stands in the view; the others keep their places.

        ``further``: branches and segments, in their order; those of another patient go.
        """
        if tuple(further) != tuple(name for name in self.eyes if name not in AT_FIRST):
            for name in [name for name in self.eyes if name not in AT_FIRST]:
                for part in (self.eyes.pop(name), self.sliders.pop(name)):
                    self._grid.removeWidget(part)
                    part.hide()
                    part.deleteLater()
                self._seen.pop(name)
                self._changed(name, SOLID)
            for number, name in enumerate(further):
                self._add_row(name, number)
            self._fit()
        for name, eye in self.eyes.items():
            eye.setEnabled(name in names)
            self.sliders[name].setEnabled(name in names)

    def _change(self, name: str, seen: Seen) -> None:
        self._seen[name] = seen
        self._changed(name, seen)


def eye_of(name: str, rgb: Sequence[int], seen: Seen) -> QCheckBox:
    """Return the box by which a structure is seen or not."""
    said = tr(name)
    eye = QCheckBox(said[0].upper() + said[1:])
    swatch = QPixmap(12, 12)
    swatch.fill(QColor(theme.palette().edge))  # white, too, is told from a white pane by its edge
    painter = QPainter(swatch)
    painter.fillRect(1, 1, 10, 10, QColor(*rgb))
    painter.end()
    eye.setIcon(QIcon(swatch))
    eye.setIconSize(QSize(12, 12))
    eye.setChecked(seen.visible)
    eye.setToolTip(tr("Seen in 3D or not"))
    eye.setMinimumHeight(24)
    return eye


def slider_of(name: str, seen: Seen) -> QSlider:
    """Return what makes a structure more or less opaque."""
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setRange(LEAST, 100)
    slider.setValue(round(100 * seen.opacity))
    slider.setMinimumWidth(SLIDER_PX[0])
    slider.setMaximumWidth(SLIDER_PX[1])
    slider.setMinimumHeight(24)
    slider.setToolTip(tr("From seen through to solid"))
    slider.setAccessibleName(tr("Opacity of {structure}", structure=tr(name)))
    return slider
