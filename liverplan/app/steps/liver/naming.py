"""Branches named by a person: chosen in a list or by a click, called by a menu, each one step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from PySide6.QtCore import QObject, Signal

from liverplan.app.kit.language import en, tr
from liverplan.app.session.context import Context
from liverplan.app.session.session import Topic
from liverplan.app.steps.liver.branch_rows import BranchRow, rows_of
from liverplan.app.steps.liver.finding import PLACE
from liverplan.errors import PlanError
from liverplan.findings import VesselTree
from liverplan.resection.anatomy.names_by_hand import named_by_hand
from liverplan.resection.anatomy.tree_names import TreeNames
from liverplan.resection.kept import KeptVessel
from liverplan.volume import FloatArray
from liverplan.volumetry.supply.keeping import nearest_branch

UNKNOWN: Mapping[str, TreeNames] = MappingProxyType({})
NO_BRANCH = en("No vessel of a tree lies here, so nothing was named.")


class Naming(QObject):
    """The branches on screen, and which of them is chosen.

    Attributes
    ----------
    rows : tuple of BranchRow
        Empty until the trees have been measured.
    chosen : (tree, branch) or None
    """

    changed = Signal()
    clicked = Signal()
    """A branch was chosen by a click on a picture."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._session, self._live, self._saver = context.session, context.live, context.saver
        self._notices = context.notices
        self.rows: tuple[BranchRow, ...] = ()
        self.chosen: tuple[VesselTree, str] | None = None
        self._of = UNKNOWN
        context.live.measured.connect(self._measured)
        context.session.subscribe(self._forget)

    @property
    def row(self) -> BranchRow | None:
        """The chosen branch."""
        return next((row for row in self.rows if row.key == self.chosen), None)

    def choose(self, key: tuple[VesselTree, str] | None) -> None:
        """Choose a branch of the list."""
        self.chosen = key
        self.changed.emit()

    def choose_at(self, point_mm: FloatArray) -> None:
        """Choose the branch at a (3,) LPS point, mm."""
        liver = self._live.liver
        courses = {} if liver is None or liver.supply is None else liver.supply.courses
        x, y, z = map(float, point_mm)
        found = nearest_branch(KeptVessel(point_mm=(x, y, z)), courses)
        if found.tree == "" or not found.name:
            self._notices.say(PLACE, tr(NO_BRANCH))
            return
        self._notices.say(PLACE, "")
        self.chosen = found.tree, found.name
        self._list()
        self.clicked.emit()

    def call(self, key: str) -> None:
        """Call the chosen branch by a name; "none": it has none; "": as the program tells."""
        work = self._session.work
        if self.chosen is None or self.chosen[0] not in work.maps:
            return
        tree, branch = self.chosen
        try:
            named = named_by_hand(work.maps[tree], branch, key, self._saver.name)
        except PlanError as refusal:  # the trees are being measured anew
            self._notices.say(PLACE, str(refusal))
            return
        maps = MappingProxyType({**work.maps, tree: named})
        self._session.do(en("name vessel"), replace(work, maps=maps))

    def _measured(self) -> None:
        liver = self._live.liver
        supply = None if liver is None else liver.supply
        names = UNKNOWN if supply is None else supply.names
        if liver is not None and names is not self._of:
            self._of = names
            self._list()

    def _list(self) -> None:
        self.rows = rows_of(self._session.work.maps, self._of, self.chosen)
        if self.row is None:
            self.chosen = None
        self.changed.emit()

    def _forget(self, topics: frozenset[Topic]) -> None:
        if "ct" in topics:
            self.rows, self.chosen, self._of = (), None, UNKNOWN
            self.changed.emit()
