"""The comparison with another CT as a whole: its verbs, its sheet, the pane beside the slices."""

from __future__ import annotations

from liverplan.app.session.context import Context
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.compare.beside import Beside
from liverplan.app.steps.compare.beside_pane import BesidePane
from liverplan.app.steps.compare.comparing import Comparing
from liverplan.app.steps.compare.sheet import CompareSheet


class CompareStep:
    """Match the metastases of two CTs, keep the response; or only look at a second CT."""

    def __init__(self, context: Context, views: ThreeViews) -> None:
        self.comparing = Comparing(context)
        self.sheet = CompareSheet(context, views, self.comparing)
        self.pane = BesidePane(context, views, Beside(context, views))
