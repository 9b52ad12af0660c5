"""The first step as a whole: its verbs, its panel, and the search in archives."""

from __future__ import annotations

from liverplan.app.session.context import Context
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.open.archive_sheet import ArchiveSheet
from liverplan.app.steps.open.archives import Archives
from liverplan.app.steps.open.opening import Opening
from liverplan.app.steps.open.panel import OpenPanel


class OpenStep:
    """Find a CT, or go on with a case."""

    def __init__(self, context: Context, views: ThreeViews) -> None:
        self.opening = Opening(context, views)
        self.panel = OpenPanel(context, self.opening, views)
        self.archive = ArchiveSheet(context, Archives(context, self.opening))
