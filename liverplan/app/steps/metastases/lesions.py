"""Verbs of the third step: the metastases in the list, each edited, confirmed, deleted alone."""

from __future__ import annotations

import threading
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from liverplan.app.session.context import Context
from liverplan.app.session.job import Progress
from liverplan.app.session.work import lesion_title
from liverplan.app.slices.views import ThreeViews
from liverplan.errors import SegmentationError
from liverplan.segmentation import (
    LesionResult,
    Segmentation,
    accepted,
    free_label,
    lesion_from_click,
    with_lesion,
    without_lesion,
)
from liverplan.segmentation.labels import LIVER
from liverplan.volume import FloatArray
from liverplan.words import in_english
from liverplan.workflow.cases import user

PLACE = "metastases"


class Lesions(QObject):
    """The list, and which of it is chosen.

    Attributes
    ----------
    chosen : int or None
        Label value of the metastasis that the buttons, brush and eraser work on.
    """

    chosen_changed = Signal()

    def __init__(self, context: Context, views: ThreeViews) -> None:
        super().__init__()
        self._session, self._jobs, self._notices = context.session, context.jobs, context.notices
        self._views = views
        self.chosen: int | None = None

    @property
    def labels(self) -> tuple[int, ...]:
        """Label values by the provenance: at hand even while volumes are being measured."""
        segmentation = self._session.work.segmentation
        return (
            () if segmentation is None else tuple(sorted(segmentation.provenance.keys() - {LIVER}))
        )

    def choose(self, label: int | None) -> None:
        """Let the buttons, brush and eraser work on this one."""
        self.chosen = label
        self.chosen_changed.emit()

    def outline(self, point_mm: FloatArray) -> None:
        """Outline the lesion at a (3,) point, LPS mm, and add it to the list."""
        work, known = self._session.work, self.at(point_mm)
        if work.volume is None or work.segmentation is None:
            return
        if known is not None:
            self.choose(known)
            self._notices.say(PLACE, f"This place is already part of {lesion_title(known)}.")
            return
        volume, segmentation = work.volume, work.segmentation
        x, y, z = point_mm.tolist()

        def task(_report: Progress, _cancel: threading.Event) -> LesionResult:
            return lesion_from_click(volume, segmentation.liver, (x, y, z))

        def then(found: LesionResult) -> None:
            label = free_label(segmentation)
            self.put(found, segmentation, label, f"add {lesion_title(label)}")

        self._jobs.run(PLACE, "Outlining", task, then, holds=self._session.same_masks())

    def put(
        self, found: LesionResult, onto: Segmentation, label: int, name: str
    ) -> Segmentation | None:
        """Add a lesion to a label map as one step; other lesions keep their voxels.

        Return the label map with it; None where no voxel was left for it.
        """
        try:
            after = with_lesion(onto, found.mask, found.provenance, label)
        except SegmentationError as refusal:
            self._notices.say(PLACE, str(refusal))
            return None
        self.choose(label)
        self._session.do(name, replace(self._session.work, segmentation=after))
        if found.warnings:
            self._notices.say(PLACE, " ".join(in_english(note) for note in found.warnings))
        return after

    def confirm(self) -> None:
        """Say that a person has looked at the chosen one's outline and stands behind it."""
        label, work = self.chosen, self._session.work
        if label is not None and work.segmentation is not None:
            masks = accepted(work.segmentation, label, user().name)
            self._session.do(f"confirm {lesion_title(label)}", replace(work, segmentation=masks))

    def toggle_biopsied(self) -> None:
        """Note that the chosen one was biopsied, or that it was not."""
        label, work = self.chosen, self._session.work
        if label is not None:
            after = replace(work, biopsied=work.biopsied ^ {label})
            self._session.do(f"biopsy of {lesion_title(label)}", after)

    def delete(self) -> None:
        """Give the chosen one's voxels back to the liver; the others stay as they are."""
        label, work = self.chosen, self._session.work
        if label is None or work.segmentation is None:
            return
        masks = without_lesion(work.segmentation, label)
        self.choose(None)
        after = replace(work, segmentation=masks, biopsied=work.biopsied - {label})
        self._session.do(f"delete {lesion_title(label)}", after)

    def at(self, point_mm: FloatArray) -> int | None:
        """Return the lesion whose mask lies at a (3,) point, LPS mm; None where there is none."""
        segmentation = self._session.work.segmentation
        index = segmentation.grid.nearest_index(point_mm) if segmentation else None
        label = LIVER if segmentation is None or index is None else int(segmentation.labels[index])
        return label if label > LIVER else None
