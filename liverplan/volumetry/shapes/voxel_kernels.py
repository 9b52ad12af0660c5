"""What share of each voxel cuts remove: the inner loop of a drag.

A function f decides a block if it is larger, at the block's centre, than it can change up to the
block's rim: never by more than the half diagonal, for f is never steeper than 1, and never by more
than its tangent plane does and its bend allows. A block that is decided so holds no voxel that is
not, so that one cut takes the same from a voxel in whatever plan it stands.

In the last blocks, of 2 x 2 x 2 voxels, a plane clips each voxel where one function alone decides
it: f at the voxel's centre, the gradient at the block's. Where several do, points are asked.
"""

from __future__ import annotations

import numpy as np

from liverplan.compiled import compiled
from liverplan.resection.primitives import BALL, CONE, ELLIPSOID, HEIGHT, PLANE
from liverplan.volumetry.shapes.clip_kernels import clip_block
from liverplan.volumetry.shapes.primitive_kernels import Array, evaluate, fill, heights

SAMPLES, ROW, COLUMN = 64, 9, 25
"""Points in a voxel that several primitives cross, on a rank-1 lattice: no two have a coordinate in
common, so that cuts along the voxel's faces are told apart as finely as any other."""

CHUNK = 128
"""Blocks that are looked at together, so that all that is known of them stays in the cache."""

NOTHING, ALL, SEVERAL = -1, -2, -3


@compiled()
def open_blocks(
    blocks: Array, levels: Array, size: int, half: float, m: Array, cut: Array
) -> Array:
    """Count what lies in wholly removed blocks; list the halves of those that are crossed."""
    counts, finer = levels
    values, decides = np.empty((cut[0].size, 5, CHUNK)), np.empty(CHUNK, dtype=np.int64)
    children = np.empty((8 * blocks.shape[0], 3), dtype=np.int32)
    whole, found = 0, 0
    for start in range(0, blocks.shape[0], CHUNK):
        some = blocks[start : start + CHUNK]
        _look(block_centres(some, size, m), float(size), half, m, cut, values, decides)
        for p in range(some.shape[0]):
            k, j, i = some[p, 0], some[p, 1], some[p, 2]
            if decides[p] == ALL:
                whole += counts[k, j, i]
            elif decides[p] != NOTHING:
                for child in range(8):
                    a, b, c = 2 * k + (child >> 2), 2 * j + ((child >> 1) & 1), 2 * i + (child & 1)
                    if finer[a, b, c] > 0:
                        children[found, 0], children[found, 1], children[found, 2] = a, b, c
                        found += 1
    return whole, children[:found]


@compiled()
def removed_shares(blocks: Array, mask: Array, half: float, m: Array, cut: Array) -> Array:
    """(N, 8) share of each voxel that cuts remove, of the same blocks; 0 off the mask."""
    kinds = cut[0]
    values, decides = np.empty((kinds.size, 5, CHUNK)), np.empty(CHUNK, dtype=np.int64)
    parts, centres = np.empty((kinds.size, CHUNK, 8)), np.empty((8 * CHUNK, 3))
    chosen, shares = np.empty(CHUNK, dtype=np.int64), np.zeros((blocks.shape[0], 8))
    for start in range(0, blocks.shape[0], CHUNK):
        some = blocks[start : start + CHUNK]
        _look(block_centres(some, 2, m), 2.0, half, m, cut, values, decides)
        for n in range(kinds.size):
            count = 0
            for b in range(some.shape[0]):
                if decides[b] == n or (decides[b] == SEVERAL and _near(values, n, b)):
                    chosen[count] = b
                    count += 1
                elif decides[b] == SEVERAL:
                    parts[n, b] = 1.0 if values[n, 0, b] < 0.0 else 0.0
            _voxel_centres(some, chosen[:count], m, centres)
            _clip(cut, n, values[n], chosen[:count], centres[: 8 * count], m, parts[n])
        _share(some, mask, m, cut, decides, parts, shares[start : start + CHUNK])
    return shares


@compiled()
def looked_up(places: Array, pairs: Array, shares: Array, shape: Array) -> Array:
    """(M, 8) shares of those of (N, 3) pairs that lie at some places, and (M,) which are no such.

    Pairs in the same block of 4 voxels a side follow each other; ``shape`` is how many of those
    there are along each axis.
    """
    first = np.full(shape, np.int32(-1), dtype=np.int32)
    for n in range(pairs.shape[0] - 1, -1, -1):
        first[pairs[n, 0] >> 1, pairs[n, 1] >> 1, pairs[n, 2] >> 1] = n
    found = np.empty((places.shape[0], 8))
    missing = np.ones(places.shape[0], dtype=np.bool_)
    for p in range(places.shape[0]):
        k, j, i = places[p, 0], places[p, 1], places[p, 2]
        start = first[k >> 1, j >> 1, i >> 1]
        if start < 0:
            continue
        for n in range(start, min(start + 8, pairs.shape[0])):
            if pairs[n, 0] == k and pairs[n, 1] == j and pairs[n, 2] == i:
                found[p], missing[p] = shares[n], False
                break
    return found, missing


