"""Moves the liver's border by a click: the point is liver, or it is not."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Literal

from liverplan.app.kit.language import en, tr
from liverplan.app.session.context import Context
from liverplan.app.session.job import Progress
from liverplan.app.slices.tool import Spot, Tool
from liverplan.app.steps.liver.finding import PLACE
from liverplan.segmentation import Segmentation, click

Side = Literal["inside", "outside"]

NAMES: dict[Side, str] = {"inside": en("add to liver"), "outside": en("take from liver")}
WORDS: dict[Side, str] = {
    "inside": en("Click liver that was left out"),
    "outside": en("Click tissue that is not liver"),
}


class BorderTool(Tool):
    """One of the two sides."""

    def __init__(self, context: Context, side: Side) -> None:
        self._session, self._jobs, self._side = context.session, context.jobs, side

    @property
    def words(self) -> str:
        """Say what to click."""
        return tr(WORDS[self._side])

    def press(self, spot: Spot) -> None:
        """Correct the mask by this point."""
        work, point, side = self._session.work, spot.point_mm, self._side
        if work.volume is None or work.segmentation is None:
            return
        volume, segmentation = work.volume, work.segmentation

        def task(_report: Progress, _cancel: threading.Event) -> Segmentation:
            return click(volume, segmentation, point, side)

        def then(corrected: Segmentation) -> None:
            self._session.do(NAMES[side], replace(self._session.work, segmentation=corrected))

        self._jobs.run(PLACE, tr("Correcting"), task, then, holds=self._session.same_masks())
