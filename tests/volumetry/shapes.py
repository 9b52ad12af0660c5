"""Label maps with known volumes, for the tests of this room."""

import numpy as np

from liverplan.segmentation import Segmentation
from liverplan.volume import Grid
from liverplan.volumetry import VolumeIndex

ISOTROPIC = np.array([[0, 0, 1.0, 0], [0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1]])
LPS = np.array([[0, 0, 0.8, -30], [0, 0.7, 0, 12], [1.5, 0, 0, 5], [0, 0, 0, 1.0]])
SHEARED = np.array([[0.1, -0.2, 0.9, 4], [0.3, 0.8, 0.1, -7], [-1.4, 0.2, 0, 3], [0, 0, 0, 1.0]])
FLIPPED = LPS @ np.diag([-1.0, 1, -1, 1])


def blob(shape=(12, 14, 16), seed=0):
    """Random labels: liver with holes and two lesions."""
    return np.random.default_rng(seed).choice(
        np.array([0, 1, 2, 3], np.uint8), p=[0.3, 0.5, 0.1, 0.1], size=shape
    )


def spaced(k, j, i):
    """An axis-aligned affine with a spacing along (k, j, i)."""
    return ISOTROPIC @ np.diag([k, j, i, 1.0])


def segmented(labels, affine=LPS):
    return Segmentation(grid=Grid(shape=labels.shape, affine=affine), labels=labels)


def index_of(labels, affine=LPS):
    return VolumeIndex.build(segmented(labels, affine))


def ellipsoid(affine, shape, centre_mm, radii_mm, axes=None):
    """Voxels whose centres lie in an ellipsoid along the LPS axes, or along the rows of axes."""
    grid = Grid(shape=shape, affine=affine)
    at = grid.to_mm(np.stack(np.indices(shape), axis=-1)) - centre_mm
    if axes is not None:
        at = at @ axes.T
    return ((at / np.asarray(radii_mm)) ** 2).sum(axis=-1) <= 1


def ellipsoid_ml(centre_mm, radii_mm, normal, offset_mm, axes=None):
    """Closed form of an ellipsoid's part with n.x >= d."""
    normal, radii = np.asarray(normal), np.asarray(radii_mm)
    along = normal if axes is None else axes @ normal
    t = (offset_mm - normal @ np.asarray(centre_mm)) / np.linalg.norm(radii * along)
    t = np.clip(t, -1, 1)
    return np.pi / 3 * np.prod(radii) * (2 - 3 * t + t**3) / 1000


def unit(count, seed=0):
    """Unit vectors drawn evenly from the sphere."""
    normals = np.random.default_rng(seed).normal(size=(count, 3))
    return normals / np.linalg.norm(normals, axis=1, keepdims=True)


def planes_through(index, count, seed=0, reach_mm=8.0):
    """Random planes near the middle of an index's grid: (M, 3) normals, (M,) offsets."""
    normals = unit(count, seed)
    middle = index.grid.corners_mm.mean(axis=0)
    shift = np.random.default_rng(seed + 1).uniform(-reach_mm, reach_mm, count)
    return normals, normals @ middle + shift
