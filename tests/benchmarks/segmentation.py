"""How good the segmentation is, against experts: tables, JSON and pictures.

Run as ``python -m tests.benchmarks.segmentation --data ../shared/data`` (``--json FILE``,
``--pictures DIR``, ``--parts liver,lesions,...``, ``--leave-one-out``, which is slow). Clicks,
strokes and contours are simulated from the expert's masks, so they are ideal.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import edt
import matplotlib as mpl
import numpy as np
from scipy.spatial import cKDTree
from skimage.morphology import skeletonize

from liverplan.errors import LiverplanError
from liverplan.segmentation import (
    Segmentation,
    apply_contours,
    click,
    find_liver,
    find_vessels,
    read_mask_file,
)
from liverplan.volume import Volume
from liverplan.words import in_english
from tests.benchmarks.segmentation_large import edit_times
from tests.benchmarks.segmentation_lesion_table import lesion_table
from tests.benchmarks.segmentation_lesions import hinted, lesions
from tests.benchmarks.segmentation_methods import METHODS, alone, read_zip, seen
from tests.benchmarks.segmentation_rendered import PHASES, Rendered, render
from tests.benchmarks.segmentation_robust import disturbed, nonsense
from tests.benchmarks.segmentation_scores import against, surface_error
from tests.benchmarks.segmentation_tuned import leave_one_out, prepare

mpl.use("Agg")
import matplotlib.pyplot as plt

Table = list[dict[str, Any]]


class Case:
    """ircadb01 with its expert masks, and the automatic liver, made once."""

    def __init__(self, data: Path) -> None:
        self.volume = read_zip(data / "ircadb01" / "PATIENT_DICOM.zip")
        grid = self.volume.grid
        folder = data / "ircadb01"
        self.liver = read_mask_file(folder / "liver.nii.gz", grid).any
        tumours = read_mask_file(folder / "tumours_labelled.nii.gz", grid)
        self.lesions = tumours.masks(range(1, 8))
        self.vessels = read_mask_file(folder / "vessels_1portal_2venous_3artery.nii.gz", grid)
        self.result = find_liver(self.volume)

    @property
    def found_liver(self) -> np.ndarray:
        """The automatic liver."""
        return self.result.mask


def automatic(case: Case, data: Path, pictures: Path | None) -> Table:
    """1. The automatic liver on both CTs and the sample, by each method."""
    from liverplan.phantom import make_phantom

    other = read_zip(data / "crlm1004" / "DICOM.zip")
    reference = json.loads((data / "crlm1004" / "reference.json").read_text())
    expert_ml = reference["CRLM-CT-1004"]["liver_mL"]
    sample = make_phantom()
    truth = sample.segmentation.liver
    rows: Table = []
    for name, find in METHODS.items():
        found = case.result if name == "network" else find(case.volume)
        zipped = data / "ircadb01" / "PATIENT_DICOM.zip"
        rows.append(
            {
                "method": name,
                "case": "ircadb01",
                **against(found.mask, case.liver),
                **surface_error(found.mask, case.liver, case.volume.grid),
                **alone(name, zipped),
                "warnings": [in_english(note) for note in found.notes],
            }
        )
        draw(case.volume, {"lime": found.mask, "cyan": case.liver}, pictures, f"ircadb01_{name}")
        found = find(other)
        ml = np.count_nonzero(found.mask) * other.grid.voxel_ml
        rows.append(
            {
                "method": name,
                "case": "crlm1004",
                "volume_error_fraction": ml / expert_ml - 1,
                "warnings": [in_english(note) for note in found.notes],
            }
        )
        draw(other, {"lime": found.mask}, pictures, f"crlm1004_{name}")
        mask = find(sample.volume).mask
        rows.append({"method": name, "case": "sample", **against(mask, truth)})
        draw(sample.volume, {"lime": mask, "cyan": truth}, pictures, f"sample_{name}")
    return rows


def correction(case: Case) -> Table:
    """2. Clicks at the middle of the largest error; contours evenly spaced, and worst first."""
    grid, truth = case.volume.grid, case.liver

    def measured(step: str, found: Segmentation) -> dict[str, Any]:
        error = surface_error(found.liver, truth, grid)
        return {"step": step, **against(found.liver, truth), **error}

    first = Segmentation.from_masks(grid, case.result.mask)
    rows, now = [measured("automatic", first)], first
    for number in range(1, 6):
        wrong = edt.edt(now.liver ^ truth, anisotropy=grid.spacing_mm, parallel=2)
        at = np.unravel_index(int(wrong.argmax()), wrong.shape)
        now = click(case.volume, now, grid.to_mm(at), "inside" if truth[at] else "outside")
        rows.append(measured(f"click {number}", now))
    used = np.flatnonzero(truth.any(axis=(1, 2)))
    even = np.linspace(used[0] + 1, used[-1] - 1, 8).round().astype(int)
    evenly = apply_contours(first, {int(k): truth[k] for k in even})
    rows.append(measured("8 contours, evenly", evenly))
    rows.append(measured("8 contours, worst first", worst_first(case)))
    return rows


def worst_first(case: Case, count: int = 8) -> Segmentation:
    """Draw the slice that is worst, look again, draw the next."""
    first = Segmentation.from_masks(case.volume.grid, case.result.mask)
    drawn, now = {}, first
    for _ in range(count):
        wrong = np.count_nonzero(now.liver ^ case.liver, axis=(1, 2)).astype(float)
        wrong = np.convolve(wrong, np.ones(5), mode="same")
        for k in drawn:
            wrong[max(0, k - 3) : k + 4] = 0
        drawn[int(wrong.argmax())] = case.liver[int(wrong.argmax())]
        now = apply_contours(first, drawn)
    return now


def tuned(case: Case, data: Path) -> Table:
    """8. Leave-one-out over the tuned parameters: one real CT, the sample, two rendered maps."""
    from liverplan.phantom import make_phantom

    sample = make_phantom()
    cases = [
        prepare("ircadb01", case.volume, case.liver),
        prepare("sample", sample.volume, sample.segmentation.liver),
    ]
    for name, phase, seed in (("btcv_0002", "late", 1), ("btcv_0006", "fatty", 5)):
        made = render(data / "label_maps" / f"{name}.nii.gz", phase, seed)
        cases.append(prepare(f"{name} {phase}", made.volume, made.liver))
    return leave_one_out(cases)


def remnant_error(case: Case) -> Table:
    """4. Error of the remnant fraction from the masks alone, over 300 planes."""
    rng = np.random.default_rng(0)
    normals = rng.normal(size=(300, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    shares = rng.uniform(0.2, 0.6, 300)
    grid = case.volume.grid
    points = {
        "expert": grid.to_mm(np.argwhere(case.liver)[::7]),
        "automatic": grid.to_mm(np.argwhere(case.result.mask)[::7]),
        "after 8 contours": grid.to_mm(np.argwhere(worst_first(case).liver)[::7]),
    }
    errors: dict[str, list[float]] = {"automatic": [], "after 8 contours": []}
    for normal, share in zip(normals, shares, strict=True):
        offset = np.quantile(points["expert"] @ normal, 1 - share)
        for name, found in errors.items():
            found.append(100 * abs(float((points[name] @ normal >= offset).mean()) - share))
    return [
        {"mask": name, "mean_points": np.mean(e), "percentile_95_points": np.percentile(e, 95)}
        for name, e in errors.items()
    ]


def vessels(case: Case) -> Table:
    """5. Middle lines of the veins against the expert's, within 2.5 mm."""
    grid, veins = case.volume.grid, case.vessels.masks((1, 2))
    seeds = []
    for vein in veins:
        depth = edt.edt(vein & case.result.mask, anisotropy=grid.spacing_mm)
        seeds.append(grid.to_mm(np.unravel_index(int(depth.argmax()), depth.shape)))
    start = time.perf_counter()
    found = find_vessels(case.volume, case.result.mask, seeds)
    seconds = time.perf_counter() - start
    mine = np.concatenate([np.array(b.points_mm) for b in found.branches])
    expert = grid.to_mm(np.argwhere(skeletonize((veins[0] | veins[1]) & case.liver)))
    recall = float((cKDTree(mine).query(expert)[0] <= 2.5).mean())
    precision = float((cKDTree(expert).query(mine)[0] <= 2.5).mean())
    return [
        {
            "recall": recall,
            "precision": precision,
            "branches": len(found.branches),
            "seconds": seconds,
        }
    ]


