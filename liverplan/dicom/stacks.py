"""The volumes that image planes make: taken apart where several share a series."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from liverplan.dicom.decode import pixel_bytes
from liverplan.dicom.geometry import Stack, same_place_groups, stack_of
from liverplan.dicom.kinds import fault_of_kind, kind_of
from liverplan.dicom.phases import Phase, mixed_in, phases_of
from liverplan.dicom.series_info import SeriesInfo, some_names
from liverplan.dicom.slice_faults import faults_of
from liverplan.dicom.slices import Slice
from liverplan.dicom.source import Source
from liverplan.dicom.upright import upright_grid
from liverplan.errors import DicomError
from liverplan.findings import Statement

MAX_VOLUME_BYTES = 8 * 1024**3


def series_of(source: Source, planes: Sequence[Slice]) -> list[SeriesInfo]:
    """Describe every series that image planes of a place make, and each volume in it."""
    by_series: dict[tuple[str, ...], list[Slice]] = {}
    for plane in planes:
        parent = str(Path(plane.name).parent) if not plane.series_uid else ""
        key = (plane.study_uid, plane.series_uid, plane.modality, parent)
        by_series.setdefault(key, []).append(plane)
    found: list[SeriesInfo] = []
    for members in by_series.values():
        infos = [info for group in _alike(members) for info in _stacks(source, group)]
        found += _numbered(infos)
    return found


def _alike(planes: Sequence[Slice]) -> list[list[Slice]]:
    """Split a series into planes of one kind, size, spacing and orientation."""
    groups: list[list[Slice]] = []
    for plane in planes:
        home = next((group for group in groups if _same_lattice(group[0], plane)), None)
        if home is None:
            groups.append([plane])
        else:
            home.append(plane)
    return groups


def _same_lattice(a: Slice, b: Slice) -> bool:
    return (
        (a.sop_class, a.image_type[:3], a.rows, a.columns, a.frame_uid, bool(faults_of(a)))
        == (b.sop_class, b.image_type[:3], b.rows, b.columns, b.frame_uid, bool(faults_of(b)))
        and _close(a.row_direction, b.row_direction, 1e-3)
        and _close(a.column_direction, b.column_direction, 1e-3)
        and _close((a.row_spacing, a.column_spacing), (b.row_spacing, b.column_spacing), 1e-4)
    )


def _close(a: Sequence[float], b: Sequence[float], tolerance: float) -> bool:
    return len(a) == len(b) and all(
        x == y or abs(x - y) <= tolerance or (math.isnan(x) and math.isnan(y))
        for x, y in zip(a, b, strict=True)
    )


def _stacks(source: Source, planes: list[Slice]) -> list[SeriesInfo]:
    """Describe the stacks that planes of one lattice make: usually one."""
    kind = kind_of(planes[0])
    fault = fault_of_kind(planes[0])
    if fault:
        return [_refused(source, planes, kind, fault)]
    faulty: dict[str, list[str]] = {}
    for plane in planes:
        for words in faults_of(plane)[:1]:
            faulty.setdefault(words, []).append(plane.name)
    if faulty:  # _same_lattice keeps faulty planes apart from sound ones
        words = "; ".join(f"{some_names(names)}: {reason}" for reason, names in faulty.items())
        return [_refused(source, planes, kind, words)]
    return [_of_phase(source, phase, kind) for phase in phases_of(planes)]


def _of_phase(source: Source, phase: Phase, kind: str) -> SeriesInfo:
    """Describe one acquisition; copies are looked for within it, never across."""
    planes, copies = _without_copies(source, list(phase.planes))
    described = _described(source, planes, kind, [*copies, *mixed_in(planes)])
    return replace(described, apart=phase.apart)


def _without_copies(source: Source, planes: list[Slice]) -> tuple[list[Slice], list[Statement]]:
    """Leave out planes whose place and pixels are those of an earlier one, and say so."""
    dropped: list[str] = []
    kept: list[Slice] = []
    for group in same_place_groups(planes):
        digests: set[bytes] = set()
        for index in group:
            digest = _digest(source, planes[index]) if len(group) > 1 else b""
            if digest and digest in digests:
                dropped.append(planes[index].name)
            else:
                kept.append(planes[index])
            digests.add(digest)
    copies = Statement.of("ct.copies", count=len(dropped), files=some_names(dropped))
    return kept, [copies] if dropped else []


def _digest(source: Source, plane: Slice) -> bytes:
    try:
        return hashlib.sha256(pixel_bytes(source, plane)).digest()
    except DicomError:
        return b""


def _described(
    source: Source, planes: list[Slice], kind: str, notes: Sequence[Statement]
) -> SeriesInfo:
    try:
        stack = stack_of(planes)
    except DicomError as error:
        return _refused(source, planes, kind, str(error))
    ordered = tuple(planes[i] for i in stack.order)
    grid = upright_grid(stack, rows=planes[0].rows, columns=planes[0].columns)
    if math.prod(grid.shape) * 2 > MAX_VOLUME_BYTES:
        return _refused(source, planes, kind, f"its {grid.shape} voxels are more than 8 GB")
    return replace(
        _refused(source, list(ordered), kind, ""),
        usable=True,
        shape=grid.shape,
        spacing_mm=grid.spacing_mm,
        notes=(*notes, *_plane_notes(ordered), *stack.notes, *_tilt_notes(stack)),
        planes=ordered,
        geometry=stack,
    )


def _tilt_notes(stack: Stack) -> list[Statement]:
    if not stack.tilt_degrees:
        return []
    return [Statement.of("ct.tilted", degrees=float(stack.tilt_degrees))]


def _plane_notes(planes: Sequence[Slice]) -> list[Statement]:
    notes = []
    if any(plane.lossy for plane in planes):
        notes.append(Statement.of("ct.lossy"))
    if not planes[0].series_uid:
        notes.append(Statement.of("ct.no_series_uid"))
    if not planes[0].frame_uid:
        notes.append(Statement.of("ct.no_frame_uid"))
    if planes[0].rescale_type.upper() == "US":
        notes.append(Statement.of("ct.rescale_unspecified"))
    files = some_names([plane.name for plane in planes if plane.guessed])
    notes += [
        Statement.of("ct.no_preamble", files=files, syntax=syntax)
        for syntax in sorted({plane.guessed for plane in planes if plane.guessed})
    ]
    return notes


def _refused(source: Source, planes: list[Slice], kind: str, reason: str) -> SeriesInfo:
    files = tuple(dict.fromkeys(plane.name for plane in planes))
    first = planes[0]
    return SeriesInfo(
        uid=first.series_uid,
        description=first.description,
        kind=kind,
        usable=False,
        reason=reason,
        path=source.path,
        files=files,
        modality=first.modality,
        n_files=len(files),
        study_uid=first.study_uid,
        study_date=first.study_date,
        planes=tuple(planes),
    )


def _numbered(infos: list[SeriesInfo]) -> list[SeriesInfo]:
    """Give the stacks of a series numbers, and the usable ones word of what lies beside them."""
    broken = [i for i in infos if not i.usable and i.kind.startswith("CT ") and i.geometry is None]
    usable = sum(info.usable for info in infos)
    numbered = []
    for n, info in enumerate(sorted(infos, key=lambda info: not info.usable), 1):
        beside = [Statement.of("ct.not_used", count=b.n_files, reason=b.reason) for b in broken]
        numbered.append(
            replace(
                info,
                stack=n if len(infos) > 1 and not (info.usable and usable == 1) else 0,
                notes=(*info.notes, *beside) if info.usable else info.notes,
            )
        )
    return numbered
