"""Verbs on one metastasis: draw its axes, grow, shrink, split, merge; each one step to undo."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject

from liverplan.app.session.desk import Desk
from liverplan.app.session.jobs import Progress
from liverplan.app.session.work import lesion_title
from liverplan.app.slices.views import SliceView
from liverplan.app.steps.liver.marking import Marking
from liverplan.segmentation import (
    LesionResult,
    Segmentation,
    free_label,
    lesion_from_stroke,
    merge_lesions,
    resize_lesion,
    split_lesion,
)
from liverplan.segmentation.labels import FIRST_LESION
from liverplan.segmentation.lesions.stroke import Ends, axes_cross
from liverplan.volume import FloatArray

STEP_MM = 1.0
"""Grow and shrink go by this, or by one voxel where voxels are larger."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LongAxis:
    """A long axis that was drawn: a second stroke across it is its lesion's short axis."""

    ends: Ends
    label: int
    before: Segmentation
    after: Segmentation


class LesionEdits(QObject):
    """Corrects single metastases."""

    def __init__(self, desk: Desk, marking: Marking) -> None:
        super().__init__()
        self.desk = desk
        self.marking = marking
        self._axis: LongAxis | None = None
        desk.tools.stroked.connect(self._stroked)
        desk.tools.clicked.connect(self._clicked)

    def resize(self, label: int, sign: int) -> None:
        """Grow (sign 1) or shrink (-1) a lesion by a millimetre, or by a voxel if that is more."""
        segmentation = self.desk.session.work.segmentation
        if segmentation is None:
            return
        by_mm = sign * max(STEP_MM, min(segmentation.grid.spacing_mm))
        name = f"{'grow' if sign > 0 else 'shrink'} {lesion_title(label)}"
        self._edit(name, lambda s: resize_lesion(s, label, by_mm), label)

    def _stroked(self, tool: str, point: FloatArray | None, view: SliceView) -> None:
        if tool != "axis":
            return
        views = self.desk.views
        if point is not None:
            views.path_view = view
            views.path_mm = [*views.path_mm[:1], point]
            views.redraw(view)
            return
        path, views.path_mm = views.path_mm, []
        views.redraw(view)
        if len(path) == 2:
            self._axis_drawn((path[0], path[1]))

    def _axis_drawn(self, ends: Ends) -> None:
        work = self.desk.session.work
        volume, segmentation, axis = work.volume, work.segmentation, self._axis
        if volume is None or segmentation is None:
            return
        is_short = (
            axis is not None
            and axis.after is segmentation
            and axes_cross(axis.before.grid, axis.ends, ends)
        )
        if is_short and axis is not None:
            onto, label, long, short = axis.before, axis.label, axis.ends, ends
            name = f"short axis of {lesion_title(label)}"
        else:
            onto, label, long, short = segmentation, free_label(segmentation), ends, None
            name = f"add {lesion_title(label)}"

        def task(_report: Progress, _cancel: threading.Event) -> LesionResult:
            return lesion_from_stroke(volume, onto.liver, *long, short_axis_mm=short)

        def then(answer: object) -> None:
            now = self.desk.session.work
            if not isinstance(answer, LesionResult) or now.segmentation is not segmentation:
                return
            after = self.marking.put_lesion(answer, onto, label, name)
            if after is not None:
                self._axis = LongAxis(ends=long, label=label, before=onto, after=after)
                if short is None:
                    words = "Draw its short axis across it if it should be corrected by that."
                    self.desk.say("metastases", words, "info")

        self.desk.run("metastases", "Outlining", task, then)

    def _clicked(self, tool: str, point: FloatArray, _view: SliceView) -> None:
        if tool == "merge":
            self._merge(point)
        elif tool == "split":
            self._split(point)

    def _merge(self, point: FloatArray) -> None:
        into, other = self.marking.target, self._lesion_at(point)
        if other is None or other == into:
            self.desk.say(
                "metastases", f"Click inside the metastasis that belongs to {lesion_title(into)}."
            )
            return
        name = f"merge {lesion_title(other)} into {lesion_title(into)}"
        self._edit(name, lambda s: merge_lesions(s, into, [other]), into, gone=other)

    def _split(self, point: FloatArray) -> None:
        views, segmentation = self.desk.views, self.desk.session.work.segmentation
        if segmentation is None:
            return
        label = self._lesion_at(views.points_mm[0] if views.points_mm else point)
        if label is None:
            self.desk.say("metastases", "Click inside the metastasis that is to be split.")
            return
        views.points_mm.append(point)
        views.redraw()
        if len(views.points_mm) < 2:
            self.desk.say("metastases", "1 of 2 points; click into its other part.", "info")
            return
        first, second = views.points_mm
        name = f"split {lesion_title(label)}"
        self._edit(name, lambda s: split_lesion(s, label, first, second), label)

    def _lesion_at(self, point: FloatArray) -> int | None:
        """Return the lesion whose mask lies at a point; None where there is none."""
        segmentation = self.desk.session.work.segmentation
        index = segmentation.grid.nearest_index(point) if segmentation else None
        label = 0 if segmentation is None or index is None else int(segmentation.labels[index])
        return label if label >= FIRST_LESION else None

    def _edit(
        self,
        name: str,
        edit: Callable[[Segmentation], Segmentation],
        label: int,
        gone: int | None = None,
    ) -> None:
        """Do an edit off the screen's thread, then make it one step."""
        segmentation = self.desk.session.work.segmentation
        if segmentation is None:
            return
        self.desk.tools.choose("")

        def task(_report: Progress, _cancel: threading.Event) -> Segmentation:
            return edit(segmentation)

        def then(answer: object) -> None:
            now = self.desk.session.work
            if not isinstance(answer, Segmentation) or now.segmentation is not segmentation:
                return
            biopsied = now.biopsied - {gone}
            if gone in now.biopsied:  # a biopsy is of the whole lesion that they now are
                biopsied |= {label}
            self.marking.choose_target(label)
            self.desk.session.do(name, replace(now, segmentation=answer, biopsied=biopsied))

        self.desk.run("metastases", "Correcting", task, then)
