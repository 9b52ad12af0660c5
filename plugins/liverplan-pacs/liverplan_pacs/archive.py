"""What every archive can do, and what the two protocols share."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pydicom

from liverplan.errors import BackendError, CancelledError

Told = Callable[[float, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSeries:
    """One series in an archive."""

    study_uid: str
    series_uid: str
    modality: str = ""
    description: str = ""
    study_date: str = ""
    patient_id: str = ""
    images: int | None = None


class Archive(Protocol):
    """Somewhere to find series, fetch them, and send results to.

    ``progress`` is told a fraction (0-1) and words; setting ``cancel`` ends the work with
    `CancelledError`; every failure is a `BackendError` of one sentence.
    """

    def find(self, *, patient_id: str = "", study_uid: str = "") -> list[FoundSeries]:
        """List the series of a patient or a study."""

    def fetch(
        self,
        series: FoundSeries,
        folder: Path,
        *,
        progress: Told | None = None,
        cancel: threading.Event | None = None,
    ) -> Path:
        """Fetch a series into a folder that appears whole or not at all."""

    def send(
        self,
        paths: Sequence[Path],
        *,
        progress: Told | None = None,
        cancel: threading.Event | None = None,
    ) -> None:
        """Send files; done only when the archive has confirmed each."""


@contextmanager
def whole_or_not(folder: Path) -> Iterator[Path]:
    """Fill a new folder beside its place and move it there at the end, or leave nothing."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackendError(f"{folder.name} is there already and is not an empty folder.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".unfinished-"))
    try:
        yield unfinished
        if folder.exists():
            folder.rmdir()
        unfinished.rename(folder)
    finally:
        if unfinished.exists():
            shutil.rmtree(unfinished, ignore_errors=True)


def require_all(folder: Path, expected: int | None, name: str) -> None:
    """Refuse a series of which less arrived than the archive has."""
    count = sum(1 for _ in folder.iterdir())
    if count == 0:
        raise BackendError(f"{name} sent no images of that series.")
    if expected is not None and count < expected:
        raise BackendError(f"{name} sent {count} of {expected} images, so nothing was kept.")


def stop_if(cancel: threading.Event | None) -> None:
    """Raise if the work is no longer wanted."""
    if cancel is not None and cancel.is_set():
        raise CancelledError("The transfer was cancelled.")


def read_files(paths: Sequence[Path]) -> list[pydicom.Dataset]:
    """Read what is to be sent.

    Raises
    ------
    BackendError
        If a file cannot be read as DICOM.
    """
    datasets = []
    for path in paths:
        try:
            datasets.append(pydicom.dcmread(path))
        except (OSError, pydicom.errors.InvalidDicomError) as error:
            raise BackendError(
                f"{path.name} cannot be sent: it is no readable DICOM file."
            ) from error
    return datasets
