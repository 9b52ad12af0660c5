"""CTs rendered from real label maps, with two vessel trees whose middle lines are known."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.ndimage as ndi
import SimpleITK as sitk

from liverplan.segmentation.morphology import dilated, distance_transform_mm
from liverplan.volume import Grid, Volume
from tests.benchmarks.segmentation_rendered import (
    AORTA,
    BONE,
    CAVA,
    FAT,
    LESION,
    LIVER,
    PANCREAS,
    PORTA,
    PORTAL,
    _aorta_line,
    _fill_context,
    _fill_fat,
    _load,
)
from tests.benchmarks.vessels_grown import ROOT_MM, Grown, bends_of, grow, painted

TREES = 41, 42
"""Labels of the portal and the hepatic tree beside those of a map."""
PHASES = {
    "portal": {LIVER: 112, CAVA: 135, PORTA: 165, TREES[0]: 162, TREES[1]: 155},
    "early portal": {LIVER: 98, CAVA: 95, PORTA: 170, TREES[0]: 165, TREES[1]: 132},
    "late": {LIVER: 98, CAVA: 122, PORTA: 130, TREES[0]: 128, TREES[1]: 130},
    "fatty": {LIVER: 62, CAVA: 130, PORTA: 150, TREES[0]: 145, TREES[1]: 140},
    "arterial": {LIVER: 72, CAVA: 70, PORTA: 76, TREES[0]: 74, TREES[1]: 66, AORTA: 300},
    "unenhanced": {LIVER: 58, CAVA: 44, PORTA: 42, TREES[0]: 56, TREES[1]: 56, AORTA: 44},
}
"""Densities, HU, where they differ from those of `segmentation_rendered`."""
NOISE_HU, NOISE_AT_MM = 12.0, 1.5
"""Noise of slices so thick; thicker ones have less, as more quanta go into them.

Within squares of 8 mm of liver that is 10 HU. On real CTs brought to pixels as large it is 8 HU
(3D-IRCADb-01.1, slices of 1.6 mm) and 6 HU (CRLM-1004, of 5 mm, which makes 11 HU at 1.5 mm).
"""
TERMINALS = 170
DOME_MM = 22.0
TRUNK_MM = 6.5
AROUND_MM = 70.0
CAVA_MM = 9.5
PAINTED_MM = 8.0


@dataclass(frozen=True)
class RenderedTrees:
    """A rendered CT, its true liver, and both trees.

    ``labels`` is a (k, j, i) array of 1 portal, 2 hepatic; ``lines_mm`` and ``tree`` hold the
    points of the middle lines, LPS mm, and whose they are, ``radius_mm`` how thick it is there.
    """

    volume: Volume
    liver: np.ndarray
    labels: np.ndarray
    lines_mm: np.ndarray
    tree: np.ndarray
    radius_mm: np.ndarray


def render_trees(
    path: Path, phase: str, seed: int, shape: Path | None = None, noise_hu: float = NOISE_HU
) -> RenderedTrees:
    """Render one label map with two trees grown in its liver, or in another patient's."""
    rng = np.random.default_rng(seed)
    labels, spacing = _abdomen(path, rng)
    if shape is not None:
        labels = _with_liver(labels, spacing, shape)
    liver = labels == LIVER
    roots = _hilum(labels, spacing), _confluence(labels, spacing)
    grown = grow(liver, spacing, roots, TERMINALS, rng)
    bends = bends_of(labels.shape, spacing, rng)
    table = np.full(64, -1000.0, np.float32)
    for label, value in (PORTAL | PHASES[phase]).items():
        table[label] = value
    for radius in rng.uniform(5, 14, 3):
        seeds = np.zeros(liver.shape, bool)
        seeds[tuple(np.argwhere(liver)[rng.integers(liver.sum())])] = True
        labels[dilated(seeds, radius, tuple(spacing)) & liver] = LESION
    hu = table[labels]
    whole = liver | dilated(labels == PORTA, 8, tuple(spacing)) | _about(roots, hu.shape, spacing)
    shares, lines, radii = zip(*(painted(t, bends, hu.shape, spacing) for t in grown), strict=True)
    for label, share in zip(TREES, shares, strict=True):
        soft = np.where(whole & (labels != CAVA), share, 0)
        hu = hu + soft * (table[label] - hu)
    grid = Grid(shape=hu.shape, affine=_affine(spacing))
    vessel = np.where(shares[0] >= shares[1], 1, 2) * (np.maximum(*shares) >= 0.5) * liver
    return RenderedTrees(
        volume=Volume(grid=grid, hu=_noisy(hu, spacing[0], noise_hu, rng)),
        liver=liver,
        labels=vessel.astype(np.uint8),
        lines_mm=grid.to_mm(np.concatenate(lines) / spacing),
        tree=np.repeat((1, 2), [len(line) for line in lines]),
        radius_mm=np.concatenate(radii),
    )


