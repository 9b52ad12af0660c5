"""The inner loops of what a plan severs: nearest stretches, the walk from the root, the count."""

# mypy: disable-error-code="untyped-decorator"
from __future__ import annotations

import numpy as np

from liverplan.compiled import compiled
from liverplan.volumetry.shapes.primitive_kernels import Array

UNKNOWN, STAYS, GONE = -1, 0, 1
NEVER = np.inf

BLOCK, PAIRS = 8, 64
"""Voxels along each side of the blocks that are decided at once, and blocks of 2 in each.

A block's 512 voxels lie one after the other, those of each 2 x 2 x 2 together.
"""


@compiled()
def nearest_along(
    voxels: Array, labels: Array, m: Array, corners: Array, away: Array, starts: Array
) -> Array:
    """(N,) how far along the line of its branch the point nearest to each voxel lies, mm.

    Labels are 1 for the first branch; voxels of none get -1. Lines lie one after the other.
    """
    found = np.full(voxels.shape[0], np.float32(-1.0), dtype=np.float32)
    for v in range(voxels.shape[0]):
        if labels[v] == 0:
            continue
        x, y, z = _place(voxels, v, m)
        first, last = starts[labels[v] - 1], starts[labels[v]] - 1
        dx, dy, dz = x - corners[first, 0], y - corners[first, 1], z - corners[first, 2]
        best, along = dx * dx + dy * dy + dz * dz, away[first]
        for n in range(first, last):
            px, py, pz = corners[n, 0], corners[n, 1], corners[n, 2]
            wx, wy, wz = corners[n + 1, 0] - px, corners[n + 1, 1] - py, corners[n + 1, 2] - pz
            square = wx * wx + wy * wy + wz * wz
            t = ((x - px) * wx + (y - py) * wy + (z - pz) * wz) / square if square > 0 else 0.0
            t = min(max(t, 0.0), 1.0)
            dx, dy, dz = x - px - t * wx, y - py - t * wy, z - pz - t * wz
            far = dx * dx + dy * dy + dz * dz
            if far < best:
                best, along = far, away[n] + t * (away[n + 1] - away[n])
        found[v] = along
    return found


@compiled(inline="always")
def _place(voxels: Array, v: int, m: Array) -> Array:
    k, j, i = voxels[v, 0], voxels[v, 1], voxels[v, 2]
    return (
        m[0, 0] * k + m[0, 1] * j + m[0, 2] * i + m[0, 3],
        m[1, 0] * k + m[1, 1] * j + m[1, 2] * i + m[1, 3],
        m[2, 0] * k + m[2, 1] * j + m[2, 2] * i + m[2, 3],
    )


@compiled()
def walk(order: Array, parents: Array, starts: Array, gone: Array, whole: Array) -> Array:
    """Follow every branch from the root, and tell where it loses its way and where a cut crosses.

    Parameters are those of `Courses`; ``gone`` (S,) whether each point lies in tissue that is taken
    out; ``whole`` (B,) whether the surgeon keeps a branch and all before it: it loses nothing.

    Returns
    -------
    crossed, before : (B,) int
        The point beyond the branch's first crossing, and the one before it; -1: none.
    lost : (B,) int
        The first point that blood no longer comes to: -1 none, -2 the whole branch.
    owner : (B,) int
        The branch whose division costs this one its blood where it begins; -1: none.
    owns : (B,) bool
        Whether its own crossing is the first on the way from the root that counts.
    """
    count = parents.size
    crossed, before = np.full(count, -1), np.full(count, -1)
    lost, owner = np.full(count, -1), np.full(count, -1)
    owns = np.zeros(count, dtype=np.bool_)
    side_end, last_end = np.full(count, UNKNOWN), np.full(count, -1)
    alive_end, owner_end = np.ones(count, dtype=np.bool_), np.full(count, -1)
    for b in order:
        side, last, alive = UNKNOWN, -1, True
        if parents[b] >= 0:
            p = parents[b]
            side, last, alive, owner[b] = side_end[p], last_end[p], alive_end[p], owner_end[p]
        owned = owner[b]
        lost[b] = -1 if alive else -2
        for s in range(starts[b], starts[b + 1]):
            now = GONE if gone[s] else STAYS
            if side not in (UNKNOWN, now) and crossed[b] < 0:
                crossed[b], before[b] = s, last
                if owned < 0 and not whole[b]:
                    owned, owns[b] = b, True
            if now == GONE and alive and not whole[b]:
                alive, lost[b] = False, s
            side, last = now, s
        side_end[b], last_end[b], alive_end[b], owner_end[b] = side, last, alive, owned
    return crossed, before, lost, owner, owns


