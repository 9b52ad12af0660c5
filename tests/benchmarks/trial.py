"""The trial itself, played: ``python -m tests.benchmarks.trial [--trials 10000] [--compared 0]``.

200 patients in six centres by the plan of ``tests/endpoints/design.toml``. Printed, and exit status
1 unless each is within what is asked: type I error of the log-rank test, in strata or not, and over
the interim analyses (0.04 to 0.06); coverage of every interval that is reported, with hazards in
proportion and not (93 to 97 %); patients and events by formula, against published figures and
against what power the played trials have (5 %).
"""

from __future__ import annotations

import argparse
import math
import sys
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from statistics import NormalDist

import numpy as np

from liverplan.endpoints import kaplan_meier
from liverplan.endpoints.design import (
    Scenario,
    bounds,
    hazard_ratios,
    log_rank_z,
    play,
    read_design,
    sample_size,
    schoenfeld_events,
)
from tests.benchmarks.trial_compared import coverage_compared, errors_among_centres

DESIGN = Path(__file__).parents[1] / "endpoints" / "design.toml"
AT_ONCE = 1000
HORIZON = 36.0
Z = NormalDist().inv_cdf(0.975)
SCENARIOS = {
    "hazards equal": Scenario.proportional(1.0),
    "hazard ratio 0.65": Scenario.proportional(0.65),
    "late effect": Scenario(early_ratio=1.0, late_ratio=0.5, change_months=6),
    "crossing hazards": Scenario(early_ratio=1.6, late_ratio=0.4, change_months=12),
}


@dataclass(frozen=True)
class Row:
    what: str
    value: float
    low: float
    high: float

    @property
    def good(self):
        return self.low <= self.value <= self.high

    def __str__(self):
        verdict = "" if self.good else "  NOT WITHIN"
        return f"{self.what:<66}{self.value:9.4f}  ({self.low:g} to {self.high:g}){verdict}"


def batches(design, scenario, trials):
    for seed in range(math.ceil(trials / AT_ONCE)):
        yield play(design, scenario, trials=AT_ONCE, seed=seed)


class Arm:
    """Kaplan-Meier of one arm of many trials, without ties."""

    def __init__(self, trials, *, treated):
        order = np.argsort(trials.months, axis=1)
        self.times = np.take_along_axis(trials.months, order, axis=1)
        member = np.take_along_axis(trials.treated == treated, order, axis=1)
        dead = np.take_along_axis(trials.event, order, axis=1) & member
        at_risk = np.cumsum(member[:, ::-1], axis=1)[:, ::-1]
        self.survival = np.cumprod(np.where(dead, 1 - 1 / np.maximum(at_risk, 1), 1.0), axis=1)
        last = dead & (at_risk == 1)
        self.terms = np.where(dead & ~last, 1 / np.maximum(at_risk * (at_risk - 1), 1), 0.0)
        self.greenwood = np.cumsum(self.terms, axis=1)

    def at(self, time):
        column = np.sum(self.times <= time, axis=1)[:, None] - 1
        return (
            np.take_along_axis(values, column, axis=1)[:, 0]
            for values in (self.survival, self.greenwood)
        )

    def limits(self):
        """Limits of survival, log-log, of every step."""
        with np.errstate(divide="ignore", invalid="ignore"):
            log = np.log(self.survival)
            half = Z * np.sqrt(self.greenwood) / -log
            low, high = self.survival ** np.exp(half), self.survival ** np.exp(-half)
        return np.where(self.survival == 1, 1.0, low), np.where(self.survival == 1, 1.0, high)

    def mean_until(self, horizon):
        """Restricted mean and its variance."""
        start = np.pad(self.times, ((0, 0), (1, 0))).clip(max=horizon)
        steps = np.diff(start, axis=1, append=horizon)
        areas = np.pad(self.survival, ((0, 0), (1, 0)), constant_values=1.0) * steps
        beyond = np.cumsum(areas[:, ::-1], axis=1)[:, ::-1][:, 1:]
        within = self.times <= horizon
        return areas.sum(axis=1), np.sum(np.where(within, self.terms * beyond**2, 0.0), axis=1)


