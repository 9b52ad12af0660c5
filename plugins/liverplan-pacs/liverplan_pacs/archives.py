"""The archives of a configuration file, each behind the protocol that it speaks."""

from __future__ import annotations

from pathlib import Path

from liverplan.dicom.archive import Archive
from liverplan.errors import BackendError
from liverplan_pacs.config import Settings, load_entries


def open_archives(path: Path) -> dict[str, Archive | BackendError]:
    """Return the archives of a configuration file, by name; none is connected to yet.

    An entry with a fault stands there as that fault.

    Raises
    ------
    BackendError
        If the file cannot be read or names no archive.
    """
    return {name: _archive(entry) for name, entry in load_entries(path).items()}


def _archive(entry: Settings | BackendError) -> Archive | BackendError:
    if isinstance(entry, BackendError):
        return entry
    if entry.protocol == "dicomweb":
        from liverplan_pacs.web import WebArchive  # noqa: PLC0415 - only the protocols in use

        return WebArchive(entry)
    from liverplan_pacs.dimse import DimseArchive  # noqa: PLC0415

    return DimseArchive(entry)
