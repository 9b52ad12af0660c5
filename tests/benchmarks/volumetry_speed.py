"""Items 1, 4 and 6: how fast, against whom, and how that grows."""

import time

import numpy as np

from liverplan.volumetry import VolumeIndex, front
from liverplan.volumetry.planes.warm_up import warm_up
from liverplan.volumetry.search.planes import sphere
from tests.benchmarks.volumetry_peers import PEERS
from tests.benchmarks.volumetry_shapes import Row, compact, directions


def clock(function, *arguments):
    """Seconds, and what the function returns."""
    start = time.perf_counter()
    result = function(*arguments)
    return time.perf_counter() - start, result


def ready(segmentation):
    """An index with the tree that a first plane needs; the other two wait for theirs."""
    index = VolumeIndex.build(segmentation)
    index.trees.along(0)
    return index


def complete(segmentation):
    """An index with all its trees."""
    index = ready(segmentation)
    index.trees.along(1)
    index.trees.along(2)
    return index


def against_peers(segmentation, *, planes, rounds):
    """Item 1. Returns rows, the index, and the quickest peer with its time a plane."""
    warm_up().result()
    setups = {kind: [] for kind in (ready, complete, *PEERS)}
    made = {}
    for turn in range(7):
        for kind, spent in setups.items():
            if turn < 3 or kind in {ready, complete, PEERS[0]}:
                took, made[kind] = clock(kind, segmentation)
                spent.append(took)
    index = made[complete]
    normals = directions(planes)[:planes]
    offsets = np.random.default_rng(1).uniform(-50, 50, planes)
    exact = index.remnant_ml(normals[:rounds], offsets[:rounds], exact=True)
    index.remnant_ml(normals, offsets)
    times = {kind: [] for kind in PEERS}
    errors = dict.fromkeys(PEERS, 0.0)
    batch, single, own = [], [], []
    for turn in range(rounds):
        for kind in PEERS:
            spent, found = clock(made[kind], normals[turn], float(offsets[turn]))
            times[kind].append(spent)
            errors[kind] = max(errors[kind], abs(found - exact[turn]))
        batch.append(clock(index.remnant_ml, normals, offsets)[0] / planes)
        for m in range(20):  # the peers have used the caches since
            index.remnant_ml(normals[m : m + 1], offsets[m : m + 1])
        for m in range(100):
            arguments = normals[m : m + 1], offsets[m : m + 1]
            before = time.thread_time_ns()
            single.append(clock(index.remnant_ml, *arguments)[0])
            own.append((time.thread_time_ns() - before) / 1e9)
    quickest = min(PEERS, key=lambda kind: np.median(times[kind]))
    best = float(np.median(times[quickest]))
    rows = []
    for kind in PEERS:
        took = float(np.median(times[kind]))
        rows += [
            Row(1, f"{kind.name}: a plane", 1e3 * took, "ms"),
            Row(1, f"{kind.name}: worst error", errors[kind], "mL"),
            Row(1, f"{kind.name}: set-up", 1e3 * float(np.median(setups[kind])), "ms"),
        ]
    a_plane, one = float(np.median(batch)), float(np.median(single))
    p99, own_p99 = float(np.quantile(single, 0.99)), float(np.quantile(own, 0.99))
    mine, theirs = (float(np.median(setups[kind])) for kind in (ready, quickest))
    fast = float(np.abs(index.remnant_ml(normals[:rounds], offsets[:rounds]) - exact).max())
    rows += others(index, normals, offsets)
    rows += [
        Row(1, f"liverplan: a plane, batch of {planes}", 1e3 * a_plane, "ms"),
        Row(1, "liverplan: worst error", fast, "mL"),
        Row(1, "liverplan: one interactive call", 1e3 * one, "ms"),
        Row(
            1,
            "batch against the quickest peer",
            best / a_plane,
            "x",
            ">= 500",
            best / a_plane >= 500,
        ),
        Row(1, "one call against the quickest peer", best / one, "x", ">= 150", best / one >= 150),
        Row(1, "one call, 99th percentile, processor time", 1e3 * own_p99, "ms"),
        Row(1, "one call, 99th percentile", 1e3 * p99, "ms", "< 0.1", p99 < 1e-4),
        Row(
            1, "liverplan: set-up for a first plane", 1e3 * mine, "ms", "<= peer's", mine <= theirs
        ),
        Row(
            1, "liverplan: set-up, all three trees", 1e3 * float(np.median(setups[complete])), "ms"
        ),
    ]
    return rows, index, best


def others(index, normals, offsets):
    """What has no peer: two planes at once."""

    def wedges():
        return index.remnants_ml_of(normals[:200].reshape(-1, 2, 3), offsets[:200].reshape(-1, 2))

    wedges()
    two = float(np.median([clock(wedges)[0] for _ in range(7)]))
    return [
        Row(1, "liverplan: a wedge of two planes, batch of 100", 1e3 * two / 100, "ms"),
    ]


def searching(index, best_peer_s, *, normals, margins, rounds=5):
    """Item 4, its speed."""
    directions_ = sphere(normals)

    def at_ten():
        return index.remnant_ml(directions_, index.reach_mm(directions_) + 10.0).max()

    at_ten()
    whole = float(np.median([clock(at_ten)[0] for _ in range(rounds)]))
    scale = best_peer_s * normals / whole
    spent, _ = clock(lambda: front(index, np.arange(float(margins)), normals=normals))
    return [
        Row(4, f"{normals} planes at a 10 mm margin", 1e3 * whole, "ms"),
        Row(4, "against the quickest peer, extrapolated", scale, "x", ">= 500", scale >= 500),
        Row(4, f"whole front, {normals} normals x {margins} margins, refined", spent, "s"),
    ]


def growth(*, factors=(0.5, 1, 2, 4, 8), planes=2000, base=1.0, rounds=7):
    """Item 6: time a plane against the number of voxels, and the power that fits."""
    normals = directions(planes)[:planes]
    offsets = np.random.default_rng(2).uniform(-50, 50, planes)
    made = {
        f: complete(compact(np.array([1.0, 0.75, 0.75]) * base / f ** (1 / 3))) for f in factors
    }
    times = {f: [] for f in factors}
    for index in made.values():
        index.remnant_ml(normals, offsets)
    for _ in range(rounds):
        for factor, index in made.items():
            times[factor].append(clock(index.remnant_ml, normals, offsets)[0] / planes)
    medians = [float(np.median(times[f])) for f in factors]
    power = float(np.polyfit(np.log(factors), np.log(medians), 1)[0])
    rows = [
        Row(6, f"a plane at {factor:g} x the voxels", 1e6 * spent, "us")
        for factor, spent in zip(factors, medians, strict=True)
    ]
    said = "1/3 (outline) to 2/3"
    rows.append(Row(6, "fitted power of the voxels", power, "", said, 0.2 <= power <= 0.67))
    return rows
