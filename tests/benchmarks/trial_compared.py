"""Played trials, one by one, through `liverplan.endpoints.compare` as a real one goes.

``python -m tests.benchmarks.trial --compared 4000``: the share of trials in which each interval of
the document holds the truth, and in which each test rejects what is true. Slow: about 40 trials a
second. The share's Monte Carlo error stands beside it.
"""

import math
from dataclasses import replace

import numpy as np

from liverplan.endpoints import compare, log_rank
from liverplan.endpoints.design import play

AT_ONCE = 500
HORIZON = 36.0
MONTHS = np.arange(0, 200, 0.01)


def true_censoring(design):
    """Share still under observation at each of `MONTHS`, were nobody to die."""
    later = design.accrual_months + design.follow_up_months - MONTHS
    stayed = np.clip(later / design.accrual_months, 0, 1)
    return stayed * np.exp(-design.drop_out * MONTHS)


def median_of(survival):
    return float(MONTHS[np.argmax(survival <= 0.5)])


def truths(design, scenario):
    """What each interval should hold."""
    change, found, curves = scenario.change_months, {}, []
    for arm, ratios in (
        (design.reference, (1.0, 1.0)),
        (design.treatment, (scenario.early_ratio, scenario.late_ratio)),
    ):
        hazard = ratios[0] * np.minimum(MONTHS, change)
        hazard = hazard + ratios[1] * np.maximum(MONTHS - change, 0)
        survival = np.exp(-design.reference_hazard * hazard)
        within = HORIZON + 0.005 > MONTHS
        found[f"median, {arm}"] = median_of(survival)
        found[f"three-year survival, {arm}"] = float(np.interp(HORIZON, MONTHS, survival))
        found[f"restricted mean, {arm}"] = float(np.trapezoid(survival[within], MONTHS[within]))
        found[f"median follow-up, {arm}"] = median_of(true_censoring(design))
        curves.append(arm)
    found["median follow-up, all"] = median_of(true_censoring(design))
    reference, treatment = curves
    for what in ("three-year survival", "restricted mean"):
        difference = found[f"{what}, {treatment}"] - found[f"{what}, {reference}"]
        found[f"difference of {what}"] = difference
    if scenario.early_ratio == scenario.late_ratio:
        for what in ("hazard ratio", "hazard ratio by centre"):
            found[what] = scenario.late_ratio
    return found


def intervals(found):
    """Every interval that is reported of a comparison, by name."""
    held = {}
    for curve, own in zip(found.curves, found.follow_up[:-1], strict=True):
        held[f"median, {curve.label}"] = curve.median_95
        held[f"median follow-up, {curve.label}"] = own.median_95
    held["median follow-up, all"] = found.follow_up[-1].median_95
    for what, at in (("three-year survival", found.three_years), ("restricted mean", found.means)):
        for arm, one in at.arms:
            held[f"{what}, {arm}"] = (one.lower_95, one.upper_95)
        (difference,) = at.differences
        held[f"difference of {what}"] = difference.estimate.lower_95, difference.estimate.upper_95
    for what, model in (("hazard ratio", found.cox), ("hazard ratio by centre", found.within.cox)):
        (term,) = model.terms
        held[what] = term.lower_95, term.upper_95
    return held


def holds(limits, truth):
    low, high = limits
    return low is not None and low <= truth <= (math.inf if high is None else high)


def one_by_one(design, scenario, count):
    """Yield each trial's columns as `compare` takes them."""
    for seed in range(math.ceil(count / AT_ONCE)):
        trials = play(design, scenario, trials=AT_ONCE, seed=1000 + seed)
        for n in range(min(AT_ONCE, count - seed * AT_ONCE)):
            arms = np.where(trials.treated[n], design.treatment, design.reference).tolist()
            centres = [design.centres[c] for c in trials.centre[n]]
            yield trials.months[n], trials.event[n], arms, centres


def coverage_compared(design, scenario, count):
    """Yield (what, share of trials) of each interval, and of each test where hazards are equal."""
    true, inside, rejected = truths(design, scenario), {}, {}
    for months, event, arms, centres in one_by_one(design, scenario, count):
        found = compare(months, event, arms, reference=design.reference, strata=centres)
        for what, limits in intervals(found).items():
            if what in true:
                inside.setdefault(what, []).append(holds(limits, true[what]))
        p = {
            "log-rank": found.log_rank.p,
            "log-rank by centre": found.within.log_rank.p,
            "difference of three-year survival": found.three_years.differences[0].p,
            "difference of restricted mean": found.means.differences[0].p,
            "hazards in proportion": found.proportional.p,
        }
        for what, value in p.items():
            rejected.setdefault(what, []).append(value < design.alpha)
    for what, held in inside.items():
        yield f"coverage: {what}", float(np.mean(held)), True
    for what, share in rejected.items():
        equal = scenario.early_ratio == scenario.late_ratio
        null = equal and (scenario.late_ratio == 1 or what == "hazards in proportion")
        yield f"rejects: {what}", float(np.mean(share)), null


def errors_among_centres(design, scenario, count):
    """Share of trials without an effect, their centres apart, that the tests reject."""
    apart = replace(scenario, centre_sd=0.4)
    found = {"log-rank": [], "log-rank by centre": []}
    for months, event, arms, centres in one_by_one(design, apart, count):
        found["log-rank"].append(log_rank(months, event, arms).p < design.alpha)
        within = log_rank(months, event, arms, strata=centres)
        found["log-rank by centre"].append(within.p < design.alpha)
    for what, rejected in found.items():
        yield f"rejects: {what}, centres apart", float(np.mean(rejected))
