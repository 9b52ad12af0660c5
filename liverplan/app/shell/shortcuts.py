"""The sheet of keys and mouse: laid over the views by "?", and away by "?" or Escape."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QScrollArea, QVBoxLayout, QWidget

from liverplan.app.kit.language import tr
from liverplan.app.kit.widgets import button, label, row
from liverplan.app.shell.commands import MOUSE, Command, keys_shown


class ShortcutSheet(QWidget):
    """Everything that has a key, and what the mouse does."""

    done = Signal()

    def __init__(self) -> None:
        super().__init__()
        inside = QWidget()
        self.grid = QGridLayout(inside)
        self.grid.setHorizontalSpacing(28)
        self.grid.setColumnStretch(1, 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inside)
        self.done_button = button(tr("Done"), self.done.emit, role="primary")
        column = QVBoxLayout(self)
        column.addWidget(label(tr("Keys and mouse"), "title"))
        column.addWidget(area, 1)
        column.addLayout(row(1, self.done_button))

    def show_commands(self, commands: Sequence[Command]) -> None:
        """List the keys of commands, then the mouse."""
        keyed = [(keys_shown(one), one.text) for one in commands if one.keys]
        mouse = [(tr(pressed), tr(text)) for pressed, text in MOUSE]
        for number, (keys, text) in enumerate((*keyed, *mouse)):
            self.grid.addWidget(label(keys, "title", wrap=False), number, 0)
            self.grid.addWidget(label(text), number, 1)
        self.grid.setRowStretch(self.grid.rowCount(), 1)
