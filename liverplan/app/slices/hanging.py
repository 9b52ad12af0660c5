"""A small box that hangs below a button of the row above the slices, and goes by a click aside."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget


class Hanging(QFrame):
    """An empty one; ``wide`` is its width in pixels."""

    def __init__(self, near: QWidget, wide: int) -> None:
        super().__init__(near, Qt.WindowType.Popup)
        self.setObjectName("liverplan")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._near = near
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(8, 8, 8, 8)
        self.setFixedWidth(wide)

    def open(self) -> None:
        """Show it below its button, on the same screen."""
        self.refresh()
        self.adjustSize()
        corner = self._near.mapToGlobal(QPoint(0, self._near.height() + 2))
        right = self._near.screen().availableGeometry().right()
        self.move(max(0, min(corner.x(), right - self.width())), corner.y())
        self.show()

    def refresh(self) -> None:
        """Show what holds now."""
