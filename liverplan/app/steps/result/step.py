"""The fifth step as a whole: its verbs, its panel, and the sheet of the patient's facts."""

from __future__ import annotations

from liverplan.app.session.context import Context
from liverplan.app.steps.result.facts import Facts
from liverplan.app.steps.result.facts_sheet import FactsSheet
from liverplan.app.steps.result.outputs import Outputs
from liverplan.app.steps.result.panel import ResultPanel


class ResultStep:
    """Judge the plan, attest facts, write the report."""

    def __init__(self, context: Context) -> None:
        self.outputs = Outputs(context)
        self.facts = Facts(context)
        self.panel = ResultPanel(context, self.outputs)
        self.sheet = FactsSheet(context, self.facts)
