"""What the two protocols share."""

from __future__ import annotations

import shutil
import ssl
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pydicom

from liverplan.errors import BackendError, CancelledError
from liverplan_pacs.config import Settings


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
