"""Metastases from a file (NIfTI, NRRD, DICOM SEG) beside those that were clicked."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from liverplan.app.kit.language import en, tr
from liverplan.app.session.context import Context
from liverplan.app.session.job import Progress
from liverplan.app.session.telling import told
from liverplan.app.steps.metastases.lesions import PLACE
from liverplan.errors import InputError
from liverplan.findings import Statement
from liverplan.segmentation import Provenance, Segmentation, with_lesions
from liverplan.segmentation.results import Mask
from liverplan.workflow.given import given_lesions
from liverplan.workflow.inputs import lesion_notes


class MaskImport:
    """Reads masks that were made elsewhere; one that does not fit the CT is refused in words."""

    def __init__(self, context: Context) -> None:
        self._session, self._jobs = context.session, context.jobs
        self._notices = context.notices

    def take(self, path: Path) -> None:
        """Add the lesions of a file; voxels of those that were marked stay theirs.

        What is odd of them, such as one that lies outside the liver, is said.
        """
        segmentation = self._session.work.segmentation
        if segmentation is None:
            return

        def task(_report: Progress, _cancel: threading.Event) -> tuple[Segmentation, str]:
            given = given_lesions(path, None, segmentation.grid)
            more = with_lesions_of(segmentation, given, path)
            return more, " ".join(map(told, oddities(segmentation, more)))

        def then(answer: tuple[Segmentation, str]) -> None:
            more, odd = answer
            added = len(more.provenance) - len(segmentation.provenance)
            after = replace(self._session.work, segmentation=more)
            name = en("{count} metastases from {file}", count=added, file=path.name)
            self._session.do(name, after)
            if odd:
                self._notices.say(PLACE, odd, "info")

        name = tr("Reading the masks")
        self._jobs.run(PLACE, name, task, then, holds=self._session.same_masks())


def with_lesions_of(
    segmentation: Segmentation, given: Sequence[tuple[Mask, Provenance]], path: Path
) -> Segmentation:
    """Return the segmentation with the lesions of a file, (k, j, i) masks and their origin.

    Raises
    ------
    InputError
        If the masks hold nothing that is not marked already.
    """
    after = segmentation
    for mask, made in given:
        after = with_lesions(after, [mask], made, touching="trim")
    if after is segmentation:
        words = tr("{file} holds no lesion that is not in the list already.", file=path.name)
        raise InputError(words)
    return after


def oddities(before: Segmentation, after: Segmentation) -> list[Statement]:
    """Say of (k, j, i) lesions that were added what lies outside the liver or is in pieces."""
    added = sorted(set(after.lesion_labels) - set(before.lesion_labels))
    lesions = {label: after.lesion(label) for label in added}
    return lesion_notes(before.grid, before.liver, lesions)
