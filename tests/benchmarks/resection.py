"""What resections cost and how right they are: ``python -m tests.benchmarks.resection``.

Prints the time of one drag step of each kind of cut on a liver of 1.7 L at 0.75 x 0.75 x 1 mm,
the curved cut against brute force in numpy, and on 3D-IRCADb-01.1 (if it lies in ../shared/data or
LIVERPLAN_DATA) hemiliver shares, a wedge round each tumour and the suggestion against random
planes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from scipy import ndimage

from liverplan.phantom import make_phantom
from liverplan.resection import (
    Ablation,
    CurvedCut,
    Cut,
    Landmarks,
    Plan,
    Plane,
    Sphere,
    VCut,
    Wedge,
)
from liverplan.resection.anatomy.couinaud import by_branches, by_landmarks
from liverplan.resection.anatomy.maps import PartMap, hangs_on
from liverplan.resection.anatomy.named import share_warnings, usual_shares
from liverplan.resection.anatomy.territories import LUMEN, TREES, territory_maps
from liverplan.segmentation.labels import Segmentation
from liverplan.volume import Grid
from liverplan.volumetry.search.suggest import enclosing_ball, suggest
from liverplan.volumetry.shapes.margins import plan_margins
from liverplan.volumetry.shapes.plan_index import PlanIndex, measure_plan
from liverplan.words import in_english

DATA = Path(os.environ.get("LIVERPLAN_DATA", Path(__file__).parents[3] / "shared" / "data"))

# set by eye on the vessel masks; there is no gallbladder mask, so Cantlie's line is rough
CLICKS = {
    "cava": (130, 138, 185),
    "right_vein": (60, 140, 155),
    "middle_vein": (97, 89, 152),
    "left_vein": (173, 84, 150),
    "gallbladder_fossa": (97, 89, 100),
    "portal_bifurcation": (132, 115, 122),
    "right_portal": (100, 140, 125),
    "left_portal": (150, 92, 135),
    "umbilical_portion": (150, 95, 135),
    "falciform": (155, 62, 130),
}


def times_ms(work: Callable[[], object], count: int = 100) -> np.ndarray:
    """CPU times of some work in this thread, ms: what it takes on an idle machine."""
    work()
    times = []
    for _ in range(count):
        start = time.thread_time()
        work()
        times.append(time.thread_time() - start)
    return 1e3 * np.array(times)


def milliseconds(work: Callable[[], object], count: int = 25) -> float:
    """Median of `times_ms`."""
    return float(np.median(times_ms(work, count)))


def kinds() -> dict[str, Cut]:
    """One cut of each kind, through the middle of the phantom's liver."""
    flat = CurvedCut.flat((-30, 0, 5), (1, 0.3, 0.2), controls=6)
    left = Plane(point_mm=(-30, 0, 5), normal=(1, 0.3, 0.2))
    level = Plane(point_mm=(-30, 0, 5), normal=(0, 0, 1))
    return {
        "plane": left,
        "sphere": Sphere(centre_mm=(-93, 6, 10), radius_mm=32),
        "wedge": Wedge(tip_mm=(-93, 6, 10), direction=(-1, 0, 0), radius_mm=32),
        "cleft": VCut(planes=(left, level)),
        "ablation": Ablation(centre_mm=(-60, 0, 5), radii_mm=(25, 20, 20), axes=np.eye(3)),
        "surface": flat.bent((2, 3), 15).bent((3, 2), -12),
    }


def drags() -> None:
    """Print the time from a new position to mL, for each kind of cut."""
    phantom = make_phantom(spacing_mm=(1.0, 0.75, 0.75))
    start = time.perf_counter()
    index = PlanIndex.build(phantom.segmentation)
    functional_ml, took = index.functional_ml, time.perf_counter() - start
    print(f"functional liver {functional_ml:.0f} mL, indexed in {took:.2f} s")
    kept = {name: Plan(cuts=(cut,)) for name, cut in kinds().items()}
    kept["plane and wedge"] = Plan(cuts=(kinds()["plane"], kinds()["wedge"]))
    kept["all of them"] = Plan(cuts=tuple(kinds().values()))
    print(
        f"{'CPU, ms':17s} drag step p50    p99   margins of {len(index.lesions)} lesions p50    p99"
    )
    for name, plan in kept.items():
        drag = times_ms(lambda plan=plan: index.remnant_ml(plan))
        margins = times_ms(lambda plan=plan: plan_margins(index, plan), 30)
        a, b, c, d = (np.quantile(some, q) for some in (drag, margins) for q in (0.5, 0.99))
        print(f"  {name:15s} {a:13.2f} {b:6.2f} {c:26.2f} {d:6.2f}")
    start = time.thread_time()
    sentence = in_english(suggest(index, margin_mm=10.0, threshold_fraction=0.3).says)
    print(f"suggestion, 3 lesions, in {time.thread_time() - start:.1f} s of CPU: {sentence}")
    _against_numpy(index)


