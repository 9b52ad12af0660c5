"""The sizes of the chosen cut as numbers that can be typed."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QDoubleSpinBox, QSizePolicy, QWidget

from liverplan.app.kit.language import en, tr
from liverplan.app.kit.widgets import being_typed, row
from liverplan.app.session.work import Work
from liverplan.app.steps.resection.edits import CutEdits
from liverplan.resection.cuts.base import Size

MOST_SIZES: Final = 3
AFFIXES: Final = {
    "radius": (en("radius "), " mm"),
    "diameter": ("", " mm"),
    "opening": (en("opens "), "°"),
}
"""Before and after each number."""


class SizeFields(QWidget):
    """As many fields as the cut has sizes; none for a cut without."""

    def __init__(self, edits: CutEdits) -> None:
        super().__init__()
        self._edits = edits
        self.fields = tuple(self._field(number) for number in range(MOST_SIZES))
        self._shown: tuple[int, int] | None = None
        self.setLayout(row(*self.fields))

    def _field(self, number: int) -> QDoubleSpinBox:
        field = QDoubleSpinBox()
        field.setDecimals(0)
        field.setKeyboardTracking(False)
        field.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        field.valueChanged.connect(lambda value: self._edits.resize(number, value))
        return field

    def show_sizes(self, work: Work) -> None:
        """Show the chosen cut's sizes; what is being typed stands until another cut is chosen."""
        sizes = () if work.active_cut is None else work.active_cut.sizes()
        chosen = (work.plan, work.cut)
        self.setVisible(bool(sizes))
        for number, field in enumerate(self.fields):
            field.setVisible(number < len(sizes))
            if number < len(sizes):
                field.setEnabled(not work.locked)
                if chosen != self._shown or not being_typed(field):
                    _show(field, sizes[number])
        self._shown = chosen


def _show(field: QDoubleSpinBox, size: Size) -> None:
    blocker = QSignalBlocker(field)
    prefix, suffix = AFFIXES[size.name]
    field.setPrefix(tr(prefix))
    field.setSuffix(suffix)
    field.setRange(size.low, size.high)
    if not np.isclose(field.value(), np.rint(size.value)):
        field.setValue(size.value)
    del blocker
