"""Acquisitions that share a series: what separates them, asked before any geometry is judged.

Two phases may lie in one place, or their slices between each other's, so that the positions alone
look like one evenly spaced stack. What their headers say of them decides.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from liverplan.dicom.geometry import SAME_PLACE_MM, normal_of, same_place_groups
from liverplan.dicom.slices import Slice
from liverplan.findings import Statement

PAUSE_SECONDS = 5.0
"""Scanners wait at least this long between two phases, and not within one."""
MOST_STACKED = 4
"""More acquisitions above each other are the rotations of one scan."""
EVEN_MM = 0.5
"""How much the gaps of one stack may differ that is a volume by itself."""
SPLITTERS: Mapping[str, Callable[[Slice], str]] = {
    "description": lambda plane: plane.description,
    "temporal": lambda plane: plane.temporal,
    "kvp": lambda plane: plane.kvp,
    "kernel": lambda plane: plane.kernel,
    "contrast": lambda plane: plane.contrast,
    "thickness": lambda plane: f"{plane.thickness:.1f}" if plane.thickness > 0 else "",
}
"""What is the same in all slices of one acquisition."""
NUMBERERS: Mapping[str, Callable[[Slice], str]] = {
    "image_type": lambda plane: "\\".join(plane.image_type),
    "acquisition": lambda plane: plane.acquisition,
    "acquisition_time": lambda plane: plane.acquisition_time,
}
"""What scanners also count up along one acquisition: it parts only what lies in one place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """Planes of one acquisition, and what sets them apart from the others of their series."""

    planes: tuple[Slice, ...]
    apart: tuple[Statement, ...] = ()


def phases_of(planes: Sequence[Slice]) -> list[Phase]:
    """Take apart the acquisitions among planes of one lattice; one phase where there is one."""
    parts = _parts(planes)
    values = {name: [_said(read, part) for part in parts] for name, read in _readers()}
    telling = [name for name, said in values.items() if len(set(said)) > 1]
    return [
        Phase(
            planes=tuple(part),
            apart=tuple(
                Statement.of(f"apart.{name}", value=values[name][n])
                for name in telling
                if values[name][n]
            ),
        )
        for n, part in enumerate(parts)
    ]


def mixed_in(planes: Sequence[Slice]) -> list[Statement]:
    """Say what differs among planes that were kept together.

    Too few differ to be a phase, or one acquisition lies above the other, as rotations of one do.
    """
    return [*_stacked_in(planes), *_too_few_in(planes)]


def _stacked_in(planes: Sequence[Slice]) -> list[Statement]:
    """Say that planes are of a few acquisitions, one above the other: one may be another phase."""
    numbers = sorted({plane.acquisition for plane in planes} - {""})
    period = _time_of_phase(planes)
    periods = {period(plane) for plane in planes}
    if 1 < len(numbers) <= MOST_STACKED:
        return [Statement.of("ct.stacked", count=len(numbers))]
    if len(numbers) < 2 and 1 < len(periods) <= MOST_STACKED:
        return [Statement.of("ct.paused", count=len(periods), seconds=PAUSE_SECONDS)]
    return []


def _too_few_in(planes: Sequence[Slice]) -> list[Statement]:
    return [
        Statement.of("ct.mixed", what=Statement.of(f"separator.{name}"), values=tuple(sorted(said)))
        for name, read in SPLITTERS.items()
        if len(said := {read(plane) for plane in planes} - {""}) > 1 and len(said) < len(planes)
    ]


def _readers() -> list[tuple[str, Callable[[Slice], str]]]:
    return [*SPLITTERS.items(), *NUMBERERS.items()]


def _said(read: Callable[[Slice], str], planes: Sequence[Slice]) -> str:
    """Return what all planes say, or the first and the last of what they count."""
    said = sorted({read(plane) for plane in planes} - {""})
    return said[0] if len(said) == 1 else "-".join((said[0], said[-1])) if said else ""


def _parts(planes: Sequence[Slice]) -> list[list[Slice]]:
    for read in SPLITTERS.values():
        parts = _by(planes, read)
        if sum(map(_is_stack, parts)) > 1 and _are_apart(parts, read):
            return [smaller for part in parts for smaller in _parts(part)]
    for read in (*NUMBERERS.values(), _time_of_phase(planes)):
        parts = _by(planes, read)
        if sum(map(_is_stack, parts)) > 1 and _interleaved(parts):
            return [smaller for part in parts for smaller in _parts(part)]
    return [list(planes)]


def _by(planes: Sequence[Slice], read: Callable[[Slice], str]) -> list[list[Slice]]:
    parts: dict[str, list[Slice]] = {}
    for plane in planes:
        parts.setdefault(read(plane), []).append(plane)
    return list(parts.values())


def _is_stack(planes: Sequence[Slice]) -> bool:
    return len(planes) > 1 and len(same_place_groups(planes)) > 1


def _are_apart(parts: Sequence[Sequence[Slice]], read: Callable[[Slice], str]) -> bool:
    """Whether parts are acquisitions: all say so, or those that say nothing make one by place."""
    if all(read(part[0]) for part in parts):
        return True
    return _interleaved(parts) and all(_is_even(part) for part in parts)


def _is_even(planes: Sequence[Slice]) -> bool:
    """Whether planes lie as far apart as a volume's: a part that was left over does not."""
    normal = normal_of(planes[0])
    places = np.unique(np.round([float(normal @ plane.position) for plane in planes], 2))
    gaps = np.diff(places)
    return len(gaps) > 0 and float(np.ptp(gaps)) < EVEN_MM


def _interleaved(parts: Sequence[Sequence[Slice]]) -> bool:
    """Whether any part begins before another has ended, along the normal."""
    normal = normal_of(parts[0][0])
    places = [[float(normal @ plane.position) for plane in part] for part in parts]
    ends = sorted((min(along), max(along)) for along in places)
    return any(b[0] < a[1] + SAME_PLACE_MM for a, b in pairwise(ends))


def _time_of_phase(planes: Sequence[Slice]) -> Callable[[Slice], str]:
    """Return a reader that counts the pauses of the scanner before a plane was acquired."""
    clock = sorted({_seconds(plane) for plane in planes} - {math.inf})
    starts = [b for a, b in pairwise(clock) if b - a > PAUSE_SECONDS]
    return lambda plane: str(bisect_right(starts, _seconds(plane)))


def _seconds(plane: Slice) -> float:
    """Seconds since midnight at which a plane was acquired; infinity where it does not say."""
    text = plane.acquisition_time.replace(":", "")
    try:
        return int(text[:2]) * 3600 + int(text[2:4] or 0) * 60 + float(text[4:] or 0)
    except ValueError:
        return math.inf
