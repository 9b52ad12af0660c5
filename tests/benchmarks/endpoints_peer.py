"""Endpoints beside R's survival and rms: ``python -m tests.benchmarks.endpoints_peer [COUNT]``.

Twelve public sets that ship with R, and generated ones: ties, zero times, all censored, all dead,
single patients, arms without deaths, likelihoods without a top, crossing hazards. Of each: curves
with their limits, medians, restricted means and survival at one time with standard errors,
follow-up, late entry, incidence; log-rank tests, and Cox models with standard error, p, limits,
concordance and the test of proportional hazards, also within centres and with late entry. A curve,
a median or a chi-square may differ by 1e-6, what a model gives by 1e-4; what differs more is a row,
and so is what R calls 0 and is called not known here. Firth's model in R is made of ``coxph``'s own
likelihood and information: its top, where it falls by the quantile, and its height at 0.
"""

import csv
import math
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

from liverplan.endpoints import (
    cox,
    kaplan_meier,
    log_rank,
    proportional_hazards,
    restricted_mean,
    survival_at,
)
from liverplan.endpoints.prediction import concordance, predicted_survival
from liverplan.endpoints.progression import incidence_of
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


def curve(suffix, made, until=0.0):
    """A curve as the R script prints it."""
    found = {f"median{suffix}": made.median}
    found[f"low{suffix}"], found[f"high{suffix}"] = made.median_95
    for name in ("survival", "lower", "upper"):
        found[name + suffix] = getattr(made, name)
    if until > 0:
        mean, at = restricted_mean(made, until), survival_at(made, until / 2)
        found[f"rmean{suffix}"], found[f"rmean_se{suffix}"] = mean.value, mean.standard_error or 0
        found[f"at{suffix}"], found[f"at_se{suffix}"] = at.value, at.standard_error or 0
    return found


def model(kind, times, events, arms, **within):
    """A Cox model as the R script prints it; not known at all where it cannot be fitted."""
    try:
        made = cox(times, events, {"arm": arms}, **within)
    except InputError:
        return {kind: None}
    (term,) = made.terms
    tested = proportional_hazards(times, events, {"arm": arms}, **within)
    return {
        kind: term.coefficient,
        f"{kind}_se": term.standard_error,
        f"{kind}_p": term.p,
        f"{kind}_low": math.log(term.lower_95) if term.lower_95 > 0 else None,
        f"{kind}_high": math.log(term.upper_95) if term.upper_95 < math.inf else None,
        f"{kind}_zph": None if tested is None else tested.chi_square,
        f"{kind}_concordance": made.concordance,
    }


def ours(times, events, arms, centres):
    """The same results as the R script prints."""
    found, numbers = {}, np.arange(1, len(times) + 1)
    late = np.where(numbers % 3 == 0, 0.3 * times, 0.0)
    until = min(times[arms == arm].max() for arm in np.unique(arms))
    for arm in np.unique(arms):
        mine = arms == arm
        own = times[mine], events[mine]
        found |= curve(f"_arm{arm}", kaplan_meier(*own), until)
        found |= curve(f"_followed{arm}", kaplan_meier(times[mine], ~events[mine]))
        found |= curve(f"_late{arm}", kaplan_meier(*own, entries=late[mine]))
    of_cause = incidence_of(times, events * (1 + numbers % 2))
    found["incidence"] = of_cause.incidence[0]
    found["incidence_low"], found["incidence_high"] = of_cause.lower[0], of_cause.upper[0]
    if np.unique(arms).size < 2:
        return found
    names, strata = [str(arm) for arm in arms], [str(centre) for centre in centres]
    for suffix, within in (
        ("", {}),
        ("_centre", {"strata": strata}),
        ("_late", {"entries": late}),
        ("_late_centre", {"entries": late, "strata": strata}),
    ):
        test = log_rank(times, events, names, **within)
        found["log_rank" + suffix] = None if test is None else test.chi_square
        found |= model("cox" + suffix, times, events, arms, **within)
    return found


def beside_rms(table, slope):
    """Predictions and c-index of a linear predictor that R's ``cph`` fitted."""
    times, events, risk = table["time"], table["event"] == 1, slope * table["arm"]
    until = min(times[table["arm"] == arm].max() for arm in (0, 1))
    predicted = predicted_survival(times, events, risk, at=until / 2)
    each = [predicted[table["arm"] == arm][0] for arm in (0, 1)]
    return {
        "rms_slope": slope,
        "rms_predicted": each,
        "rms_c": concordance(times, events, risk).c_index,
    }


def not_known(result, mine, theirs):
    """Whether no death tells the arms apart: R says 0, here it is said not to be known."""
    return mine is None and theirs.tolist() == [0] and result.startswith(("cox", "log_rank"))


def rises_again(result, mine):
    """Whether a limit rises again: R's ``quantile`` sorts it, here its first crossing counts."""
    limit = mine.get(result.replace("low_", "lower_").replace("high_", "upper_"))
    known = np.asarray(limit)[np.isfinite(limit)] if result.startswith(("low_", "high_")) else []
    return bool(np.any(np.diff(known) > 0))


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
    compared, unknown, missing, differing = Counter(), Counter(), Counter(), 0
    for line in lines:
        name, result, text = (part.strip() for part in line.split(","))
        theirs = np.array(text.replace("NA", "nan").replace("NaN", "nan").split(), float)
        if result == "rms_slope":
            mine[name] |= beside_rms(tables[name], float(theirs[0]))
        kind = result.partition("_arm")[0].rstrip("01")
        compared[kind] += 1
        if result not in mine[name]:
            missing[name.rpartition("_")[0], result] += 1
        elif not_known(result, mine[name][result], theirs):
            unknown[name.rpartition("_")[0], result] += 1
        elif same(result, mine[name][result], theirs):
            continue
        elif rises_again(result, mine[name]):
            print(f"explained: {name}, {result}: a limit that rises again, which R sorts")
        else:
            differing += 1
            print(f"differs: {name}, {result}: {mine[name][result]} here, {theirs} in R")
    for (kind, result), times in sorted(unknown.items()):
        print(f"explained: {kind}, {result}: 0 in R, not known here, {times} times: no death tells")
    for (kind, result), times in sorted(missing.items()):
        print(f"explained: {kind}, {result}: R goes on from a 0 that no death tells, {times} times")
    print(f"{len(tables)} sets, {compared.total()} results: {dict(compared)}; {differing} differ")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