def _against_numpy(index: PlanIndex) -> None:
    surface = kinds()["surface"]
    assert isinstance(surface, CurvedCut)
    fast = milliseconds(lambda: index.remnant_ml(Plan(cuts=(surface,))))
    start = time.thread_time()
    counted = _brute_force_ml(index, surface)
    slow = 1e3 * (time.thread_time() - start)
    ours = index.remnant_ml(Plan(cuts=(surface,)))
    print(
        f"curved cut: {ours:.2f} mL in {fast:.2f} ms; numpy over every voxel {counted:.2f} mL in "
        f"{slow:.0f} ms: {slow / fast:.0f} times"
    )


def _brute_force_ml(index: PlanIndex, cut: CurvedCut) -> float:
    """Every functional voxel's centre against the bicubic, in numpy."""
    grid = index.segmentation.grid
    points = grid.to_mm(np.argwhere(index.segmentation.labels == 1))
    local = (points - cut.origin_mm) @ cut.axes.T
    n = np.array(cut.heights_mm.shape)
    at = np.clip(local[:, :2] / np.array(cut.step_mm), 0, n - 1)
    cell = np.minimum(at.astype(int), n - 2)
    t = at - cell
    weights = [
        0.5 * np.stack([2 * s**2 - s - s**3, 2 - 5 * s**2 + 3 * s**3,
                        s + 4 * s**2 - 3 * s**3, s**3 - s**2])
        for s in t.T
    ]  # fmt: skip
    height = np.zeros(len(points))
    for a in range(4):
        for b in range(4):
            i = np.clip(cell[:, 0] + a - 1, 0, n[0] - 1)
            j = np.clip(cell[:, 1] + b - 1, 0, n[1] - 1)
            height += weights[0][a] * weights[1][b] * cut.heights_mm[i, j]
    return float(np.count_nonzero(local[:, 2] >= height)) * grid.voxel_ml


def _mask(name: str) -> tuple[Grid, np.ndarray]:
    image = sitk.ReadImage(str(DATA / "ircadb01" / name))
    affine = np.eye(4)
    turn = np.array(image.GetDirection()).reshape(3, 3) * np.array(image.GetSpacing())
    affine[:3, :3], affine[:3, 3] = turn[:, ::-1], image.GetOrigin()
    array = sitk.GetArrayFromImage(image)
    return Grid(shape=array.shape, affine=affine), array


def ircadb() -> None:
    """Print shares, wedges and suggestions on 3D-IRCADb-01.1."""
    grid, liver = _mask("liver.nii.gz")
    tumours = _mask("tumours_labelled.nii.gz")[1]
    vessels = _mask("vessels_1portal_2venous_3artery.nii.gz")[1]
    lesions = [tumours == n for n in range(1, 8)]
    segmentation = Segmentation.from_masks(grid, liver > 0, lesions)
    maps = _shares(segmentation, vessels == 1)
    _forks(segmentation, vessels)
    index = PlanIndex.build(segmentation, maps)
    print(f"ircadb01: liver {index.liver_ml:.1f} mL, functional {index.functional_ml:.1f} mL")
    _wedges(index)
    _suggestion(index)


