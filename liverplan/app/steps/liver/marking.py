"""Verbs of the second and third step: the liver, the metastases, and their correction."""

from __future__ import annotations

import threading
from dataclasses import replace
from types import MappingProxyType
from typing import Literal

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from liverplan.app.session.desk import Desk
from liverplan.app.session.jobs import Progress
from liverplan.app.session.work import lesion_title
from liverplan.app.slices.convert import view_axes
from liverplan.app.slices.views import SliceView
from liverplan.app.steps.liver.backends import Backends
from liverplan.errors import SegmentationError
from liverplan.resection.anatomy.maps import PartMap
from liverplan.segmentation import (
    Brush,
    LesionResult,
    LiverResult,
    Segmentation,
    Stroke,
    accepted,
    free_label,
    lesion_from_click,
    liver_limits_hu,
    segment_with,
    with_lesion,
    with_lesions,
    with_liver,
    without_lesion,
)
from liverplan.segmentation import click as correct_by_click
from liverplan.segmentation.edit.brush import SOFT_TISSUE_HU
from liverplan.segmentation.labels import LIVER
from liverplan.volume import FloatArray, Volume
from liverplan.workflow.cases import user


class Marking(QObject):
    """Finds the liver, outlines metastases, paints, accepts.

    Attributes
    ----------
    target : int
        The mask that brush and eraser work on.
    ball : bool
        Whether the brush goes through the slices.
    limits_hu : (float, float) or None
        Lowest and highest density that the brush paints; None paints all.
    """

    target_changed = Signal()
    options_changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.target = LIVER
        self.ball = False
        self.backends = Backends(desk)
        self.limits_hu: tuple[float, float] | None = None
        self._stroke: Stroke | None = None
        desk.tools.clicked.connect(self._clicked)
        desk.tools.stroked.connect(self._stroked)
        desk.tools.changed.connect(self._forget_notices)
        desk.session.subscribe(
            lambda topics: self._forget_notices() if "history" in topics else None
        )

    def _forget_notices(self) -> None:
        """Take away what was said of a step before: another has begun or is done."""
        for place in ("liver", "metastases"):
            self.desk.say(place, "")

    def segment(self) -> None:
        """Find the liver automatically; lesions that were marked stay."""
        volume, backend = self.desk.session.work.volume, self.backends.chosen
        if volume is None:
            return

        def task(report: Progress, cancel: threading.Event) -> LiverResult:
            return segment_with(backend, volume, progress=report, cancel=cancel)

        self.desk.run("liver", "Finding the liver", task, lambda a: self._found(volume, a))

    def _found(self, volume: Volume, answer: object) -> None:
        work = self.desk.session.work
        if not isinstance(answer, LiverResult) or work.volume is not volume:
            return
        maps = {
            scheme: PartMap(scheme=scheme, grid=volume.grid, labels=parts, names=names)
            for scheme, (parts, names) in answer.maps.items()
        }
        before = work.segmentation or Segmentation.empty(volume.grid)
        liver = with_liver(answer.mask, answer.provenance, before)
        segmentation = with_lesions(liver, answer.lesions, answer.provenance, touching="skip")
        after = replace(
            work, segmentation=segmentation, maps=MappingProxyType({**work.maps, **maps})
        )
        self.desk.session.do("automatic liver", after)
        warnings = list(answer.warnings)
        found = len(segmentation.lesion_labels) - len(before.lesion_labels)
        if found:
            warnings.append(f"It found {found} lesions as well: check each under Metastases.")
        if warnings:
            self.desk.say("liver", " ".join(warnings))
        self.show_middle(segmentation)

    def show_middle(self, segmentation: Segmentation) -> None:
        """Go to the slice that holds most liver."""
        counts = np.count_nonzero(segmentation.labels, axis=(1, 2))
        if not counts.any():
            return
        k = int(np.argmax(counts))
        j, i = np.argwhere(segmentation.labels[k]).mean(axis=0)
        QTimer.singleShot(
            0, lambda: self.desk.views.move_crosshair(segmentation.grid.to_mm([k, j, i]))
        )

    def accept(self, label: int) -> None:
        """Say that a person has looked at a mask and stands behind it."""
        work = self.desk.session.work
        if work.segmentation is None:
            return
        name = "confirm liver" if label == LIVER else f"confirm {lesion_title(label)}"
        after = accepted(work.segmentation, label, user().name)
        self.desk.session.do(name, replace(work, segmentation=after))

    def toggle_biopsied(self, label: int) -> None:
        """Note that a lesion was biopsied, or that it was not."""
        work = self.desk.session.work
        name = f"biopsy of {lesion_title(label)}"
        self.desk.session.do(name, replace(work, biopsied=work.biopsied ^ {label}))

    def delete_lesion(self, label: int) -> None:
        """Give a lesion's voxels back to the liver; the other lesions stay as they are."""
        work = self.desk.session.work
        if work.segmentation is None:
            return
        self.choose_target(LIVER)
        after = replace(
            work,
            segmentation=without_lesion(work.segmentation, label),
            biopsied=work.biopsied - {label},
        )
        self.desk.session.do(f"delete {lesion_title(label)}", after)

    def set_ball(self, *, through: bool) -> None:
        """Let the brush go through the slices, or stay on one."""
        self.ball = through
        self.options_changed.emit()

    def limit(self, limits_hu: tuple[float, float] | None) -> None:
        """Paint only densities between two limits, HU; None paints all."""
        self.limits_hu = limits_hu
        self.options_changed.emit()

    def liver_limits_hu(self) -> tuple[float, float]:
        """Densities between which nearly all of the liver lies, HU."""
        work = self.desk.session.work
        if work.volume is None:
            return SOFT_TISSUE_HU
        segmentation = work.segmentation or Segmentation.empty(work.volume.grid)
        return liver_limits_hu(work.volume, segmentation)

    def paint(self, label: int, tool: str) -> None:
        """Take brush or eraser for a mask; the same again puts it away."""
        tools = self.desk.tools
        again = tools.name == tool and self.target == label
        self.choose_target(label)
        tools.choose("" if again else tool)  # type: ignore[arg-type]

    def choose_target(self, label: int) -> None:
        """Let brush, eraser and the buttons of the list work on this mask."""
        self.target = label
        self.target_changed.emit()

    def _clicked(self, tool: str, point: FloatArray, _view: SliceView) -> None:
        if tool == "lesion":
            self.outline(point)
        elif tool in {"inside", "outside"}:
            self._correct("inside" if tool == "inside" else "outside", point)

    def _correct(self, side: Literal["inside", "outside"], point: FloatArray) -> None:
        """Move the liver's border at a click: the point is liver, or it is not."""
        work = self.desk.session.work
        if work.volume is None or work.segmentation is None:
            return
        volume, segmentation = work.volume, work.segmentation

        def task(_report: Progress, _cancel: threading.Event) -> Segmentation:
            return correct_by_click(volume, segmentation, point, side)

        def then(answer: object) -> None:
            now = self.desk.session.work
            if not isinstance(answer, Segmentation) or now.segmentation is not segmentation:
                return
            after = replace(now, segmentation=answer)
            self.desk.session.do("add to liver" if side == "inside" else "take from liver", after)

        self.desk.run("liver", "Correcting", task, then)

    def outline(self, point: FloatArray) -> None:
        """Outline the lesion at a point, LPS mm, and add it to the list."""
        work = self.desk.session.work
        if work.volume is None or work.segmentation is None:
            return
        volume, segmentation = work.volume, work.segmentation
        click = (float(point[0]), float(point[1]), float(point[2]))

        def task(_report: Progress, _cancel: threading.Event) -> LesionResult:
            return lesion_from_click(volume, segmentation.liver, click)

        self.desk.run("metastases", "Outlining", task, lambda a: self._outlined(segmentation, a))

    def _outlined(self, segmentation: Segmentation, answer: object) -> None:
        work = self.desk.session.work
        if isinstance(answer, LesionResult) and work.segmentation is segmentation:
            label = free_label(segmentation)
            self.put_lesion(answer, segmentation, label, f"add {lesion_title(label)}")

    def put_lesion(
        self, found: LesionResult, onto: Segmentation, label: int, name: str
    ) -> Segmentation | None:
        """Add a lesion to a label map as one step; other lesions keep their voxels."""
        try:
            after = with_lesion(onto, found.mask, found.provenance, label)
        except SegmentationError as error:
            self.desk.say("metastases", str(error))
            return None
        work = self.desk.session.work
        self.choose_target(label)
        self.desk.session.do(name, replace(work, segmentation=after))
        if found.warnings:
            self.desk.say("metastases", " ".join(found.warnings))
        return after

    def _stroked(self, tool: str, point: FloatArray | None, view: SliceView) -> None:
        if tool not in {"brush", "eraser"}:
            return
        if point is None:
            self._end_stroke()
        else:
            stroke = self._stroke or self._begin_stroke(tool, view)
            if stroke is not None:
                stroke.to(point)
                self.desk.session.paint(stroke.segmentation)

    def _begin_stroke(self, tool: str, view: SliceView) -> Stroke | None:
        work = self.desk.session.work
        segmentation = work.segmentation
        if segmentation is None or view.grid is None or work.volume is None:
            return None
        brush = Brush(
            label=self.target,
            kind="brush" if tool == "brush" else "eraser",
            across=None if self.ball else view_axes(view.grid, view.name).along,
            radius_mm=self.desk.tools.radius_mm,
            limits_hu=self.limits_hu,
        )
        self._stroke = Stroke(segmentation, brush, work.volume)
        return self._stroke

    def _end_stroke(self) -> None:
        stroke, self._stroke = self._stroke, None
        if stroke is None:
            return
        segmentation = stroke.done()
        if segmentation is None:
            self.desk.session.cancel_drag()  # nothing was painted: no step to undo
            return
        brush = stroke.brush
        what = "liver" if brush.label == LIVER else lesion_title(brush.label)
        name = f"{'paint' if brush.kind == 'brush' else 'erase'} {what}"
        self.desk.session.do(name, replace(self.desk.session.work, segmentation=segmentation))

    def abandon(self) -> None:
        """Give up the stroke under way."""
        self._stroke = None
