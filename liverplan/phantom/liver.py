"""The phantom's liver: lobes, lesions and vessels, each both paintable and known in closed form.

The organ is one egg (an ellipsoid with its own semi-axis in each of six directions) cut into
lobes by flat fissures; each lobe has its own flat visceral surface, so that the lobes differ in
thickness, and a caudate lobe lies behind. Every piece of egg in a lobe is an eighth of an
ellipsoid with flat faces: a `Solid`. Vessels inside the organ count as liver.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np

from liverplan.phantom.shapes import Beyond, Common, Egg, Shape, Together, Tube, ellipsoid
from liverplan.phantom.solids import Solid, faced
from liverplan.volume import FloatArray

Face = tuple[FloatArray, float]
"""Unit normal that points out, and offset in mm."""

Point = tuple[float, float, float]


def turn_about(axis: int, degrees: float) -> FloatArray:
    """(3, 3) array that rotates about a coordinate axis."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    matrix = np.eye(3)
    i, j = (axis + 1) % 3, (axis + 2) % 3
    matrix[i, i], matrix[i, j], matrix[j, i], matrix[j, j] = c, -s, s, c
    return matrix


def _face(point_mm: Point, normal: Point) -> Face:
    n = np.array(normal) / np.linalg.norm(normal)
    return n, float(n @ np.array(point_mm))


def _back(face: Face) -> Face:
    return -face[0], -face[1]


BODY = Egg(
    centre_mm=np.array([-46.31, -6.73, 3.87]),
    low_mm=np.array([85.0, 74.0, 108.0]),
    high_mm=np.array([120.0, 78.0, 71.0]),
    turn=turn_about(1, -4.0),
)

MAIN_FISSURE = _face((-25.37, 30.0, 40.0), (0.975, -0.21, 0.06))
"""Between the right and the left liver (Cantlie's line): through cava and gallbladder fossa."""

UMBILICAL_FISSURE = _face((12.19, -40.0, 0.0), (0.985, 0.13, 0.11))
"""Between segment 4 and the left lateral section."""

_RIGHT_VISCERAL = _face((-52.43, 36.0, -27.0), (0.62, 0.34, -0.71))
_RIGHT_BACK = _face((-62.7, 54.41, 0.0), (0.66, 0.75, 0.0))
_MEDIAL_VISCERAL = _face((-8.21, 4.0, -22.0), (0.14, 0.42, -0.89))
_MEDIAL_BACK = _face((-5.0, 16.57, 20.0), (0.05, 0.99, -0.14))
_LATERAL_VISCERAL = _face((40.0, -25.0, -7.33), (0.13, 0.72, -0.68))

_LATERAL_BACK = _face((30.0, -9.71, 40.0), (0.12, 0.99, -0.05))
"""The left lobe lies in front of the aorta and the crura."""

LOBES: dict[str, tuple[Face, ...]] = {
    "right": (MAIN_FISSURE, _RIGHT_VISCERAL, _RIGHT_BACK),
    "left medial": (_back(MAIN_FISSURE), UMBILICAL_FISSURE, _MEDIAL_VISCERAL, _MEDIAL_BACK),
    "left lateral": (_back(UMBILICAL_FISSURE), _LATERAL_VISCERAL, _LATERAL_BACK),
}

_CAUDATE = ellipsoid((-7.43, 20.11, 9.37), (17.0, 17.0, 30.0))
_CAUDATE_FACES = (_back(MAIN_FISSURE), UMBILICAL_FISSURE, _back(_MEDIAL_BACK))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lesion:
    """An ellipsoid wholly inside the liver, turned about the body's long axis only."""

    centre_mm: FloatArray
    axes_mm: FloatArray
    turn: FloatArray

    @property
    def shape(self) -> Egg:
        """The lesion, to be painted."""
        return ellipsoid(tuple(self.centre_mm), tuple(self.axes_mm), self.turn)

    @property
    def solid(self) -> Solid:
        """The lesion, to be measured."""
        return Solid(centre_mm=self.centre_mm, matrix=self.turn * self.axes_mm)

    @property
    def long_axis_mm(self) -> float:
        """Longest diameter in an axial slice (RECIST 1.1), mm."""
        return 2 * float(self.axes_mm[:2].max())

    @property
    def short_axis_mm(self) -> float:
        """Longest diameter across the long axis in that slice, mm."""
        return 2 * float(self.axes_mm[:2].min())


def _lesion(centre: Point, axes: Point, degrees: float) -> Lesion:
    return Lesion(centre_mm=np.array(centre), axes_mm=np.array(axes), turn=turn_about(2, degrees))