def first(times, falling):
    """First time at which a limit is at one half or lower; never: inf."""
    below = falling <= 0.5
    found = np.take_along_axis(times, np.argmax(below, axis=1)[:, None], axis=1)[:, 0]
    return np.where(below.any(axis=1), found, np.inf)


def true_survival(design, scenario, *, treated):
    """Survival at every hundredth of a month up to 200."""
    time = np.arange(0, 200, 0.01)
    early, late = (scenario.early_ratio, scenario.late_ratio) if treated else (1.0, 1.0)
    change = scenario.change_months
    hazard = early * np.minimum(time, change) + late * np.maximum(time - change, 0)
    return time, np.exp(-design.reference_hazard * hazard)


def covered(design, scenario, trials):
    """Share of trials whose interval holds the truth, by interval."""
    arms = [Arm(trials, treated=treated) for treated in (False, True)]
    found, means, threes, truths = {}, [], [], []
    for arm, name in zip(arms, design.arms, strict=True):
        time, true = true_survival(design, scenario, treated=name == design.treatment)
        three, median = np.interp(HORIZON, time, true), time[np.argmax(true <= 0.5)]
        mean = np.trapezoid(true[time <= HORIZON], time[time <= HORIZON])
        estimate, greenwood = arm.at(HORIZON)
        spread = Z * np.sqrt(greenwood) / -np.log(estimate)
        found[f"three-year survival, {name}"] = (estimate ** np.exp(spread) <= three) & (
            three <= estimate ** np.exp(-spread)
        )
        low, high = arm.limits()
        found[f"median, {name}"] = (first(arm.times, low) <= median) & (
            median <= first(arm.times, high)
        )
        means.append(arm.mean_until(HORIZON))
        threes.append((estimate, estimate**2 * greenwood))
        truths.append((three, mean))
    for name, pairs, which in (
        ("difference at three years", threes, 0),
        ("difference of restricted means", means, 1),
    ):
        off = pairs[1][0] - pairs[0][0] - (truths[1][which] - truths[0][which])
        found[name] = np.abs(off) <= Z * np.sqrt(pairs[0][1] + pairs[1][1])
    if scenario.early_ratio == scenario.late_ratio:
        for name, by_centre in (("hazard ratio", False), ("hazard ratio by centre", True)):
            log_ratio, error = hazard_ratios(trials, by_centre=by_centre)
            off = log_ratio - math.log(scenario.late_ratio)
            found[name] = np.abs(off) <= Z * error
    return found


def coverage(design, count):
    for name, scenario in SCENARIOS.items():
        held = {}
        for trials in batches(design, scenario, count):
            for what, inside in covered(design, scenario, trials).items():
                held.setdefault(what, []).append(inside)
        for what, inside in held.items():
            yield Row(f"coverage, {name}: {what}", float(np.mean(inside)), 0.93, 0.97)


def errors(design, count):
    """Type I error, with centres alike and apart, and over the interims."""
    looks = bounds(design.looks, alpha=design.alpha)
    for sd in (0.0, 0.4):
        scenario = replace(SCENARIOS["hazards equal"], centre_sd=sd)
        found = {"log-rank": [], "log-rank by centre": [], "over the interims, by centre": []}
        for trials in batches(design, scenario, count):
            found["log-rank"].append(np.abs(log_rank_z(trials, by_centre=False)) > Z)
            found["log-rank by centre"].append(np.abs(log_rank_z(trials)) > Z)
            crossed = [
                np.abs(log_rank_z(trials.seen_at(share))) > z
                for share, z in zip(looks.information, looks.z, strict=True)
            ]
            found["over the interims, by centre"].append(np.any(crossed, axis=0))
        for what, rejected in found.items():
            yield Row(f"type I error, centres' sd {sd}: {what}", np.mean(rejected), 0.04, 0.06)


