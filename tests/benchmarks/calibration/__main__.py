"""Measure the uncertainty of remnants on real masks; exit 1 where a goal is missed.

``python -m tests.benchmarks.calibration --data ../shared/data``. The expert's mask of one real CT
is the truth, or a label map that a CT is rendered from. Plans are made on what programs and
corrections drew, and on the expert's own mask moved by smooth random fields of a told size. All
planes through one mask share one draw of its error: its coverage may be anything, only that over
many fields must be nominal. Speed beside another checkout:
``python -m tests.benchmarks.house_speed --before DIR``.
"""

import argparse
import itertools
import sys
import time
from pathlib import Path

import numpy as np

from liverplan.volumetry import BoundaryOffsets
from tests.benchmarks.calibration.alike import drawn_errors, share_smaller
from tests.benchmarks.calibration.masks import Liver, Pair, perturbed, real, rendered
from tests.benchmarks.calibration.plans import KINDS, Answer, answers, of, wrong_poses
from tests.benchmarks.calibration.scores import LEAST, Score, by_distance, reliability
from tests.benchmarks.calibration.surfaces import Surface
from tests.benchmarks.calibration.told import Told
from tests.benchmarks.volumetry_doubt import coverage

SIZES = ((0.5, 10.0), (0.5, 40.0), (1.0, 20.0), (2.0, 10.0), (2.0, 20.0), (2.0, 40.0))
UNTOLD = (1.0, 20.0)
PLANES = 8
"""Of each kind through one moved mask: its planes share one draw, so masks count, not planes."""
PLANS = 25
"""Of each kind on one mask of a told error, each held against many livers."""
RENDERED = (
    ("btcv_0003", "portal"),
    ("btcv_0022", "portal"),
    ("btcv_0033", "portal"),
    ("ts_s0327", "portal"),
    ("btcv_0025", "late"),
)
PARTS = ("real", "rendered", "told", "untold", "cut", "closed")
WIDEST = {"automatic": 3.0, "expert": 1.5}
APART = 0.07
TWO_SIDED = 1.96


class Goals:
    """Prints what is measured beside its goal, and keeps what is missed."""

    def __init__(self) -> None:
        self.missed: list[str] = []

    def between(self, name: str, value: float, low: float, high: float) -> None:
        """Hold a value between two limits."""
        good = low <= value <= high
        print(f"    {'ok  ' if good else 'MISS'} {name}: {value:.2f} (goal {low:g} to {high:g})")
        if not good:
            self.missed.append(name)


