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

from liverplan.dicom.archive import ArchiveError, FoundSeries, Query, Told
from liverplan.errors import BackendError
from liverplan.findings import Statement
from liverplan_pacs.arrivals import UID, Arrivals
from liverplan_pacs.config import Settings
from liverplan_pacs.watch import Watch, watched

Store = Callable[[Path, pydicom.Dataset], None]
"""Sends one object, and raises unless the archive has confirmed it."""


class Transfers(ABC):
    """An archive, whatever it speaks; a protocol says how one series comes and one object goes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @abstractmethod
    def find(self, query: Query, *, cancel: threading.Event | None = None) -> list[FoundSeries]:
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
        for uid in (series.study_uid, series.series_uid):
            if not UID.fullmatch(uid):
                raise ArchiveError(Statement.of("archive.no_uid", uid=repr(uid[:80])))
        with whole_or_not(folder) as place:
            arrivals = Arrivals(series, place, self._settings.name, progress)
            with watched(self._settings, cancel) as watch:
                self._retrieve(series, arrivals, watch)
            arrivals.require_all()
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
        with watched(self._settings, cancel) as watch, self._storing(datasets, watch) as store:
            for n, (path, dataset) in enumerate(zip(paths, datasets, strict=True), 1):
                watch.go_on()
                store(path, dataset)
                if progress is not None:
                    progress(n / len(paths), f"Sent {path.name}")

    @abstractmethod
    def _retrieve(self, series: FoundSeries, arrivals: Arrivals, watch: Watch) -> None:
        """Have the images of a series arrive."""

    @abstractmethod
    def _storing(
        self, datasets: Sequence[pydicom.Dataset], watch: Watch
    ) -> AbstractContextManager[Store]:
        """Be connected for as long as objects are sent."""


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

    A certificate that is shown must be known. An archive that we call must show one; one that
    calls us need not where the configuration says so, as many of them show none when they call.

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
    anonymous = server and settings.sender_certificate == "optional"
    context.verify_mode = ssl.CERT_OPTIONAL if anonymous else ssl.CERT_REQUIRED
    return context