@compiled()
def stretches(mask: Array, labels: Array, along: Array) -> Array:
    """Sum up N blocks: the stretches of branches on which their voxels hang.

    Returns
    -------
    starts : (N + 1,) int
        Where each block's rows begin.
    rows : (R, 2) int
        A branch's number, and how many voxels hang on it.
    ends : (R, 2) float32
        Between which places along it, mm.
    """
    starts, count = np.zeros(mask.shape[0] + 1, dtype=np.int64), 0
    rows, ends = np.empty((4096, 2), dtype=np.int64), np.empty((4096, 2), dtype=np.float32)
    row_of = np.full(256, -1)
    for b in range(mask.shape[0]):
        for v in range(mask.shape[1]):
            if not mask[b, v]:
                continue
            label, at = labels[b, v], along[b, v]
            if row_of[label] < starts[b]:
                if count == rows.shape[0]:
                    rows, ends = np.concatenate((rows, rows)), np.concatenate((ends, ends))
                row_of[label] = count
                rows[count, 0], rows[count, 1] = label, 0
                ends[count, 0], ends[count, 1] = at, at
                count += 1
            row = row_of[label]
            rows[row, 1] += 1
            ends[row, 0], ends[row, 1] = min(ends[row, 0], at), max(ends[row, 1], at)
        starts[b + 1] = count
    return starts, rows[:count], ends[:count]


@compiled()
def losses(starts: Array, rows: Array, ends: Array, limit: Array) -> Array:
    """(2, N) int8 what of each block has lost its blood in one tree: 0 nothing, 1 all, 2 some.

    First beyond the first limit, then beyond the second. 3: somewhere a limit runs through a
    stretch, so that voxels must be asked.
    """
    found = np.zeros((2, starts.size - 1), dtype=np.int8)
    for b in range(found.shape[1]):
        drawn, drawn_whole, lost, lost_whole, parted = False, True, False, True, False
        for row in range(starts[b], starts[b + 1]):
            low, high, label = ends[row, 0], ends[row, 1], rows[row, 0]
            dead, counts = low >= limit[0, label], low >= limit[1, label]
            drawn |= dead
            drawn_whole &= dead
            lost |= counts
            lost_whole &= counts
            parted |= dead != (high >= limit[0, label])
            parted |= dead and counts != (high >= limit[1, label])
            parted |= dead and (low >= limit[2, label]) != (high >= limit[2, label])
        found[0, b] = 3 if parted else 0 if not drawn else 1 if drawn_whole else 2
        found[1, b] = 3 if parted else 0 if not lost else 1 if lost_whole else 2
    return found


@compiled()
def count_stretches(
    chosen: Array, starts: Array, rows: Array, ends: Array, limit: Array, bins: Array
) -> Array:
    """Add up blocks through whose stretches no limit runs, (256, 3) voxels.

    Returns their sums beyond the first limit, and beyond the second.
    """
    drawn, lost = 0.0, 0.0
    for b in chosen:
        for row in range(starts[b], starts[b + 1]):
            label, at = rows[row, 0], ends[row, 0]
            if at < limit[0, label]:
                continue
            drawn += rows[row, 1]
            if at < limit[1, label]:
                bins[label, 0] += rows[row, 1]
            else:
                bins[label, 2 if at >= limit[2, label] else 1] += rows[row, 1]
                lost += rows[row, 1]
    return drawn, lost


@compiled()
def count_whole(chosen: Array, mask: Array, trees: Array, limits: Array, bins: Array) -> None:
    """Add up the voxels without blood in blocks that stay as a whole, (C,) numbers of blocks."""
    for b in chosen:
        for v in range(mask.shape[1]):
            if mask[b, v]:
                _add(trees, limits, b, v, 0.0, 1.0, bins)


