"""Endpoints beside R's survival: ``python -m tests.benchmarks.endpoints_peer [COUNT]``.

Twelve public sets that ship with R, and generated ones: ties, zero times, all censored, all dead,
single patients, arms without deaths, likelihoods without a top, crossing hazards. A median, every
step of a curve and its limits or a chi-square may differ by 1e-6, a model's coefficient by 1e-4;
what differs more is a row, and so is what R calls 0 and is called not known here. Firth's
coefficient in R is the top of ``coxph``'s own likelihood and information.
"""

import csv
import math
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

from liverplan.endpoints import cox, kaplan_meier, log_rank
from liverplan.errors import InputError

KINDS = (
    "ties", "continuous", "zero times", "all censored", "all dead", "single patients",
    "an arm without deaths", "no top", "crossing", "one arm",
)  # fmt: skip


def generated(kind, rng):
    """One table of (time, event, arm, centre) rows."""
    count = 2 if kind == "single patients" else int(rng.integers(6, 80))
    arm = np.zeros(count, int) if kind == "one arm" else np.arange(count) % 2
    shape = np.where(arm == 1, 2.0, 0.7) if kind == "crossing" else 1.0
    times = 12 * rng.weibull(shape, count)
    times = times if kind == "continuous" else np.ceil(times)
    events = rng.random(count) < 0.7
    match kind:
        case "zero times":
            times[rng.random(count) < 0.3] = 0
        case "all censored" | "all dead":
            events[:] = kind == "all dead"
        case "an arm without deaths":
            events[arm == 1] = False
        case "no top":
            times, events = np.arange(count) + 30.0 * arm, np.ones(count, bool)
    return zip(times, events.astype(int), arm, rng.integers(1, 7, count), strict=True)


def ours(times, events, arms, centres):
    """The same results as the R script prints."""
    found = {}
    for arm in np.unique(arms):
        curve = kaplan_meier(times[arms == arm], events[arms == arm])
        found[f"median{arm}"], (low, high) = curve.median, curve.median_95
        found |= {f"low{arm}": low, f"high{arm}": high}
        for name in ("survival", "lower", "upper"):
            found[f"{name}{arm}"] = getattr(curve, name)
    if np.unique(arms).size < 2:
        return found
    names = [str(arm) for arm in arms]
    for suffix, strata in (("", None), ("_centre", [str(centre) for centre in centres])):
        test = log_rank(times, events, names, strata=strata)
        found["log_rank" + suffix] = None if test is None else test.chi_square
        try:
            (term,) = cox(times, events, {"arm": arms}, strata=strata).terms
            found["cox" + suffix] = term.coefficient
        except InputError:
            found["cox" + suffix] = None
    return found


def not_known(result, mine, theirs):
    """Whether no death tells the arms apart: R says 0, here it is said not to be known."""
    return mine is None and theirs.tolist() == [0] and result.startswith(("cox", "log_rank"))


def same(result, mine, theirs):
    tolerance = 1e-4 if result.startswith("cox") else 1e-6
    mine = np.atleast_1d(np.asarray(math.nan if mine is None else mine, float))
    return mine.shape == theirs.shape and np.allclose(
        mine, theirs, rtol=tolerance, atol=tolerance, equal_nan=True
    )


def main(count):
    rng = np.random.default_rng(20)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(count):
            kind = KINDS[number % len(KINDS)]
            with (folder / f"{kind}_{number}.csv").open("w", newline="") as file:
                csv.writer(file).writerows([("time", "event", "arm", "centre")])
                csv.writer(file).writerows(generated(kind, rng))
        script = str(Path(__file__).with_suffix(".R"))
        lines = subprocess.run(
            ["Rscript", script, name], check=True, capture_output=True, text=True
        ).stdout.splitlines()
        tables = {
            path.stem: np.genfromtxt(path, delimiter=",", names=True)
            for path in folder.glob("*.csv")
        }
    mine = {
        name: ours(t["time"], t["event"] == 1, t["arm"].astype(int), t["centre"].astype(int))
        for name, t in tables.items()
    }
    compared, unknown, differing = Counter(), Counter(), 0
    for line in lines:
        name, result, text = (part.strip() for part in line.split(","))
        theirs = np.array(text.replace("NA", "nan").split(), float)
        compared[result.rstrip("01")] += 1
        if not_known(result, mine[name][result], theirs):
            unknown[name.rpartition("_")[0], result] += 1
        elif not same(result, mine[name][result], theirs):
            differing += 1
            print(f"differs: {name}, {result}: {mine[name][result]} here, {theirs} in R")
    for (kind, result), times in sorted(unknown.items()):
        print(f"explained: {kind}, {result}: 0 in R, not known here, {times} times: no death tells")
    print(f"{len(tables)} sets, {compared.total()} results: {dict(compared)}; {differing} differ")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
