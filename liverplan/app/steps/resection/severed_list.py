"""The vessels that the plan divides, live: which, how wide, what each costs; and which are kept."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from liverplan.app.kit.language import localised, tr
from liverplan.app.kit.widgets import Table, label, set_tip
from liverplan.app.session.context import Context
from liverplan.app.session.telling import told
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.resection.keeping import Keeping
from liverplan.findings import KeptBranch, SeveredBranch, SparedCrossing, Vessels, Volumes
from liverplan.findings.divided import SHOWN_ML, branch_said, kept_said, name_of, resting
from liverplan.words.numbers import NONE, ml, mm
from liverplan.workflow.supplied import ROOTLESS

KEPT_COLUMN = 3

Row = SeveredBranch | KeptBranch


class SeveredList(QWidget):
    """A table of the branches; the chosen one is looked at, a ticked one is kept.

    Nothing where no tree is known.
    """

    def __init__(self, context: Context, views: ThreeViews, keeping: Keeping) -> None:
        super().__init__()
        self._live, self._views, self._keeping = context.live, views, keeping
        self._shown: Vessels = Vessels()
        self.rows: tuple[Row, ...] = ()
        self.ticks: list[QCheckBox] = []
        self.title = label("", "secondary")
        self.table = Table([tr("Branch"), "mm", "mL", tr("Kept")], most_rows=6)
        self.table.itemSelectionChanged.connect(self._chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.title)
        column.addWidget(self.table)

    def refresh(self) -> None:
        """Show what the plan on screen divides, also while it is dragged."""
        vessels, remnant = self._live.vessels, self._live.remnant
        known = bool(vessels.trees or vessels.rootless or vessels.kept)
        self.setVisible(known and remnant is not None)
        if remnant is None:
            return
        self.title.setText(severed_words(vessels, remnant))
        self.table.setVisible(bool(vessels.severed or vessels.kept or _whole(vessels)))
        if vessels != self._shown:
            self._shown = vessels
            self._fill()
        for tick in self.ticks:
            tick.setEnabled(not self._keeping.locked)

    def _fill(self) -> None:
        """Show a row a branch, the costliest first, kept or not; the keyboard stays where it is."""
        held = next((n for n, tick in enumerate(self.ticks) if tick.hasFocus()), -1)
        focused = _key(self.rows[held]) if held >= 0 else None
        self.rows = tuple(sorted((*self._shown.severed, *self._shown.kept), key=_order))
        self.table.fill([_cells(row, self._shown) for row in self.rows] + _whole(self._shown))
        for number in range(len(self.rows), self.table.rowCount()):
            self.table.removeCellWidget(number, KEPT_COLUMN)
        del self.ticks[len(self.rows) :]  # the table has deleted them
        for number, row in enumerate(self.rows):
            if number == len(self.ticks):
                self.ticks.append(self._tick(number))
                self.table.setCellWidget(number, KEPT_COLUMN, self.ticks[number])
            tick = self.ticks[number]
            self._show_tick(number)
            tick.setAccessibleName(tr("Keep {branch}", branch=_name(row)))
            set_tip(tick, _tip(row))
            if _key(row) == focused:
                tick.setFocus()
        self.table.fit()

    def _tick(self, number: int) -> QCheckBox:
        tick = QCheckBox()
        tick.toggled.connect(lambda kept: self._toggled(number, kept=kept))
        return tick

    def _show_tick(self, number: int) -> None:
        blocker = QSignalBlocker(self.ticks[number])
        self.ticks[number].setChecked(isinstance(self.rows[number], KeptBranch))
        del blocker

    def _toggled(self, number: int, *, kept: bool) -> None:
        row = self.rows[number]
        if kept and isinstance(row, SeveredBranch):
            self._keeping.keep(row)
        elif not kept and isinstance(row, KeptBranch):
            self._keeping.release(row)
        if number < len(self.rows):
            self._show_tick(number)  # where it was refused, or others have moved up

    def _chosen(self) -> None:
        if 0 <= self.table.chosen < len(self.rows):
            point = _crossing(self.rows[self.table.chosen], self._shown)
            self._views.move_crosshair(np.array(point))


def severed_words(vessels: Vessels, remnant: Volumes) -> str:
    """Say both figures of the remnant: what stays, and what of it keeps its blood."""
    untold = [told(ROOTLESS[tree]) for tree in vessels.rootless]
    if vessels.trees:
        untold.insert(0, _kept_words(vessels, remnant))
    return " ".join((*untold, *map(told, resting(vessels))))


def _kept_words(vessels: Vessels, remnant: Volumes) -> str:
    if not vessels.severed and not vessels.without_either_ml:
        return tr("Vessels divided: none. All that stays keeps its blood, as far as known.")
    return tr(
        "Vessels divided: {stay} mL stay, {kept} mL of them keep their blood, as far as known.",
        stay=localised(ml(remnant.remnant_ml)),
        kept=localised(ml(remnant.counted_ml)),
    )


def _key(row: Row | SparedCrossing) -> tuple[str, str]:
    return row.tree, row.name


def _order(row: Row) -> tuple[float, str, str]:
    cost = row.lost_ml if isinstance(row, SeveredBranch) else row.kept_ml
    return -cost, *_key(row)


def _cells(row: Row, vessels: Vessels) -> tuple[str, str, str, str]:
    """Name a branch, say how wide it is where it is cut, and what it costs, or would if it were."""
    if isinstance(row, SeveredBranch):
        lost = NONE if row.hangs_on else localised(ml(row.lost_ml))
        return _name(row), localised(mm(2 * row.radius_mm)), lost, ""
    own = [one for one in vessels.spared if _key(one) == _key(row)]
    wide = localised(mm(2 * own[0].radius_mm)) if own else NONE
    return _name(row), wide, localised(ml(row.kept_ml)) if row.standing == "kept" else NONE, ""


def _whole(vessels: Vessels) -> list[tuple[str, str, str, str]]:
    """Return a row for what is lost along branches that no cut crosses, if anything is."""
    lost = sum(vessels.along_whole_ml)
    words = tr("along branches that go whole")
    return [(words, NONE, localised(ml(lost)), "")] if lost > SHOWN_ML else []


def _name(row: Row) -> str:
    if row.name:
        return told(name_of(row))
    place = " ".join(localised(mm(value)) for value in row.point_mm)
    return tr("no vessel at {place}", place=place)


def _tip(row: Row) -> str:
    return told(branch_said(row) if isinstance(row, SeveredBranch) else kept_said(row))


def _crossing(row: Row, vessels: Vessels) -> tuple[float, float, float]:
    """Return where a branch is crossed, or the point by which it is kept."""
    if isinstance(row, SeveredBranch):
        return row.point_mm
    own = [one for one in vessels.spared if (one.tree, one.for_branch) == _key(row)]
    return own[-1].point_mm if own else row.point_mm
