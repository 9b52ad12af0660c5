"""Which series lie somewhere, what each one is, and whether it can be read, with the reason."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from liverplan.dicom.codecs import prepare
from liverplan.dicom.header import COMPRESSED
from liverplan.dicom.quiet import quiet
from liverplan.dicom.series_info import SeriesInfo, some_names
from liverplan.dicom.slice_reading import read_slices
from liverplan.dicom.slices import Slice
from liverplan.dicom.source import Entry, Source, open_source
from liverplan.dicom.stacks import series_of
from liverplan.errors import CancelledError, DicomError
from liverplan.volume import SUFFIXES, UNREAD

Progress = Callable[[float, str], None]


def find_series(
    path: Path | str,
    *,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> list[SeriesInfo]:
    """List every series in a folder, zip, DICOMDIR or file, usable ones first.

    A CT in a NIfTI or NRRD file is one series; in a folder such files are not taken for CTs.

    Files that could not be read are listed as well, grouped by the reason.

    Raises
    ------
    DicomError
        If there is nothing at the path, or no file at all in it.
    CancelledError
        If ``cancel`` was set.
    """
    if _is_volume_file(Path(path)):
        # few CTs are no DICOM, and what reads them loads much
        from liverplan.dicom.volume_files import found_volume  # noqa: PLC0415

        return [found_volume(Path(path))]
    with open_source(path) as source, quiet():
        if not source.entries:
            raise DicomError(f"{source.path.name} holds no files.")
        planes, failed = _scan(source, progress, cancel)
        found = [*series_of(source, planes), *_failures(source, failed)]
    return sorted(found, key=lambda info: (not info.usable, -math.prod(info.shape), info.key))


def _is_volume_file(path: Path) -> bool:
    """Whether a path is a file that its name calls an image of another format than DICOM."""
    if not path.is_file():
        return False
    name = path.name.lower()
    if name.endswith(UNREAD):
        raise DicomError(
            f"{path.name} has a format that is not read; a CT may be DICOM, NIfTI (.nii, .nii.gz) "
            "or NRRD in one file (.nrrd)."
        )
    return name.endswith(SUFFIXES)


def _scan(
    source: Source, progress: Progress | None, cancel: threading.Event | None
) -> tuple[list[Slice], list[Entry]]:
    planes: list[Slice] = []
    failed: list[Entry] = []
    prepared = False
    for n, entry in enumerate(source.entries):
        if cancel is not None and cancel.is_set():
            raise CancelledError("Looking for series was cancelled.")
        if entry.fault:
            failed.append(entry)
            continue
        try:
            with source.open(entry.name) as stream:
                planes += read_slices(stream, entry.name)
        except DicomError as error:
            itself = "; to read it as a CT give the file itself"
            more = itself if entry.name.lower().endswith(SUFFIXES) else ""
            failed.append(replace(entry, fault=f"{error}{more}"))
        if not prepared and planes and planes[-1].syntax in COMPRESSED:
            prepare()  # it starts while the other headers are read
            prepared = True
        if progress is not None and n % 16 == 0:
            progress((n + 1) / len(source.entries), f"Looking at {entry.name}")
    return planes, failed


def _failures(source: Source, failed: Sequence[Entry]) -> list[SeriesInfo]:
    reasons: dict[str, list[str]] = {}
    for entry in failed:
        reasons.setdefault(entry.fault, []).append(entry.name)
    return [
        SeriesInfo(
            uid="",
            description="",
            kind="not read",
            usable=False,
            reason=f"{some_names(names)}: {fault}",
            path=source.path,
            files=tuple(names),
            n_files=len(names),
        )
        for fault, names in reasons.items()
    ]
