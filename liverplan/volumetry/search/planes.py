"""The flat cut that leaves most functional tissue at a margin, and how that falls with the margin.

For a given normal the best offset is known: the lesions' farthest reach plus the margin, for any
deeper cut only removes more. So the search is over the sphere of normals alone: an even lattice
first, then a compass search around the best of it. Nothing is drawn at random.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from liverplan.errors import PlanError
from liverplan.resection.cuts.plane import Plane
from liverplan.volume import FloatArray
from liverplan.volumetry.planes.index import VolumeIndex
from liverplan.volumetry.planes.remnant import cut_centre_mm

NORMALS = 10_000
_BATCH = 250
_FINEST_DEGREES = 0.01
_FINE_ENOUGH_DEGREES = 0.5
"""Where each look takes milliseconds."""
_DIRECTIONS = np.pi / 4 * np.arange(8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A cut that removes all lesions with a margin, and what it leaves.

    ``remnant_fraction`` is of the functional liver; ``margin_mm`` is what was asked for, and is
    kept in the convention of `liverplan.volumetry.planes.margin`.
    """

    plane: Plane
    remnant_ml: float
    remnant_fraction: float
    margin_mm: float


def best_plane(index: VolumeIndex, margin_mm: float, *, normals: int = NORMALS) -> Suggestion:
    """Find the plane with the largest remnant that clears all lesions by a margin.

    Parameters
    ----------
    index : VolumeIndex
    margin_mm : float
        At least this far from every lesion.
    normals : int
        How many directions the first, even look at the sphere tries.

    Raises
    ------
    PlanError
        If there is no lesion or no functional liver, or no plane leaves any of it.
    """
    (found,) = front(index, [margin_mm], normals=normals)
    if found.remnant_ml == 0:
        raise PlanError(f"No flat cut leaves any liver at a margin of {margin_mm:g} mm.")
    return found


def worthiest_plane(
    index: VolumeIndex, margin_mm: float, worth_ml: Callable[[Plane], float], *, normals: int
) -> Plane:
    """Return the plane at a margin that is worth most, where none is worth more than its remnant.

    Directions are tried from the largest remnant on until none that is left can be worth more: the
    best of the lattice is found without asking all of it, and then turned toward what is better.

    Raises
    ------
    PlanError
        If no plane leaves any liver.
    """
    lattice = sphere(normals)
    left = index.remnant_ml(lattice, index.reach_mm(lattice) + margin_mm)
    best, most = None, 0.0
    for n in np.argsort(-left, kind="stable"):
        if left[n] <= most:
            break
        worth = worth_ml(_at(index, lattice[n], margin_mm))
        if best is None or worth > most:
            best, most = lattice[n], worth
    if best is None:
        raise PlanError(f"No flat cut leaves any liver at a margin of {margin_mm:g} mm.")
    step = float(np.degrees(np.sqrt(4 * np.pi / normals)))
    while step > _FINE_ENOUGH_DEGREES:
        tries = turned(best[None], np.array([step]))[0]
        found = [worth_ml(_at(index, normal, margin_mm)) for normal in tries]
        if max(found) > most + 1e-6:
            best, most = tries[int(np.argmax(found))], max(found)
        else:
            step /= 2
    return _at(index, best, margin_mm)


def front(
    index: VolumeIndex, margins_mm: Sequence[float], *, normals: int = NORMALS
) -> tuple[Suggestion, ...]:
    """Find the best plane at each of many margins, in the order given.

    Where no plane leaves anything the remnant is 0. See `best_plane`.
    """
    margins = np.asarray(margins_mm, dtype=np.float64)
    if margins.ndim != 1 or not np.isfinite(margins).all():
        raise PlanError("Margins must be numbers in mm, not NaN or infinity.")
    if not index.lesions or index.functional_ml == 0:
        raise PlanError("A cut can only be proposed for a liver with at least one lesion.")
    best = _best_of_lattice(index, sphere(normals), margins)
    best = _refined(index, best, margins, np.degrees(np.sqrt(4 * np.pi / normals)))
    best = best[_remnants(index, best, margins[:, None]).argmax(axis=1)]
    return tuple(_suggestion(index, n, m) for n, m in zip(best, margins.tolist(), strict=True))


