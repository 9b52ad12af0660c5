"""What `house_speed` runs in each checkout: works by name, one a line; it answers with seconds.

It stands alone, for it runs on checkouts whose tests are others. `door` says by which names a
checkout answers; cuts are made from the document of a plan, which every version reads.
"""

import json
import sys
import time
from functools import partial
from types import SimpleNamespace

import numpy as np

from liverplan.phantom import make_phantom
from liverplan.resection import Plan
from liverplan.volumetry import VolumeIndex

FINE_MM, COARSE_MM = (1.5, 0.8, 0.8), (5.0, 2.5, 2.5)
THRESHOLD = 0.3
PLANE = {"kind": "plane", "point_mm": [-30, 0, 5], "normal": [1, 0.3, 0.2]}
LEVEL = {"kind": "plane", "point_mm": [-30, 0, 5], "normal": [0, 0, 1]}
UNIT = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
HEIGHTS = [[0, 0, 0, 0], [0, 12, 5, 0], [0, -8, 3, 0], [0, 0, 0, 0]]
CUTS = {
    "plane": PLANE,
    "sphere": {"kind": "sphere", "centre_mm": [-93, 6, 10], "radius_mm": 32},
    "wedge": {"kind": "wedge", "tip_mm": [-93, 6, 10], "direction": [-1, 0, 0], "radius_mm": 32},
    "cleft": {"kind": "cleft", "planes": [PLANE, LEVEL]},
    "ablation": {
        "kind": "ablation", "centre_mm": [-60, 0, 5], "radii_mm": [25, 20, 20], "axes": UNIT
    },
    "surface": {
        "kind": "surface", "origin_mm": [-30, -150, -150], "axes": [UNIT[1], UNIT[2], UNIT[0]],
        "step_mm": [100, 100], "heights_mm": HEIGHTS,
    },
}  # fmt: skip


def door(segmentation):
    """Answer by one object, whatever the checkout calls it."""
    try:
        from liverplan.volumetry.liver import Liver
    except ImportError:
        return _door_of_before(segmentation)
    liver = Liver(segmentation=segmentation)
    return SimpleNamespace(
        remnant_ml=liver.shapes.remnant_ml,
        measure=liver.measure,
        margins=liver.margins,
        faults=liver.faults,
        uncertainty=lambda plan: liver.uncertainty(plan, threshold_fraction=THRESHOLD),
        suggest=lambda: liver.suggest(margin_mm=10.0, threshold_fraction=THRESHOLD),
    )


def _door_of_before(segmentation):
    """The names of 0.3.0: one for planes, another for any cuts."""
    from liverplan.volumetry.cut_checks import plan_faults
    from liverplan.volumetry.cut_margins import plan_margins
    from liverplan.volumetry.cut_volumes import PlanIndex, measure_plan
    from liverplan.volumetry.plan_doubt import estimate_plan
    from liverplan.volumetry.suggest import suggest

    from liverplan.volumetry import estimate, lesion_margins, measure

    index = PlanIndex.build(segmentation)
    planes = VolumeIndex.build(segmentation)

    def flat(plan):
        return all(type(cut).__name__ == "Plane" for cut in plan.cuts)

    def uncertainty(plan):
        if not flat(plan):
            return estimate_plan(index, plan, threshold_fraction=THRESHOLD)
        return estimate(segmentation, plan.cuts, threshold_fraction=THRESHOLD, index=planes)

    return SimpleNamespace(
        remnant_ml=index.remnant_ml,
        measure=lambda p: measure(planes, p.cuts) if flat(p) else measure_plan(index, p),
        margins=lambda p: lesion_margins(planes, p.cuts) if flat(p) else plan_margins(index, p),
        faults=lambda plan: plan_faults(index, plan),
        uncertainty=uncertainty,
        suggest=lambda: suggest(index, margin_mm=10.0, threshold_fraction=THRESHOLD),
    )


def plan(*names):
    return Plan.from_json({"cuts": [CUTS[name] for name in names]})


def works(segmentation):
    """Every piece of work by name: a function, and how often one turn does it."""
    liver = door(segmentation)
    index = VolumeIndex.build(segmentation)
    normals = np.random.default_rng(1).normal(size=(4000, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    offsets = normals @ (-30.0, 0.0, 5.0) + np.random.default_rng(2).uniform(-50, 50, 4000)
    found = {
        "index of planes": (lambda: VolumeIndex.build(segmentation).remnant_ml(UNIT, [0] * 3), 1),
        "4000 planes at once": (lambda: index.remnant_ml(normals, offsets), 1),
        "one plane": (lambda: index.remnant_ml(normals[:1], offsets[:1]), 100),
        "one plane, exact": (lambda: index.remnant_ml(normals[:1], offsets[:1], exact=True), 3),
    }
    for name in CUTS:
        found[f"drag step: {name}"] = (partial(liver.remnant_ml, plan(name)), 10)
    found["drag step: all of them"] = (partial(liver.remnant_ml, plan(*CUTS)), 5)
    for kind, some in {"a plane": ("plane",), "any cuts": ("plane", "wedge")}.items():
        asked = plan(*some)
        found[f"measure: {kind}"] = (partial(liver.measure, asked), 3)
        found[f"margins: {kind}"] = (partial(liver.margins, asked), 3)
        found[f"faults: {kind}"] = (partial(liver.faults, asked), 1)
        found[f"uncertainty: {kind}"] = (partial(liver.uncertainty, asked), 1)
    return {**found, "suggest": (liver.suggest, 1)}


def main():
    spacing = COARSE_MM if "--coarse" in sys.argv else FINE_MM
    found = works(make_phantom(spacing_mm=spacing).segmentation)
    for name, (work, _) in found.items():
        if name != "suggest":
            work()  # compiled, and every index made
    print(json.dumps(list(found)), flush=True)
    for line in sys.stdin:
        work, times = found[line.strip()]
        begun = time.process_time()
        for _ in range(times):
            work()
        print((time.process_time() - begun) / times, flush=True)


if __name__ == "__main__":
    main()
