"""Masks from a file (NIfTI, NRRD, DICOM SEG) in place of automatic and clicked ones."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject

from liverplan import dicom, workflow
from liverplan.app.session.desk import Desk
from liverplan.app.session.jobs import Progress
from liverplan.app.steps.liver.marking import Marking
from liverplan.errors import InputError
from liverplan.segmentation import (
    Provenance,
    Segmentation,
    read_mask_file,
    with_lesions,
    with_liver,
)
from liverplan.segmentation.files.masks import SUFFIXES
from liverplan.segmentation.labels import LIVER
from liverplan.segmentation.results import Mask
from liverplan.volume import Grid

KINDS = "Masks (*.nii *.nii.gz *.nrrd *.dcm);;All files (*)"


class Given(QObject):
    """Reads masks that were made elsewhere; one that does not fit the CT is refused in words."""

    def __init__(self, desk: Desk, marking: Marking) -> None:
        super().__init__()
        self.desk = desk
        self.marking = marking

    def liver(self, path: Path) -> None:
        """Take the liver from a file; lesions that were marked stay."""
        volume = self.desk.session.work.volume
        if volume is None:
            return

        def task(_report: Progress, _cancel: threading.Event) -> Segmentation:
            return workflow.make_segmentation(volume, workflow.Request(liver=path))[0]

        def then(answer: object) -> None:
            work = self.desk.session.work
            if isinstance(answer, Segmentation) and work.volume is volume:
                before = work.segmentation or Segmentation.empty(volume.grid)
                after = with_liver(answer.liver, answer.provenance[LIVER], before)
                name = f"liver from {path.name}"
                self.desk.session.do(name, replace(work, segmentation=after))
                self.marking.show_middle(after)

        self.desk.run("liver", "Reading the mask", task, then)

    def lesions(self, path: Path) -> None:
        """Add the lesions of a file; voxels of those that were marked stay theirs."""
        segmentation = self.desk.session.work.segmentation
        if segmentation is None:
            return

        def task(_report: Progress, _cancel: threading.Event) -> Segmentation:
            return with_lesions_of(segmentation, lesion_masks(path, segmentation.grid), path)

        def then(answer: object) -> None:
            work = self.desk.session.work
            if isinstance(answer, Segmentation) and work.segmentation is segmentation:
                added = len(answer.provenance) - len(segmentation.provenance)
                name = f"{added} metastases from {path.name}"
                self.desk.session.do(name, replace(work, segmentation=answer))

        self.desk.run("metastases", "Reading the masks", task, then)


def lesion_masks(path: Path, grid: Grid) -> list[Mask]:
    """Read a file's lesions, one mask a label value; of a SEG those that are coded as lesions."""
    if path.name.lower().endswith(SUFFIXES):
        return list(read_mask_file(path, grid).masks())
    segments = dicom.read_seg(path, grid)
    coded = [segment.mask for segment in segments if segment.structure == "lesion"]
    return coded or [segment.mask for segment in segments]


def with_lesions_of(segmentation: Segmentation, masks: list[Mask], path: Path) -> Segmentation:
    """Return the segmentation with the lesions of a file.

    Raises
    ------
    InputError
        If the masks hold nothing that is not marked already.
    """
    made = Provenance(
        method="given mask", version="1", origin="given", parameters={"file": path.name}
    )
    after = with_lesions(segmentation, masks, made, touching="trim")
    if after is segmentation:
        raise InputError(f"{path.name} holds no lesion that is not in the list already.")
    return after
