"""What surrounds the liver: the list of things to paint, from the skin inward.

Densities are those of a portal-venous CT (70 s after the contrast medium).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from liverplan.phantom.liver import (
    BODY,
    CAVA,
    HEPATIC_VEINS,
    PORTAL_VEIN,
    Lesion,
    liver_shape,
    turn_about,
)
from liverplan.phantom.shapes import (
    EVERYWHERE,
    Beyond,
    Box,
    Common,
    Egg,
    Pixels,
    Shape,
    Together,
    Tube,
    Without,
    ellipsoid,
)
from liverplan.volume import FloatArray

AIR_HU = -1000.0
_FAT, _MUSCLE, _LUNG, _BONE, _MARROW = -102.0, 62.0, -840.0, 520.0, 190.0
_LIVER, _LESION, _RIM = 112.0, 66.0, 94.5
_RIM_MM = 3.0
"""A metastasis fades into the liver: its border is less dense a change than its core, and its
true edge, where pathologists and experts draw it, is the border's outer end."""
_PORTAL, _HEPATIC, _CAVA, _AORTA = 172.0, 160.0, 150.0, 162.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Paint:
    """A shape and its density; later paint covers earlier paint."""

    shape: Shape
    hu: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """An upright elliptic cylinder, endless along z."""

    centre: tuple[float, float]
    axes: tuple[float, float]

    @property
    def box(self) -> Box:
        low, high = EVERYWHERE[0].copy(), EVERYWHERE[1].copy()
        low[:2] = np.subtract(self.centre, self.axes)
        high[:2] = np.add(self.centre, self.axes)
        return low, high

    def distance_mm(self, x: Pixels, y: Pixels, z: Pixels) -> Pixels:
        del z
        (cx, cy), (a, b) = self.centre, self.axes
        u, v = (x - np.float32(cx)) / np.float32(a), (y - np.float32(cy)) / np.float32(b)
        value = u * u + v * v
        slope = np.sqrt(u * u / np.float32(a * a) + v * v / np.float32(b * b)) + np.float32(1e-6)
        return np.asarray((value - 1) / (2 * slope), dtype=np.float32)


_SKIN = _Column(centre=(-3.0, 4.0), axes=(168.0, 115.0))
_FAT_INSIDE = _Column(centre=(-3.0, 4.0), axes=(166.0, 113.0))
_WALL = _Column(centre=(-3.0, 3.0), axes=(151.0, 100.0))
_CAVITY = _Column(centre=(-3.0, 1.0), axes=(139.0, 88.0))
_SPINE_Y = 66.0
_DIAPHRAGM_MM = 1.5
"""Fat between the liver and the diaphragm."""


def _between(low_mm: float, high_mm: float) -> Shape:
    up = np.array([0.0, 0.0, 1.0])
    return Common(
        parts=(Beyond(normal=up, offset_mm=high_mm), Beyond(normal=-up, offset_mm=-low_mm))
    )


def scene(lesions: tuple[Lesion, ...], low_mm: float, high_mm: float) -> Iterator[Paint]:
    """Everything from the skin inward, for slices between two heights."""
    yield Paint(shape=_SKIN, hu=20.0)
    yield Paint(shape=_FAT_INSIDE, hu=_FAT)
    yield Paint(shape=_WALL, hu=_MUSCLE)
    yield from _ribs(low_mm, high_mm)
    yield Paint(shape=_CAVITY, hu=_FAT)
    yield from _chest()
    yield from _spine(low_mm, high_mm)
    yield from _abdomen()
    yield from _liver(lesions)