def _about(roots: tuple[np.ndarray, np.ndarray], shape: tuple, spacing: np.ndarray) -> np.ndarray:
    """Where a tree may leave the liver, about its root: it is whole there, as a real one is."""
    at = np.stack(np.indices(shape, dtype=np.float32), axis=-1) * spacing.astype(np.float32)
    near = [np.linalg.norm(at - root, axis=-1) < ROOT_MM + PAINTED_MM for root in roots]
    return near[0] | near[1]


def _noisy(
    hu: np.ndarray, slice_mm: float, noise_hu: float, rng: np.random.Generator
) -> np.ndarray:
    hu = ndi.gaussian_filter(hu, [0.4, 0.5, 0.5])
    noise = ndi.gaussian_filter(rng.standard_normal(hu.shape).astype(np.float32), [0.3, 0.6, 0.6])
    wanted = noise_hu * np.sqrt(NOISE_AT_MM / slice_mm)
    return np.rint(hu + noise * (wanted / noise.std())).astype(np.int16)


def _affine(spacing: np.ndarray) -> np.ndarray:
    affine = np.eye(4)
    affine[:3, :3] = np.array([[0, 0, spacing[2]], [0, spacing[1], 0], [spacing[0], 0, 0]])
    return affine


def _abdomen(path: Path, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Read a map; where it names no cava it gets one, which the liver lies round."""
    labels, spacing = _load(path)
    slices = np.flatnonzero((labels == LIVER).any(axis=(1, 2)))
    room = round(AROUND_MM / spacing[0])
    labels = labels[max(0, slices[0] - room) : slices[-1] + room + 1].copy()
    if (labels == CAVA).any():
        return _fill_fat(labels, spacing), np.array(spacing)
    filled = _fill_context(labels, spacing, rng)
    y, x = _aorta_line(labels)
    _, j, i = np.indices(labels.shape, sparse=True)
    cava = np.hypot((j - y) * spacing[1] - 2, (i - x) * spacing[2] + 32) < CAVA_MM
    filled[cava & (labels == LIVER)] = CAVA
    return filled, np.array(spacing)


def _with_liver(labels: np.ndarray, spacing: np.ndarray, shape: Path) -> np.ndarray:
    """Put another patient's liver, middle on middle, in the place of a map's own.

    Cava, aorta and bones stay; where the map's liver was and the other's is not, there is fat.
    """
    image = sitk.DICOMOrient(sitk.ReadImage(str(shape)), "LPS")
    mask = sitk.GetArrayFromImage(image) > 0
    there = np.array(image.GetSpacing()[::-1])
    depth = distance_transform_mm(mask, tuple(there)) - distance_transform_mm(~mask, tuple(there))
    own, other = (np.array(ndi.center_of_mass(m)) for m in (labels == LIVER, mask))
    scale = spacing / there
    depth = ndi.affine_transform(
        depth, scale, other - own * scale, labels.shape, order=1, mode="nearest"
    )
    put = np.where(labels == LIVER, FAT, labels)
    put[(depth > 0) & ~np.isin(labels, (CAVA, AORTA, BONE))] = LIVER
    return put.astype(np.uint8)


def _hilum(labels: np.ndarray, spacing: np.ndarray) -> np.ndarray:
    """Where the portal vein enters; without one in the map, a trunk is drawn to the pancreas."""
    liver, middle = labels == LIVER, np.array(ndi.center_of_mass(labels == LIVER))
    if not (labels == PORTA).any():
        gland = np.array(ndi.center_of_mass(labels == PANCREAS))
        away = distance_transform_mm(liver, tuple(spacing))
        rim = np.argwhere((away > 0) & (away < 3))
        to_both = [np.linalg.norm((rim - p) * spacing, axis=1) for p in (gland, middle)]
        hilum = rim[int((to_both[0] + to_both[1]).argmin())]
        seeds = np.zeros(labels.shape, bool)
        seeds[tuple(np.rint(np.linspace(hilum, gland, 200)).astype(int).T)] = True
        trunk = dilated(seeds, TRUNK_MM, tuple(spacing)) & ~np.isin(labels, (LIVER, CAVA))
        labels[trunk] = PORTA
        return hilum * spacing
    at = np.argwhere(labels == PORTA)
    away = distance_transform_mm(~liver, tuple(spacing))[tuple(at.T)]
    near = at[away <= away.min() + 4]
    return near[int(np.linalg.norm((near - middle) * spacing, axis=1).argmin())] * spacing


def _confluence(labels: np.ndarray, spacing: np.ndarray) -> np.ndarray:
    """Middle of the cava a little below the highest liver that touches it."""
    near = dilated(labels == LIVER, 6, tuple(spacing)) & (labels == CAVA)
    slices = np.flatnonzero(near.sum(axis=(1, 2)) > 4)
    k = max(slices[0], slices[-1] - round(DOME_MM / spacing[0]))
    middle = np.argwhere(labels[k] == CAVA).mean(axis=0)
    return np.array([k, *middle]) * spacing


__all__ = ["PHASES", "Grown", "RenderedTrees", "render_trees"]
