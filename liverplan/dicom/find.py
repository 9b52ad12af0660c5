"""Which series lie somewhere, what each one is, and whether it can be read, with the reason."""

from __future__ import annotations

import hashlib
import math
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from liverplan.dicom.codecs import prepare
from liverplan.dicom.decode import pixel_bytes
from liverplan.dicom.geometry import Stack, same_place_groups, stack_of
from liverplan.dicom.header import COMPRESSED
from liverplan.dicom.kinds import fault_of_kind, kind_of
from liverplan.dicom.quiet import quiet
from liverplan.dicom.slices import Slice, faults_of, read_slices
from liverplan.dicom.source import Entry, Source, open_source
from liverplan.dicom.upright import upright_grid
from liverplan.errors import CancelledError, DicomError

Progress = Callable[[float, str], None]

NAMES_SHOWN = 5
MAX_VOLUME_BYTES = 8 * 1024**3
SPLITTERS = ("image_type", "acquisition", "temporal", "kvp", "kernel", "acquisition_time")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesInfo:
    """One series, or one stack of a series that holds several, or files that could not be read.

    Parameters
    ----------
    uid : str
        SeriesInstanceUID; empty where the files have none.
    stack : int
        0 for the only stack of its series, else 1, 2, ...: ``"<uid>#<stack>"`` names it.
    description : str
        SeriesDescription.
    kind : str
        What it is: "CT axial", "localizer", "segmentation", ...
    usable : bool
        Whether `read_series` can read it.
    reason : str
        Why not, in words; empty if usable.
    shape : tuple of int
        Voxels (k, j, i) that reading gives; zeros if not usable.
    spacing_mm : tuple of float
        Distance between voxels (k, j, i), mm.
    n_files : int
        Files it consists of.
    study_date : str
        DICOM date, yyyymmdd.
    notes : tuple of str
        What reading it does beyond stacking slices, or what should be known of it.
    path : Path
        The folder, zip, DICOMDIR or file that holds it.
    files : tuple of str
        The names of its files there.
    """

    uid: str
    description: str
    kind: str
    usable: bool
    reason: str
    path: Path
    files: tuple[str, ...]
    stack: int = 0
    modality: str = ""
    shape: tuple[int, int, int] = (0, 0, 0)
    spacing_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    n_files: int = 0
    study_uid: str = ""
    study_date: str = ""
    notes: tuple[str, ...] = ()
    planes: tuple[Slice, ...] = ()
    geometry: Stack | None = None

    @property
    def key(self) -> str:
        """What names this stack when a user chooses: the UID, with its stack if there are more."""
        return f"{self.uid}#{self.stack}" if self.stack else self.uid

    @property
    def title(self) -> str:
        """How messages name it: its description, or its UID, or its first file."""
        first = self.files[0] if self.files else self.path.name
        return f"series {self.description or self.key or first!r}"


def find_series(
    path: Path | str,
    *,
    progress: Progress | None = None,
    cancel: threading.Event | None = None,
) -> list[SeriesInfo]:
    """List every series in a folder, zip, DICOMDIR or file, usable ones first.

    Files that could not be read are listed as well, grouped by the reason.

    Raises
    ------
    DicomError
        If there is nothing at the path, or no file at all in it.
    CancelledError
        If ``cancel`` was set.
    """
    with open_source(path) as source, quiet():
        if not source.entries:
            raise DicomError(f"{source.path.name} holds no files.")
        planes, failed = _scan(source, progress, cancel)
        found = [*_series(source, planes), *_failures(source, failed)]
    return sorted(found, key=lambda info: (not info.usable, -math.prod(info.shape), info.key))


def choose_series(found: Sequence[SeriesInfo], uid: str | None = None) -> SeriesInfo:
    """Return the series that was named, or the CT that suits the liver best.

    Best is: axial, original rather than derived, not lossy, tall enough for a liver, portal
    venous by its description, and then the one with most slices.

    Raises
    ------
    DicomError
        If there is no such series or it cannot be used, with the reason.
    """
    if uid is not None:
        return _named(found, uid)
    usable = [info for info in found if info.usable]
    if usable:
        return max(usable, key=_merit)
    reasons = "; ".join(f"{info.title}: {info.reason}" for info in found[:NAMES_SHOWN])
    raise DicomError(f"There is no CT series that can be used ({reasons}).")


