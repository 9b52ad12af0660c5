"""The volumetry benchmark: every figure that the issue asks for, as a table and as JSON.

Run ``python -m tests.benchmarks.volumetry [--json FILE] [--quick]`` from the repository's root. It
takes some minutes; ``--quick`` runs the same code on small livers, for a look at whether it works.
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from tests.benchmarks.volumetry_doubt import coverage, monte_carlo
from tests.benchmarks.volumetry_shapes import compact, lobed_liver
from tests.benchmarks.volumetry_speed import against_peers, growth, searching
from tests.benchmarks.volumetry_truth import closed_form, exactness, optimum, placements, properties


def run(*, quick, say=print):
    """All rows, in the order of the issue's list."""
    segmentation = compact((4.0, 3.0, 3.0)) if quick else lobed_liver()
    rows, index, best = against_peers(
        segmentation, planes=200 if quick else 4000, rounds=3 if quick else 21
    )
    found = show(rows, say)
    say(f"   liver {index.liver_ml:.0f} mL, lesions {index.tumour_ml:.0f} mL, {index.grid.shape}")
    found += show(exactness(planes=5 if quick else 200), say)
    found += show(
        closed_form(planes=1 if quick else 60, slices=(5.0,) if quick else (1.0, 2.5, 5.0)), say
    )
    found += show(placements(count=1 if quick else 12, planes=1 if quick else 10), say)
    found += show(properties(cases=6 if quick else 300), say)
    found += show(searching(index, best, normals=500 if quick else 10_000, margins=41), say)
    found += show(optimum(brute=2000 if quick else 200_000), say)
    found += show(
        monte_carlo(segmentation, index, samples=2000, brute_samples=20 if quick else 600),
        say,
    )
    found += show(coverage(trials=10 if quick else 2000), say)
    sizes = (0.5, 1, 2) if quick else (0.5, 1, 2, 4, 8)
    found += show(
        growth(factors=sizes, planes=200 if quick else 2000, base=4.0 if quick else 1.0), say
    )
    return found


def show(rows, say):
    """Print rows as they come, and pass them on."""
    for row in rows:
        verdict = {None: "", True: "reached", False: "MISSED"}[row.reached]
        say(
            f"{row.item}  {row.what:62s} {row.value:12.6g} {row.unit:7s}{row.target:>22s} {verdict}"
        )
    return rows


def main():
    """Run it from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the rows to this file as well")
    parser.add_argument("--quick", action="store_true", help="small livers, few rounds")
    chosen = parser.parse_args()
    rows = run(quick=chosen.quick)
    if chosen.json:
        chosen.json.write_text(
            json.dumps([asdict(row) for row in rows], indent=1, default=lambda v: v.item()) + "\n"
        )


if __name__ == "__main__":
    main()
