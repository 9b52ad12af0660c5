"""Vessel branches to mark as cut: what they and all that hangs on them feed or drain is lost."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from liverplan.app.kit.language import localised, tr
from liverplan.app.kit.widgets import clear, label
from liverplan.app.session.context import Context
from liverplan.app.slices.tool_button import tool_button
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.resection.parts import VESSEL_SCHEMES, Branch, TakenParts
from liverplan.app.steps.resection.tools import ClickTool
from liverplan.plain import clean
from liverplan.resection.anatomy.territories import LUMEN
from liverplan.words.numbers import ml


class VesselsBox(QWidget):
    """Branches are clicked on slices, and listed once they are cut.

    Where only their territories are known, all are listed.
    """

    def __init__(self, context: Context, views: ThreeViews, parts: TakenParts) -> None:
        super().__init__()
        self._session, self._parts = context.session, parts
        self.reason = label("", "secondary")
        self.cut_button = tool_button(
            views,
            ClickTool(tr("Click a vessel where it is cut; again, to keep it"), parts.cut_branch_at),
            tr("Cut a branch"),
            tip=tr("Click a vessel on a slice; click it again to undo"),
        )
        self.ticks: dict[tuple[str, str], QCheckBox] = {}
        self._shown: tuple[Branch, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.reason)
        column.addWidget(self.cut_button)
        self.list = QVBoxLayout()
        column.addLayout(self.list)

    def refresh(self) -> None:
        """Show the branches that are cut or can be ticked, or say what is missing."""
        work = self._session.work
        known = any(scheme in work.maps for scheme in VESSEL_SCHEMES)
        seen = LUMEN in work.maps
        branches = self._parts.branches()
        if branches != self._shown:
            self._shown = branches
            self._list(branches)
        self.cut_button.setVisible(known and seen)
        self.cut_button.setEnabled(not work.locked)
        self.reason.setText(vessel_words(known=known, seen=seen))
        for (scheme, name), tick in self.ticks.items():
            tick.setEnabled(not work.locked)
            tick.setChecked(name in self._parts.taken(scheme))

    def _list(self, branches: tuple[Branch, ...]) -> None:
        clear(self.list)
        self.ticks = {}
        for one in branches:
            lost = localised(ml(one.lost_ml))
            tick = QCheckBox(clean(f"{tr(one.scheme)} {one.name}: {lost} mL"))
            tick.clicked.connect(lambda _checked=False, s=one.scheme: self._ticked(s))
            self.ticks[one.scheme, one.name] = tick
            self.list.addWidget(tick)

    def _ticked(self, scheme: str) -> None:
        chosen = tuple(n for (s, n), tick in self.ticks.items() if s == scheme and tick.isChecked())
        self._parts.take(scheme, chosen)


def vessel_words(*, known: bool, seen: bool) -> str:
    """Say how a vessel is cut, or what that waits for."""
    if not known:
        return tr(
            "Needs vessels: click into the portal vein or the hepatic veins in step 2, Liver."
        )
    if seen:
        return tr("Click a vessel where it is cut: what it and its branches feed or drain is lost.")
    return tr("Tick a branch that is cut: what it feeds or drains leaves the remnant.")
