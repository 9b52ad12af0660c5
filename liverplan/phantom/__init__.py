"""A torso whose liver and lesions have exact volumes: the sample, tests, notebooks.

>>> phantom = make_phantom(spacing_mm=(10.0, 8.0, 8.0), seed=1)
>>> phantom.volume.grid.spacing_mm
(10.0, 8.0, 8.0)
>>> len(phantom.truth.lesions)
3

Intrahepatic vessels are brighter liver tissue and count as liver; the cava, the portal trunk and
the gallbladder lie outside.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from liverplan import __version__
from liverplan.errors import InputError
from liverplan.phantom.liver import LESIONS, liver_shape, liver_solids
from liverplan.phantom.render import inside, noise, paint
from liverplan.phantom.torso import Paint, extent_mm, scene
from liverplan.phantom.truth import RECOMMENDED_NORMAL, RECOMMENDED_POINT_MM, Truth
from liverplan.segmentation.labels import FIRST_LESION, LIVER, Segmentation
from liverplan.segmentation.provenance import Provenance
from liverplan.volume import Grid, Volume

__all__ = [
    "RECOMMENDED_NORMAL",
    "RECOMMENDED_POINT_MM",
    "SAMPLE_SPACING_MM",
    "Phantom",
    "Truth",
    "make_phantom",
]

FOOT_MM, HEAD_MM = -156.0, 134.0
"""Heights between which the torso is scanned."""

SAMPLE_SPACING_MM = (2.5, 1.5, 1.5)
"""Of the small series in ``sample_data``."""

MAX_LESIONS = len(LESIONS)

_OFF_LATTICE_MM = (0.271, 0.397, 0.313)
"""Shift of the lattice (z, y, x), so that no shape lies on it by symmetry."""

_NAMESPACE = uuid.UUID("2d0b8a3c-4a52-4d0e-9f6c-6f1f4f0c7b11")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Phantom:
    """A CT of the torso, the labels of its liver and lesions, and what is exactly true of them."""

    volume: Volume
    segmentation: Segmentation
    truth: Truth


def make_phantom(
    *,
    spacing_mm: tuple[float, float, float] = (1.5, 0.8, 0.8),
    seed: int = 1,
    noise_hu: float = 12.0,
    lesions: int = 3,
    progress: Callable[[float, str], None] | None = None,
) -> Phantom:
    """Make a portal-venous CT of a torso with an exactly known liver.

    Parameters
    ----------
    spacing_mm : (float, float, float)
        Voxel size along (k, j, i), mm.
    seed : int
        Of the noise, and of the frame of reference's UID; the anatomy never changes.
    noise_hu : float
        Standard deviation of the noise.
    lesions : int
        How many of the four metastases there are.
    progress : callable, optional
        Told a fraction (0-1) and words before each organ; what it raises ends the work.

    Raises
    ------
    InputError
        If a spacing is not between 0.2 and 20 mm, the noise is negative, or there are not 0 to 4
        lesions.
    """
    _check(spacing_mm, noise_hu, lesions)
    grid = _grid(spacing_mm, seed)
    chosen = LESIONS[:lesions]
    hu = paint(grid, _told(scene(chosen, FOOT_MM, HEAD_MM), progress))
    hu += noise(grid, sd_hu=noise_hu, seed=seed)
    np.clip(np.rint(hu, out=hu), -1024, 3071, out=hu)
    labels = inside(grid, liver_shape()).astype(np.uint8) * np.uint8(LIVER)
    for label, lesion in enumerate(chosen, FIRST_LESION):
        labels[inside(grid, lesion.shape)] = label
    made = Provenance(method="liverplan phantom", version=__version__, origin="given")
    return Phantom(
        volume=Volume(grid=grid, hu=hu.astype(np.int16)),
        segmentation=Segmentation(
            grid=grid,
            labels=labels,
            provenance=dict.fromkeys(range(LIVER, FIRST_LESION + lesions), made),
        ),
        truth=Truth(liver_solids=liver_solids(), lesions=chosen),
    )


def _told(scene: Iterable[Paint], progress: Callable[[float, str], None] | None) -> Iterator[Paint]:
    """Hand on what is to be painted, and say how far it is."""
    parts = list(scene)
    for number, part in enumerate(parts):
        if progress is not None:
            progress(0.9 * number / len(parts), "Drawing the sample CT")
        yield part


def _check(spacing_mm: tuple[float, float, float], noise_hu: float, lesions: int) -> None:
    faults = []
    if len(spacing_mm) != 3 or not all(0.2 <= s <= 20 for s in spacing_mm):
        faults.append(f"the voxel spacing {spacing_mm} is not three lengths of 0.2 to 20 mm")
    if not 0 <= noise_hu < 1000:
        faults.append(f"the noise of {noise_hu} HU is not between 0 and 1000")
    if not 0 <= lesions <= MAX_LESIONS:
        faults.append(f"{lesions} lesions were asked for and it can have 0 to {MAX_LESIONS}")
    if faults:
        raise InputError(f"The phantom cannot be made: {'; '.join(faults)}.")


def _grid(spacing_mm: tuple[float, float, float], seed: int) -> Grid:
    """Return a square field of view around the torso, like a scanner's, with 10 mm of air."""
    low, high = extent_mm()
    centre, width = (low + high) / 2, float((high - low).max()) + 20.0
    size = np.array([HEAD_MM - FOOT_MM, width, width])
    shape = np.ceil(size / spacing_mm).astype(int)
    middle = np.array([(HEAD_MM + FOOT_MM) / 2, centre[1], centre[0]]) + _OFF_LATTICE_MM
    first = middle - (shape - 1) / 2 * spacing_mm
    affine = np.zeros((4, 4))
    affine[[2, 1, 0], [0, 1, 2]] = spacing_mm
    affine[:3, 3] = np.round(first[::-1], 3)
    affine[3, 3] = 1
    frame = uuid.uuid5(_NAMESPACE, f"frame {seed} {shape.tolist()} {spacing_mm}")
    k, j, i = (int(n) for n in shape)
    return Grid(shape=(k, j, i), affine=affine, frame_uid=f"2.25.{frame.int}")
