"""The cuts of the plan on screen: what each takes, its sizes in numbers, and what is done to it."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QDoubleSpinBox, QVBoxLayout, QWidget

from liverplan.app.kit.widgets import Table, being_typed, button, label, row
from liverplan.app.session.context import Context
from liverplan.app.session.cut_words import kind_of, title_of
from liverplan.app.steps.resection.cut_map_view import CutMapDialog
from liverplan.app.steps.resection.cutting import Cutting
from liverplan.app.steps.resection.planning import Planning
from liverplan.resection import Cut
from liverplan.volumetry.shapes.cut_map import CutMap
from liverplan.words.numbers import ml

_AFFIXES: Final = {
    "radius": ("radius ", " mm"),
    "diameter": ("", " mm"),
    "opening": ("opens ", "°"),
}
"""Before and after each number of a cut that can be typed."""


class CutList(QWidget):
    """Cuts with their millilitres; the chosen one has the handles and the fields below."""

    def __init__(self, desk: Context, planning: Planning, cutting: Cutting) -> None:
        super().__init__()
        self.desk = desk
        self.table = Table(["Cut", "takes, mL"], stretch=0, most_rows=6)
        self.table.itemSelectionChanged.connect(self._chosen)
        self.fields = tuple(QDoubleSpinBox() for _ in range(3))
        for number, field in enumerate(self.fields):
            field.setDecimals(0)
            field.setKeyboardTracking(False)
            field.setMinimumWidth(60)
            field.valueChanged.connect(lambda value, n=number: self._typed(n, value))
        self.flip_button = button("Swap sides", planning.flip)
        self.lock_button = button("Lock", planning.toggle_lock)
        self.delete_button = button("Delete cut", planning.delete_cut)
        self.map_button = button(
            "Lay flat…",
            lambda: cutting.lay_flat(self._show_map),
            tip="A map of the chosen cut: how near the metastases and vessels are all over it",
        )
        self.map: CutMapDialog | None = None
        self.together = label("", "secondary")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table)
        column.addWidget(self.together)
        column.addLayout(row(*self.fields))
        column.addLayout(row(self.flip_button, self.map_button))
        column.addLayout(row(self.lock_button, self.delete_button))
        self._sized: tuple[int, int] | None = None

    def refresh(self) -> None:
        """Show the plan's cuts and what can be done with the chosen one."""
        work = self.desk.session.work
        cut = work.active_cut
        self.table.fill(self._rows(), work.cut)
        self.table.setVisible(bool(work.cuts))
        self.together.setText(self._together_words())
        self.together.setVisible(bool(self.together.text()))
        self.flip_button.setEnabled(
            cut is not None and not work.locked and cut.flipped() is not None
        )
        self.delete_button.setEnabled(cut is not None and not work.locked)
        self.map_button.setEnabled(cut is not None and cut.can_lie_flat)
        self.lock_button.setEnabled(bool(work.cuts))
        self.lock_button.setText("Unlock" if work.locked else "Lock")
        self._show_sizes(cut)

    def follow(self) -> None:
        """Show the millilitres of a drag under way."""
        if len(self.desk.session.work.cuts) != self.table.rowCount():
            return
        for number, cells in enumerate(self._rows()):
            for column, text in enumerate(cells):
                item = self.table.item(number, column)
                if item is not None and item.text() != text:
                    item.setText(text)
        self._show_sizes(self.desk.session.work.active_cut)

    def _rows(self) -> list[tuple[str, str]]:
        cuts, alone = self.desk.session.work.cuts, self.desk.live.alone_ml
        known = [ml(taken) for taken in alone] if len(alone) == len(cuts) else ["…"] * len(cuts)
        titles = [f"{n}  {title_of(cut)}" for n, cut in enumerate(cuts, 1)]
        return list(zip(titles, known, strict=True))

    def _together_words(self) -> str:
        live = self.desk.live
        if len(live.alone_ml) < 2 or live.remnant is None:
            return ""
        return (
            f"Together {ml(live.remnant.resected_ml)} mL of {ml(live.remnant.functional_ml)} mL; "
            "what several take counts once."
        )

    def _show_sizes(self, cut: Cut | None) -> None:
        work = self.desk.session.work
        sizes, chosen = cut.sizes() if cut else (), (work.plan, work.cut)
        for number, field in enumerate(self.fields):
            field.setVisible(number < len(sizes))
            if number >= len(sizes):
                continue
            size = sizes[number]
            field.setEnabled(not work.locked)
            if chosen == self._sized and being_typed(field):
                continue
            blocker = QSignalBlocker(field)
            before, after = _AFFIXES[size.name]
            field.setPrefix(before)
            field.setSuffix(after)
            field.setRange(size.low, size.high)
            if not np.isclose(field.value(), np.rint(size.value)):
                field.setValue(size.value)
            del blocker
        self._sized = chosen

    def _typed(self, number: int, value: float) -> None:
        work = self.desk.session.work
        cut = work.active_cut
        if cut is None or work.locked or number >= len(cut.sizes()):
            return
        changed = cut.resized(number, value)
        self.desk.session.do(f"resize {kind_of(cut)}", work.with_cut(changed))

    def _show_map(self, cut_map: CutMap, title: str) -> None:
        margin = self.desk.session.work.margin_mm
        self.map = CutMapDialog(cut_map, margin, title, self.window())
        self.map.show()

    def _chosen(self) -> None:
        if self.table.chosen >= 0:
            self.desk.session.choose(cut=self.table.chosen)
