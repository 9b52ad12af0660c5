"""The comparison with another CT as a whole: its verbs and its sheet."""

from __future__ import annotations

from liverplan.app.session.context import Context
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.compare.comparing import Comparing
from liverplan.app.steps.compare.sheet import CompareSheet


class CompareStep:
    """Match the metastases of two CTs, keep the response."""

    def __init__(self, context: Context, views: ThreeViews) -> None:
        self.comparing = Comparing(context)
        self.sheet = CompareSheet(context, views, self.comparing)
