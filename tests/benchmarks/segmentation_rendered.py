"""CTs rendered from real label maps: thirty real liver shapes with a known truth.

A label map names a few organs only. What is missing is filled in by rule: trunk wall, ribs,
spine, fat, lungs above the organs, a heart on the diaphragm, a cava beside the aorta, bowel. Then
every tissue gets its density for a phase, the liver gets vessels and lesions, and the whole gets
partial volume and correlated noise. It is no CT; it tests shapes, not texture.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.ndimage as ndi
import SimpleITK as sitk
from skimage.morphology import convex_hull_image

from liverplan.segmentation.morphology import dilated, distance_transform_mm
from liverplan.volume import Grid, Volume

LIVER, SPLEEN, KIDNEY, STOMACH, GALL, PANCREAS, CAVA, AORTA, PORTA = range(1, 10)
LUNG, HEART, BONE, BOWEL, MUSCLE, BODY, OESOPHAGUS, ADRENAL = range(10, 18)
FAT, GAS, VEIN, LESION = 30, 31, 32, 33

PORTAL = {
    LIVER: 112, SPLEEN: 122, KIDNEY: 185, STOMACH: 45, GALL: 8, PANCREAS: 95, CAVA: 130,
    AORTA: 150, PORTA: 165, LUNG: -850, HEART: 125, BONE: 400, BOWEL: 50, MUSCLE: 64, BODY: -100,
    OESOPHAGUS: 55, ADRENAL: 75, FAT: -100, GAS: -1000, VEIN: 160, LESION: 70,
}  # fmt: skip
PHASES = {
    "portal": {},
    "late": {LIVER: 98, SPLEEN: 102, KIDNEY: 150, CAVA: 115, AORTA: 118, PORTA: 120, VEIN: 122},
    "fatty": {LIVER: 62, SPLEEN: 118, VEIN: 140, PORTA: 150, LESION: 78},
}
"""Portal-venous densities, HU, and how other phases differ from them."""

NEIGHBOURS_MM = 50.0
"""How far up and down the trunk follows its widest organs."""
SKIN_MM = 10.0
NOISE_HU = 18.0
RENDERED_MM = 1.3


@dataclass(frozen=True)
class Rendered:
    """A rendered CT and its true liver."""

    volume: Volume
    liver: np.ndarray


def render(path: Path, phase: str, seed: int) -> Rendered:
    """Render one label map."""
    rng = np.random.default_rng(seed)
    labels, liver, spacing = labelled(path, rng, lesions=True)
    hu = densities(labels, phase)
    noise = ndi.gaussian_filter(rng.standard_normal(hu.shape).astype(np.float32), [0.3, 0.6, 0.6])
    hu += noise * (NOISE_HU / noise.std())
    affine = np.eye(4)
    affine[:3, :3] = np.array([[0, 0, spacing[2]], [0, spacing[1], 0], [spacing[0], 0, 0]])
    grid = Grid(shape=hu.shape, affine=affine)
    volume = Volume(grid=grid, hu=np.rint(hu).astype(np.int16))
    return Rendered(volume=volume, liver=liver)


def labelled(
    path: Path, rng: np.random.Generator, *, lesions: bool
) -> tuple[np.ndarray, np.ndarray, tuple[float, float, float]]:
    """Read a label map and fill in what it leaves out; and where its liver is; and its voxels."""
    labels, spacing = _load(path)
    if not (labels == BODY).any() or not (labels == LUNG).any():
        labels = _fill_context(labels, spacing, rng)
    else:
        labels = _fill_fat(labels, spacing)
    liver = labels == LIVER
    return _with_vessels_and_lesions(labels, liver, spacing, rng, lesions=lesions), liver, spacing


def densities(labels: np.ndarray, phase: str) -> np.ndarray:
    """Give every label its density in a phase, HU, with soft edges."""
    table = np.full(64, -1000.0, np.float32)
    for label, hu in (PORTAL | PHASES[phase]).items():
        table[label] = hu
    return ndi.gaussian_filter(table[labels], [0.5, 0.6, 0.6])


def _load(path: Path) -> tuple[np.ndarray, tuple[float, float, float]]:
    """Read a map as (foot-head, front-back, right-left), averaged to a workable size."""
    image = sitk.DICOMOrient(sitk.ReadImage(str(path)), "LPS")
    labels = sitk.GetArrayFromImage(image).astype(np.uint8)
    spacing = np.array(image.GetSpacing()[::-1])
    step = np.maximum(1, np.rint(RENDERED_MM / spacing).astype(int))
    labels = labels[:: step[0], :: step[1], :: step[2]]
    rows = np.arange(labels.shape[1])[None, :, None]
    back, front = (np.average(rows * np.ones_like(labels), weights=labels == n) for n in (3, 1))
    if back < front:  # some maps come with front and back exchanged
        labels = labels[:, ::-1]
    spacing = spacing * step
    return np.ascontiguousarray(labels), (float(spacing[0]), float(spacing[1]), float(spacing[2]))


def _fill_fat(labels: np.ndarray, spacing: tuple) -> np.ndarray:
    """Fat between the organs and under the skin: such maps leave most of it unnamed."""
    filled = labels.copy()
    skin = int(SKIN_MM / spacing[1])
    for k, plane in enumerate(labels):
        named = plane > 0
        if named.any():
            trunk = ndi.binary_dilation(convex_hull_image(named), iterations=skin)
            filled[k][trunk & ((plane == 0) | (plane == BODY))] = FAT
    return filled


def _fill_context(labels: np.ndarray, spacing: tuple, rng: np.random.Generator) -> np.ndarray:
    organs = np.isin(labels, (LIVER, SPLEEN, KIDNEY, STOMACH, PANCREAS, GALL, AORTA))
    coarse = max(1, round(4 / spacing[1]))
    small = np.pad(organs[:, ::coarse, ::coarse], ((0, 0), (20, 20), (20, 20)))
    thick = (spacing[0], spacing[1] * coarse, spacing[2] * coarse)
    reach = 2 * int(NEIGHBOURS_MM / spacing[0]) + 1
    near = ndi.maximum_filter1d(small.astype(np.uint8), reach, axis=0)
    used = np.flatnonzero(near.any(axis=(1, 2)))
    hulls = {int(k): convex_hull_image(near[k]) for k in used}
    nearest = np.clip(np.arange(len(near)), used[0], used[-1])
    cavity = np.stack([hulls[int(k)] for k in nearest])
    out = distance_transform_mm(~cavity, (1e3, *thick[1:]))[:, 20:-20, 20:-20]
    out = np.kron(out, np.ones((1, coarse, coarse), np.float32))
    out = out[:, : labels.shape[1], : labels.shape[2]]
    out = np.pad(out, [(0, n - m) for n, m in zip(labels.shape, out.shape, strict=True)], "edge")
    return _with_wall(labels, out, spacing, rng)


def _with_wall(
    labels: np.ndarray, out: np.ndarray, spacing: tuple, rng: np.random.Generator
) -> np.ndarray:
    filled = np.where(out <= 3, FAT, np.where(out <= 14, MUSCLE, np.where(out <= 32, FAT, 0)))
    k, j, i = np.indices(labels.shape, sparse=True)
    ribs = (out > 5) & (out < 11) & (((k * spacing[0] + 0.35 * j * spacing[1]) % 28) < 10)
    filled[ribs] = BONE
    _bowel(filled, labels, out, spacing, rng)
    _lungs_and_heart(filled, labels, out, spacing)
    y, x = _aorta_line(labels)
    here = (j - y) * spacing[1], (i - x) * spacing[2]
    spine = np.hypot(here[0] - 32, here[1] + 12) < 19
    cava = np.hypot(here[0] - 2, here[1] + 32) < 9.5
    filled[np.broadcast_to(np.hypot(here[0] - 45, here[1] + 12) < 42, labels.shape) & (out < 14)
           & ~np.isin(filled, (LUNG,))] = MUSCLE  # fmt: skip
    filled[np.broadcast_to(cava, labels.shape)] = CAVA
    filled[np.broadcast_to(spine, labels.shape)] = BONE
    return np.where(labels > 0, labels, filled).astype(np.uint8)


def _bowel(filled, labels, out, spacing, rng):
    """Loops of bowel, some with gas, in the lower cavity."""
    middle = int(ndi.center_of_mass(labels == LIVER)[0])
    room = np.argwhere((out <= 0) & (labels == 0) & (np.indices(labels.shape)[0] < middle))
    noise = rng.standard_normal(labels.shape).astype(np.float32)
    field = ndi.gaussian_filter(noise, [9 / s for s in spacing])
    loops = (field > 0.6 * field.std()) & (out <= 0) & (labels == 0)
    loops[middle:] = False
    filled[loops] = BOWEL
    filled[loops & (field > 1.6 * field.std())] = GAS
    return room


def _lungs_and_heart(filled, labels, out, spacing):
    upper = np.isin(labels, (LIVER, SPLEEN, STOMACH))
    has = upper.any(axis=0)
    top = np.where(has, labels.shape[0] - 1 - upper[::-1].argmax(axis=0), 0).astype(np.float32)
    sigma = [12 / s for s in spacing[1:]]
    weight = ndi.gaussian_filter(has.astype(np.float32), sigma)
    mean = ndi.gaussian_filter(np.where(has, top, 0), sigma) / np.maximum(weight, 1e-3)
    peak = ndi.maximum_filter(np.where(has, top, 0), [int(24 / s) for s in spacing[1:]])
    dome = np.where(weight > 0.02, np.maximum(mean, np.where(has, top, mean)), peak)
    above = np.arange(labels.shape[0])[:, None, None] * spacing[0] - dome[None] * spacing[0]
    middle = ndi.center_of_mass(labels == LIVER)[0]
    high = np.arange(labels.shape[0])[:, None, None] > middle
    chest = (above > 3) & (out <= 2) & (labels == 0) & high
    filled[chest] = LUNG
    y, x = _aorta_line(labels)
    j, i = np.indices(labels.shape[1:])
    rows = ((j[None] - y) * spacing[1] + 75) / 48
    columns = ((i[None] - x) * spacing[2] - 12) / 55
    flat = np.hypot(rows, columns)
    filled[(flat < 1) & chest] = HEART


def _aorta_line(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Row and column of the aorta on every slice, smoothed."""
    slices = [k for k in range(labels.shape[0]) if (labels[k] == AORTA).any()]
    middles = np.array([ndi.center_of_mass(labels[k] == AORTA) for k in slices])
    all_k = np.arange(labels.shape[0])
    y, x = (np.interp(all_k, slices, ndi.gaussian_filter1d(middles[:, n], 3)) for n in (0, 1))
    return y[:, None, None], x[:, None, None]


def _with_vessels_and_lesions(
    labels: np.ndarray,
    liver: np.ndarray,
    spacing: tuple,
    rng: np.random.Generator,
    *,
    lesions: bool,
) -> np.ndarray:
    result = labels.copy()
    inside = np.argwhere(liver)
    root = inside.mean(axis=0)
    tree = np.zeros(liver.shape, bool)
    thin = np.zeros(liver.shape, bool)
    for number in range(26):
        path = np.linspace(root, inside[rng.integers(len(inside))], 150)
        bend = np.sin(np.linspace(0, np.pi, 150))[:, None] * rng.normal(0, 6, 3) / np.array(spacing)
        at = np.rint(path + bend).astype(int)
        at = at[np.all((at >= 0) & (at < liver.shape), axis=1)]
        (tree if number < 6 else thin)[tuple(at.T)] = True
    result[(dilated(tree, 3.5, spacing) | dilated(thin, 1.6, spacing)) & liver] = VEIN
    for radius in rng.uniform(5, 16, 3) if lesions else ():
        seed = np.zeros(liver.shape, bool)
        seed[tuple(inside[rng.integers(len(inside))])] = True
        result[dilated(seed, radius, spacing) & liver] = LESION
    return result
