"""Verbs of the second step: find the liver, take it from a file, confirm it."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
from PySide6.QtCore import QTimer

from liverplan import workflow
from liverplan.app.kit.language import en, tr
from liverplan.app.session.backends import Backends
from liverplan.app.session.context import Context
from liverplan.app.session.job import Progress
from liverplan.app.session.telling import told
from liverplan.app.slices.views import ThreeViews
from liverplan.app.steps.liver.look_first import LookFirst
from liverplan.resection.anatomy.maps import PartMap
from liverplan.segmentation import (
    LiverResult,
    Segmentation,
    accepted,
    segment_with,
    with_lesions,
    with_liver,
)
from liverplan.segmentation.backends import NETWORK
from liverplan.segmentation.labels import LIVER
from liverplan.volume import Volume

PLACE = "liver"


class Finding:
    """Makes the liver's mask, and lets a person stand behind it."""

    def __init__(
        self, context: Context, views: ThreeViews, backends: Backends, look_first: LookFirst
    ) -> None:
        self._session, self._jobs, self._notices = context.session, context.jobs, context.notices
        self._saver = context.saver
        self._views, self._backends, self._look_first = views, backends, look_first

    def segment(self) -> None:
        """Find the liver automatically; lesions that were marked stay."""
        volume, backend = self._session.work.volume, self._backends.chosen
        if volume is None:
            return

        def task(report: Progress, cancel: threading.Event) -> LiverResult:
            return segment_with(backend, volume, progress=report, cancel=cancel)

        def then(found: LiverResult) -> None:
            self._found(volume, found)
            self._look_first.begin(found)
            if backend == NETWORK:
                self._look_first.ask(found, volume)

        self._jobs.run(PLACE, tr("Finding the liver"), task, then, holds=self._session.same_ct())

    def _found(self, volume: Volume, found: LiverResult) -> None:
        work = self._session.work
        before = work.segmentation or Segmentation.empty(volume.grid)
        liver = with_liver(found.mask, found.provenance, before)
        segmentation = with_lesions(liver, found.lesions, found.provenance, touching="skip")
        count = len(segmentation.lesion_labels) - len(before.lesion_labels)
        maps = {
            scheme: PartMap(scheme=scheme, grid=volume.grid, labels=parts, names=names)
            for scheme, (parts, names) in found.maps.items()
        }
        maps_now = MappingProxyType({**work.maps, **maps})
        after = replace(work, segmentation=segmentation, maps=maps_now)
        self._session.do(en("automatic liver"), after)
        warnings = [told(note) for note in found.notes]
        if count:
            words = tr(
                "It found {count} lesions as well: check each under Metastases.", count=count
            )
            warnings.append(words)
        if warnings:
            self._notices.say(PLACE, " ".join(warnings))
        self._show_middle(segmentation)

    def take(self, path: Path) -> None:
        """Take the liver from a file; lesions stay; what cannot be of this CT's liver is said."""
        volume = self._session.work.volume
        if volume is None:
            return

        def task(_report: Progress, _cancel: threading.Event) -> tuple[Segmentation, str]:
            given, notes = workflow.make_segmentation(volume, workflow.Request(liver=path))
            return given, " ".join(map(told, notes))

        def then(answer: tuple[Segmentation, str]) -> None:
            given, odd = answer
            work = self._session.work
            before = work.segmentation or Segmentation.empty(volume.grid)
            after = with_liver(given.liver, given.provenance[LIVER], before)
            name = en("liver from {file}", file=path.name)
            self._session.do(name, replace(work, segmentation=after))
            self._look_first.forget()
            if odd:
                self._notices.say(PLACE, odd)
            self._show_middle(after)

        self._jobs.run(PLACE, tr("Reading the mask"), task, then, holds=self._session.same_ct())

    def confirm(self) -> None:
        """Say that a person has looked at the liver's mask and stands behind it."""
        work = self._session.work
        if work.segmentation is not None:
            masks = accepted(work.segmentation, LIVER, self._saver.name)
            self._session.do(en("confirm liver"), replace(work, segmentation=masks))

    def _show_middle(self, segmentation: Segmentation) -> None:
        """Go to the slice that holds most liver."""
        counts = np.count_nonzero(segmentation.labels, axis=(1, 2))
        if not counts.any():
            return
        k = int(np.argmax(counts))
        j, i = np.argwhere(segmentation.labels[k]).mean(axis=0)
        middle = segmentation.grid.to_mm([k, j, i])
        QTimer.singleShot(0, lambda: self._views.move_crosshair(middle))
