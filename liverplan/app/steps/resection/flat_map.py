"""The active cut laid flat: how near metastases and vessels are all over it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from liverplan.app.kit.language import tr
from liverplan.app.session.context import Context
from liverplan.app.session.job import Progress
from liverplan.app.session.work import plan_title
from liverplan.app.steps.resection.edits import PLACE
from liverplan.resection.anatomy.territories import LUMEN
from liverplan.volumetry.shapes.cut_map import CutMap, flatten


class FlatMaps:
    """Makes maps of cuts."""

    def __init__(self, context: Context) -> None:
        self._session, self._live, self._jobs = context.session, context.live, context.jobs

    def make(self, then: Callable[[CutMap, str], None]) -> None:
        """Lay the active cut flat, and hand its map on with its title."""
        index, work = self._live.plan_index, self._session.work
        cut = work.active_cut
        if index is None or cut is None or not cut.can_lie_flat:
            return
        lumen = work.maps.get(LUMEN)
        vessels = None if lumen is None else lumen.labels > 0
        plan = plan_title(work.active_plan)
        title = tr("Cut {number} of {plan}", number=work.cut + 1, plan=plan)

        def task(_report: Progress, _cancel: threading.Event) -> CutMap:
            return flatten(index, cut, vessels=vessels)

        holds = self._session.same_masks()
        self._jobs.run(
            PLACE, tr("Laying the cut flat"), task, lambda made: then(made, title), holds=holds
        )
