"""The files that a DICOMDIR names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pydicom
from pydicom.multival import MultiValue

from liverplan.dicom.header import parse
from liverplan.errors import DicomError

MAX_NESTED = 1000


def referenced_files(path: Path) -> list[str]:
    """Return the files a DICOMDIR names, relative to its folder, each once, in its order.

    Old media chain directories: a record may name another directory, which is followed as long
    as it lies in the same folder. Names are returned as they stand; whoever opens them checks
    that they stay inside the folder.

    Raises
    ------
    DicomError
        If the file is no DICOMDIR or names nothing.
    """
    root = path.resolve().parent
    try:
        waiting = _names_in(path)
    except (DicomError, OSError) as error:
        raise DicomError(f"{path.name} cannot be used as a DICOMDIR: {error}.") from error
    seen: dict[str, None] = {}
    files: list[str] = []
    while waiting:
        name, leaf = waiting.pop(0)
        if name in seen:
            continue
        seen[name] = None
        inner = [] if leaf or len(seen) > MAX_NESTED else _nested(root, name)
        waiting += inner
        if not inner:
            files.append(name)
    if not files:
        raise DicomError(f"{path.name} names no files; give the folder instead.")
    return files


def _nested(root: Path, name: str) -> list[tuple[str, bool]]:
    """Return what a directory names that another one named; nothing if it is none."""
    file = root.joinpath(*name.split("/"))
    try:
        if not file.resolve(strict=True).is_relative_to(root):
            return []
        return _names_in(file)
    except (DicomError, OSError, RuntimeError, ValueError):  # a name may hold anything
        return []


def _names_in(path: Path) -> list[tuple[str, bool]]:
    with path.open("rb") as stream:
        dataset = parse(stream).dataset
    try:
        return list(dict.fromkeys(_names(dataset.get("DirectoryRecordSequence") or [])))
    except Exception as error:
        what = f"its records cannot be read ({type(error).__name__})"
        raise DicomError(what) from error


def _names(records: list[pydicom.Dataset]) -> Iterator[tuple[str, bool]]:
    """Yield each name, and whether it belongs to an image rather than to a directory."""
    for record in records:
        value = record.get("ReferencedFileID")
        if value:
            parts = list(value) if isinstance(value, (MultiValue, list)) else [value]
            leaf = record.get("DirectoryRecordType") not in {"PATIENT", "STUDY", "SERIES"}
            yield "/".join(str(part) for part in parts), leaf