@compiled(inline="always")
def _add(
    trees: Array, limits: Array, b: int, v: int, nearer: float, share: float, bins: Array
) -> None:
    """Add a voxel to the bins of its stretch in each tree, and to the wholes: once, if in any.

    What counts hangs on the vessel so much nearer to the root, mm, than the voxel's middle.

    Bins: per tree and label, between the limits; the wholes beyond the first and the second.
    """
    labels, along = trees
    drawn, lost = False, False
    for tree in range(labels.shape[0]):
        label, at = labels[tree, b, v], along[tree, b, v] - np.float32(nearer)
        if at < limits[tree, 0, label]:
            continue
        drawn = True
        if at < limits[tree, 1, label]:
            bins[tree, label, 0] += share
        else:
            lost = True
            bins[tree, label, 2 if at >= limits[tree, 2, label] else 1] += share
    if drawn:
        bins[0, 0, 0] += share
    if lost:
        bins[0, 0, 1] += share


@compiled()
def halves(blocks: Array, chosen: Array) -> Array:
    """(8 C, 3) places of the halves, 4 voxels a side, of chosen blocks."""
    found = np.empty((8 * chosen.size, 3), dtype=np.int32)
    for n in range(chosen.size):
        for h in range(8):
            found[8 * n + h, 0] = 2 * blocks[chosen[n], 0] + (h >> 2)
            found[8 * n + h, 1] = 2 * blocks[chosen[n], 1] + ((h >> 1) & 1)
            found[8 * n + h, 2] = 2 * blocks[chosen[n], 2] + (h & 1)
    return found


@compiled()
def count_halves(
    blocks: Array,
    chosen: Array,
    where: Array,
    mask: Array,
    trees: Array,
    limits: Array,
    bins: Array,
) -> Array:
    """Add up the halves of chosen blocks that stay as a whole, and list what of others to clip.

    Returns (N, 2) block and pair, and (N, 3) places, of blocks of 2 x 2 x 2 voxels without blood.
    ``where`` (8 C,) is what `sides` says of the `halves`.
    """
    labels, along = trees
    found = np.empty((PAIRS * chosen.size, 2), dtype=np.int64)
    places, count = np.empty((PAIRS * chosen.size, 3), dtype=np.int32), 0
    for n in range(chosen.size):
        b = chosen[n]
        for p in range(PAIRS):
            half = where[8 * n + ((p >> 5) << 2) + (((p >> 3) & 1) << 1) + ((p >> 1) & 1)]
            if half < 0:
                continue
            dead = False
            for v in range(8 * p, 8 * p + 8):
                if not mask[b, v]:
                    continue
                if half > 0:
                    _add(trees, limits, b, v, 0.0, 1.0, bins)
                    continue
                for tree in range(labels.shape[0]):
                    dead |= along[tree, b, v] >= limits[tree, 0, labels[tree, b, v]]
            if dead:
                found[count, 0], found[count, 1] = b, p
                places[count, 0] = 4 * blocks[b, 0] + (p >> 4)
                places[count, 1] = 4 * blocks[b, 1] + ((p >> 2) & 3)
                places[count, 2] = 4 * blocks[b, 2] + (p & 3)
                count += 1
    return found[:count], places[:count]


@compiled()
def count_partly(
    pairs: Array, removed: Array, half: float, mask: Array, trees: Array, limits: Array, bins: Array
) -> None:
    """Add up what stays of voxels without blood, of which (N, 8) shares are removed.

    What a cut leaves of a voxel has its middle on the side that stays, the farther from the voxel's
    the less is left, up to half a diagonal: so much nearer it may hang to where a vessel enters.
    Else every divided vessel would cost a thin layer of living tissue.
    """
    for n in range(pairs.shape[0]):
        b = pairs[n, 0]
        for q in range(8):
            v = 8 * pairs[n, 1] + q
            if mask[b, v] and removed[n, q] < 1.0:
                nearer = half * removed[n, q]
                _add(trees, limits, b, v, nearer, 1.0 - removed[n, q], bins)
