"""The exact volume against an independent clip of each voxel, and against closed forms."""

import itertools

import numpy as np
import pytest

from liverplan.resection.cuts import Plane
from liverplan.segmentation import Segmentation
from liverplan.volume import Grid
from liverplan.volumetry import VolumeIndex

LPS = np.array([[0, 0, 0.8, -30], [0, 0.7, 0, 12], [1.5, 0, 0, 5], [0, 0, 0, 1.0]])
SHEARED = np.array([[0.1, -0.2, 0.9, 4], [0.3, 0.8, 0.1, -7], [-1.4, 0.2, 0, 3], [0, 0, 0, 1.0]])
FLIPPED = LPS @ np.diag([-1.0, 1, -1, 1])


def blob(shape=(12, 14, 16), seed=0):
    """Random labels: liver with holes and two lesions."""
    return np.random.default_rng(seed).choice(
        np.array([0, 1, 2, 3], np.uint8), p=[0.3, 0.5, 0.1, 0.1], size=shape
    )


def index_of(labels, affine=LPS):
    return VolumeIndex.build(
        Segmentation(grid=Grid(shape=labels.shape, affine=affine), labels=labels)
    )


def voxel_clip_ml(labels, affine, normal, offset):
    """Every functional voxel's part with n.x >= d, by the inclusion-exclusion formula for a box."""
    grid = Grid(shape=labels.shape, affine=affine)
    slope = normal @ affine[:3, :3]
    lowest = grid.to_mm(np.argwhere(labels == 1)) @ normal - offset - np.abs(slope).sum() / 2
    reach = np.abs(slope)
    cut = np.zeros(len(lowest))
    for corner in itertools.product((0, 1), repeat=3):
        cut += (-1) ** sum(corner) * np.maximum(-lowest - corner @ reach, 0) ** 3
    return (1 - cut / (6 * np.prod(reach))).sum() * grid.voxel_ml


@pytest.mark.parametrize("affine", [LPS, SHEARED, FLIPPED])
def test_exact_mode_is_the_clip_of_each_voxel(affine):
    labels = blob()
    rng = np.random.default_rng(1)
    normals = rng.normal(size=(40, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    centre = Grid(shape=labels.shape, affine=affine).to_mm(np.array(labels.shape) / 2)
    offsets = normals @ centre + rng.uniform(-8, 8, 40)
    expected = [voxel_clip_ml(labels, affine, n, d) for n, d in zip(normals, offsets, strict=True)]
    found = index_of(labels, affine).remnant_ml(normals, offsets, exact=True)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


def test_the_eight_octants_of_three_planes_sum_to_the_whole():
    index = index_of(blob())
    planes = [
        Plane(point_mm=(-24, 17, 14), normal=n) for n in ((1, 0.2, 0.3), (0, 0, 1), (0.5, -1, 0.1))
    ]
    parts = [
        index.remnant_ml_of(
            [
                Plane(point_mm=p.point_mm, normal=s * p.normal)
                for p, s in zip(planes, signs, strict=True)
            ]
        )
        for signs in itertools.product((1, -1), repeat=3)
    ]
    assert min(parts) > 0
    assert sum(parts) == pytest.approx(index.functional_ml, abs=1e-9)


def test_a_plane_given_twice_is_that_plane():
    index = index_of(blob())
    plane = Plane(point_mm=(-24, 17, 14), normal=(1, 0.2, 0.3))
    once = index.remnant_ml_of([plane])
    assert index.remnant_ml_of([plane, plane]) == pytest.approx(once, abs=1e-9)
