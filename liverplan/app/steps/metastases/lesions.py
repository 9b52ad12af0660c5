"""Verbs of the third step: the metastases in the list, each edited, confirmed, deleted alone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from liverplan.app.kit.language import en, tr
from liverplan.app.session.backends import Backends
from liverplan.app.session.context import Context
from liverplan.app.session.job import Progress
from liverplan.app.session.telling import told
from liverplan.app.session.work import lesion_title
from liverplan.app.slices.views import ThreeViews
from liverplan.errors import SegmentationError
from liverplan.segmentation import (
    LesionResult,
    Prompt,
    Provenance,
    Segmentation,
    accepted,
    free_label,
    outline_with,
    with_lesion,
    without_lesion,
)
from liverplan.segmentation.labels import LIVER
from liverplan.segmentation.lesions.prompted.prompt import as_point
from liverplan.volume import FloatArray

PLACE = "metastases"
CHANGED_SINCE = en("It was not marked here, or changed since: mark it anew, or use the eraser.")


class Lesions(QObject):
    """The list, and which of it is chosen.

    Attributes
    ----------
    chosen : int or None
        Label value of the metastasis that the buttons, brush and eraser work on.
    backends : Backends
        What can outline one that is pointed at, and what does.
    """

    chosen_changed = Signal()

    def __init__(self, context: Context, views: ThreeViews, backends: Backends) -> None:
        super().__init__()
        self._session, self._jobs, self._notices = context.session, context.jobs, context.notices
        self._saver = context.saver
        self._views, self.backends = views, backends
        self.chosen: int | None = None
        self._said: list[tuple[Provenance, Prompt]] = []

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
            words = tr("This place is already part of {lesion}.", lesion=lesion_title(known))
            self._notices.say(PLACE, words)
            return
        label = free_label(work.segmentation)
        name = en("add {what}", what=lesion_title(label))
        self.ask(Prompt.of_click(point_mm), work.segmentation, label, name)

    def deny(self, point_mm: FloatArray) -> None:
        """Outline the chosen one anew, and leave out a (3,) point, LPS mm, that is none of it."""
        label, masks = self.chosen, self._session.work.segmentation
        made = None if masks is None or label is None else masks.provenance.get(label)
        if masks is None or label is None or made is None:
            return
        said = next((prompt for kept, prompt in self._said if kept is made), None)
        if said is None:
            self._notices.say(PLACE, tr(CHANGED_SINCE))
            return
        denied = replace(said, not_lesion_mm=(*said.not_lesion_mm, as_point(point_mm)))
        onto = without_lesion(masks, label)
        name = en("leave out of {lesion}", lesion=lesion_title(label))
        self.ask(denied, onto, label, name)

    def ask(self, prompt: Prompt, onto: Segmentation, label: int, name: str) -> None:
        """Outline what a prompt means, and put it onto a label map as one step."""

        def then(found: LesionResult) -> None:
            self.put(found, onto, label, name, prompt)

        self.find(prompt, onto, then)

    def find(
        self, prompt: Prompt, onto: Segmentation, then: Callable[[LesionResult], None]
    ) -> None:
        """Outline what a prompt means with the chosen back end, on the liver of a label map."""
        volume, backend = self._session.work.volume, self.backends.chosen
        if volume is None:
            return

        def task(_report: Progress, cancel: threading.Event) -> LesionResult:
            return outline_with(backend, volume, onto.liver, prompt, cancel=cancel)

        self._jobs.run(PLACE, tr("Outlining"), task, then, holds=self._session.same_masks())

    def put(
        self, found: LesionResult, onto: Segmentation, label: int, name: str, said: Prompt
    ) -> Segmentation | None:
        """Add a lesion that was outlined by a prompt to a label map, as one step.

        Return the label map with it; None where no voxel was left for it.
        """
        try:
            after = with_lesion(onto, found.mask, found.provenance, label)
        except SegmentationError as refusal:
            self._notices.say(PLACE, str(refusal))
            return None
        self._said.append((found.provenance, said))
        self.choose(label)
        self._session.do(name, replace(self._session.work, segmentation=after))
        if found.warnings:
            self._notices.say(PLACE, " ".join(map(told, found.warnings)))
        return after

    def confirm(self) -> None:
        """Say that a person has looked at the chosen one's outline and stands behind it."""
        label, work = self.chosen, self._session.work
        if label is not None and work.segmentation is not None:
            masks = accepted(work.segmentation, label, self._saver.name)
            name = en("confirm {lesion}", lesion=lesion_title(label))
            self._session.do(name, replace(work, segmentation=masks))

    def toggle_biopsied(self) -> None:
        """Note that the chosen one was biopsied, or that it was not."""
        label, work = self.chosen, self._session.work
        if label is not None:
            after = replace(work, biopsied=work.biopsied ^ {label})
            self._session.do(en("biopsy of {lesion}", lesion=lesion_title(label)), after)

    def delete(self) -> None:
        """Give the chosen one's voxels back to the liver; the others stay as they are."""
        label, work = self.chosen, self._session.work
        if label is None or work.segmentation is None:
            return
        masks = without_lesion(work.segmentation, label)
        self.choose(None)
        after = replace(work, segmentation=masks, biopsied=work.biopsied - {label})
        self._session.do(en("delete {what}", what=lesion_title(label)), after)

    def at(self, point_mm: FloatArray) -> int | None:
        """Return the lesion whose mask lies at a (3,) point, LPS mm; None where there is none."""
        segmentation = self._session.work.segmentation
        index = segmentation.grid.nearest_index(point_mm) if segmentation else None
        label = LIVER if segmentation is None or index is None else int(segmentation.labels[index])
        return label if label > LIVER else None
