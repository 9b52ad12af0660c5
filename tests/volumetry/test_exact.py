"""The exact volume against an independent clip of each voxel, and against closed forms."""

import itertools

import numpy as np
import pytest

from liverplan.resection.cuts.plane import Plane
from liverplan.volume import Grid
from tests.volumetry.shapes import FLIPPED, LPS, SHEARED, blob, index_of, planes_through


def voxel_clip_ml(labels, affine, normal, offset):
    """Every functional voxel's part with n.x >= d, by the inclusion-exclusion formula for a box."""
    grid = Grid(shape=labels.shape, affine=affine)
    slope = normal @ affine[:3, :3]
    lowest = grid.to_mm(np.argwhere(labels == 1)) @ normal - offset - np.abs(slope).sum() / 2
    reach = np.abs(slope)
    whole = np.count_nonzero(lowest >= 0)
    lowest = lowest[(lowest < 0) & (lowest + reach.sum() > 0)]  # those that the plane crosses
    cut = np.zeros(len(lowest))
    for corner in itertools.product((0, 1), repeat=3):
        cut += (-1) ** sum(corner) * np.maximum(-lowest - corner @ reach, 0) ** 3
    return (whole + (1 - cut / (6 * np.prod(reach))).sum()) * grid.voxel_ml


@pytest.mark.parametrize("affine", [LPS, SHEARED, FLIPPED])
def test_exact_mode_is_the_clip_of_each_voxel(affine):
    labels = blob()
    index = index_of(labels, affine)
    normals, offsets = planes_through(index, 40)
    expected = [voxel_clip_ml(labels, affine, n, d) for n, d in zip(normals, offsets, strict=True)]
    found = index.remnant_ml(normals, offsets, exact=True)
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


def test_planes_along_the_lattice_agree_with_their_neighbours():
    """Where a slope vanishes the smoothing does too; the volume must not jump there."""
    index = index_of(blob())
    x = -24.3
    straight = index.remnant_ml([[1, 0, 0]], [x], exact=True)[0]
    for tilt in (1e-3, 1e-6, 1e-9, 1e-12, 1e-15):
        normal = np.array([1.0, tilt, tilt / 3])
        normal /= np.linalg.norm(normal)
        about = normal @ np.array([x, 16.6, 13.0])
        tilted = index.remnant_ml([normal], [about], exact=True)[0]
        assert tilted == pytest.approx(straight, abs=10 * tilt + 1e-12)
