"""Metastases from a file (NIfTI, NRRD, DICOM SEG) beside those that were clicked."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from liverplan.app.session.context import Context
from liverplan.app.session.job import Progress
from liverplan.app.steps.metastases.lesions import PLACE
from liverplan.errors import InputError
from liverplan.segmentation import Provenance, Segmentation, with_lesions
from liverplan.segmentation.results import Mask
from liverplan.workflow.given import given_lesions


class MaskImport:
    """Reads masks that were made elsewhere; one that does not fit the CT is refused in words."""

    def __init__(self, context: Context) -> None:
        self._session, self._jobs = context.session, context.jobs

    def take(self, path: Path) -> None:
        """Add the lesions of a file; voxels of those that were marked stay theirs."""
        segmentation = self._session.work.segmentation
        if segmentation is None:
            return

        def task(_report: Progress, _cancel: threading.Event) -> Segmentation:
            return with_lesions_of(segmentation, given_lesions(path, None, segmentation.grid), path)

        def then(more: Segmentation) -> None:
            added = len(more.provenance) - len(segmentation.provenance)
            after = replace(self._session.work, segmentation=more)
            self._session.do(f"{added} metastases from {path.name}", after)

        name = "Reading the masks"
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
        raise InputError(f"{path.name} holds no lesion that is not in the list already.")
    return after