@compiled()
def sides(points: Array, size: float, half: float, m: Array, cut: Array) -> Array:
    """(N,) where cells of so many voxels a side round (N, 3) points lie: 1 wholly left, -1 gone.

    0 is in doubt for the union as a whole: such a cell may miss the surface after all.
    """
    found = np.zeros(points.shape[0], dtype=np.int8)
    values, decides = np.empty((cut[0].size, 5, CHUNK)), np.empty(CHUNK, dtype=np.int64)
    for start in range(0, points.shape[0], CHUNK):
        some = points[start : start + CHUNK]
        _look(some, float(size), half, m, cut, values, decides)
        for p in range(some.shape[0]):
            if decides[p] == NOTHING:
                found[start + p] = 1
            elif decides[p] == ALL:
                found[start + p] = -1
    return found


@compiled()
def _look(
    points: Array, size: float, half: float, m: Array, cut: Array, values: Array, decides: Array
) -> None:
    """Write each primitive's value, gradient and reach at blocks, and what decides each."""
    kinds, groups, q, cells = cut
    for n in range(kinds.size):
        evaluate(kinds[n], q, n, cells, points, values[n])
        _reaches(kinds[n], q[n], points, size, half, m, values[n])
    for b in range(points.shape[0]):
        busy, which, n = 0, NOTHING, 0
        while n < groups.size:
            start, out, mine = n, False, 0
            while n < groups.size and groups[n] == groups[start]:
                near = _near(values, n, b)
                out = out or (values[n, 0, b] >= 0.0 and not near)
                if near:
                    mine += 1
                    which = n if busy == 0 else which
                n += 1
            if not out and mine == 0:
                busy, which = 1, ALL
                break
            busy += 0 if out else mine
        decides[b] = NOTHING if busy == 0 else which if busy == 1 else SEVERAL


@compiled(inline="always")
def _near(values: Array, n: int, b: int) -> bool:
    return bool(abs(values[n, 0, b]) < values[n, 4, b])


@compiled()
def _reaches(
    kind: int, q: Array, points: Array, size: float, half: float, m: Array, value: Array
) -> None:
    """Write how much one primitive can change from each block's centre to its rim, mm.

    Spheres, round cones and ellipsoids bend by at most 1 / (f + radius), the ellipsoid's smallest.
    """
    far = half * size
    radius = q[3] if kind == BALL else q[6] if kind == CONE else q[12]
    for p in range(points.shape[0]):
        slope = 0.0
        for axis in range(3):
            along = value[1, p] * m[0, axis] + value[2, p] * m[1, axis] + value[3, p] * m[2, axis]
            slope += abs(along)
        if kind == PLANE:
            bend = 0.0
        elif kind == HEIGHT:
            bend = q[18] if _within_or_beyond_rim(q, points[p], far) else np.inf
        else:
            thick = value[0, p] + radius - far
            bend = 1.0 / thick if thick > 0.0 else np.inf
        value[4, p] = min(far, slope * size / 2 + bend * far * far / 2)


@compiled()
def _within_or_beyond_rim(q: Array, point: Array, far: float) -> bool:
    """Whether a height field's rim, where it has a crease, is farther off than that, mm."""
    dx, dy, dz = point[0] - q[0], point[1] - q[1], point[2] - q[2]
    u, v = dx * q[3] + dy * q[4] + dz * q[5], dx * q[6] + dy * q[7] + dz * q[8]
    near_u = min(abs(u), abs(u - q[12] * q[14])) < far
    near_v = min(abs(v), abs(v - q[13] * q[15])) < far
    return not (near_u or near_v)


@compiled()
def block_centres(blocks: Array, size: int, m: Array) -> Array:
    """(N, 3) LPS centres of blocks of so many voxels a side."""
    points = np.empty((blocks.shape[0], 3))
    shift = (size - 1) / 2
    for p in range(points.shape[0]):
        a, b = blocks[p, 0] * size + shift, blocks[p, 1] * size + shift
        c = blocks[p, 2] * size + shift
        for r in range(3):
            points[p, r] = m[r, 0] * a + m[r, 1] * b + m[r, 2] * c + m[r, 3]
    return points


