"""The files that a DICOMDIR names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pydicom
from pydicom.multival import MultiValue

from liverplan.dicom.header import parse
from liverplan.errors import DicomError


def referenced_files(path: Path) -> list[str]:
    """Return the files a DICOMDIR names, relative to its folder, each once, in its order.

    Names are taken as the standard allows them: components without a path separator, so that
    none can lead out of the folder; others are kept as a component that cannot exist.

    Raises
    ------
    DicomError
        If the file is no DICOMDIR or names nothing.
    """
    try:
        with path.open("rb") as stream:
            records = parse(stream).dataset.get("DirectoryRecordSequence")
    except (DicomError, OSError) as error:
        raise DicomError(f"{path.name} cannot be used as a DICOMDIR: {error}.") from error
    names = list(dict.fromkeys(_names(records or [])))
    if not names:
        raise DicomError(f"{path.name} names no files; give the folder instead.")
    return names


def _names(records: list[pydicom.Dataset]) -> Iterator[str]:
    for record in records:
        value = record.get("ReferencedFileID")
        if value:
            parts = list(value) if isinstance(value, (MultiValue, list)) else [value]
            yield "/".join(str(part) for part in parts)
