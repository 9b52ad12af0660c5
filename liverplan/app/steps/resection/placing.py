"""New cuts, placed by clicks or round a metastasis; where they lie, the core tells."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np

from liverplan.app.kit.language import en, tr
from liverplan.app.session.context import Context
from liverplan.app.session.cut_words import kind_of
from liverplan.app.session.job import Progress
from liverplan.app.session.telling import told
from liverplan.app.session.work import lesion_title
from liverplan.app.steps.resection.edits import PLACE, CutEdits
from liverplan.errors import PlanError
from liverplan.findings import Statement
from liverplan.resection import Ablation, CurvedCut, Cut, FoldedCut, Plan, Plane
from liverplan.resection.clicked import level_surface, plane_of_three, plane_through
from liverplan.volume import FloatArray
from liverplan.volumetry.faults import cut_faults
from liverplan.volumetry.search.placing import (
    RoundKind,
    cut_round,
    larger_part_stays,
    parting_cut,
)

CLICKED_RADIUS_MM = 15.0
"""Of an ablation zone placed by a click: the usual needle's zone is about 3 cm across."""

STILL_MEASURED = en("The liver is still being measured; try again.")

ROUND_NAMES: dict[RoundKind, str] = {
    "plane": en("separate {lesion}"),
    "wedge": en("add wedge round {lesion}"),
    "sphere": en("add sphere round {lesion}"),
    "ablation": en("add ablation zone round {lesion}"),
}
"""Names of the steps to undo."""


class Placing:
    """Finds where a cut is to lie, and adds it to the plan on screen."""

    def __init__(self, context: Context, edits: CutEdits) -> None:
        self._session, self._live, self._jobs = context.session, context.live, context.jobs
        self._notices, self._edits = context.notices, edits

    def round_lesion(self, kind: RoundKind, label: int) -> None:
        """Add a plane, a wedge, a sphere or an ablation zone round a lesion, with the margin."""
        index, work = self._live.plan_index, self._session.work
        if index is None:
            self._notices.say(PLACE, STILL_MEASURED)
            return
        margin, beside = work.margin_mm, work.cuts

        def task(_report: Progress, _cancel: threading.Event) -> Cut:
            return cut_round(index, label, margin, kind=kind, beside=beside)

        def then(cut: Cut) -> None:
            self._edits.add(en(ROUND_NAMES[kind], lesion=lesion_title(label)), cut)

        name = tr("Cutting round {lesion}", lesion=lesion_title(label))
        self._jobs.run(PLACE, name, task, then, holds=self._session.same_masks())

    def plane_at(self, point_mm: FloatArray) -> None:
        """Add a plane through a (3,) LPS point, mm, of the liver; the larger part stays."""
        plane = self._plane_through(point_mm)
        if plane is not None:
            self._add(plane)

    def plane_of(self, points_mm: Sequence[FloatArray]) -> None:
        """Add the plane through three (3,) LPS points, mm; the larger part stays."""
        index = self._live.index
        try:
            plane = plane_of_three(points_mm)
        except PlanError as refusal:
            self._notices.say(PLACE, str(refusal))
            return
        self._add(plane if index is None else larger_part_stays(index, plane))

    def curved_at(self, point_mm: FloatArray) -> None:
        """Add a level surface through a (3,) LPS point, mm, to be bent."""
        plane, segmentation = self._plane_through(point_mm), self._session.work.segmentation
        if plane is not None and segmentation is not None:
            self._add(level_surface(plane, segmentation, self._edits.centre_mm()))

    def ablation_at(self, point_mm: FloatArray) -> None:
        """Add the zone of one needle round a (3,) LPS point, mm."""
        radii = np.full(3, CLICKED_RADIUS_MM)
        self._add(Ablation(centre_mm=point_mm, radii_mm=radii, axes=np.eye(3)))

    def along_contour(self, points_mm: Sequence[FloatArray]) -> None:
        """Lay a cut through a contour's (3,) LPS points, mm; the larger part stays."""
        index, points = self._live.plan_index, list(points_mm)
        if index is None:
            self._notices.say(PLACE, STILL_MEASURED)
            return

        def task(_report: Progress, _cancel: threading.Event) -> CurvedCut | FoldedCut:
            cut = parting_cut(index, points)
            faults = cut_faults(index, cut, 1, name=Statement.of("fault.this_contour"))
            if faults:
                raise PlanError(" ".join(told(fault.says) for fault in faults))
            return cut

        def then(cut: CurvedCut | FoldedCut) -> None:
            if self._add(cut):
                notes = " ".join(map(told, Plan(cuts=(cut,)).notes))
                self._notices.say(PLACE, notes, "info")

        name = tr("Laying a cut through the contour")
        self._jobs.run(PLACE, name, task, then, holds=self._session.same_masks())

    def _plane_through(self, point_mm: FloatArray) -> Plane | None:
        """Return a plane through a point; None while the liver is not measured."""
        derived = self._live.derived
        if self._live.index is None or derived is None:
            self._notices.say(PLACE, tr("The liver is still being measured; click again."))
            return None
        lesions = list(derived.lesion_centres.values())
        return plane_through(point_mm, centre_mm=derived.centre_mm, lesions_mm=lesions)

    def _add(self, cut: Cut) -> bool:
        return self._edits.add(en("add {what}", what=kind_of(cut)), cut)
