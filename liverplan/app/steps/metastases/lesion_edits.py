"""Verbs on the chosen metastasis: grow, shrink, split, merge; each one step to undo."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from liverplan.app.kit.language import en, tr
from liverplan.app.session.context import Context
from liverplan.app.session.job import Progress
from liverplan.app.session.work import lesion_title
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.metastases.lesions import PLACE, Lesions
from liverplan.segmentation import Segmentation, merge_lesions, resize_lesion, split_lesion
from liverplan.volume import FloatArray

STEP_MM = 1.0
"""Grow and shrink go by this, or by one voxel where voxels are larger."""


class LesionEdits:
    """Corrects single metastases, off the screen's thread."""

    def __init__(self, context: Context, views: ThreeViews, lesions: Lesions) -> None:
        self._session, self._jobs = context.session, context.jobs
        self._views, self._lesions = views, lesions

    def resize(self, sign: int) -> None:
        """Grow (sign 1) or shrink (-1) the chosen one by a millimetre, or by a voxel if larger."""
        segmentation, label = self._session.work.segmentation, self._lesions.chosen
        if segmentation is None or label is None:
            return
        by_mm = sign * max(STEP_MM, min(segmentation.grid.spacing_mm))
        done = en("grow {lesion}") if sign > 0 else en("shrink {lesion}")
        name = en(done, lesion=lesion_title(label))
        self._edit(name, lambda s: resize_lesion(s, label, by_mm), label)

    def merge(self, into: int, other: int) -> None:
        """Make two metastases one."""
        name = en("merge {lesion} into {into}", lesion=lesion_title(other), into=lesion_title(into))
        self._edit(name, lambda s: merge_lesions(s, into, [other]), into, gone=other)

    def split(self, label: int, first_mm: FloatArray, second_mm: FloatArray) -> None:
        """Make one metastasis two, by a (3,) point in each part, LPS mm."""
        name = en("split {lesion}", lesion=lesion_title(label))
        self._edit(name, lambda s: split_lesion(s, label, first_mm, second_mm), label)

    def _edit(
        self,
        name: str,
        edit: Callable[[Segmentation], Segmentation],
        label: int,
        gone: int | None = None,
    ) -> None:
        segmentation = self._session.work.segmentation
        if segmentation is None:
            return
        self._views.disarm()

        def task(_report: Progress, _cancel: threading.Event) -> Segmentation:
            return edit(segmentation)

        def then(edited: Segmentation) -> None:
            now = self._session.work
            biopsied = now.biopsied - {gone}
            if gone in now.biopsied:  # a biopsy is of the whole lesion that they now are
                biopsied |= {label}
            self._lesions.choose(label)
            self._session.do(name, replace(now, segmentation=edited, biopsied=biopsied))

        self._jobs.run(PLACE, tr("Correcting"), task, then, holds=self._session.same_masks())
