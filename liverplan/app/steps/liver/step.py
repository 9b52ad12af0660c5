"""The second step as a whole: its verbs, its tools and its panel."""

from __future__ import annotations

from liverplan.app.session.backends import Backends
from liverplan.app.session.context import Context
from liverplan.app.slices.brush import BrushSettings
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.liver.branches_box import BranchesBox
from liverplan.app.steps.liver.finding import Finding
from liverplan.app.steps.liver.look_box import LookBox
from liverplan.app.steps.liver.look_first import LookFirst
from liverplan.app.steps.liver.naming import Naming
from liverplan.app.steps.liver.panel import LiverPanel
from liverplan.app.steps.liver.vessels import VesselMarking
from liverplan.segmentation import backends, vessel_prompters


class LiverStep:
    """Find the liver, correct it, confirm it."""

    def __init__(self, context: Context, views: ThreeViews, brush: BrushSettings) -> None:
        self.backends = Backends(context, "backends", backends.find_segmenters)
        self.look_first = LookFirst(context, views)
        self.finding = Finding(context, views, self.backends, self.look_first)
        followers = Backends(
            context, "vessels", vessel_prompters.find_vessel_prompters, backends.CLASSICAL
        )
        self.vessels = VesselMarking(context, views, followers)
        look_box = LookBox(self.look_first)
        self.naming = Naming(context)
        branches = BranchesBox(self.naming, views)
        self.panel = LiverPanel(
            context, views, brush, self.finding, self.vessels, self.backends, look_box, branches
        )
        views.armed.connect(self._forget)
        context.session.subscribe(lambda topics: self._forget() if "history" in topics else None)

    def _forget(self) -> None:
        """Take away what was said of a step before: another has begun or is done."""
        self.panel.notice.say("")