def main() -> int:
    """Measure everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--planes", type=int, default=100, help="of each kind, a real mask")
    parser.add_argument("--livers", type=int, default=150, help="drawn from each told error")
    parser.add_argument("--rendered", type=int, default=len(RENDERED), help="livers")
    parser.add_argument("--fields", type=int, default=20, help="that move a mask to plan on")
    parser.add_argument("--parts", default=",".join(PARTS), help="of the whole, by commas")
    chosen, goals, begun = parser.parse_args(), Goals(), time.perf_counter()
    liver, parts = Liver(chosen.data), chosen.parts.split(",")
    if "real" in parts:
        _real(liver, chosen.planes, goals)
    if "rendered" in parts:
        _rendered(chosen, goals)
    if {"told", "untold", "cut"} & set(parts):
        _moved(Surface.of(liver.segmentation(liver.expert, "expert")), chosen, parts, goals)
    if "closed" in parts:
        _closed_forms(goals)
    print(f"{time.perf_counter() - begun:.0f} s; missed: {', '.join(goals.missed) or 'nothing'}")
    return 1 if goals.missed else 0


def _moved(surface: Surface, chosen: argparse.Namespace, parts: list[str], goals: Goals) -> None:
    if "told" in parts:
        _told(surface, chosen, goals)
    if "untold" in parts:
        _untold(surface, chosen, goals)
    if "cut" in parts:
        _cut(surface, chosen.planes)


def _real(liver: Liver, count: int, goals: Goals) -> None:
    for pair in real(liver):
        for kind in KINDS:
            found = answers(pair, kind, count, seed=1)
            print(f"{pair.name}, {kind}: one draw of its error")
            drawn = _scores(found)
            goals.between(f"{pair.name}, {kind}, covered as drawn", drawn.coverage, 92, 98)
            _unusual(f"{pair.name}, {kind}", pair, found, drawn, goals)
            widest = WIDEST["automatic"]
            goals.between(f"{pair.name}, {kind}, half width", drawn.half_width, 0, widest)


def _unusual(name: str, pair: Pair, found: list[Answer], drawn: Score, goals: Goals) -> None:
    told = np.array([one.as_drawn.interval.standard_error or np.nan for one in found])
    boundaries = BoundaryOffsets.build(pair.drawn, errors=pair.errors)
    draws = drawn_errors(boundaries, [one.plane for one in found], told)
    covered = 100 * np.mean(np.abs(draws) < TWO_SIDED, axis=1)
    low, middle, high = np.quantile(covered, (0.025, 0.5, 0.975))
    print(f"  by the model itself {middle:.0f} % ({low:.0f} to {high:.0f}) would be covered")
    smaller = share_smaller(draws, drawn.standardised)
    goals.between(f"{name}, per cent of the model's draws with smaller errors", smaller, 2.5, 97.5)


def _rendered(chosen: argparse.Namespace, goals: Goals) -> None:
    found: dict[str, list[Answer]] = {kind: [] for kind in KINDS}
    for seed, pair in enumerate(rendered(chosen.data, RENDERED[: chosen.rendered])):
        for kind in KINDS:
            print(f"{pair.name}, {kind}")
            own = answers(pair, kind, chosen.planes, seed)
            _scores(own)
            found[kind] += own
    for kind, every in found.items():
        print(f"the network on rendered livers, {kind}: a draw each")
        drawn = _scores(every)
        goals.between(f"rendered, {kind}, standard errors off", drawn.standardised, 0.5, 1.5)


def _told(surface: Surface, chosen: argparse.Namespace, goals: Goals) -> None:
    every: list[Answer] = []
    for row, size in enumerate(SIZES):
        told = Told.of(surface, size, PLANS, seed=row)  # no two sizes share fields or plans
        found = told.livers(range(1000 * row, 1000 * row + chosen.livers))
        every += found
        name = f"{size[0]:g} mm over {size[1]:g} mm"
        print(f"expert's moved by {name}, told")
        goals.between(f"{name}, covered as drawn", _scores(found).coverage, 90, 98)
    for carried_out in (False, True):
        name = "as carried out" if carried_out else "as drawn"
        _reliability(name, every, goals, carried_out=carried_out)


def _untold(surface: Surface, chosen: argparse.Namespace, goals: Goals) -> None:
    pairs = [perturbed(surface, *UNTOLD, 100 + seed, told=False) for seed in range(chosen.fields)]
    for kind in KINDS:
        untold = Told.of(surface, UNTOLD, PLANS, seed=100, kinds=(kind,), told=False)
        print(f"expert's moved by {pairs[0].name}, not told, {kind}")
        scored = _scores(untold.livers(range(10_000, 10_000 + chosen.livers)))
        goals.between(f"expert's moved, {kind}, covered as drawn", scored.coverage, 92, 98)
        goals.between(f"expert's, {kind}, half width", scored.half_width, 0, WIDEST["expert"])
        print("  the same, each plan made anew on a moved mask")
        found = [answers(pair, kind, PLANES, seed) for seed, pair in enumerate(pairs)]
        _scores(list(itertools.chain(*found)))


def _cut(surface: Surface, count: int) -> None:
    share = 100 * wrong_poses(perturbed(surface, *UNTOLD, 0, told=False), 5.0, 8.0, count, 1)
    print(f"cut off by just 5 mm and 8 degrees: covered as carried out {share:.1f} %")


def _scores(found: list[Answer]) -> Score:
    drawn = Score.of(of(found, carried_out=False))
    print(f"  as drawn        {drawn}")
    print(f"  as carried out  {Score.of(of(found, carried_out=True))}", flush=True)
    return drawn


def _reliability(name: str, found: list[Answer], goals: Goals, *, carried_out: bool) -> None:
    said = of(found, carried_out=carried_out)
    print(f"probability {name}: told, happened, plans")
    for told, happened, count in reliability(said):
        print(f"  {told:.2f}  {happened:.2f}  {count}")
        if count >= LEAST:
            goals.between(f"{name}, at {told:.2f}, apart", abs(told - happened), 0, APART)
    print(f"{name}, by points from the limit: told right, was right, plans")
    for distance, told, right, count in by_distance(said):
        print(f"  {distance:>10}  {told:.2f}  {right:.2f}  {count}")


def _closed_forms(goals: Goals) -> None:
    share = coverage(trials=1000)[0].value
    goals.between("uniform errors of closed forms, covered", share, 93, 97)


if __name__ == "__main__":
    sys.exit(main())
