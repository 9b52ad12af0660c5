"""What lies at a path: every series, usable or why not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from liverplan import dicom
from liverplan.words import in_english
from liverplan.workflow.phase_named import phase_in
from liverplan.workflow.progress import Progress

if TYPE_CHECKING:
    from liverplan.dicom import SeriesInfo


def list_series(path: Path, *, progress: Progress | None = None) -> list[dict[str, Any]]:
    """Return every series at a path as a plain document: what it is, usable or why not."""
    return [_series_json(info) for info in dicom.find_series(path, progress=progress)]


def _series_json(info: SeriesInfo) -> dict[str, Any]:
    return {
        "uid": info.key,
        "description": info.description,
        "phase": phase_in(info.description),
        "apart": [in_english(what) for what in info.apart],
        "kind": info.kind,
        "usable": info.usable,
        "reason": info.reason,
        "shape": list(info.shape),
        "spacing_mm": list(info.spacing_mm),
        "files": info.n_files,
        "study_date": info.study_date,
        "notes": [in_english(note) for note in info.notes],
    }
