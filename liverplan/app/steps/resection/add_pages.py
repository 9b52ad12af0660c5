"""How planes, ablation zones and curved cuts are placed by clicks."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from liverplan.app.kit.language import en, tr
from liverplan.app.kit.widgets import button, row
from liverplan.app.session.context import Context
from liverplan.app.slices.tool_button import tool_button
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.resection.tools import ClickTool, ContourTool, ThreePointsTool
from liverplan.app.steps.resection.verbs import Verbs
from liverplan.resection import VCut

JOIN_TIP = en("Take only what lies beyond all planes of this plan; again, to part them")


class Page(QWidget):
    """Rows of controls that are shown and hidden together."""

    def lay_out(self, *rows: QHBoxLayout) -> None:
        """Put rows below one another."""
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for one in rows:
            column.addLayout(one)


class PlanePage(Page):
    """One click, three points, or several planes in one V."""

    def __init__(self, context: Context, views: ThreeViews, verbs: Verbs) -> None:
        super().__init__()
        self._session = context.session
        one = ClickTool(tr("Click where the plane passes"), verbs.placing.plane_at)
        three = ThreePointsTool(context.notices, verbs.placing)
        tips = tr("A plane through one clicked point"), tr("A plane through three clicked points")
        self.click_button = tool_button(views, one, tr("1 click"), tip=tips[0])
        self.three_button = tool_button(views, three, tr("3 points"), tip=tips[1])
        self.join_button = button(tr("Join in a V"), verbs.edits.join_or_part, tip=tr(JOIN_TIP))
        self.lay_out(row(self.click_button, self.three_button), row(self.join_button))

    def refresh(self) -> None:
        """Show whether planes can be joined, or a V parted."""
        work = self._session.work
        joined = isinstance(work.active_cut, VCut)
        many = len(work.active_plan.planes) > 1
        self.join_button.setEnabled((joined or many) and not work.locked)
        self.join_button.setText(tr("Part the V") if joined else tr("Join in a V"))


class AblationPage(Page):
    """One click."""

    def __init__(self, views: ThreeViews, verbs: Verbs) -> None:
        super().__init__()
        tool = ClickTool(tr("Click the middle of the zone"), verbs.placing.ablation_at)
        self.click_button = tool_button(
            views, tool, tr("1 click"), tip=tr("A zone of 3 cm where you click")
        )
        self.lay_out(row(self.click_button))


class CurvedPage(Page):
    """One click, the active plane bent, or a contour on the liver's surface."""

    def __init__(self, context: Context, views: ThreeViews, verbs: Verbs) -> None:
        super().__init__()
        self._session, self._views = context.session, views
        one = ClickTool(tr("Click where the surface passes"), verbs.placing.curved_at)
        self._contour = ContourTool(context.notices, verbs.placing)
        self.click_button = tool_button(
            views, one, tr("1 click"), tip=tr("A surface through one clicked point")
        )
        self.bend_button = button(
            tr("Bend the plane"), verbs.edits.bend, tip=tr("Make the chosen plane a curved cut")
        )
        self.contour_button = tool_button(
            views,
            self._contour,
            tr("Draw contour"),
            tip=tr("Click round the liver's surface on the slices, in order"),
        )
        self.close_button = button(tr("Close it"), self._contour.close, tip=tr("Enter"))
        self.lay_out(
            row(self.click_button, self.bend_button), row(self.contour_button, self.close_button)
        )

    def refresh(self) -> None:
        """Show whether there is a plane to bend, a contour to close."""
        work = self._session.work
        self.bend_button.setEnabled(work.active_plane is not None and not work.locked)
        armed = self._views.tool is self._contour
        self.close_button.setEnabled(armed and self._contour.complete)
