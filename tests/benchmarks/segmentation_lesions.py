"""How well metastases are outlined from prompts, and found by hints: against experts' masks."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from scipy.spatial import cKDTree

from liverplan.errors import LiverplanError
from liverplan.segmentation import (
    LesionResult,
    axes_of,
    find_hints,
    lesion_from_click,
    lesion_from_prompt,
    lesion_from_stroke,
)
from liverplan.volume import Volume
from tests.benchmarks.segmentation_prompts import prompts_of
from tests.benchmarks.segmentation_scores import against

Table = list[dict[str, Any]]
Ways = dict[str, Callable[[], LesionResult]]


class Case(Protocol):
    """A CT, the liver that was found in it, and the experts' masks of its metastases."""

    volume: Volume
    lesions: list[np.ndarray]

    @property
    def found_liver(self) -> np.ndarray:
        """(k, j, i) bool array."""


def lesions(case: Case) -> Table:
    """3. The seven metastases from one click, the axes, boxes; and without a network."""
    rows: Table = []
    for number, truth in enumerate(case.lesions, 1):
        ways = without_network(case, truth) | with_network(case.volume, case.found_liver, truth)
        for way, find in ways.items():
            score = lesion_score(find, truth, case.volume)
            rows.append({"lesion": number, "hint": way, **score})
    return [*rows, *means(rows)]


def without_network(case: Case, truth: np.ndarray) -> Ways:
    """Ways that ask no network, by prompt."""
    axes, middle = axes_of(truth, case.volume.grid), prompts_of(truth, case.volume.grid)["click"]
    given = case.volume, case.found_liver
    return {
        "click, without a network": lambda: lesion_from_click(*given, middle.middle_mm),
        "both axes, without a network": lambda: lesion_from_stroke(
            *given, *axes.long_ends_mm, short_axis_mm=axes.short_ends_mm
        ),
    }


def with_network(volume: Volume, liver: np.ndarray, truth: np.ndarray) -> Ways:
    """The product's own way, by prompt."""
    return {
        way: lambda p=prompt: lesion_from_prompt(volume, liver, p)
        for way, prompt in prompts_of(truth, volume.grid).items()
    }


def means(rows: Table) -> Table:
    """Mean Dice, and mean absolute errors of volume and of the long axis, by prompt."""
    found: Table = []
    for way in dict.fromkeys(r["hint"] for r in rows):
        of = [r for r in rows if r["hint"] == way]
        errors = {
            name: np.mean([abs(r[name]) for r in of])
            for name in ("volume_error_fraction", "long_axis_error_mm")
        }
        dice = np.mean([r["dice"] for r in of])
        found.append({"lesion": "mean", "hint": way, "dice": dice, **errors})
    return found


def lesion_score(
    find: Callable[[], LesionResult], truth: np.ndarray, volume: Volume
) -> dict[str, Any]:
    """Score one lesion; a refusal scores as nothing found."""
    long_mm = axes_of(truth, volume.grid).long_mm
    start, cpu = time.perf_counter(), time.process_time()
    try:
        mask = find().mask
    except LiverplanError as error:
        return {
            "dice": 0.0,
            "volume_error_fraction": -1.0,
            "long_axis_error_mm": -long_mm,
            "note": str(error),
        }
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    error_mm = axes_of(mask, volume.grid).long_mm - long_mm
    return {
        **against(mask, truth),
        "long_axis_error_mm": error_mm,
        "seconds": seconds,
        "cpu_seconds": cpu,
    }


def hinted(case: Case) -> Table:
    """3b. At which rank each of the seven is hinted at, in the automatic liver."""
    start = time.perf_counter()
    found = find_hints(case.volume, case.found_liver)
    seconds = time.perf_counter() - start
    rows: Table = []
    for number, truth in enumerate(case.lesions, 1):
        near = cKDTree(case.volume.grid.to_mm(np.argwhere(truth)))
        ranks = [n for n, h in enumerate(found, 1) if near.query(h.point_mm)[0] <= 3]
        rows.append({"lesion": number, "rank": ranks[0] if ranks else None})
    hit = sum(1 for row in rows if row["rank"] is not None)
    anywhere = cKDTree(case.volume.grid.to_mm(np.argwhere(np.any(case.lesions, axis=0))))
    false = sum(1 for h in found if anywhere.query(h.point_mm)[0] > 3)
    return [*rows, {"found": hit, "false": false, "hints": len(found), "seconds": seconds}]