def sizes(design, count):
    """Events and patients over those published, and over what the played trials need."""
    for ratio, events in ((0.50, 66), (0.60, 121), (0.65, 170)):
        mine = math.ceil(schoenfeld_events(ratio, alpha=0.05, power=0.8))
        yield Row(f"events over Schoenfeld 1983, ratio {ratio}", mine / events, 0.95, 1.05)
    plan = replace(
        design,
        hazard_ratio=0.5,
        reference_median_months=20.0,
        accrual_months=20.0,
        follow_up_months=10.0,
        drop_out_per_year=0.0,
        power=0.9,
    )
    size = sample_size(plan)  # nSurv in the manual of R's gsSurv: 88.7 events of 227.6 patients
    yield Row("events over Lachin and Foulkes 1986", size.events_needed / 88.7, 0.95, 1.05)
    yield Row("patients over Lachin and Foulkes 1986", size.patients_needed / 227.6, 0.95, 1.05)
    plan = replace(design, patients=sample_size(design).patients_needed)
    z = np.concatenate(
        [
            log_rank_z(trials, by_centre=False)
            for trials in batches(plan, SCENARIOS["hazard ratio 0.65"], count)
        ]
    )
    power = float(np.mean(np.abs(z) > Z))
    quantile = NormalDist().inv_cdf
    needed = ((Z + quantile(design.power)) / (Z + quantile(power))) ** 2
    yield Row("patients that played trials need over the formula's", needed, 0.95, 1.05)


def same_as_shipped(design):
    """Largest difference between this file's curves and those of liverplan, of a few trials."""
    trials = play(design, SCENARIOS["hazard ratio 0.65"], trials=5, seed=99)
    arm = Arm(trials, treated=True)
    low, high = arm.limits()
    medians = first(arm.times, low), first(arm.times, high)
    worst = 0.0
    for n, survival in enumerate(next(iter(arm.at(HORIZON)))):
        who = trials.treated[n]
        curve = kaplan_meier(trials.months[n][who], trials.event[n][who])
        pairs = [(survival, curve.at(HORIZON)[0])]
        pairs += [
            (mine[n], math.inf if theirs is None else theirs)
            for mine, theirs in zip(medians, curve.median_95, strict=True)
        ]
        worst = max(worst, *(0.0 if a == b else abs(a - b) for a, b in pairs))
    return Row("curves and medians here against liverplan's", worst, 0.0, 1e-9)


def rows(count):
    """Every row, from about ``count`` trials each."""
    design = read_design(DESIGN)
    yield same_as_shipped(design)
    for part in (sizes, errors, coverage):
        yield from part(design, count)


def compared(design, count):
    """Rows of the product's own comparisons, of ``count`` trials for each scenario."""
    error = math.sqrt(0.05 * 0.95 / count)
    for name, scenario in SCENARIOS.items():
        for what, share, bound in coverage_compared(design, scenario, count):
            low, high = (0.93, 0.97) if what.startswith("coverage") else (0.04, 0.06)
            low, high = (low, high) if bound else (0.0, 1.0)
            yield Row(f"{what}, {name} (error {error:.4f})", share, low, high)
    for what, share in errors_among_centres(design, SCENARIOS["hazards equal"], count):
        yield Row(f"{what} (error {error:.4f})", share, 0.04, 0.06)


def main():
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--trials", type=int, default=10_000)
    options.add_argument("--compared", type=int, default=0, help="through compare(), one by one")
    given, good = options.parse_args(), True
    design = read_design(DESIGN)
    played = rows(given.trials) if given.trials else ()
    own = compared(design, given.compared) if given.compared else ()
    for row in chain(played, own):
        print(row, flush=True)
        good &= row.good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
