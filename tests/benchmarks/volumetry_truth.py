"""Items 2, 3 and 4: how exact, against whom."""

import itertools

import numpy as np

from liverplan.resection.cuts import Plane
from liverplan.segmentation import Segmentation
from liverplan.volume import Grid
from liverplan.volumetry import VolumeIndex, front
from liverplan.volumetry.search import sphere
from tests.benchmarks.volumetry_peers import NumpyBox
from tests.benchmarks.volumetry_shapes import Row, compact, directions
from tests.volumetry.shapes import SHEARED, blob, ellipsoid, ellipsoid_ml, index_of, spaced
from tests.volumetry.test_exact import voxel_clip_ml

CENTRE, RADII = np.array([90.13, 75.29, 80.41]), np.array([82.0, 66.0, 70.0])


def exactness(*, planes):
    """Item 2: against an independent clip of each voxel, and fast against exact."""
    worst = 0.0
    for seed, affine in enumerate((spaced(1.0, 0.75, 0.75), SHEARED)):
        labels = blob((30, 34, 38), seed)
        index = index_of(labels, affine)
        normals = directions(planes)[:planes]
        offsets = normals @ index.grid.corners_mm.mean(axis=0)
        for n, d in zip(normals, offsets, strict=True):
            found = index.remnant_ml([n], [d], exact=True)[0]
            worst = max(worst, abs(found - voxel_clip_ml(labels, affine, n, d)))
    rows = [Row(2, "exact against a clip of each voxel", worst, "mL", "<= 1e-9", worst <= 1e-9)]
    for slices in (1.0, 2.5):
        index = VolumeIndex.build(compact((slices, 0.75, 0.75)))
        normals = directions(planes)
        offsets = np.linspace(-50, 50, len(normals))
        error = index.remnant_ml(normals, offsets) - index.remnant_ml(normals, offsets, exact=True)
        worst = float(np.abs(error).max())
        what = f"fast against exact, {slices:g} mm slices, all directions"
        rows.append(Row(2, what, worst, "mL", "<= 0.01", worst <= 0.01))
    return rows


def closed_form(*, planes, slices=(1.0, 2.5, 5.0)):
    """Item 2: an ellipsoid off the lattice, in every direction, and what counting voxels gives."""
    rows = []
    for thickness in slices:
        affine = spaced(thickness, 0.75, 0.75)
        shape = tuple(np.ceil(2 * CENTRE[::-1] / (thickness, 0.75, 0.75)).astype(int))
        labels = ellipsoid(affine, shape, CENTRE, RADII).astype(np.uint8)
        segmentation = Segmentation(grid=Grid(shape=shape, affine=affine), labels=labels)
        index, counting = VolumeIndex.build(segmentation), NumpyBox(segmentation)
        worst = {"exact": 0.0, "fast": 0.0, "counting": 0.0}
        for shift in (-31.7, -12.3, 0.0, 9.1, 27.9):
            normals = directions(planes)
            offsets = normals @ CENTRE + shift
            true = [
                ellipsoid_ml(CENTRE, RADII, n, d) for n, d in zip(normals, offsets, strict=True)
            ]
            found = {
                "exact": index.remnant_ml(normals, offsets, exact=True),
                "fast": index.remnant_ml(normals, offsets),
                "counting": [counting(n, d) for n, d in zip(normals, offsets, strict=True)],
            }
            for mode, values in found.items():
                worst[mode] = max(worst[mode], float(np.abs(np.subtract(values, true)).max()))
        own = abs(index.functional_ml - 4 / 3 * np.pi * RADII.prod() / 1000)
        rows.append(
            Row(2, f"ellipsoid at {thickness:g} mm: the mask's own error", float(own), "mL")
        )
        for mode, value in worst.items():
            what = f"ellipsoid at {thickness:g} mm: worst error, {mode}"
            aimed = thickness == 1.0 and mode != "counting"
            target, reached = ("<= 0.06", value <= 0.06) if aimed else ("", None)
            rows.append(Row(2, what, value, "mL", target, reached))
    return rows


def properties(*, cases):
    """Item 3 in figures; tests/volumetry/test_properties.py searches for counterexamples."""
    rng = np.random.default_rng(3)
    parts = motion = order = deeper = more = 0.0
    for seed in range(cases):
        labels = blob((9, 10, 11), seed)
        index = index_of(labels)
        first, second = _random_planes(rng, index)
        left = index.remnant_ml_of([first])
        other = Plane(point_mm=first.point_mm, normal=-first.normal)
        parts = max(parts, abs(left + index.remnant_ml_of([other]) - index.functional_ml))
        turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
        moved = np.eye(4)
        moved[:3, :3], moved[:3, 3] = turn, rng.uniform(-100, 100, 3)
        again = Plane(point_mm=turn @ first.point_mm + moved[:3, 3], normal=turn @ first.normal)
        elsewhere = index_of(labels, moved @ index.grid.affine)
        motion = max(motion, abs(elsewhere.remnant_ml_of([again]) - left))
        axes = list(itertools.permutations(range(3)))[seed % 6]
        affine = index.grid.affine.copy()
        affine[:3, :3] = affine[:3, list(axes)]
        turned = index_of(np.ascontiguousarray(labels.transpose(axes)), affine)
        order = max(order, abs(turned.remnant_ml_of([first]) - left))
        deeper = max(deeper, index.remnant_ml_of([first.shifted(rng.uniform(0, 4))]) - left)
        more = max(more, index.remnant_ml_of([first, second]) - left)
    return [
        Row(3, "remnant + resected - functional", parts, "mL", "<= 1e-6", parts <= 1e-6),
        Row(3, "change under rigid motion and reflection", motion, "mL", "<= 1e-6", motion <= 1e-6),
        Row(3, "change under axis permutation", order, "mL", "<= 1e-6", order <= 1e-6),
        Row(3, "most that a deeper plane adds", deeper, "mL", "<= 1e-6", deeper <= 1e-6),
        Row(3, "most that another plane adds", more, "mL", "<= 1e-6", more <= 1e-6),
    ]


def optimum(*, brute):
    """Item 4: the front against brute force over a far finer sphere, on a coarse liver."""
    index = VolumeIndex.build(compact((4.0, 3.0, 3.0)))
    margins = [0.0, 5.0, 10.0, 20.0]
    normals = sphere(brute)
    reach = index.reach_mm(normals)
    short = 0.0
    for found in front(index, margins):
        best = index.remnant_ml(normals, reach + found.margin_mm).max() / index.functional_ml
        short = max(short, 100 * float(best - found.remnant_fraction))
    what = f"the front falls short of {brute} directions by"
    return [Row(4, what, short, "points", "<= 0.05", short <= 0.05)]


def _random_planes(rng, index):
    middle = index.grid.corners_mm.mean(axis=0)
    return [
        Plane(point_mm=middle + rng.uniform(-3, 3, 3), normal=rng.normal(size=3)) for _ in range(2)
    ]