def _named(found: Sequence[SeriesInfo], uid: str) -> SeriesInfo:
    matches = [info for info in found if uid and uid in {info.uid, info.key}]
    exact = [info for info in matches if info.key == uid] or matches
    usable = [info for info in exact if info.usable]
    if len(usable) == 1:
        return usable[0]
    if usable:
        keys = ", ".join(info.key for info in usable)
        raise DicomError(f"Series {uid} holds {len(usable)} volumes; choose one of {keys}.")
    if exact:
        raise DicomError(f"Series {uid} cannot be used: {exact[0].reason}.")
    raise DicomError(f"There is no series {uid} here.")


def _merit(info: SeriesInfo) -> tuple[bool, bool, bool, bool, int]:
    height = info.shape[0] * info.spacing_mm[0]
    words = info.description.lower()
    return (
        not any(plane.lossy for plane in info.planes),
        info.planes[0].image_type[:1] != ("DERIVED",),
        height >= 120.0,
        any(word in words for word in ("portal", "venous", "ven ", "pv ", "70s", "70 s")),
        info.shape[0],
    )


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
            failed.append(replace(entry, fault=str(error)))
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
            reason=f"{_names(names)}: {fault}",
            path=source.path,
            files=tuple(names),
            n_files=len(names),
        )
        for fault, names in reasons.items()
    ]


def _series(source: Source, planes: Sequence[Slice]) -> list[SeriesInfo]:
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
        words = "; ".join(f"{_names(names)}: {reason}" for reason, names in faulty.items())
        return [_refused(source, planes, kind, words)]
    planes, notes = _without_copies(source, planes)
    return [_described(source, part, kind, notes) for part in _phases(planes)]


def _without_copies(source: Source, planes: list[Slice]) -> tuple[list[Slice], list[str]]:
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
    notes = [f"{len(dropped)} files are copies of others and were left out ({_names(dropped)})"]
    return kept, notes if dropped else []


def _digest(source: Source, plane: Slice) -> bytes:
    try:
        return hashlib.sha256(pixel_bytes(source, plane)).digest()
    except DicomError:
        return b""


def _phases(planes: list[Slice]) -> list[list[Slice]]:
    """Take apart volumes that share a series: by acquisition, time point, energy, kernel.

    Only where planes lie in one place, and only by what tells all of them apart: scanners also
    number each slice's acquisition, and that is no reason to split.
    """
    if all(len(group) == 1 for group in same_place_groups(planes)):
        return [planes]
    for attribute in SPLITTERS:
        parts: dict[str, list[Slice]] = {}
        for plane in planes:
            parts.setdefault(str(getattr(plane, attribute)), []).append(plane)
        if all(_is_stack_of_its_own(part) for part in parts.values()) and len(parts) > 1:
            return list(parts.values())
    return [planes]


def _is_stack_of_its_own(planes: list[Slice]) -> bool:
    return len(planes) > 1 and all(len(group) == 1 for group in same_place_groups(planes))


def _described(source: Source, planes: list[Slice], kind: str, notes: Sequence[str]) -> SeriesInfo:
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


def _tilt_notes(stack: Stack) -> list[str]:
    if not stack.tilt_degrees:
        return []
    return [
        f"its slices are tilted by {stack.tilt_degrees:.1f} degrees (gantry tilt); they were "
        "resampled to an upright grid"
    ]


def _plane_notes(planes: Sequence[Slice]) -> list[str]:
    notes = []
    if any(plane.lossy for plane in planes):
        notes.append("its images were compressed with loss")
    if not planes[0].series_uid:
        notes.append("its files have no SeriesInstanceUID")
    if not planes[0].frame_uid:
        notes.append("its files have no FrameOfReferenceUID")
    if planes[0].rescale_type.upper() == "US":
        notes.append("its rescale type is unspecified; its values were taken as HU")
    notes += sorted(
        {f"{_names([p.name for p in planes if p.note])} {p.note}" for p in planes if p.note}
    )
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
        beside = [f"{b.n_files} files of the same series were not used: {b.reason}" for b in broken]
        numbered.append(
            replace(
                info,
                stack=n if len(infos) > 1 and not (info.usable and usable == 1) else 0,
                notes=(*info.notes, *beside) if info.usable else info.notes,
            )
        )
    return numbered


def _names(names: Iterable[str]) -> str:
    """Name the first few files."""
    items = list(names)
    shown = ", ".join(Path(name).name for name in items[:NAMES_SHOWN])
    return shown if len(items) <= NAMES_SHOWN else f"{shown} and {len(items) - NAMES_SHOWN} more"
