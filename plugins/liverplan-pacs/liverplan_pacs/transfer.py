"""What the two protocols share: a series arrives whole or not at all, and may be called off."""

from __future__ import annotations

import shutil
import ssl
import tempfile
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pydicom

from liverplan.dicom.archive import FoundSeries, Query, Told
from liverplan.errors import BackendError, CancelledError
from liverplan_pacs.config import Settings

Store = Callable[[Path, pydicom.Dataset], None]
"""Sends one object, and raises unless the archive has confirmed it."""


class Transfers(ABC):
    """An archive, whatever it speaks; a protocol says how one series comes and one object goes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @abstractmethod
    def find(self, query: Query) -> list[FoundSeries]:
        """List the series that a query names."""

    def fetch(
        self,
        series: FoundSeries,
        folder: Path,
        *,
        progress: Told | None = None,
        cancel: threading.Event | None = None,
    ) -> Path:
        """Fetch a series into a folder that appears whole or not at all."""
        with whole_or_not(folder) as place:
            self._retrieve(series, place, progress, cancel)
            require_all(place, series.images, self._settings.name)
        return folder

    def send(
        self,
        paths: Sequence[Path],
        *,
        progress: Told | None = None,
        cancel: threading.Event | None = None,
    ) -> None:
        """Send files; done only when the archive has confirmed each."""
        datasets = read_files(paths)
        with self._storing(datasets) as store:
            for n, (path, dataset) in enumerate(zip(paths, datasets, strict=True), 1):
                stop_if(cancel)
                store(path, dataset)
                if progress is not None:
                    progress(n / len(paths), f"Sent {path.name}")

    @abstractmethod
    def _retrieve(
        self,
        series: FoundSeries,
        place: Path,
        progress: Told | None,
        cancel: threading.Event | None,
    ) -> None:
        """Write the images of a series into a folder."""

    @abstractmethod
    def _storing(self, datasets: Sequence[pydicom.Dataset]) -> AbstractContextManager[Store]:
        """Be connected for as long as objects are sent."""


def tell_fetched(progress: Told | None, count: int, expected: int | None) -> None:
    """Say how many images have come, if anybody listens."""
    if progress is not None:
        progress(min(1.0, count / (expected or count)), f"Fetched {count} images")


def found_series(study: Callable[[str], str], series: Callable[[str], str]) -> FoundSeries:
    """Return a series from what gives a study's and a series' texts by their keywords."""
    images = series("NumberOfSeriesRelatedInstances")
    return FoundSeries(
        study_uid=study("StudyInstanceUID"),
        series_uid=series("SeriesInstanceUID"),
        modality=series("Modality"),
        description=series("SeriesDescription"),
        study_date=study("StudyDate"),
        patient_id=study("PatientID"),
        patient_name=study("PatientName"),
        images=int(images) if images.isdigit() else None,
    )


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


def tls_context(settings: Settings, *, server: bool = False) -> ssl.SSLContext | None:
    """Return what TLS needs, if the configuration asks for it.

    Raises
    ------
    BackendError
        If a certificate or key cannot be read.
    """
    if not settings.tls_ca:
        return None
    purpose = ssl.Purpose.CLIENT_AUTH if server else ssl.Purpose.SERVER_AUTH
    try:
        context = ssl.create_default_context(purpose, cafile=settings.tls_ca)
        if settings.tls_certificate:
            context.load_cert_chain(settings.tls_certificate, settings.tls_key or None)
    except OSError as error:
        raise BackendError(f"The TLS files of {settings.name} cannot be read.") from error
    return context
