"""Margins of any plan against brute force: fine points of the cut, every box of the lesion."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from liverplan.resection import Ablation, CurvedCut, Parts, Plan, Plane, Sphere, VCut, Wedge
from liverplan.resection.anatomy.maps import PartMap
from liverplan.segmentation.labels import Segmentation
from liverplan.volumetry.shapes.margins import plan_margins, removal
from liverplan.volumetry.shapes.plan_index import PlanIndex

from .conftest import ellipsoid_mask, lattice

FINE = 9
"""Points along each side of a voxel."""


@pytest.fixture(scope="module")
def bumpy():
    """A small liver in two parts, with a lesion of two lobes."""
    grid = lattice((2.0, 1.6, 1.6), 42)
    liver = ellipsoid_mask(grid, np.zeros(3), (40, 36, 32))
    lesion = ellipsoid_mask(grid, np.array([-6, 2, 1]), (7, 5, 5))
    lesion |= ellipsoid_mask(grid, np.array([1, 7, -2]), (4, 6, 4))
    labels = np.ones(grid.shape, dtype=np.uint8)
    labels[:, :, grid.shape[2] // 2 + 7 :] = 2
    halves = PartMap(scheme="halves", grid=grid, labels=labels, names=("this", "other"))
    return PlanIndex.build(Segmentation.from_masks(grid, liver, [lesion]), {"halves": halves})


def _cut(rng, kind, away):
    centre, normal = rng.uniform(-4, 4, size=3), rng.normal(size=3)
    normal /= np.linalg.norm(normal)
    if kind == "plane":
        return Plane(point_mm=centre - (8 + away) * normal, normal=-normal)
    if kind == "sphere":
        return Sphere(centre_mm=centre, radius_mm=13 + away)
    if kind == "wedge":
        return Wedge(tip_mm=centre, direction=normal, radius_mm=12 + away, half_angle_deg=20)
    if kind == "cleft":
        planes = [
            Plane(point_mm=centre + 12 * n, normal=n) for n in (normal, np.array([0.0, 0.0, 1.0]))
        ]
        return VCut(planes=tuple(p.shifted(away) for p in planes))
    if kind == "ablation":
        axes = np.linalg.qr(rng.normal(size=(3, 3)))[0]
        return Ablation(centre_mm=centre, radii_mm=rng.uniform(10, 16, 3) + away, axes=axes)
    flat = CurvedCut.flat(centre + (8 + away) * normal, normal, size_mm=120, controls=6)
    heights = rng.uniform(-6, 6, size=(6, 6))
    return CurvedCut(
        origin_mm=flat.origin_mm, axes=flat.axes, step_mm=flat.step_mm, heights_mm=heights
    )


def _boxes_mm(index, points):
    """(N,) distances to the nearest of the lesion's boxes, by looking at those that may be it."""
    grid = index.segmentation.grid
    voxels = np.argwhere(index.segmentation.labels == 2)
    centres, half = grid.to_mm(voxels), np.array(grid.spacing_mm) / 2
    near = cKDTree(centres).query(points, k=60)[1]
    axes = grid.affine[:3, :3] / grid.spacing_mm
    off = np.abs((points[:, None] - centres[near]) @ axes) - half
    return np.linalg.norm(np.maximum(off, 0.0), axis=2).min(axis=1)


def _brute_force_mm(index, plan):
    """Distance from the lesion to the cut inside the liver."""
    grid, value = index.segmentation.grid, removal(plan)
    taken = index.part_mask(plan.voxels)
    there = index.segmentation.liver & ~taken
    voxels = np.argwhere(there)
    lesion = cKDTree(grid.to_mm(np.argwhere(index.segmentation.labels == 2)))
    samples = [_faces(index, taken)]
    samples[0] = samples[0][value(samples[0]) > 0]
    crossed = voxels[np.abs(value(grid.to_mm(voxels))) < 1.6]
    if len(crossed):
        far = lesion.query(grid.to_mm(crossed))[0]
        crossed = crossed[far < far.min() + 3]
        fine = (np.indices((FINE,) * 3).reshape(3, -1).T) / (FINE - 1) - 0.5
        points = grid.to_mm((crossed[:, None] + fine).reshape(-1, 3))
        for _ in range(3):
            slope = np.stack(
                [(value(points + s) - value(points - s)) / 2e-4 for s in 1e-4 * np.eye(3)], axis=1
            )
            size = np.maximum((slope**2).sum(axis=1), 1e-3)
            points -= (value(points) / size)[:, None] * slope
        at = np.clip(np.rint(grid.to_index(points)).astype(int), 0, np.array(grid.shape) - 1)
        on = (np.abs(value(points)) < 1e-3) & there[tuple(at.T)]
        samples.append(points[on])
    points = np.concatenate(samples)
    if len(points) == 0:
        return None
    rough = lesion.query(points)[0]
    return float(_boxes_mm(index, points[rough < rough.min() + 3]).min())


def _faces(index, taken):
    """Points all over the faces between what is taken and what is not."""
    grid, liver, found = index.segmentation.grid, index.segmentation.liver, [np.empty((0, 3))]
    flat = np.indices((FINE, FINE)).reshape(2, -1).T / (FINE - 1) - 0.5
    for axis in range(3):
        step = np.eye(3, dtype=int)[axis]
        a = np.argwhere(liver & ~taken)
        for side in (1, -1):
            b = a + side * step
            ends = liver[tuple(b.T)] & taken[tuple(b.T)]
            offsets = np.insert(flat, axis, 0.5 * side, axis=1)
            found.append((a[ends][:, None] + offsets).reshape(-1, 3))
    return grid.to_mm(np.concatenate(found))


KINDS = ("plane", "sphere", "wedge", "cleft", "ablation", "surface", "parts")


@pytest.mark.parametrize("seed", range(21))
def test_a_margin_is_within_0_3_mm_and_never_optimistic(bumpy, seed):
    rng = np.random.default_rng(seed)
    away = float(rng.uniform(0.5, 12) if seed < 14 else rng.uniform(14, 22))
    named = Parts(scheme="halves", names=(("this", "other")[seed % 2],))
    kinds = np.roll(KINDS, -seed)[: 1 + seed % 14 // len(KINDS)]
    plan = Plan(cuts=tuple(named if k == "parts" else _cut(rng, k, away) for k in kinds))
    (margin,) = plan_margins(bumpy, plan)
    true = _brute_force_mm(bumpy, plan)
    assert true is not None
    if margin.margin_mm < 0:  # the lesion is cut through
        assert true < 0.5
        return
    assert margin.margin_mm <= true + 0.01  # found points of the cut are never nearer than it
    assert margin.margin_mm >= true - 0.3 - 0.05  # and farther by 0.05 mm at most
