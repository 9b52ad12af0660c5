"""A piece of abdomen with liver in its middle: rendered from a label map, or a real CT changed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage as ndi

from liverplan.segmentation.lesions.prompted.channels import SIDE

Array = NDArray[np.float32]
Mask = NDArray[np.bool_]
Random = np.random.Generator

MAP_MM = 2.0
LIVER, GALL, BODY, FAT, GAS, LUNG, MUSCLE, BONE, HOLLOW = 1, 5, 15, 30, 31, 10, 14, 12, (4, 13)
VESSELS = (7, 8, 9)
UNSURE = 254
PHASES = {  # HU of liver, vessels, soft organs: unenhanced, arterial, portal, late
    "none": ((40, 68), (30, 52), (28, 55)),
    "arterial": ((55, 90), (45, 150), (70, 150)),
    "portal": ((82, 135), (115, 200), (70, 160)),
    "late": ((70, 112), (85, 135), (60, 120)),
}
PHASE_ODDS = (0.12, 0.13, 0.55, 0.2)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """A label map, and its CT where there is one, on 2 mm voxels (k, j, i)."""

    name: str
    labels: NDArray[np.uint8]
    hu: NDArray[np.int16] | None
    liver_at: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """Density (HU) and liver on (SIDE, SIDE, SIDE) cubes of `cube_mm`."""

    hu: Array
    liver: Mask
    cube_mm: float
    real: bool


def read_cases(folder: Path, leave_out: frozenset[str] = frozenset()) -> list[Case]:
    """Read a folder of label maps (.npz with `lab`, and `img` where there is a CT)."""
    cases = []
    for file in sorted(folder.glob("*.npz")):
        if file.stem in leave_out:
            continue
        with np.load(file) as kept:
            labels = kept["lab"]
            hu = kept["img"] if "img" in kept.files else None
        at = np.argwhere(labels == LIVER)[::5]
        if len(at) > 100:
            cases.append(Case(name=file.stem, labels=labels, hu=hu, liver_at=at))
    return cases


def scene(rng: Random, case: Case, cube_mm: float, *, on_edge: bool) -> Scene:
    """Look at a case around a random point of its liver, or of the liver's surface."""
    place = _lattice(rng, _middle(rng, case, on_edge=on_edge), cube_mm)
    place, box = _around(place, case.labels.shape)
    near = case.labels[box]
    liver = _sampled(((near == LIVER) | (near == UNSURE)).astype(np.float32), place, 1) > 0.5
    if case.hu is not None and rng.random() < 0.9:
        hu = _changed(rng, _sampled(case.hu[box].astype(np.float32), place, 1), liver, cube_mm)
        return Scene(hu=hu, liver=liver, cube_mm=cube_mm, real=True)
    labels = _sampled(near, place, 0)
    labels = np.where(liver, LIVER, np.where(labels == LIVER, FAT, labels)).astype(np.uint8)
    hu = _rendered(rng, _touching(rng, labels, cube_mm), cube_mm)
    return Scene(hu=hu, liver=liver, cube_mm=cube_mm, real=False)


def field(rng: Random, shape: tuple[int, ...], size: float) -> Array:
    """Smooth noise of unit variance; `size` is its grain, in cubes."""
    coarse = [max(3, int(np.ceil(n / max(1.0, size))) + 2) for n in shape]
    drawn = rng.standard_normal(coarse, dtype=np.float32)
    for axis, (n, c) in enumerate(zip(shape, coarse, strict=True)):
        drawn = np.moveaxis(np.tensordot(_between(n, c), drawn, (1, axis)), 0, axis)
    return np.asarray((drawn - drawn.mean()) / (drawn.std() + 1e-6), np.float32)


@cache
def _between(fine: int, coarse: int) -> Array:
    """(fine, coarse) weights of linear interpolation."""
    at = np.linspace(0, coarse - 1, fine)
    return np.asarray(np.maximum(1 - np.abs(at[:, None] - np.arange(coarse)), 0), np.float32)


def tubes(rng: Random, shape: tuple[int, ...], cube_mm: float) -> Mask:
    """Vessels: where two smooth fields are both near zero."""
    size = rng.uniform(8, 22) / cube_mm
    a, b = field(rng, shape, size), field(rng, shape, size)
    width = rng.uniform(0.1, 0.34) * np.clip(1 + 0.5 * field(rng, shape, 3 * size), 0.3, 2)
    return np.asarray(a * a + b * b < width**2)


def _middle(rng: Random, case: Case, *, on_edge: bool) -> NDArray[np.float64]:
    for _ in range(40 if on_edge else 1):
        at = case.liver_at[rng.integers(len(case.liver_at))]
        around = case.labels[tuple(slice(max(0, n - 4), n + 5) for n in at)]
        if not on_edge or (around != LIVER).mean() > 0.12:
            break
    return at + rng.normal(0, 0.7, 3)


