"""A metastasis drawn by its long axis, and corrected by the short one across it."""

from __future__ import annotations

from dataclasses import dataclass

from liverplan.app.kit.language import en, tr
from liverplan.app.session.context import Context
from liverplan.app.session.work import lesion_title
from liverplan.app.slices.tool import Spot, StrokeTool
from liverplan.app.steps.metastases.lesions import PLACE, Lesions
from liverplan.segmentation import (
    LesionResult,
    Prompt,
    Segmentation,
    free_label,
)
from liverplan.segmentation.lesions.stroke import Ends, axes_cross
from liverplan.volume import FloatArray

SHORT_NEXT = en("Draw its short axis across it if it should be corrected by that.")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LongAxis:
    """A long axis that was drawn: a second stroke across it is its lesion's short axis."""

    ends: Ends
    label: int
    before: Segmentation
    after: Segmentation


class AxisTool(StrokeTool):
    """A straight line from where the button was pressed."""

    def __init__(self, context: Context, lesions: Lesions) -> None:
        super().__init__()
        self._session, self._notices = context.session, context.notices
        self._lesions = lesions
        self._axis: LongAxis | None = None

    @property
    def words(self) -> str:
        """Say how it is drawn."""
        return tr(
            "Drag along a metastasis's longest diameter; a second stroke across it corrects it"
        )

    def move(self, spot: Spot) -> None:
        """Let the line end here."""
        self.path_mm = [*self.path_mm[:1], spot.point_mm]

    def drawn(self, path_mm: list[FloatArray], spot: Spot) -> None:
        """Outline the lesion that a line of (3,) LPS points, mm, lies in."""
        del spot
        work = self._session.work
        if len(path_mm) != 2 or work.volume is None or work.segmentation is None:
            return
        ends = path_mm[0], path_mm[1]
        axis = self._axis
        fresh = axis is not None and axis.after is work.segmentation
        if axis is not None and fresh and axes_cross(axis.before.grid, axis.ends, ends):
            name = en("short axis of {lesion}", lesion=lesion_title(axis.label))
            self._outline(axis.before, axis.label, (axis.ends, ends), name)
        else:
            label = free_label(work.segmentation)
            name = en("add {what}", what=lesion_title(label))
            self._outline(work.segmentation, label, (ends, None), name)

    def _outline(
        self, onto: Segmentation, label: int, axes: tuple[Ends, Ends | None], name: str
    ) -> None:
        long, short = axes
        prompt = Prompt.of_axes(long, short)

        def then(found: LesionResult) -> None:
            after = self._lesions.put(found, onto, label, name, prompt)
            if after is None:
                return
            self._axis = LongAxis(ends=long, label=label, before=onto, after=after)
            if short is None:
                self._notices.say(PLACE, tr(SHORT_NEXT), "info")

        self._lesions.find(prompt, onto, then)
