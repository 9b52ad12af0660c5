"""What plans sever, counted another way: ``python -m tests.benchmarks.severed --data DIR``.

On 3D-IRCADb-01.1 with its experts' trees (DIR holds ``ircadb01``; ../shared/data or LIVERPLAN_DATA
otherwise): 100 seeded plans of planes, balls and V-shaped cuts. Another count, in numpy alone,
walks every middle line in steps of 0.07 mm by the cuts' textbook formulas, and gives each voxel's
centre to the nearest point of all lines, by a tree of points and no map. Prints whether the same
branches are listed, how far the millilitres lie apart, and what a drag step takes, the costliest
branches kept and not.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from liverplan.resection import Plan, Plane, Sphere, VCut
from liverplan.resection.anatomy.territories import territories
from liverplan.resection.kept import KeptVessel
from liverplan.segmentation.labels import LIVER, Segmentation
from liverplan.segmentation.vessels.branches import branches_of
from liverplan.volumetry import Liver
from tests.benchmarks import resection
from tests.benchmarks.resection import DATA

STEP_MM = 0.07
WIDE_MM = 2.0
LEAST_ML = 1.0
TREES = {"portal": 1, "hepatic": 2}


def removed(plan: Plan, points: np.ndarray) -> np.ndarray:
    """Which points the cuts take, by their textbook formulas."""
    gone = np.zeros(len(points), bool)
    for cut in plan.cuts:
        match cut:
            case Plane():
                gone |= (points - cut.point_mm) @ cut.normal < 0
            case Sphere():
                gone |= ((points - cut.centre_mm) ** 2).sum(axis=1) < cut.radius_mm**2
            case VCut():
                gone |= np.all([(points - p.point_mm) @ p.normal < 0 for p in cut.planes], axis=0)
    return gone


class Tree:
    """A tree as points 0.07 mm apart, each liver voxel with the nearest of them."""

    def __init__(self, branches, segmentation, voxels_mm):
        points, owner = [], []
        for number, branch in enumerate(branches):
            line = np.array(branch.points_mm)
            for a, b in pairwise(line):
                count = max(int(np.ceil(np.linalg.norm(b - a) / STEP_MM)), 1)
                points.append(a + np.arange(count)[:, None] / count * (b - a))
                owner += [number] * count
            points.append(line[-1:])
            owner.append(number)
        self.points, self.owner = np.concatenate(points), np.array(owner)
        at = np.rint(segmentation.grid.to_index(self.points)).astype(int)
        self.inside = np.all((at >= 0) & (at < segmentation.grid.shape), axis=1)
        self.inside[self.inside] = segmentation.labels[tuple(at[self.inside].T)] > 0
        self.names = [branch.name for branch in branches]
        self.nearest = cKDTree(self.points).query(voxels_mm, workers=-1)[1]

    def walk(self, plan):
        """Names of the branches that are crossed, and which points carry nothing."""
        gone, dead = removed(plan, self.points), np.zeros(len(self.points), bool)
        crossed, ends = set(), {}
        for number, name in enumerate(self.names):
            own = self.owner == number
            side, lost = ends.get(name.rpartition(".")[0], (None, False))
            sides = gone[own][self.inside[own]]
            whole = sides if side is None else np.r_[side, sides]
            if np.any(whole[1:] != whole[:-1]):
                crossed.add(name)
            dead[own] = lost | np.maximum.accumulate(gone[own] & self.inside[own])
            ends[name] = (whole[-1] if len(whole) else None, dead[own][-1])
        return crossed, dead


def plans(segmentation: Segmentation, count: int) -> list[Plan]:
    """Seeded plans through the liver: planes, balls, V-shaped cuts, and two at once."""
    rng, grid = np.random.default_rng(19), segmentation.grid
    voxels = np.argwhere(segmentation.labels > 0)

    def place():
        return grid.to_mm(voxels[rng.integers(len(voxels))])

    def cut(kind):
        if kind == 0:
            return Plane(point_mm=place(), normal=rng.normal(size=3))
        if kind == 1:
            return Sphere(centre_mm=place(), radius_mm=float(rng.uniform(10, 40)))
        at = place()
        return VCut(planes=tuple(Plane(point_mm=at, normal=rng.normal(size=3)) for _ in range(2)))

    kinds = rng.integers(3, size=(count, 2))
    return [Plan(cuts=(cut(a),) if n % 3 else (cut(a), cut(b))) for n, (a, b) in enumerate(kinds)]


def _liver(data: Path):
    resection.DATA = data
    grid, liver = resection._mask("liver.nii.gz")
    tumours = resection._mask("tumours_labelled.nii.gz")[1]
    vessels = resection._mask("vessels_1portal_2venous_3artery.nii.gz")[1]
    lesions = [tumours == n for n in range(1, 8)]
    segmentation = Segmentation.from_masks(grid, liver > 0, lesions)
    branches = {tree: branches_of(vessels == n, grid) for tree, n in TREES.items()}
    maps = {tree: territories(segmentation, some, tree) for tree, some in branches.items()}
    return Liver(segmentation=segmentation, maps=maps), branches


def compare(liver: Liver, branches: dict, count: int) -> None:
    """Print where the two counts part."""
    segmentation = liver.segmentation
    voxels = np.argwhere(segmentation.labels == LIVER)
    mm = segmentation.grid.to_mm(voxels)
    trees = {name: Tree(some, segmentation, mm) for name, some in branches.items()}
    listed = wide = missed = invented = 0
    apart = {"inflow": [], "outflow": [], "either": []}
    for plan in plans(segmentation, count):
        found = liver.vessels(plan)
        stays, lost = ~removed(plan, mm), {}
        for name, tree in trees.items():
            crossed, dead = tree.walk(plan)
            ours = {one.name for one in found.severed if one.tree == name}
            radii = {one.name: one.radius_mm for one in branches[name]}
            listed += len(ours)
            wide += sum(2 * one.radius_mm > WIDE_MM for one in found.severed if one.tree == name)
            missed += sum(2 * radii[one] > WIDE_MM for one in crossed - ours)
            invented += len(ours - crossed)
            lost[name] = stays & dead[tree.nearest]
        counts = (lost["portal"], lost["hepatic"], lost["portal"] | lost["hepatic"])
        theirs = (found.without_inflow_ml, found.without_outflow_ml, found.without_either_ml)
        for name, mask, ml in zip(apart, counts, theirs, strict=True):
            counted = np.count_nonzero(mask) * segmentation.grid.voxel_ml
            apart[name].append((counted, ml))
    print(f"{count} plans: {listed} branches listed, {wide} of them over {WIDE_MM:g} mm wide")
    print(f"   {missed} over {WIDE_MM:g} mm that cross are not listed, {invented} listed cross not")
    for name, pairs in apart.items():
        counted, ml = np.array(pairs).T
        off = np.abs(ml - counted)
        some = counted > LEAST_ML
        share = 100 * off[some] / counted[some]
        print(
            f"   without {name:8s} median {np.median(counted):6.1f} mL; apart in all "
            f"{100 * abs(ml.sum() / counted.sum() - 1):.2f} %; of the {share.size} plans that cost "
            f"over {LEAST_ML:g} mL median {np.median(share):.3f} %, most {share.max():.2f} %; most "
            f"{off.max():.2f} mL, of the others {off[~some].max(initial=0):.3f} mL"
        )


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--plans", type=int, default=100)
    chosen = parser.parse_args()
    if not (chosen.data / "ircadb01").is_dir():
        print(f"{chosen.data / 'ircadb01'} is not there: no figures on real data")
        return
    liver, branches = _liver(chosen.data)
    start = time.perf_counter()
    liver.supply  # noqa: B018 - made here, so that it can be timed
    print(f"both trees made ready in {time.perf_counter() - start:.1f} s")
    compare(liver, branches, chosen.plans)
    drags = plans(liver.segmentation, chosen.plans)
    _print_steps(liver, drags, "a drag step with both trees")
    kept = [_kept(liver, plan) for plan in drags]
    _print_steps(liver, kept, "the costliest branch of each tree kept")


def _kept(liver: Liver, plan: Plan) -> Plan:
    """Return a plan in which the branch that costs most is kept, in each tree."""
    costliest = {one.tree: one for one in reversed(liver.vessels(plan).severed)}
    points = {tree: liver.supply.middle_mm(tree, one.name) for tree, one in costliest.items()}
    kept = tuple(KeptVessel(point_mm=point, tree=tree) for tree, point in points.items())
    return replace(plan, kept=kept)


def _print_steps(liver: Liver, drags: list[Plan], what: str) -> None:
    for plan in drags[:5]:
        _step_ms(liver, plan)
    # round by round, so that no step finds its own plan measured already
    times = np.min([[_step_ms(liver, plan) for plan in drags] for _ in range(3)], axis=0)
    print(
        f"{what}, CPU: median {np.median(times):.1f} ms, 99 % under "
        f"{np.quantile(times, 0.99):.1f} ms, most {max(times):.1f} ms"
    )


def _step_ms(liver: Liver, plan: Plan) -> float:
    liver.supply.keeping(plan.kept)  # a drag finds what is kept at its first step
    start = time.process_time()
    liver.measure(plan, vessels=liver.vessels(plan))
    return 1000 * (time.process_time() - start)


if __name__ == "__main__":
    main()