def rendered(data: Path, pictures: Path | None) -> Table:
    """6. CTs rendered from real label maps, a third of them fatty, by each method."""
    rows: Table = []
    for number, path in enumerate(sorted((data / "label_maps").glob("[bt]*.nii.gz"))):
        phase = list(PHASES)[number % len(PHASES)]
        made = render(path, phase, number)
        name = path.name.removesuffix(".nii.gz")
        for method, find in METHODS.items():
            row = {"method": method, "map": name, "phase": phase}
            if method == "network":
                row["seen in training"] = seen(data, name)
            rows.append({**row, **rendered_score(find, made, pictures, f"map_{name}_{method}")})
            print(rows[-1], file=sys.stderr)
    rows.sort(key=lambda r: r["dice"])
    return [*(medians(rows, method) for method in METHODS), *rows]


def rendered_score(find: Callable, made: Rendered, pictures: Path | None, name: str) -> dict:
    """Score a method on a rendered CT; a refusal scores as nothing found."""
    try:
        mask = find(made.volume).mask
    except LiverplanError as error:
        return {"dice": 0.0, "note": str(error)}
    draw(made.volume, {"lime": mask, "cyan": made.liver}, pictures, name)
    return against(mask, made.liver)


def medians(rows: Table, method: str) -> dict[str, Any]:
    """Median and worst of a method, of all maps and of the fatty ones."""
    of = [r for r in rows if r["method"] == method]
    fatty = [r["dice"] for r in of if r["phase"] == "fatty"]
    dice = [r["dice"] for r in of]
    return {
        "method": method,
        "map": "median",
        "dice": float(np.median(dice)),
        "worst": min(dice),
        "fatty": float(np.median(fatty)),
        "worst fatty": min(fatty),
    }


