"""The fourth step as a whole: its verbs, its tools and its panel."""

from __future__ import annotations

from liverplan.app.session.context import Context
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.resection.edits import CutEdits
from liverplan.app.steps.resection.flat_map import FlatMaps
from liverplan.app.steps.resection.keeping import Keeping
from liverplan.app.steps.resection.panel import ResectionPanel
from liverplan.app.steps.resection.parts import TakenParts
from liverplan.app.steps.resection.placing import Placing
from liverplan.app.steps.resection.plans import Plans
from liverplan.app.steps.resection.segments import Segments
from liverplan.app.steps.resection.suggesting import Suggesting
from liverplan.app.steps.resection.verbs import Verbs


class ResectionStep:
    """Place cuts, compare plans."""

    def __init__(self, context: Context, views: ThreeViews) -> None:
        edits = CutEdits(context, views)
        self.verbs = Verbs(
            edits=edits,
            keeping=Keeping(context),
            placing=Placing(context, edits),
            parts=TakenParts(context),
            segments=Segments(context, views),
            plans=Plans(context),
            suggesting=Suggesting(context, edits),
            flat_maps=FlatMaps(context),
        )
        self.panel = ResectionPanel(context, views, self.verbs)
