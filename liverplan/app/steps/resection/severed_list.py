"""The vessels that the plan divides, live: which, how wide, and what each leaves without blood."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtWidgets import QVBoxLayout, QWidget

from liverplan.app.kit.language import localised, tr
from liverplan.app.kit.widgets import Table, label
from liverplan.app.session.context import Context
from liverplan.app.session.telling import told
from liverplan.app.slices.views import ThreeViews
from liverplan.findings import SeveredBranch, Vessels, Volumes
from liverplan.findings.divided import name_of
from liverplan.words.numbers import NONE, ml, mm
from liverplan.workflow.supplied import ROOTLESS

SHORT = 7
"""Letters of a branch's way from the root that a row has room for: its end tells it from others."""


class SeveredList(QWidget):
    """A table of the branches; the chosen one is looked at. Nothing where no tree is known."""

    def __init__(self, context: Context, views: ThreeViews) -> None:
        super().__init__()
        self._live, self._views = context.live, views
        self._shown: tuple[SeveredBranch, ...] = ()
        self.title = label("", "secondary")
        self.table = Table([tr("Branch"), "mm", tr("loses"), "mL"], most_rows=6)
        self.table.itemSelectionChanged.connect(self._chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.title)
        column.addWidget(self.table)

    def refresh(self) -> None:
        """Show what the plan on screen divides, also while it is dragged."""
        vessels, remnant = self._live.vessels, self._live.remnant
        known = bool(vessels.trees or vessels.rootless)
        self.setVisible(known and remnant is not None)
        if remnant is None:
            return
        self.title.setText(severed_words(vessels, remnant))
        self.table.setVisible(bool(vessels.severed))
        if vessels.severed != self._shown:
            self._shown = vessels.severed
            self.table.fill([_row(branch) for branch in self._shown])

    def _chosen(self) -> None:
        if 0 <= self.table.chosen < len(self._shown):
            x, y, z = self._shown[self.table.chosen].point_mm
            self._views.move_crosshair(np.array([x, y, z]))


def severed_words(vessels: Vessels, remnant: Volumes) -> str:
    """Say both figures of the remnant: what stays, and what of it keeps its blood."""
    untold = [told(ROOTLESS[tree]) for tree in vessels.rootless]
    if vessels.trees:
        untold.insert(0, _kept_words(vessels, remnant))
    return " ".join(untold)


def _kept_words(vessels: Vessels, remnant: Volumes) -> str:
    if not vessels.severed and not vessels.without_either_ml:
        return tr("Vessels divided: none. All that stays keeps its blood, as far as known.")
    return tr(
        "Vessels divided: {stay} mL stay, {kept} mL of them keep their blood, as far as known.",
        stay=localised(ml(remnant.remnant_ml)),
        kept=localised(ml(remnant.counted_ml)),
    )


def _row(branch: SeveredBranch) -> tuple[str, str, str, str]:
    short = branch.name if len(branch.name) <= SHORT else f"…{branch.name[-SHORT:]}"
    name = told(name_of(replace(branch, name=short)))
    loses = tr("its inflow") if branch.tree == "portal" else tr("its outflow")
    lost = NONE if branch.hangs_on else localised(ml(branch.lost_ml))
    return name, localised(mm(2 * branch.radius_mm)), loses, lost