def _chest() -> Iterator[Paint]:
    """Lungs above the diaphragm's two domes, and the heart between them."""
    right_dome = Egg(
        centre_mm=BODY.centre_mm,
        low_mm=np.array([*(BODY.low_mm[:2] + _DIAPHRAGM_MM), 600.0]),
        high_mm=BODY.high_mm + _DIAPHRAGM_MM,
        turn=BODY.turn,
    )
    left_dome = ellipsoid((80.0, 2.0, -60.0), (62.0, 86.0, 122.0))
    below = Together(parts=(right_dome, left_dome))
    above = Common(parts=(_CAVITY, Beyond(normal=np.array([0.0, 0, -1]), offset_mm=34.0)))
    chest = Without(whole=above, hole=below)
    yield Paint(shape=chest, hu=_MUSCLE)
    lungs = Common(
        parts=(
            _Fixed(shape=chest, shift_mm=-3.0),
            Without(whole=chest, hole=_Column(centre=(4.0, 40.0), axes=(36.0, 62.0))),
        )
    )
    yield Paint(shape=lungs, hu=_LUNG)
    yield Paint(shape=Common(parts=(_CAVITY, below)), hu=_FAT)
    yield Paint(shape=ellipsoid((26.0, -34.0, 112.0), (58.0, 44.0, 40.0)), hu=-60.0)
    yield Paint(shape=ellipsoid((28.0, -33.0, 114.0), (50.0, 38.0, 36.0)), hu=135.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Fixed:
    """A shape grown outward by a fixed thickness (inward if negative)."""

    shape: Shape
    shift_mm: float

    @property
    def box(self) -> Box:
        low, high = self.shape.box
        return low - self.shift_mm, high + self.shift_mm

    def distance_mm(self, x: Pixels, y: Pixels, z: Pixels) -> Pixels:
        return self.shape.distance_mm(x, y, z) - np.float32(self.shift_mm)


def _ribs(low_mm: float, high_mm: float) -> Iterator[Paint]:
    """Slanting rings in the chest wall, open in front."""
    ring = Without(
        whole=_Column(centre=(-3.0, 2.0), axes=(147.5, 96.5)),
        hole=_Column(centre=(-3.0, 2.0), axes=(140.0, 89.0)),
    )
    open_front = Beyond(normal=np.array([0.0, -1.0, 0.0]), offset_mm=62.0)
    slant = np.array([0.0, 0.36, 0.93])
    for height in np.arange(low_mm - 60, high_mm + 60, 27.3):
        if height < -118:  # below the twelfth rib
            continue
        slab = Common(
            parts=(
                Beyond(normal=slant, offset_mm=height + 5.5),
                Beyond(normal=-slant, offset_mm=-height + 5.5),
            )
        )
        rib = Common(parts=(ring, open_front, slab))
        yield Paint(shape=rib, hu=_BONE)
        yield Paint(shape=_Fixed(shape=rib, shift_mm=-2.0), hu=_MARROW)


def _spine(low_mm: float, high_mm: float) -> Iterator[Paint]:
    for side in (-1.0, 1.0):
        back = _Column(centre=(side * 34.0, 86.0), axes=(29.0, 19.0))
        yield Paint(shape=back, hu=_MUSCLE)
        psoas = Common(
            parts=(_Column(centre=(side * 36.0, 58.0), axes=(15.0, 19.0)), _between(-400, -62))
        )
        yield Paint(shape=psoas, hu=_MUSCLE)
    canal = _Column(centre=(0.0, 92.0), axes=(9.0, 8.0))
    arch = _Column(centre=(0.0, 95.0), axes=(17.0, 14.0))
    yield Paint(shape=_Column(centre=(0.0, _SPINE_Y), axes=(22.0, 18.0)), hu=85.0)
    for bottom in np.arange(low_mm - 40, high_mm + 40, 31.7):
        bone = Common(
            parts=(
                Together(parts=(_Column(centre=(0.0, _SPINE_Y), axes=(21.5, 17.5)), arch)),
                _between(bottom, bottom + 25),
            )
        )
        yield Paint(shape=bone, hu=_BONE)
        yield Paint(shape=_Fixed(shape=bone, shift_mm=-2.2), hu=_MARROW)
    yield Paint(shape=canal, hu=30.0)


def _abdomen() -> Iterator[Paint]:
    yield Paint(shape=_Column(centre=(13.0, 36.0), axes=(11.0, 11.0)), hu=_AORTA)
    spleen = Without(
        whole=ellipsoid((94.0, 34.0, 14.0), (34.0, 44.0, 54.0), turn_about(2, 20.0)),
        hole=ellipsoid((70.0, 8.0, 14.0), (34.0, 40.0, 60.0)),
    )
    yield Paint(shape=spleen, hu=124.0)
    stomach = ellipsoid((58.0, -8.0, 6.0), (34.0, 40.0, 44.0), turn_about(1, 20.0))
    yield Paint(shape=stomach, hu=85.0)
    inside = _Fixed(shape=stomach, shift_mm=-4.0)
    yield Paint(shape=inside, hu=24.0)
    gas = Common(parts=(inside, Beyond(normal=np.array([0.0, 1.0, 0.0]), offset_mm=-27.0)))
    yield Paint(shape=gas, hu=-930.0)
    for side, height in ((-1.0, -92.0), (1.0, -68.0)):
        kidney = ellipsoid((side * 66.0, 44.0, height), (27.0, 25.0, 52.0), turn_about(1, side * 9))
        yield Paint(shape=kidney, hu=178.0)
        pelvis = ellipsoid((side * 58.0, 40.0, height), (14.0, 10.0, 24.0))
        yield Paint(shape=pelvis, hu=-40.0)
    yield Paint(shape=ellipsoid((-22.0, 8.0, -72.0), (20.0, 16.0, 22.0)), hu=98.0)
    yield Paint(shape=ellipsoid((24.0, 4.0, -58.0), (40.0, 11.0, 13.0)), hu=98.0)
    for x, y, z, radius in _BOWEL:
        loop = ellipsoid((x, y, z), (radius * 1.3, radius, radius * 1.1))
        yield Paint(shape=loop, hu=70.0)
        yield Paint(shape=_Fixed(shape=loop, shift_mm=-3.0), hu=30.0)
        up = Beyond(normal=np.array([0.0, 1.0, 0.0]), offset_mm=y - radius * 0.4)
        yield Paint(shape=Common(parts=(_Fixed(shape=loop, shift_mm=-3.0), up)), hu=-880.0)


_BOWEL = (
    (-92.0, -28.0, -128.0, 22.0),
    (-30.0, -50.0, -112.0, 20.0),
    (26.0, -50.0, -92.0, 21.0),
    (84.0, -30.0, -88.0, 22.0),
    (104.0, 8.0, -118.0, 19.0),
    (52.0, -22.0, -132.0, 20.0),
    (-8.0, -14.0, -142.0, 19.0),
    (-60.0, -2.0, -150.0, 17.0),
)


def _liver(lesions: tuple[Lesion, ...]) -> Iterator[Paint]:
    liver = liver_shape()
    yield from _vessels(CAVA, _CAVA)
    yield from _vessels(PORTAL_VEIN["trunk"], _PORTAL)
    yield Paint(shape=liver, hu=_LIVER)
    for branch in PORTAL_VEIN.values():
        yield from _vessels(branch, _PORTAL)
    for branch in HEPATIC_VEINS.values():
        yield from _vessels(branch, _HEPATIC)
    gallbladder = ellipsoid((-47.0, -30.0, -66.0), (13.0, 18.0, 24.0), turn_about(0, 25.0))
    yield Paint(shape=Without(whole=gallbladder, hole=liver), hu=11.0)
    for lesion in lesions:
        yield Paint(shape=lesion.shape, hu=_RIM)
        yield Paint(shape=_Fixed(shape=lesion.shape, shift_mm=-_RIM_MM), hu=_LESION)


def _vessels(tubes: tuple[Tube, ...], hu: float) -> Iterator[Paint]:
    yield Paint(shape=Together(parts=tubes), hu=hu)


def extent_mm() -> tuple[FloatArray, FloatArray]:
    """Smallest and largest x, y of the skin, two (2,) arrays, LPS mm."""
    low, high = _SKIN.box
    return low[:2], high[:2]