def _shares(segmentation: Segmentation, portal: np.ndarray) -> dict:
    grid = segmentation.grid
    segments = by_landmarks(segmentation, Landmarks(**CLICKS))
    near = ndimage.binary_dilation(segmentation.liver, iterations=3) & portal
    x = grid.to_mm(np.argwhere(near))[:, 0]
    branches = {}
    for name, chosen in (("right", x < 122), ("left", x > 130)):
        mask = np.zeros(grid.shape, dtype=bool)
        mask[tuple(np.argwhere(near)[chosen].T)] = True
        branches[name] = mask
    portal_map = by_branches(segmentation, branches, scheme="portal")
    shares = segments.shares_fraction(segmentation)
    right = sum(shares[name] for name in ("5", "6", "7", "8"))
    by_branch = portal_map.shares_fraction(segmentation)["right"]
    usual = usual_shares()[0]
    print(
        f"right hemiliver: by nearest branch {by_branch:.3f}, by landmarks {right:.3f}, published "
        f"{usual.typical_fraction:.2f} ({usual.low_fraction:.2f} to {usual.high_fraction:.2f})"
    )
    print("segments by landmarks:", {name: round(share, 3) for name, share in shares.items()})
    for warning in share_warnings(shares):
        print("  ", warning)
    return {"couinaud": segments, "portal": portal_map}


def _forks(segmentation: Segmentation, vessels: np.ndarray) -> None:
    """Print what is lost with each branch at the fork where the liver parts, found unasked."""
    labels = np.where(vessels < 3, vessels, 0).astype(np.uint8)
    names = tuple(TREES.values())
    lumen = PartMap(scheme=LUMEN, grid=segmentation.grid, labels=labels, names=names)
    start = time.thread_time()
    found = territory_maps(segmentation, lumen)
    took = time.thread_time() - start
    for tree, part_map in found.items():
        alone = part_map.shares_fraction(segmentation)
        lost = {n: sum(s for m, s in alone.items() if hangs_on(m, n)) for n in alone}
        trunk = min((n for n in lost if lost[n] > 0.9), key=lambda n: lost[n])
        at_fork = sorted(
            (share for n, share in lost.items() if n.rpartition(".")[0] == trunk), reverse=True
        )
        shares = ", ".join(f"{share:.3f}" for share in at_fork)
        print(f"{TREES[tree]}: {len(alone)} branches; at the fork of the liver's: {shares}")
    print(f"   both trees followed and divided in {took:.1f} s")


def _wedges(index: PlanIndex) -> None:
    for lesion in index.lesions:
        centre, radius = enclosing_ball(lesion, index)
        away = centre - index.segmentation.grid.to_mm(
            np.argwhere(index.segmentation.liver).mean(axis=0)
        )
        wedge = Wedge(tip_mm=centre, direction=away, radius_mm=radius + 10)
        plan = Plan(cuts=(wedge,))
        result = measure_plan(index, plan)
        margin = {m.label: m for m in plan_margins(index, plan)}[lesion.label].margin_mm
        print(
            f"  wedge at 10 mm round lesion {lesion.label - 1}: {result.resected_ml:6.1f} mL go, "
            f"{100 * result.remnant_ml / result.functional_ml:.1f} % stay, margin {margin:.2f} mm"
        )


def _suggestion(index: PlanIndex) -> None:
    start = time.thread_time()
    result = suggest(index, margin_mm=10.0, threshold_fraction=0.3)
    took = time.thread_time() - start
    print(f"suggestion at 10 mm in {took:.1f} s: {in_english(result.says)}")
    for best in result.best:
        print(
            f"   {best.family:8s} {100 * best.remnant_fraction:5.1f} %, margin {best.margin_mm:.2f}"
        )
    planes = index.planes
    normals = np.random.default_rng(0).normal(size=(10_000, 3))
    normals /= np.linalg.norm(normals, axis=1)[:, None]
    offsets = planes.support_mm(normals).max(axis=1) + 10.0
    best = float(planes.remnant_ml(normals, offsets).max())
    print(f"   best of 10,000 random planes {100 * best / index.functional_ml:.2f} %")
    one = next(s for s in result.best if s.family == "plane")
    print(f"   suggested plane              {100 * one.remnant_fraction:.2f} %")


def main() -> None:
    """Print everything."""
    drags()
    if (DATA / "ircadb01").is_dir():
        ircadb()
    else:
        print(f"{DATA / 'ircadb01'} is not there: no figures on real data")


if __name__ == "__main__":
    main()
