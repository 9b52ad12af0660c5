"""The archives of a configuration file, each behind the protocol that it speaks."""

from __future__ import annotations

from pathlib import Path

from liverplan.dicom.archive import Archive
from liverplan_pacs.config import Settings, load_settings


def open_archives(path: Path) -> dict[str, Archive]:
    """Return the archives of a configuration file, by name; none is connected to yet.

    Raises
    ------
    BackendError
        If the file has a fault.
    """
    return {name: _archive(settings) for name, settings in load_settings(path).items()}


def _archive(settings: Settings) -> Archive:
    if settings.protocol == "dicomweb":
        from liverplan_pacs.web import WebArchive  # noqa: PLC0415 - only the protocols in use

        return WebArchive(settings)
    from liverplan_pacs.dimse import DimseArchive  # noqa: PLC0415

    return DimseArchive(settings)