LESIONS = (
    _lesion((-93.37, 6.21, 10.43), (21.3, 17.1, 18.2), 25.0),
    _lesion((-88.13, -14.71, -46.87), (12.7, 10.9, 11.8), -40.0),
    _lesion((-74.59, 39.83, 24.19), (11.3, 10.1, 11.7), 10.0),
    _lesion((-68.77, -43.29, 13.61), (14.6, 12.2, 13.1), 60.0),
)


def _branch(*stops: tuple[float, float, float, float]) -> tuple[Tube, ...]:
    """Tubes through (x, y, z, radius) stops."""
    return tuple(
        Tube(
            start_mm=np.array(a[:3]),
            end_mm=np.array(b[:3]),
            start_radius_mm=a[3],
            end_radius_mm=b[3],
        )
        for a, b in pairwise(stops)
    )


PORTAL_VEIN: dict[str, tuple[Tube, ...]] = {
    "trunk": _branch((12, 14, -72, 6.5), (-8, 10, -40, 6.5), (-26, 8, -14, 6.0)),
    "right": _branch((-26, 8, -14, 5.5), (-52, 8, -8, 5.0)),
    "5": _branch((-52, 8, -8, 4.0), (-66, -24, -24, 3.0), (-74, -48, -42, 1.8)),
    "6": _branch((-52, 8, -8, 4.0), (-84, 24, -26, 3.2), (-102, 20, -48, 1.8)),
    "7": _branch((-52, 8, -8, 4.0), (-78, 30, 10, 3.2), (-100, 36, 34, 1.8)),
    "8": _branch((-52, 8, -8, 4.0), (-60, -14, 16, 3.2), (-68, -28, 46, 1.8)),
    "left": _branch((-26, 8, -14, 4.8), (-4, -4, -6, 4.4), (13, -22, 2, 4.0)),
    "4": _branch((13, -22, 2, 3.2), (0, -44, 4, 2.6), (-12, -62, 10, 1.6)),
    "3": _branch((13, -22, 2, 3.4), (34, -44, 0, 2.6), (50, -52, 2, 1.6)),
    "2": _branch((10, -16, 0, 3.2), (36, -22, 16, 2.6), (54, -26, 24, 1.6)),
}

HEPATIC_VEINS: dict[str, tuple[Tube, ...]] = {
    "right": _branch(
        (-34, 26, 52, 5.0), (-64, 22, 34, 4.6), (-90, 8, 2, 3.4), (-100, -6, -32, 1.8)
    ),
    "middle": _branch((-28, 18, 54, 4.6), (-35, -14, 34, 4.0), (-41, -44, -4, 2.4)),
    "left": _branch((-22, 16, 54, 4.4), (14, -12, 42, 3.8), (42, -30, 16, 2.2)),
}

CAVA = _branch((-22, 34, -260, 11), (-24, 36, -30, 12), (-28, 34, 40, 12.5), (-26, 22, 84, 13))


def liver_shape() -> Shape:
    """Return the whole organ, lesions and vessels included, to be painted.

    Where two parts meet, a bridge (what lies in both, their common face left out) spans the
    face, so that the edge of neither is painted there.
    """
    caudate: Shape = _within(_CAUDATE, _CAUDATE_FACES)
    lobes = [_within(BODY, faces) for faces in LOBES.values()]
    right, medial, lateral = LOBES.values()
    bridges = (
        _within(BODY, (*right[1:], *medial[1:])),
        _within(BODY, (medial[0], *medial[2:], *lateral[1:])),
        Common(parts=(_within(BODY, medial[:3]), _within(_CAUDATE, _CAUDATE_FACES[:2]))),
    )
    return Together(parts=(*lobes, caudate, *bridges))


def _within(shape: Shape, faces: tuple[Face, ...]) -> Common:
    return Common(parts=(shape, *(Beyond(normal=n, offset_mm=d) for n, d in faces)))


def liver_solids() -> tuple[Solid, ...]:
    """Return the same organ as disjoint solids, to be measured."""
    found = [
        piece
        for faces in LOBES.values()
        for signs in product((-1, 1), repeat=3)
        if (piece := _eighth(np.array(signs), list(faces))) is not None
    ]
    caudate = faced(_CAUDATE.centre_mm, np.diag(_CAUDATE.low_mm), list(_CAUDATE_FACES))
    return (*found, caudate) if caudate else tuple(found)


def _eighth(signs: FloatArray, faces: list[Face]) -> Solid | None:
    """One octant of the egg within a lobe's faces."""
    axes = np.where(signs < 0, BODY.low_mm, BODY.high_mm)
    sides = [
        (-s * direction, float(-s * direction @ BODY.centre_mm))
        for s, direction in zip(signs, BODY.turn.T, strict=True)
    ]
    return faced(BODY.centre_mm, BODY.turn * axes, [*sides, *faces])
