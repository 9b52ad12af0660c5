"""The list of branches with how sure each is, and the menu by which a person names one."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from liverplan.app.kit.language import en, localised, tr
from liverplan.app.kit.widgets import Table, button, label, row, set_tip
from liverplan.app.session.telling import told
from liverplan.app.slices.tool_button import tool_button
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.liver.branch_rows import BranchRow, Level
from liverplan.app.steps.liver.naming import Naming
from liverplan.app.steps.liver.vessel_tool import NameTool
from liverplan.findings import Statement
from liverplan.resection.anatomy.names_by_hand import NO_NAME
from liverplan.resection.anatomy.tree_names import TREE_NAMES, VesselName
from liverplan.words.numbers import mm

LEVEL_WORDS: dict[Level, str] = {
    "unsure": en("unsure"),
    "fairly sure": en("fairly sure"),
    "sure": en("sure"),
    "named": en("by hand"),
}


class BranchesBox(QWidget):
    """Shows the named and the unsure branches; nothing where no tree is known."""

    def __init__(self, naming: Naming, views: ThreeViews) -> None:
        super().__init__()
        self._naming, self._views = naming, views
        self.words = label("", "secondary")
        self.table = Table([tr("Branch"), "mm", tr("How sure")], most_rows=6)
        self.table.itemSelectionChanged.connect(self._chosen)
        self.menu = QMenu(self)
        self.name_tool = tool_button(
            views,
            NameTool(naming),
            tr("Name a branch"),
            tip=tr("Click a branch on a slice or in 3D, and say what it is"),
        )
        self.call_button = button(
            tr("Call it…"), self._offer_below, tip=tr("Say what the chosen branch is")
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.addWidget(self.words)
        column.addWidget(self.table)
        column.addLayout(row(self.name_tool, self.call_button))
        naming.changed.connect(self.refresh)
        naming.clicked.connect(self._offer_here)
        self.refresh()

    def refresh(self) -> None:
        """List the branches; the chosen one stays chosen."""
        rows = self._naming.rows
        self.setVisible(bool(rows))
        unsure = sum(one.level == "unsure" for one in rows)
        self.words.setText(unsure_words(unsure))
        blocker = QSignalBlocker(self.table)
        keys = [one.key for one in rows]
        chosen = self._naming.chosen
        current = keys.index(chosen) if chosen in keys else -1
        self.table.fill([_cells(one) for one in rows], current)
        for number, one in enumerate(rows):
            for column in range(self.table.columnCount()):
                item = self.table.item(number, column)
                if item is not None:
                    set_tip(item, tip_of(one))
        del blocker
        if current >= 0:
            self.table.scrollTo(self.table.model().index(current, 0))
        self.call_button.setEnabled(self._naming.row is not None)

    def _chosen(self) -> None:
        at = self.table.chosen
        if not 0 <= at < len(self._naming.rows):
            return
        chosen = self._naming.rows[at]
        self._naming.choose(chosen.key)
        self._views.move_crosshair(np.array(chosen.point_mm))

    def _offer_below(self) -> None:
        self._fill()
        self.menu.popup(self.call_button.mapToGlobal(self.call_button.rect().bottomLeft()))

    def _offer_here(self) -> None:
        self._fill()
        self.menu.popup(QCursor.pos())

    def _fill(self) -> None:
        """Offer the names of the chosen branch's tree."""
        self.menu.clear()
        chosen = self._naming.row
        if chosen is None:
            return
        for key in TREE_NAMES[chosen.tree]:
            self._add(told(Statement.of(f"vessel.{key}")), key, now=_is(chosen.name, key))
        self.menu.addSeparator()
        unnamed = chosen.line.called == NO_NAME
        self._add(tr("None of these"), NO_NAME, now=unnamed)
        if chosen.line.called:
            self._add(tr("As the program tells"), "", now=False)

    def _add(self, words: str, key: str, *, now: bool) -> None:
        named = partial(self._naming.call, key)
        action = self.menu.addAction(words[0].upper() + words[1:], named)
        action.setCheckable(True)
        action.setChecked(now)


def unsure_words(count: int) -> str:
    """Say how many branches a person should look at."""
    if count == 0:
        return tr("Branches: a row leads there.")
    if count == 1:
        return tr("One branch is unsure and stands first: look at it. A row leads there.")
    return tr("{count} branches are unsure and stand first. A row leads there.", count=count)


def tip_of(one: BranchRow) -> str:
    """Say what the confidence is of, and what speaks against the name."""
    said = []
    if one.line.confidence is not None:
        said.append(tr("A vessel of this tree: {share:.0f} %.", share=100 * one.line.confidence))
    if one.name.key and not one.line.called:
        likely = told(Statement.of(f"vessel.{one.name.key}"))
        share = 100 * one.name.confidence
        said.append(tr("Named {name}: {share:.0f} %.", name=likely, share=share))
    return " ".join([*said, *map(told, one.name.reasons)])


def _is(name: VesselName, key: str) -> bool:
    return name.sure and name.key == key


def _cells(one: BranchRow) -> tuple[str, str, str]:
    called = told(one.said)
    if one.name.key and not one.name.sure:
        called = tr("perhaps {name}", name=told(Statement.of(f"vessel.{one.name.key}")))
    wide = localised(mm(2 * one.line.radius_mm))
    return called[0].upper() + called[1:], wide, tr(LEVEL_WORDS[one.level])