def _lattice(rng: Random, middle: NDArray[np.float64], cube_mm: float) -> Array:
    """(3, SIDE, SIDE, SIDE) coordinates in the map: turned, mirrored, a little stretched."""
    steps = (np.arange(SIDE) - (SIDE - 1) / 2) * cube_mm / MAP_MM
    a, b, c = rng.normal(0, 0.25, 3)
    turn = np.array([[0, -a, -b], [a, 0, -c], [b, c, 0]])
    matrix, _ = np.linalg.qr(np.eye(3) + turn)
    matrix = matrix * np.sign(np.diag(matrix)) * rng.choice((-1, 1), 3)
    if rng.random() < 0.5:
        matrix = matrix[:, [0, 2, 1]]
    matrix = matrix * np.exp(rng.normal(0, 0.08, 3))
    grid = np.stack(np.meshgrid(steps, steps, steps, indexing="ij")).reshape(3, -1)
    return np.asarray((matrix @ grid + middle[:, None]).reshape(3, SIDE, SIDE, SIDE), np.float32)


def _around(place: Array, shape: tuple[int, ...]) -> tuple[Array, tuple[slice, ...]]:
    """Return coordinates in the box of the map that they reach, and that box."""
    flat = place.reshape(3, -1)
    low = np.maximum(np.floor(flat.min(1)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(flat.max(1)).astype(int) + 2, shape)
    low = np.minimum(low, np.array(shape) - 1)
    box = tuple(slice(a, max(b, a + 1)) for a, b in zip(low, high, strict=True))
    return np.asarray(place - low[:, None, None, None], np.float32), box


def _sampled(values: NDArray[np.generic], place: Array, order: int) -> Array:
    return np.asarray(ndi.map_coordinates(values, place, order=order, mode="nearest"))


def _touching(rng: Random, labels: NDArray[np.uint8], cube_mm: float) -> NDArray[np.uint8]:
    """Let wall, vessels and bowel touch the liver, where maps leave a rim of fat."""
    soft = (labels == FAT) | (labels == BODY)
    away = ndi.distance_transform_edt(labels != LIVER) * cube_mm
    for organ, odds, most in ((MUSCLE, 0.7, 9.0), (13, 0.4, 14.0), (7, 0.3, 10.0)):
        if rng.random() < odds:
            where = soft & (away < rng.uniform(1.5, most))
            where &= field(rng, labels.shape, rng.uniform(10, 30) / cube_mm) > rng.uniform(-1.5, 1)
            labels = np.where(where, organ, labels).astype(np.uint8)
            soft &= ~where
    return labels


def _table(rng: Random, vessel_hu: float, organ_hu: tuple[float, float]) -> Array:
    table = np.array([rng.uniform(*organ_hu) for _ in range(256)], np.float32)
    table[list(VESSELS)] = vessel_hu + rng.normal(0, 10, len(VESSELS))
    table[MUSCLE], table[GALL] = rng.uniform(38, 72), rng.uniform(-2, 28)
    table[LUNG], table[BONE], table[GAS] = rng.uniform(-920, -720), rng.uniform(180, 500), -970
    table[[BODY, FAT, 0]] = rng.uniform(-120, -80)
    table[list(HOLLOW)] = rng.uniform(-10, 90)
    return table


def _rendered(rng: Random, labels: NDArray[np.uint8], cube_mm: float) -> Array:
    liver_hu, vessels_hu, organ_hu = PHASES[rng.choice(list(PHASES), p=PHASE_ODDS)]
    vessel_hu = rng.uniform(*vessels_hu)
    table = _table(rng, vessel_hu, organ_hu)
    table[LIVER] = rng.uniform(*liver_hu) - (rng.uniform(10, 75) if rng.random() < 0.4 else 0)
    hu, shape = table[labels], labels.shape
    fine = field(rng, shape, 3 / cube_mm)
    tissue = ~np.isin(labels, (0, GAS, LUNG))
    for grain, most in ((6, 6), (30, 6), (3, 3)):
        hu = hu + tissue * rng.uniform(0, most) * field(rng, shape, grain / cube_mm)
    hollow = np.isin(labels, HOLLOW) & (field(rng, shape, 12 / cube_mm) > rng.uniform(-1, 1.5))
    hu = np.where(hollow, rng.choice((-950.0, 10.0, 30.0, 200.0), p=(0.2, 0.4, 0.2, 0.2)), hu)
    liver = labels == LIVER
    for _ in range(rng.integers(0, 3)):
        hu = np.where(tubes(rng, shape, cube_mm) & liver, vessel_hu + 4 * fine, hu)
    hu = np.where(labels == BONE, hu + 80 * fine, hu)
    return np.asarray(hu, np.float32)


def _changed(rng: Random, hu: Array, liver: Mask, cube_mm: float) -> Array:
    """Give a real CT another density of the liver, and of everything."""
    if rng.random() < 0.5 and liver.any():
        calm = ndi.gaussian_filter(hu, 1.4 / cube_mm)
        parenchyma = 1 / (
            1 + np.exp(np.clip((calm - float(np.median(hu[liver])) - 28) / 8, -30, 30))
        )
        soft = ndi.gaussian_filter(liver.astype(np.float32), 1.2 / cube_mm)
        hu = hu + soft * parenchyma * rng.uniform(-70, 30)
    if rng.random() < 0.4:
        vessels = tubes(rng, hu.shape, cube_mm) & liver
        hu = hu + ndi.gaussian_filter(vessels.astype(np.float32), 0.8) * rng.uniform(-25, 70)
    return np.asarray(hu * rng.uniform(0.93, 1.07) + rng.uniform(-12, 12), np.float32)
