"""A list to choose from, in which what cannot be had is greyed and says what it needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QComboBox, QSizePolicy

from liverplan.app.kit.language import tr
from liverplan.app.kit.widgets import set_tip

WIDEST = 560


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Something by its name, how it is called, and what it lacks; nothing if it can be had."""

    name: str
    called: str = ""
    lacks: str = ""

    @property
    def title(self) -> str:
        """How the list shows it."""
        name = tr(self.called or self.name)
        return tr("{name}: needs {what}", name=name, what=self.lacks) if self.lacks else name


class ChoiceBox(QComboBox):
    """Says by `picked` which name a person picks."""

    picked = Signal(str)

    def __init__(self, tip: str) -> None:
        super().__init__()
        self.setAccessibleName(tip)
        self.setToolTip(tip)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.activated.connect(self._pick)

    def show_choices(self, choices: Sequence[Choice], chosen: str) -> None:
        """List these, one of them chosen; a list of one is not shown."""
        model = QStandardItemModel(self)
        for choice in choices:
            item = QStandardItem(choice.title)
            set_tip(item, choice.title)
            item.setData(choice.name, Qt.ItemDataRole.UserRole)
            item.setEnabled(not choice.lacks)
            model.appendRow(item)
        self.setModel(model)
        self.setCurrentIndex([choice.name for choice in choices].index(chosen))
        popup = self.view()
        popup.setTextElideMode(Qt.TextElideMode.ElideRight)
        popup.setMinimumWidth(min(popup.sizeHintForColumn(0) + 24, WIDEST))
        self.setVisible(len(choices) > 1)

    def _pick(self, number: int) -> None:
        name = self.itemData(number, Qt.ItemDataRole.UserRole)
        if isinstance(name, str):
            self.picked.emit(name)
