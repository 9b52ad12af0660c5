"""The fifth step as a whole: its verbs, its panel, and the sheet of the patient's facts."""

from __future__ import annotations

from liverplan.app.scene.canvas import SceneCanvas
from liverplan.app.session.context import Context
from liverplan.app.slices.mouse import Mouse
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.result.facts import Facts
from liverplan.app.steps.result.facts_sheet import FactsSheet
from liverplan.app.steps.result.outputs import Outputs
from liverplan.app.steps.result.panel import ResultPanel
from liverplan.app.steps.result.pictures import Pictures
from liverplan.app.steps.result.pictures_box import PicturesBox


class ResultStep:
    """Judge the plan, attest facts, write the report."""

    def __init__(
        self, context: Context, views: ThreeViews, mouse: Mouse, scene: SceneCanvas
    ) -> None:
        self.outputs = Outputs(context)
        self.facts = Facts(context)
        self.pictures = Pictures(context, views, mouse, scene)
        self.panel = ResultPanel(context, self.outputs, PicturesBox(context, self.pictures))
        self.sheet = FactsSheet(context, self.facts)
