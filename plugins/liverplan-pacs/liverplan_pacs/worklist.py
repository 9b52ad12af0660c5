"""What a modality worklist is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Iterator

import pydicom
from pydicom.uid import UID

from liverplan.dicom.archive import ArchiveError, ScheduledStudy
from liverplan.dicom.quiet import quiet
from liverplan.dicom.values import Values
from liverplan.findings import Statement
from liverplan_pacs.answers import MOST_LETTERS
from liverplan_pacs.arrivals import UID as WRITTEN_UID

WORKLIST = UID("1.2.840.10008.5.1.4.31")
"""Modality Worklist Information Model - FIND."""


def asked(date: str, modality: str) -> pydicom.Dataset:
    """Return the query: nothing that names a patient is asked back."""
    step = pydicom.Dataset()
    step.Modality, step.ScheduledProcedureStepStartDate = modality, date
    step.ScheduledProcedureStepDescription = ""
    query = pydicom.Dataset()
    query.StudyInstanceUID, query.AccessionNumber = "", ""
    query.RequestedProcedureDescription = ""
    query.ScheduledProcedureStepSequence = [step]
    return query


def answered(answer: pydicom.Dataset, modality: str, archive: str) -> Iterator[ScheduledStudy]:
    """Yield a study for each of an answer's steps of that modality.

    Raises
    ------
    ArchiveError
        If the study has no valid UID.
    """
    values = Values(answer)
    with quiet():
        uid = values.text("StudyInstanceUID")
        if not WRITTEN_UID.fullmatch(uid):
            raise ArchiveError(Statement.of("archive.answers_unnamed", archive=archive))
        for item in answer.get("ScheduledProcedureStepSequence") or ():
            step = Values(item)
            if step.text("Modality") == modality:
                told = (values.text("RequestedProcedureDescription"), _described(step))
                yield ScheduledStudy(
                    study_uid=uid,
                    accession=values.text("AccessionNumber")[:MOST_LETTERS],
                    description=" ".join(filter(None, told))[:MOST_LETTERS],
                    date=step.text("ScheduledProcedureStepStartDate")[:MOST_LETTERS],
                )


def _described(step: Values) -> str:
    return step.text("ScheduledProcedureStepDescription")
