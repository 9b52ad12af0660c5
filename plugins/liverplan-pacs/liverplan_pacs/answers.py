"""What an archive answers to a search, as far as it answers what was asked."""

from __future__ import annotations

from collections.abc import Callable

from liverplan.dicom.archive import ArchiveError, FoundSeries, Query
from liverplan.findings import Statement
from liverplan_pacs.arrivals import UID

Texts = Callable[[str], str]
"""Gives an answer's text by its keyword; empty where it has none."""
MOST_LETTERS = 256


class Answers:
    """The series that were found.

    Attributes
    ----------
    found : list of FoundSeries
    """

    def __init__(self, query: Query, archive: str) -> None:
        self.found: list[FoundSeries] = []
        self._query, self._archive = query, archive

    def study_uid(self, study: Texts) -> str:
        """Return the UID of a study that the archive lists.

        Raises
        ------
        ArchiveError
            If it has none, or is not of the patient or study that was asked for.
        """
        found = self._uid(study("StudyInstanceUID"))
        self._require(found, self._query.study_uid)
        self._require(study("PatientID"), self._query.patient_id)
        return found

    def add(self, study: Texts, series: Texts) -> None:
        """Add a series of a study.

        Raises
        ------
        ArchiveError
            If it has no UID, or is of another study.
        """
        of = self.study_uid(study)
        self._require(series("StudyInstanceUID"), of)
        images = series("NumberOfSeriesRelatedInstances").strip()
        self.found.append(
            FoundSeries(
                study_uid=of,
                series_uid=self._uid(series("SeriesInstanceUID")),
                modality=series("Modality")[:MOST_LETTERS],
                description=series("SeriesDescription")[:MOST_LETTERS],
                study_date=study("StudyDate")[:MOST_LETTERS],
                patient_id=study("PatientID")[:MOST_LETTERS],
                patient_name=study("PatientName")[:MOST_LETTERS],
                images=int(images) if images.isdecimal() and len(images) < 10 else None,
            )
        )

    def _uid(self, text: str) -> str:
        if not UID.fullmatch(text):
            raise ArchiveError(Statement.of("archive.answers_unnamed", archive=self._archive))
        return text

    def _require(self, answered: str, asked: str) -> None:
        """Refuse what was not asked for; what is not said, or asked with ``*``, is open."""
        answered, asked = answered.strip().casefold(), asked.strip().casefold()
        if answered and asked and "*" not in asked and "?" not in asked and answered != asked:
            raise ArchiveError(Statement.of("archive.answers_other", archive=self._archive))
