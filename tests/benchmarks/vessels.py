"""How good the vessel trees are: middle lines, which tree, time; on an expert's CT and rendered.

Run as ``python -m tests.benchmarks.vessels --data ../shared/data`` (``--json FILE``;
``--rendered``, which is slow: ``--phases portal`` for some phases alone, ``--noise HU``, and
``--seeds N`` for other trees, the seeds so much further on). The row to beat is today's method with
one ideal click in the thickest place of each tree. An expert's middle line is the skeleton of each
whole tree, where it runs inside the expert's liver. "cut_first" tells recall and precision against
the skeleton of what the liver's mask leaves of the trees, as the clicked method was first measured:
cut so, the cava leaves a rim on the liver whose skeleton is no vessel's. Of rendered trees what is
3 mm thick or more must be found, and "recall_5_mm" tells of what is 5 mm thick, since slices of
3 mm dilute what is as thin as they; what runs along a thinner one is no mistake. Two livers of
which a mask alone is known (``hpb_masks``) are rendered within the abdomens of others.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import edt
import numpy as np
from scipy.spatial import cKDTree
from skimage.morphology import skeletonize

from liverplan.errors import SegmentationError
from liverplan.segmentation import Branch, find_liver, find_trees, find_vessels, read_mask_file
from liverplan.segmentation.boxes import bounding_box
from liverplan.volume import Volume
from tests.benchmarks.segmentation_methods import read_zip
from tests.benchmarks.vessels_rendered import NOISE_HU, PHASES, render_trees

NEAR_MM, STEP_MM, THICK_MM, WIDE_MM = 2.5, 1.0, 1.5, 2.5
MAPS = ("ts_s0327", "ts_s0328", "btcv_0002", "btcv_0030")
SHAPES = {"hepaticvessel_002": "ts_s0327", "hepaticvessel_008": "ts_s0328"}
"""Livers of which a mask alone is known, each with the map whose abdomen it is put into."""
VESSELS = "vessels_1portal_2venous_3artery.nii.gz"


@dataclass(frozen=True)
class Known:
    """A CT whose trees are known.

    ``lines_mm`` are points of the middle lines inside ``true_liver``, ``tree`` whose they are (1
    portal, 2 hepatic), ``wide`` which lie in thick vessels, ``masks`` the trees; ``cut_first_mm``
    as the module says.
    """

    name: str
    volume: Volume
    liver: np.ndarray
    true_liver: np.ndarray
    masks: tuple[np.ndarray, np.ndarray]
    lines_mm: np.ndarray
    tree: np.ndarray
    cut_first_mm: np.ndarray | None = None
    every_mm: np.ndarray | None = None
    wide: np.ndarray | None = None


def expert(data: Path) -> Known:
    """ircadb01, with the liver as the network finds it."""
    folder = data / "ircadb01"
    volume = read_zip(folder / "PATIENT_DICOM.zip")
    liver = read_mask_file(folder / "liver.nii.gz", volume.grid).any
    masks = tuple(read_mask_file(folder / VESSELS, volume.grid).masks((1, 2)))
    whole = [np.argwhere(_skeleton(mask) & liver) for mask in masks]
    return Known(
        name="ircadb01",
        volume=volume,
        liver=find_liver(volume).mask,
        true_liver=liver,
        masks=(masks[0], masks[1]),
        lines_mm=volume.grid.to_mm(np.concatenate(whole)),
        tree=np.repeat((1, 2), [len(line) for line in whole]),
        cut_first_mm=volume.grid.to_mm(np.argwhere(_skeleton((masks[0] | masks[1]) & liver))),
    )


def rendered(data: Path, name: str, phase: str, seed: int, noise_hu: float = NOISE_HU) -> Known:
    """A rendered CT, with its true liver; those of `SHAPES` lie in another's abdomen."""
    own = name not in SHAPES
    path = data / "label_maps" / f"{name if own else SHAPES[name]}.nii.gz"
    shape = None if own else data / "hpb_masks" / f"{name}_liver.nii.gz"
    made = render_trees(path, phase, seed, shape, noise_hu)
    inside = _inside(made.lines_mm, made.volume, made.liver)
    every, inside = made.lines_mm[inside], inside & (made.radius_mm >= THICK_MM)
    return Known(
        name=f"{name} {phase}",
        volume=made.volume,
        liver=made.liver,
        true_liver=made.liver,
        masks=(made.labels == 1, made.labels == 2),
        lines_mm=made.lines_mm[inside],
        tree=made.tree[inside],
        every_mm=every,
        wide=made.radius_mm[inside] >= WIDE_MM,
    )


def _skeleton(mask: np.ndarray) -> np.ndarray:
    line = np.zeros_like(mask)
    box = bounding_box(mask)
    line[box] = skeletonize(mask[box])
    return line


def _inside(points_mm: np.ndarray, volume: Volume, mask: np.ndarray) -> np.ndarray:
    at = np.rint(volume.grid.to_index(points_mm)).astype(int)
    there = ((at >= 0) & (at < mask.shape)).all(axis=1)
    there[there] = mask[tuple(at[there].T)]
    return there


