"""The images of one series as they come: each is looked at before it counts."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from pydicom.tag import Tag
from pydicom.uid import (
    CTImageStorage,
    EnhancedCTImageStorage,
    LegacyConvertedEnhancedCTImageStorage,
)

from liverplan.dicom.archive import ArchiveError, FoundSeries, Told
from liverplan.dicom.header import parse
from liverplan.dicom.quiet import quiet
from liverplan.dicom.values import Values
from liverplan.errors import DicomError
from liverplan.findings import Statement, Value

UID = re.compile(r"[0-9][0-9.]{0,63}", re.ASCII)
"""More than the standard allows, as archives do hold zeros before digits; never a path."""
KEYWORDS = (
    "SOPClassUID",
    "SOPInstanceUID",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "Modality",
    "PatientID",
)
TAGS = frozenset(map(Tag, KEYWORDS))
CT_CLASSES = frozenset(
    {CTImageStorage, EnhancedCTImageStorage, LegacyConvertedEnhancedCTImageStorage}
)
MOST_IMAGES = 20_000
"""Where an archive does not say how many a series has."""
MOST_INFLATED = 128 * 1024**2


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """What an image says that it is."""

    media_class: str
    sop_class: str
    instance: str
    study: str
    series: str
    modality: str
    patient: str


class Arrivals:
    """Keeps the images that were asked for, under names of our own, and refuses every other.

    Parameters
    ----------
    series : FoundSeries
        What was asked for. Its patient, kind and count are held against what comes, where known.
    place : Path
        An unfinished folder, which its owner throws away unless the series is whole.

    Attributes
    ----------
    count : int
        Images kept so far.
    """

    def __init__(
        self, series: FoundSeries, place: Path, archive: str, progress: Told | None
    ) -> None:
        self.count = 0
        self._series, self._place, self._archive = series, place, archive
        self._progress = progress
        self._patient = series.patient_id.strip() or None
        self._instances: set[str] = set()
        self._closed = False
        self._names, self._one_by_one = count(1), threading.Lock()

    def place_for_one(self) -> Path:
        """Return where the next image may be written, until it is kept or refused."""
        return self._place / f"incoming-{next(self._names)}"

    def keep(self, path: Path) -> None:
        """Keep an image that has come, if it is one of those asked for.

        Raises
        ------
        ArchiveError
            If it is not; then the series is not to be trusted as a whole.
        """
        with self._one_by_one:
            if self._closed:
                path.unlink()
                return
            image = self._look(path)
            self._require_asked_for(image)
            self._require_new(image.instance)
            self._instances.add(image.instance)
            self.count += 1
            path.rename(self._place / f"{self.count:05d}.dcm")
            self._tell()

    def close(self) -> None:
        """Keep nothing of what comes after the end."""
        with self._one_by_one:
            self._closed = True

    def require_all(self) -> None:
        """Refuse a series of which less arrived than the archive has."""
        expected = self._series.images
        if self.count == 0:
            raise self._refusal("archive.none")
        if expected is not None and self.count < expected:
            raise self._refusal("archive.short", count=self.count, expected=expected)

    def _look(self, path: Path) -> Image:
        try:
            with quiet():
                return _image(path)
        except DicomError as error:
            raise self._refusal("archive.no_dicom") from error

    def _require_asked_for(self, image: Image) -> None:
        named = (image.study, image.series, image.instance)
        if image.media_class != image.sop_class or not all(map(UID.fullmatch, named)):
            raise self._refusal("archive.contradicts")
        if (image.study, image.series) != (self._series.study_uid, self._series.series_uid):
            raise self._refusal("archive.foreign")
        self._patient = image.patient if self._patient is None else self._patient
        if image.patient != self._patient:
            raise self._refusal("archive.patient")
        kind = self._series.modality
        if kind and (image.modality != kind or not _fits(kind, image.sop_class)):
            raise self._refusal("archive.other_kind", modality=kind)

    def _require_new(self, instance: str) -> None:
        if instance in self._instances:
            raise self._refusal("archive.twice")
        expected = self._series.images
        most = MOST_IMAGES if expected is None else expected
        if self.count >= most:
            raise self._refusal("archive.beyond", expected=most)

    def _tell(self) -> None:
        if self._progress is not None:
            share = min(1.0, self.count / (self._series.images or self.count))
            self._progress(share, f"Fetched {self.count} images")

    def _refusal(self, key: str, **values: Value) -> ArchiveError:
        return ArchiveError(Statement.of(key, archive=self._archive, **values))


def _image(path: Path) -> Image:
    with path.open("rb") as stream:
        parsed = parse(stream, TAGS, most_inflated=MOST_INFLATED)
    values = Values(parsed.dataset)
    return Image(
        media_class=parsed.media_class or values.text("SOPClassUID"),
        sop_class=values.text("SOPClassUID"),
        instance=values.text("SOPInstanceUID"),
        study=values.text("StudyInstanceUID"),
        series=values.text("SeriesInstanceUID"),
        modality=values.text("Modality"),
        patient=values.text("PatientID"),
    )


def _fits(kind: str, sop_class: str) -> bool:
    return kind != "CT" or sop_class in CT_CLASSES