def robust(case: Case) -> Table:
    """7. The same CT disturbed, and nonsense, by each method."""
    rows: Table = []
    for name, make in disturbed(case.volume, case.liver).items():
        volume, truth = make()
        for method, find in METHODS.items():
            found = find(volume)
            rows.append(
                {
                    "method": method,
                    "ct": name,
                    **against(found.mask, truth),
                    "note": " ".join(map(in_english, found.notes)),
                }
            )
            print(rows[-1], file=sys.stderr)
    for name, nothing in nonsense():
        for method, find in METHODS.items():
            start = time.perf_counter()
            try:
                find(nothing())
                words = "NOT REFUSED"
            except LiverplanError as error:
                words = str(error)
            seconds = time.perf_counter() - start
            rows.append({"method": method, "ct": name, "seconds": seconds, "note": words})
    return rows


def draw(volume: Volume, masks: dict[str, np.ndarray], folder: Path | None, name: str) -> None:
    """Write an overlay of twenty slices."""
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    figure, axes = plt.subplots(4, 5, figsize=(20, 14))
    used = np.flatnonzero(np.any([m.any(axis=(1, 2)) for m in masks.values()], axis=0))
    for axis, k in zip(axes.flat, np.linspace(used[0], used[-1], 20).astype(int), strict=True):
        axis.imshow(volume.hu[k], cmap="gray", vmin=-60, vmax=220)
        for colour, mask in masks.items():
            if mask[k].any():
                axis.contour(mask[k], [0.5], colors=colour, linewidths=0.8)
        axis.set_axis_off()
    figure.tight_layout()
    figure.savefig(folder / f"{name}.png", dpi=60)
    plt.close(figure)


def show(title: str, rows: Table) -> None:
    """Print a table."""
    print(f"\n{title}")
    for row in rows:
        words = (f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items())
        print("  " + "  ".join(words))


def main() -> None:
    """Run the parts that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--pictures", type=Path)
    usual = "liver,correction,edits,lesions,lesion_table,hints,remnant,vessels,robust,maps"
    parser.add_argument("--parts", default=usual)
    parser.add_argument("--leave-one-out", action="store_true")
    given = parser.parse_args()
    case = Case(given.data)
    parts: dict[str, Callable[[], Table]] = {
        "liver": lambda: automatic(case, given.data, given.pictures),
        "correction": lambda: correction(case),
        "edits": edit_times,
        "lesions": lambda: lesions(case),
        "lesion_table": lambda: lesion_table(given.data),
        "hints": lambda: hinted(case),
        "remnant": lambda: remnant_error(case),
        "vessels": lambda: vessels(case),
        "robust": lambda: robust(case),
        "maps": lambda: rendered(given.data, given.pictures),
        "leave one out": lambda: tuned(case, given.data),
    }
    tables = {}
    wanted = [name for name in given.parts.split(",") if name]
    for name in [*wanted, *(["leave one out"] if given.leave_one_out else [])]:
        tables[name] = parts[name]()
        show(name, tables[name])
    if given.json:
        given.json.write_text(json.dumps(tables, indent=1, default=float))


if __name__ == "__main__":
    main()
