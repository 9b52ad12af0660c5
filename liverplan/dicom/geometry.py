"""How a stack of image planes lies in space: regular, tilted, with gaps, or no volume at all.

Nouns: the *normal* of a plane is row direction x column direction; the *step* is the vector
from one plane's position to the next one's. In an upright stack the step is parallel to the
normal; under gantry tilt it is not, and the lattice is sheared. Libraries only say that a stack
is no regular volume; what is here says why, and what can still be done with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from liverplan.dicom.slices import Slice
from liverplan.errors import DicomError
from liverplan.findings import Statement
from liverplan.volume import FloatArray
from liverplan.words import in_english

SAME_PLACE_MM = 0.01
SPACING_TOLERANCE = 0.02
"""Planes may lie this fraction of their spacing off; scanners round positions to 0.1 mm."""
ROUNDING_MM = 0.051
MAX_FILLED_GAP_MM = 5.0
"""No wider gap is filled in: 5 mm is the widest slice distance that RECIST 1.1 measures on."""
MIN_SLICE_MM, MAX_SLICE_MM = 0.05, 20.0
STRAIGHT_DRIFT_MM = 0.25
"""A stack whose last plane lies less than this beside the normal through the first is upright."""
MAX_GROWTH = 4
"""Filling in may not multiply the slices by more than this."""
MAX_TILT_COSINE = 0.8
AXIAL_COSINE = 0.7


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stack:
    """Planes in order from foot to head and the lattice that they fill.

    Parameters
    ----------
    order : tuple of int
        Indices into the planes that were given, from foot to head.
    places : (n,) array
        Index k of each ordered plane on the lattice; whole numbers unless there are gaps that
        must be filled in.
    count : int
        Planes of the filled lattice.
    affine : (4, 4) array
        Index (k, j, i) of the canonical array to LPS mm; sheared if the gantry was tilted.
    flips : (bool, bool)
        Whether rows (j) and columns (i) are turned round in the canonical array.
    tilt_degrees : float
        Angle between the step and the normal; 0 if upright.
    notes : tuple of Statement
        What must be said of this stack.
    """

    order: tuple[int, ...]
    places: FloatArray
    count: int
    affine: FloatArray
    flips: tuple[bool, bool]
    tilt_degrees: float
    filled: bool
    notes: tuple[Statement, ...]


def normal_of(plane: Slice) -> FloatArray:
    """(3,) unit normal of a plane: row direction x column direction."""
    normal = np.cross(plane.row_direction, plane.column_direction)
    return normal / np.linalg.norm(normal)


def same_place_groups(planes: Sequence[Slice]) -> list[list[int]]:
    """Group planes that lie at one position; one group for each position, along the normal."""
    along = _along(planes)
    order = np.argsort(along, kind="stable")
    groups: list[list[int]] = []
    for index in order:
        if groups and along[index] - along[groups[-1][0]] < SAME_PLACE_MM:
            groups[-1].append(int(index))
        else:
            groups.append([int(index)])
    return groups


def stack_of(planes: Sequence[Slice]) -> Stack:
    """Find the lattice of planes that share orientation, size and spacing.

    Raises
    ------
    DicomError
        In words that follow a series' name: why these planes are no axial volume.
    """
    if len(planes) < 2:
        raise DicomError("it has one slice, and one slice is no volume; give the whole series")
    normal = normal_of(planes[0])
    if abs(normal[2]) < AXIAL_COSINE:
        raise DicomError(f"its slices are {_plane_word(normal)}, not axial")
    positions, order = _from_foot_to_head(planes, normal)
    _refuse_same_places(positions, normal)
    step, tilt = _step(positions, normal)
    places, notes = _places(positions, step)
    count = round(float(places[-1])) + 1
    if count > MAX_GROWTH * len(planes):
        raise DicomError(f"{count - len(planes)} of {count} slices are missing")
    if places[-1] > 0:
        step = (
            step
            / np.linalg.norm(step)
            * (np.linalg.norm(positions[-1] - positions[0]) / places[-1])
        )
    filled = not np.array_equal(places, np.arange(len(places)))
    affine, flips = _canonical(planes[0], positions[0], step, tilt=tilt, normal=normal)
    return Stack(
        order=tuple(int(i) for i in order),
        places=places,
        count=count,
        affine=affine,
        flips=flips,
        tilt_degrees=tilt,
        filled=filled,
        notes=(*notes, *_thickness_notes(planes, float(np.linalg.norm(step)))),
    )


def _along(planes: Sequence[Slice]) -> FloatArray:
    """(n,) mm along the normal of the first plane."""
    return np.array([plane.position for plane in planes]) @ normal_of(planes[0])


def _from_foot_to_head(
    planes: Sequence[Slice], normal: FloatArray
) -> tuple[FloatArray, NDArray[np.intp]]:
    positions = np.array([plane.position for plane in planes], dtype=np.float64)
    upward = normal if normal[2] > 0 else -normal
    order = np.argsort(positions @ upward, kind="stable")
    return positions[order], order


def _refuse_same_places(positions: FloatArray, normal: FloatArray) -> None:
    gaps = np.abs(np.diff(positions @ normal))
    if (gaps < SAME_PLACE_MM).any():
        first = int(np.argmin(gaps))
        count = 1 + int(np.sum(np.abs((positions - positions[first]) @ normal) < SAME_PLACE_MM))
        raise DicomError(
            f"{count - 1} of its slices lie at one position ({_place(positions[first])}) and "
            "nothing in their headers tells them apart"
        )


def _step(positions: FloatArray, normal: FloatArray) -> tuple[FloatArray, float]:
    """Find the vector from one plane to the next and the angle of tilt."""
    span = positions[-1] - positions[0]
    direction = span / np.linalg.norm(span)
    off_line = (
        positions - positions[0] - np.outer((positions - positions[0]) @ direction, direction)
    )
    sideways = float(np.linalg.norm(off_line, axis=1).max())
    if sideways > 0.5:
        raise DicomError(f"its slices are shifted sideways against each other by {sideways:.1f} mm")
    gaps = np.diff(positions @ direction)
    spacing = _spacing(gaps)
    if not MIN_SLICE_MM <= spacing <= MAX_SLICE_MM:
        raise DicomError(
            f"its slices lie {spacing:.3g} mm apart, not {MIN_SLICE_MM} to {MAX_SLICE_MM:g}"
        )
    cosine = abs(float(direction @ normal))
    if cosine < MAX_TILT_COSINE:
        raise DicomError("its slices are sheared by more than 37 degrees against each other")
    drift = float(np.linalg.norm(span)) * np.sqrt(max(0.0, 1 - cosine**2))
    tilt = 0.0 if drift < STRAIGHT_DRIFT_MM else float(np.degrees(np.arccos(min(cosine, 1.0))))
    return direction * spacing, tilt


def _spacing(gaps: FloatArray) -> float:
    """Mean of the gaps that are as wide as the usual one; of all if all are."""
    middle = np.sort(gaps)[[(len(gaps) - 1) // 2, len(gaps) // 2]]
    usual = float(middle.mean())  # the median; numpy's own loads its masked arrays, 2 MB
    if np.abs(gaps - usual).max() <= _tolerance(usual):
        return float(gaps.mean())
    # with missing slices the narrowest gap is the true spacing; its equals share its rounding
    narrow = float(gaps.min())
    return float(gaps[gaps <= narrow + _tolerance(narrow)].mean())


def _tolerance(spacing: float) -> float:
    return max(SPACING_TOLERANCE * spacing, min(2 * ROUNDING_MM, 0.2 * spacing))


def _places(positions: FloatArray, step: FloatArray) -> tuple[FloatArray, list[Statement]]:
    """Where each plane lies on the lattice, in steps; refuses gaps too wide to fill."""
    spacing = float(np.linalg.norm(step))
    along = (positions - positions[0]) @ (step / spacing)
    gaps = np.diff(along)
    n = len(along)
    if np.abs(gaps - spacing).max() <= _tolerance(spacing):
        if np.abs(along - spacing * np.arange(n)).max() <= _tolerance(spacing):
            return np.arange(n, dtype=np.float64), []
        raise DicomError("its slice spacing drifts along the series")
    widest = int(np.argmax(gaps))
    missing = np.abs(gaps / spacing - np.rint(gaps / spacing)).max() <= 0.1
    where = _gap_words(positions, gaps, spacing + _tolerance(spacing))
    if gaps[widest] > MAX_FILLED_GAP_MM + 0.01:
        where = _gap_words(positions, gaps, max(MAX_FILLED_GAP_MM, spacing + _tolerance(spacing)))
        what = "it lacks slices" if missing else "its slices are unevenly spaced"
        raise DicomError(
            f"{what}: they lie {gaps.min():.2f} to {gaps.max():.2f} mm apart "
            f"({in_english(where)}), and gaps wider than {MAX_FILLED_GAP_MM:g} mm are not filled in"
        )
    if missing:
        places = np.rint(along / spacing)
        absent = int(places[-1]) + 1 - n
        return places, [
            Statement.of("ct.filled", count=absent, where=where),
        ]
    count = round(float(along[-1] / spacing)) + 1
    places = along / along[-1] * (count - 1)
    return places, [
        Statement.of(
            "ct.resampled",
            low=float(gaps.min()),
            high=float(gaps.max()),
            spacing=float(along[-1] / (count - 1)),
        )
    ]


def _gap_words(positions: FloatArray, gaps: FloatArray, limit: float) -> Statement:
    wide = [k for k, gap in enumerate(gaps) if gap > limit]
    shown = tuple(
        Statement.of("ct.gap", low=float(positions[k][2]), high=float(positions[k + 1][2]))
        for k in wide[:4]
    )
    if len(wide) > 4:
        return Statement.of("ct.gaps_and_more", gaps=shown, more=len(wide) - 4)
    return Statement.of("ct.gaps", gaps=shown)


def _canonical(
    plane: Slice, first: FloatArray, step: FloatArray, *, tilt: float, normal: FloatArray
) -> tuple[FloatArray, tuple[bool, bool]]:
    """Affine of the array whose rows run to the back and columns to the left, where they may.

    Only an axis that runs against its patient direction is turned round; axes are never
    exchanged, so a decubitus or oblique series keeps its own.
    """
    column = np.array(plane.column_direction) * plane.row_spacing
    row = np.array(plane.row_direction) * plane.column_spacing
    flip_j = plane.column_direction[1] < -AXIAL_COSINE
    flip_i = plane.row_direction[0] < -AXIAL_COSINE
    origin = first.copy()
    if flip_j:
        origin += column * (plane.rows - 1)
        column = -column
    if flip_i:
        origin += row * (plane.columns - 1)
        row = -row
    if tilt == 0.0:
        upward = normal if normal[2] > 0 else -normal
        step = upward * float(step @ upward)
    affine = np.eye(4)
    affine[:3, 0], affine[:3, 1], affine[:3, 2], affine[:3, 3] = step, column, row, origin
    return affine, (flip_j, flip_i)


def _thickness_notes(planes: Sequence[Slice], spacing: float) -> list[Statement]:
    thickness = float(planes[0].thickness)
    if not np.isfinite(thickness) or thickness <= 0:
        return []
    if thickness > spacing * 1.05:
        return [Statement.of("ct.overlap", thickness=thickness, spacing=spacing)]
    if thickness < spacing * 0.95:
        return [Statement.of("ct.unseen", thickness=thickness, spacing=spacing)]
    return []


def _plane_word(normal: FloatArray) -> str:
    words = ("sagittal", "coronal", "axial")
    largest = int(np.argmax(np.abs(normal)))
    return words[largest] if abs(normal[largest]) > 0.9 else "oblique"


def _place(position: FloatArray) -> str:
    return f"z = {position[2]:.2f} mm"