def sphere(count: int) -> FloatArray:
    """(count, 3) unit vectors, evenly spread over the sphere (a Fibonacci lattice)."""
    place = np.arange(count) + 0.5
    z = 1 - 2 * place / count
    turn = np.pi * (1 + np.sqrt(5)) * place
    ring = np.sqrt(1 - z * z)
    return np.stack([ring * np.cos(turn), ring * np.sin(turn), z], axis=1)


def _remnants(index: VolumeIndex, normals: FloatArray, margins: FloatArray) -> FloatArray:
    """(N, 3) normals and margins broadcast against (N,) to mL of the same shape."""
    offsets = index.reach_mm(normals) + margins
    spread = np.broadcast_to(normals, (*offsets.shape, 3)).reshape(-1, 3)
    return index.remnant_ml(spread, offsets.reshape(-1)).reshape(offsets.shape)


def _best_of_lattice(index: VolumeIndex, normals: FloatArray, margins: FloatArray) -> FloatArray:
    """(K, 3) best normals, one a margin.

    A remnant never grows with the margin, so what a normal left at a smaller margin bounds what it
    can leave now; normals are tried in that order until none can be better.
    """
    support = index.reach_mm(normals)
    bound = np.full(len(normals), np.inf)
    best = np.empty(len(margins), dtype=np.intp)
    for m in np.argsort(margins, kind="stable"):
        order = np.argsort(-bound, kind="stable")
        top = -1.0
        for start in range(0, len(order), _BATCH):
            if bound[order[start]] <= top:
                break
            mine = order[start : start + _BATCH]
            bound[mine] = index.remnant_ml(normals[mine], support[mine] + margins[m])
            if bound[mine].max() > top:
                top = float(bound[mine].max())
                best[m] = mine[bound[mine].argmax()]
    return normals[best]


def _refined(
    index: VolumeIndex, normals: FloatArray, margins: FloatArray, step_degrees: float
) -> FloatArray:
    """Turn (K, 3) normals toward larger remnants, by steps that are halved where none helps."""
    count = len(normals)
    left = _remnants(index, normals, margins)
    step = np.full(count, step_degrees)
    while np.any(step > _FINEST_DEGREES):
        tries = turned(normals, step)
        found = _remnants(index, tries.reshape(-1, 3), np.repeat(margins, tries.shape[1]))
        found = found.reshape(count, -1)
        pick = found.argmax(axis=1)
        better = found.max(axis=1) > left + 1e-6
        normals = np.where(better[:, None], tries[np.arange(count), pick], normals)
        left = np.where(better, found.max(axis=1), left)
        step = np.where(better, step, step / 2)
    return normals


def turned(normals: FloatArray, step_degrees: FloatArray) -> FloatArray:
    """(K, 8, 3): each normal turned by its step in eight directions."""
    helper = np.eye(3)[np.abs(normals).argmin(axis=1)]
    first = np.cross(normals, helper)
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second = np.cross(normals, first)
    ring = np.cos(_DIRECTIONS)[:, None] * first[:, None]
    ring = ring + np.sin(_DIRECTIONS)[:, None] * second[:, None]
    angle = np.radians(step_degrees)[:, None, None]
    turned = np.cos(angle) * normals[:, None] + np.sin(angle) * ring
    return np.asarray(turned / np.linalg.norm(turned, axis=2, keepdims=True))


def _at(index: VolumeIndex, normal: FloatArray, margin_mm: float) -> Plane:
    """Return the plane of a (3,) normal that clears all lesions by a margin and no more."""
    offset = float(index.reach_mm(normal[None])[0]) + margin_mm
    return Plane(point_mm=offset * normal, normal=normal)


def _suggestion(index: VolumeIndex, normal: FloatArray, margin: float) -> Suggestion:
    plane = _at(index, normal, margin)
    plane = Plane(point_mm=cut_centre_mm(index, plane), normal=normal)
    left = index.remnant_ml_of([plane])
    return Suggestion(
        plane=plane,
        remnant_ml=left,
        remnant_fraction=left / index.functional_ml,
        margin_mm=margin,
    )