@compiled()
def _voxel_centres(blocks: Array, chosen: Array, m: Array, centres: Array) -> None:
    """Write the LPS centres of the voxels of some blocks."""
    for p in range(chosen.size):
        b = chosen[p]
        for c in range(8):
            i, j = 2 * blocks[b, 0] + (c >> 2), 2 * blocks[b, 1] + ((c >> 1) & 1)
            k = 2 * blocks[b, 2] + (c & 1)
            for r in range(3):
                centres[8 * p + c, r] = m[r, 0] * i + m[r, 1] * j + m[r, 2] * k + m[r, 3]


@compiled()
def _clip(
    cut: Array, n: int, value: Array, chosen: Array, centres: Array, m: Array, parts: Array
) -> None:
    """Write the fraction of each voxel of some blocks that one primitive removes."""
    kinds, _, q, cells = cut
    f = np.full(centres.shape[0], -np.inf)
    if kinds[n] == HEIGHT:
        heights(q, n, cells, centres, f)
    else:
        fill(kinds[n], q, n, cells, centres, f)
    thin = -np.inf
    if kinds[n] in (BALL, CONE, ELLIPSOID):
        radius = q[n, 3] if kinds[n] == BALL else q[n, 6] if kinds[n] == CONE else q[n, 12]
        thin = 2 * np.sqrt(np.sum(m[:3, :3] ** 2)) - radius
    alone = np.zeros(kinds.size, dtype=np.bool_)
    alone[n] = True
    for p in range(chosen.size):
        b = chosen[p]
        clip_block(value, b, m, f, 8 * p, parts)
        for c in range(8):
            if f[8 * p + c] < thin:  # the shape is too thin for its tangent plane to say
                parts[b, c] = _sampled(m, cut, alone, n, n + 1, centres[8 * p + c])


@compiled()
def _share(
    blocks: Array, mask: Array, m: Array, cut: Array, decides: Array, parts: Array, shares: Array
) -> None:
    """Write the share of each of the mask's voxels that is removed in some blocks."""
    place = np.empty(3)
    for b in range(blocks.shape[0]):
        at = decides[b]
        if at == NOTHING:
            continue
        for c in range(8):
            k, j = 2 * blocks[b, 0] + (c >> 2), 2 * blocks[b, 1] + ((c >> 1) & 1)
            i = 2 * blocks[b, 2] + (c & 1)
            if mask[k, j, i] == 0:
                continue
            if at >= 0:
                shares[b, c] = parts[at, b, c]
            elif at == ALL:
                shares[b, c] = 1.0
            else:
                for r in range(3):
                    place[r] = m[r, 0] * k + m[r, 1] * j + m[r, 2] * i + m[r, 3]
                shares[b, c] = _together(parts, b, c, m, cut, place)


@compiled()
def _together(parts: Array, b: int, c: int, m: Array, cut: Array, place: Array) -> float:
    """Fraction of a voxel that the cuts remove, from the fraction of each primitive.

    The fraction of a union lies between the largest and the sum of its groups', each group's
    between 0 and the smallest of its primitives': so parts never add up to less than their union.
    """
    groups = cut[1]
    largest, total, busy, n = 0.0, 0.0, 0, 0
    asked = np.zeros(groups.size, dtype=np.bool_)
    while n < groups.size:
        start, part, partial = n, 1.0, 0
        while n < groups.size and groups[n] == groups[start]:
            part = min(part, parts[n, b, c])
            asked[n] = parts[n, b, c] < 1.0
            partial += asked[n]
            n += 1
        if part == 0.0:
            asked[start:n] = False
        elif partial > 1:
            part = min(part, _sampled(m, cut, asked, start, n, place))
        largest, total = max(largest, part), total + part
        busy += part > 0.0
    if busy > 1 and largest < 1.0:
        sampled = _sampled(m, cut, asked, 0, groups.size, place)
        return float(min(max(sampled, largest), total, 1.0))
    return largest


@compiled()
def _sampled(m: Array, cut: Array, asked: Array, first: int, end: int, place: Array) -> float:
    """Share of a lattice of points in a voxel that some of the cuts' primitives remove."""
    kinds, groups, q, cells = cut
    count = SAMPLES
    points, inside = np.empty((count, 3)), np.zeros(count, dtype=np.bool_)
    for p in range(count):
        a = (p + 0.5) / count - 0.5
        b = (p * ROW % count + 0.5) / count - 0.5
        c = (p * COLUMN % count + 0.5) / count - 0.5
        for r in range(3):
            points[p, r] = place[r] + m[r, 0] * a + m[r, 1] * b + m[r, 2] * c
    f, n = np.empty(count), first
    while n < end:
        start = n
        f[:] = -np.inf
        while n < end and groups[n] == groups[start]:
            if asked[n] and kinds[n] == HEIGHT:
                heights(q, n, cells, points, f)
            elif asked[n]:
                fill(kinds[n], q, n, cells, points, f)
            n += 1
        if np.any(asked[start:n]):
            inside |= f < 0.0
    return float(np.sum(inside) / count)