def unasked(known: Known) -> tuple[Sequence[Branch], Sequence[float]]:
    """Find both trees without a click."""
    found = find_trees(known.volume, known.liver)
    return found.branches, found.confidence


def clicked(known: Known) -> tuple[Sequence[Branch], Sequence[float]]:
    """Find both trees from an ideal click in each."""
    grid, clicks = known.volume.grid, []
    for mask in known.masks:
        depth = edt.edt(mask & known.liver, anisotropy=grid.spacing_mm)
        clicks.append(grid.to_mm(np.unravel_index(int(depth.argmax()), depth.shape)))
    branches = find_vessels(known.volume, known.liver, clicks).branches
    return branches, [1.0] * len(branches)


METHODS: dict[str, Callable[[Known], tuple[Sequence[Branch], Sequence[float]]]] = {
    "one click a tree": clicked,
    "unasked": unasked,
}


def score(known: Known, method: str) -> dict[str, Any]:
    """Score a method on a CT; a refusal, or nothing found, scores as nothing."""
    start, cpu = time.perf_counter(), time.process_time()
    row: dict[str, Any] = {"case": known.name, "method": method, "recall": 0.0}
    try:
        branches, confidence = METHODS[method](known)
    except SegmentationError as error:
        return {**row, "note": str(error)}
    row |= {"seconds": time.perf_counter() - start, "cpu_seconds": time.process_time() - cpu}
    row["branches"] = len(branches)
    if not branches:
        return row
    line, tree, sure = _lines(branches, confidence)
    inside = _inside(line, known.volume, known.true_liver)
    line, tree, sure = line[inside], tree[inside], sure[inside]
    away, nearest = cKDTree(known.lines_mm).query(line)
    every = known.lines_mm if known.every_mm is None else known.every_mm
    true, back = away <= NEAR_MM, cKDTree(line).query(known.lines_mm)[0]
    right = true & (known.tree[nearest] == tree)
    row |= {
        "recall": float((back <= NEAR_MM).mean()),
        "precision": float((cKDTree(every).query(line)[0] <= NEAR_MM).mean()),
        "right_tree": float(right.sum() / true.sum()),
        "right_portal": float(
            right[known.tree[nearest] == 1].sum() / (true & (known.tree[nearest] == 1)).sum()
        ),
        "right_hepatic": float(
            right[known.tree[nearest] == 2].sum() / (true & (known.tree[nearest] == 2)).sum()
        ),
        "confidence": _by_confidence(right, sure),
        "sure_of_the_tree": _by_confidence(right[true], sure[true]),
    }
    if known.wide is not None:
        row["recall_5_mm"] = float((back[known.wide] <= NEAR_MM).mean())
    if known.cut_first_mm is not None:
        row["cut_first"] = [
            float((cKDTree(line).query(known.cut_first_mm)[0] <= NEAR_MM).mean()),
            float((cKDTree(known.cut_first_mm).query(line)[0] <= NEAR_MM).mean()),
        ]
    return row


def _by_confidence(right: np.ndarray, sure: np.ndarray) -> dict[str, tuple[float, int]]:
    """By how sure points are: the share that is right, and how many there are."""
    return {
        f"{low:.1f}": (float(right[s].mean()), int(s.sum()))
        for low, high in ((0.0, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 2.0))
        if (s := (sure >= low) & (sure < high)).any()
    }


def _lines(
    branches: Sequence[Branch], confidence: Sequence[float]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points each millimetre along all branches, their trees, and how sure they are."""
    lines, trees, sure = [], [], []
    for branch, own in zip(branches, confidence, strict=True):
        points = np.array(branch.points_mm)
        along = np.append(0, np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1)))
        at = np.arange(0, along[-1] + STEP_MM / 2, STEP_MM)
        lines.append(np.stack([np.interp(at, along, points[:, n]) for n in range(3)], axis=1))
        trees.append(np.full(len(at), branch.tree))
        sure.append(np.full(len(at), own))
    return np.concatenate(lines), np.concatenate(trees), np.concatenate(sure)


def main() -> None:
    """Print a row for each CT and method, and keep them as JSON where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--rendered", action="store_true")
    parser.add_argument("--phases", nargs="+", choices=tuple(PHASES), default=tuple(PHASES))
    parser.add_argument("--noise", type=float, default=NOISE_HU)
    parser.add_argument("--seeds", type=int, default=0)
    given = parser.parse_args()
    made = [lambda: expert(given.data)]
    if given.rendered:
        for seed, name in enumerate((*MAPS, *SHAPES), given.seeds):
            for phase in given.phases:
                row = name, phase, seed, given.noise
                made.append(lambda row=row: rendered(given.data, *row))
    rows = []
    for make in made:
        known = make()
        for method in METHODS:
            rows.append(score(known, method))
            print(json.dumps(rows[-1]), flush=True)
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1), "utf-8")


if __name__ == "__main__":
    main()
