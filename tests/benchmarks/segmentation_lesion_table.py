"""How well rendered metastases are outlined, by prompt, size and look.

Run as ``python -m tests.benchmarks.segmentation --data ../shared/data --parts lesion_table``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.segmentation_lesions import lesion_score, with_network
from tests.benchmarks.segmentation_painted import LOOKS, SIZES_MM, Painted, Patient, patients

Table = list[dict[str, Any]]
COUNT, SEED = 4, 1
LOST = 0.3
"""A metastasis of less Dice than this is not found."""
MEASURES: dict[str, Callable[[Table], float]] = {
    "dice": lambda rows: float(np.mean([r["dice"] for r in rows])),
    "volume %": lambda rows: 100 * float(np.median([r["volume_error_fraction"] for r in rows])),
    "long axis mm": lambda rows: float(np.mean([abs(r["long_axis_error_mm"]) for r in rows])),
    "not found": lambda rows: sum(r["dice"] < LOST for r in rows),
}
"""Mean Dice, the middle volume error, the mean error of the long axis, and how many are lost."""


def lesion_table(data: Path) -> Table:
    """3c. Rendered metastases by prompt: what is measured by look (rows) and size (columns)."""
    rows: Table = []
    for patient in patients(data, COUNT, SEED):
        for lesion in patient.lesions:
            rows += scored(patient, lesion)
        print(patient.name, len(patient.lesions), file=sys.stderr)
    return [line for way in dict.fromkeys(r["hint"] for r in rows) for line in _lines(rows, way)]


def scored(patient: Patient, lesion: Painted) -> Table:
    """Score one metastasis by every prompt."""
    ways = with_network(patient.volume, patient.liver, lesion.truth)
    return [
        {"hint": way, "size": lesion.size_mm, "look": lesion.look}
        | lesion_score(find, lesion.truth, patient.volume)
        for way, find in ways.items()
    ]


def _lines(rows: Table, way: str) -> Table:
    own = [r for r in rows if r["hint"] == way]
    lines: Table = []
    for name, measured in MEASURES.items():
        for look in (*LOOKS, "all"):
            of = [r for r in own if look in (r["look"], "all")]
            by_size = {f"{s:g} mm": measured([r for r in of if r["size"] == s]) for s in SIZES_MM}
            lines.append(
                {"hint": way, "measured": name, "look": look, **by_size, "all": measured(of)}
            )
    cpu = [r["cpu_seconds"] for r in own if "cpu_seconds" in r]
    lines.append({"hint": way, "count": len(own), "cpu_seconds": np.mean(cpu)})
    return lines
