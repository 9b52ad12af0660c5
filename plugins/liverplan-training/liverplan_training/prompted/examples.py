"""Examples to learn from: a scene, a lesion in it with its neighbours, a prompt, and the truth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage as ndi

from liverplan.segmentation.lesions.prompted.channels import SIDE, Marks, channels, usual_hu
from liverplan_training.prompted import prompts
from liverplan_training.prompted.lesions import Lesion, Look, imaged, painted, shaped
from liverplan_training.prompted.scene import Array, Case, Mask, Random, Scene, scene

CUBE_MM = (0.8, 6.0)
SIZE_MM = (4.5, 115.0)
DRAWN_CUBES, CLICKED_CUBES = 14.5, (5.0, 21.0)
USUAL_CUBES, USUAL_SHARE = 13.0, 0.5
"""A click's second look, at so many cubes across, is learned as often as its first, at any."""
KINDS, KIND_ODDS = ("click", "long", "both", "box", "flat box"), (0.5, 0.17, 0.16, 0.08, 0.09)
REAL_SHARE = 0.5
FEWEST_CUBES = 20
DISTRACTED, CONFLUENT, DENIED, BULGING = 0.5, 0.12, 0.25, 0.35
EDGE_SHARE, LEAST_LIVER, BULGE_MM = 0.35, 0.03, 12.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Example:
    """What the network sees, (8, k, j, i), the truth, (k, j, i), and what it was."""

    seen: Array
    target: Mask
    kind: str
    size_mm: float
    contrast_hu: float
    cube_mm: float


def examples(cases: Sequence[Case], seed: int) -> Iterator[Example]:
    """Draw examples for ever; the same seed draws the same ones."""
    rng = np.random.default_rng(seed)
    real = [case for case in cases if case.hu is not None]
    while True:
        pick = real if real and rng.random() < REAL_SHARE else cases
        made = example(rng, pick[rng.integers(len(pick))])
        if made is not None:
            yield made


def example(rng: Random, case: Case) -> Example | None:
    """Draw one; None where chance made nothing to find."""
    kind = str(rng.choice(KINDS, p=KIND_ODDS))
    size = float(np.exp(rng.uniform(*np.log(SIZE_MM))))
    cube = float(np.clip(size / _cubes_across(rng, kind), *CUBE_MM))
    seen = scene(rng, case, cube, on_edge=rng.random() < EDGE_SHARE)
    if seen.liver.mean() < LEAST_LIVER:
        return None
    look = Look.drawn(rng)
    made = _with_lesions(rng, seen, size, look)
    if made is None:
        return None
    hu, target, others = made
    marks = _marks(rng, kind, target, others)
    if marks is None:
        return None
    hu = imaged(rng, hu, cube, real=seen.real)
    given = _given_liver(rng, seen.liver, target, cube)
    return Example(seen=channels(hu, given, marks, cube), target=target, kind=kind, size_mm=size,
                   contrast_hu=look.delta_hu, cube_mm=cube)  # fmt: skip


def _cubes_across(rng: Random, kind: str) -> float:
    """Return how many cubes across a lesion is seen."""
    if kind == "click" and rng.random() > USUAL_SHARE:
        return rng.uniform(*CLICKED_CUBES)
    usual = USUAL_CUBES if kind == "click" else DRAWN_CUBES
    return float(usual * np.exp(rng.normal(0, 0.18)))


def _with_lesions(
    rng: Random, seen: Scene, size: float, look: Look
) -> tuple[Array, Mask, Mask | None] | None:
    """Paint the lesion that is meant and its neighbours; what is denied is None mostly."""
    hu, liver, cube = seen.hu, seen.liver, seen.cube_mm
    liver_hu = usual_hu(hu, liver)
    middle = (SIDE - 1) / 2 + rng.normal(0, 0.1 * size / cube, 3)
    room = _bulging(hu, liver, cube) if rng.random() < BULGING else liver
    own = shaped(rng, hu.shape, middle, size, cube, look)
    target, others = own.drawn & room, np.zeros_like(liver)
    for other in _neighbours(rng, liver, size, cube, look):
        hu = painted(rng, hu, liver_hu, other, liver, cube)
        others |= other.drawn & liver
    joint, joined = np.zeros_like(liver), rng.random() < CONFLUENT
    if joined:
        part = size * rng.uniform(0.5, 0.9)
        beside = shaped(rng, hu.shape, _beside(rng, middle, size, cube), part, cube, look)
        hu = painted(rng, hu, liver_hu, beside, liver, cube)
        joint = beside.drawn & liver & ~target
    hu = painted(rng, hu, liver_hu, own, room, cube)
    told = rng.random() < (0.5 if joined else DENIED)
    others = (others & ~target) | joint
    target = _holding(target if told else target | joint, middle)
    if target.sum() < FEWEST_CUBES:
        return None
    return hu, target, others & ~target if told else None


def _bulging(hu: Array, liver: Mask, cube: float) -> Mask:
    """Return where a lesion may lie that bulges out of the liver into soft tissue."""
    near = ndi.distance_transform_edt(~liver) * cube < BULGE_MM
    return np.asarray(liver | ((hu > -150) & (hu < 140) & near))


def _neighbours(rng: Random, liver: Mask, size: float, cube: float, look: Look) -> Iterator[Lesion]:
    if rng.random() > DISTRACTED:
        return
    at = np.argwhere(liver)
    for _ in range(rng.integers(1, 4)):
        own = look.varied(rng) if rng.random() < 0.6 else Look.drawn(rng)
        yield shaped(
            rng, liver.shape, at[rng.integers(len(at))], size * rng.uniform(0.3, 1.1), cube, own
        )


def _beside(rng: Random, middle: Array, size: float, cube: float) -> Array:
    way = rng.standard_normal(3)
    return np.asarray(middle + way / np.linalg.norm(way) * size / cube * rng.uniform(0.6, 0.85))


def _holding(mask: Mask, middle: Array) -> Mask:
    """Keep the part that lies nearest to where the lesion was put."""
    parts, count = ndi.label(mask)
    if count < 2:
        return mask
    at = np.argwhere(mask)
    nearest = at[((at - middle) ** 2).sum(1).argmin()]
    return np.asarray(parts == parts[tuple(nearest)])


def _marks(rng: Random, kind: str, target: Mask, others: Mask | None) -> Marks | None:
    outside = np.zeros((0, 3)) if others is None else prompts.denied(rng, target, others)
    if kind == "click":
        return Marks(inside=prompts.clicked(rng, target), outside=outside)
    if "box" in kind:
        box = prompts.boxed(rng, target, flat=kind == "flat box")
        return Marks(inside=box.mean(0)[None], box=box, outside=outside)
    lines = prompts.axes(rng, target, both=kind == "both")
    if lines is None:
        return None
    return Marks(inside=lines[0].mean(0)[None], lines=lines, outside=outside)


def _given_liver(rng: Random, liver: Mask, target: Mask, cube: float) -> Mask:
    """Return the liver as it may be given: whole, without the lesion, a little off, or none."""
    kind = rng.random()
    if kind < 0.12:
        return np.zeros_like(liver)
    given = liver | target
    if kind < 0.35:
        hole = ndi.distance_transform_edt(~target) * cube < rng.uniform(0, 2)
        given = given & ~hole
    if rng.random() < 0.4:
        off = rng.uniform(-2, 2)
        edge = ndi.distance_transform_edt(given) - ndi.distance_transform_edt(~given)
        given = edge * cube > off
    return np.asarray(given)
