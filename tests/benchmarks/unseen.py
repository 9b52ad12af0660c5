"""What unseen vessels do to a remnant: ``python -m tests.benchmarks.unseen --data DIR``.

On 3D-IRCADb-01.1 and on rendered CTs, 60 seeded planes each: the tissue that loses its blood by the
trees that are found unasked, beside that by the true ones. Their difference is told as a share of
the liver, for a cut as large as its volume to the power of two thirds (its square grows with the
cut's surface), of the planes on which both agree about the main branches (within a tenth of the
liver); and so is how often the ranges of the found trees hold the true trees' remnant.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from liverplan.resection import Plan, Plane
from liverplan.resection.anatomy.territories import territories
from liverplan.segmentation import Segmentation, find_trees
from liverplan.segmentation.vessels.branches import branches_of
from liverplan.volumetry import Liver
from liverplan.volumetry.uncertainty.unseen import cut_size
from liverplan.workflow.vessels import divided_by
from tests.benchmarks.vessels import Known, expert, rendered

RENDERED = ("btcv_0025", "ts_s0327", "btcv_0005")
AGREE, LIMIT, COUNT = 0.1, 0.3, 60


def planes(segmentation: Segmentation, count: int) -> list[Plan]:
    """Seeded planes by turns along the middle of the liver, to either side, and anywhere."""
    rng, grid = np.random.default_rng(5), segmentation.grid
    voxels = np.argwhere(segmentation.labels > 0)
    middle = grid.to_mm(voxels.mean(axis=0))
    made = []
    for number in range(count):
        at, normal = grid.to_mm(voxels[rng.integers(len(voxels))]), rng.normal(size=3)
        if number % 2:
            side = 1 if rng.random() < 0.6 else -1
            at, normal = middle + 15 * rng.normal(size=3), side * np.eye(3)[0] + normal / 4
        made.append(Plan(cuts=(Plane(point_mm=at, normal=normal / np.linalg.norm(normal)),)))
    return made


def livers(known: Known) -> tuple[Liver, Liver]:
    """The liver with its true trees, and with those that are found."""
    segmentation = Segmentation.from_masks(known.volume.grid, known.true_liver, [])
    true = {
        tree: territories(segmentation, branches_of(mask, known.volume.grid), tree)
        for tree, mask in zip(("portal", "hepatic"), known.masks, strict=True)
    }
    found = divided_by(find_trees(known.volume, segmentation.liver), segmentation)
    return (
        Liver(segmentation=segmentation, maps=true),
        Liver(segmentation=segmentation, maps=dict(found.maps)),
    )


def size_of(liver: Liver, plan: Plan) -> float:
    """How large the plane is in the liver, as the model counts it."""
    (plane,) = plan.cuts
    ends = [liver.measure(Plan(cuts=(plane.shifted(mm),))).remnant_ml for mm in (-1, 1)]
    return cut_size(abs(ends[1] - ends[0]) / 2, liver.functional_ml)


def score(known: Known) -> dict[str, float | str]:
    """Hold the found trees against the true ones on every plane on which both tell anything."""
    true, found = livers(known)
    rows = []
    for plan in planes(true.segmentation, COUNT):
        if true.vessels(plan).rootless or found.vessels(plan).rootless:
            continue
        right, said = (one.measure(plan).perfused_ml or 0.0 for one in (true, found))
        doubt = found.uncertainty(plan, threshold_fraction=LIMIT)
        share = right / true.functional_ml
        rows.append(
            (
                abs(right - said) < AGREE * true.functional_ml,
                (share - said / true.functional_ml) / size_of(true, plan) ** 0.5,
                *(low <= share <= high for low, high in (drawn(doubt), doubt.interval_95)),
                (drawn(doubt)[1] - drawn(doubt)[0]) / 2,
            )
        )
    agree, off, *covered, half = np.array(rows, dtype=float).T
    same = agree > 0
    return {
        "case": known.name,
        "planes": len(rows),
        "agree on the main branches": float(same.mean()),
        "off: mean": float(off[same].mean()),
        "SD": float(off[same].std()),
        "as drawn holds": float(covered[0][same].mean()),
        "as carried out": float(covered[1][same].mean()),
        "half width as drawn": float(half[same].mean()),
    }


def drawn(doubt) -> tuple[float, float]:
    """Both ends of the range as drawn."""
    return doubt.as_drawn.interval_95


def main() -> None:
    """Print a line for each case."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    data = parser.parse_args().data
    for known in (expert(data), *(rendered(data, name, "portal", 3) for name in RENDERED)):
        print(score(known), flush=True)


if __name__ == "__main__":
    main()
