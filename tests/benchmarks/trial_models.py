"""Whether the models' 95 % intervals hold the truth: ``python -m tests.benchmarks.trial_models``.

Trials of 200 patients are played: questionnaires with drop-out that depends on the last score
seen, factors that are missing the more often the older a patient is. Printed, and exit status 1
unless within: coverage of the mixed model's effects, of means by visit, of hazard ratios pooled
over imputed tables, of the c-index (93 to 97 %). Exact limits of shares are computed, not played:
they may not cover less than 95 %, and cover more.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

import numpy as np
from scipy import stats

from liverplan.endpoints import cox
from liverplan.endpoints.imputation import imputed, pool
from liverplan.endpoints.mixed import mixed_model
from liverplan.endpoints.prediction import concordance
from liverplan.endpoints.safety import exact_limits
from tests.benchmarks.trial import Row

PATIENTS = 200
VISITS = np.array([0.0, 3.0, 6.0, 12.0, 24.0])
FALL, GAIN = -0.25, 0.2
RATIOS = {"treatment": np.log(0.65), "age": 0.3, "receptors": -0.5, "size": 0.2}
LARGE = 6000


def questionnaires(rng):
    """Scores, patients, months and arm of one trial, with drop-out that what was seen explains."""
    for patient in range(PATIENTS):
        level, arm, seen = rng.normal(65, 12), patient % 2, 65.0
        for months in VISITS:
            if months and rng.random() < 1 / (1 + np.exp((seen - 35) / 8)):
                break
            seen = level + (FALL + GAIN * arm) * months + rng.normal(0, 12)
            yield seen, patient, months, arm


def mixed(trials, seed) -> Iterator[Row]:
    """Coverage of each effect of the mixed model."""
    rng, held = np.random.default_rng(seed), []
    truth = {"intercept": 65.0, "months": FALL, "arm": 0.0, "arm x months": GAIN}
    for _ in range(trials):
        score, patient, months, arm = (
            np.array(c, float) for c in zip(*questionnaires(rng), strict=True)
        )
        effects = {"months": months, "arm": arm, "arm x months": arm * months}
        model = mixed_model(score, [str(p) for p in patient], effects)
        held.append([one.lower_95 <= truth[one.name] <= one.upper_95 for one in model.effects])
    for name, share in zip(truth, np.mean(held, axis=0), strict=True):
        yield Row(f"coverage, mixed model with drop-out: {name}", share, 0.93, 0.97)


def factors(rng, count=PATIENTS):
    """Times, events and factors of one trial, none missing."""
    age, size = rng.normal(0, 1, count), rng.exponential(1, count)
    receptors = (rng.random(count) < 1 / (1 + np.exp(-0.5 * age))).astype(float)
    table = {
        "treatment": np.arange(count) % 2.0,
        "age": age,
        "receptors": receptors,
        "size": size + 0.3 * age,
    }
    risk = sum(RATIOS[name] * values for name, values in table.items())
    months = rng.exponential(40 / np.exp(risk))
    followed = rng.uniform(36, 96, count)
    return np.minimum(months, followed), months < followed, table, risk


def imputation(trials, seed) -> Iterator[Row]:
    """Coverage of hazard ratios pooled over tables in which a quarter was filled in."""
    rng, held = np.random.default_rng(seed), []
    for trial in range(trials):
        times, events, table, _ = factors(rng)
        lost = rng.random((2, PATIENTS)) < 0.5 / (1 + np.exp(-table["age"]))
        seen = {
            **table,
            "receptors": np.where(lost[0], np.nan, table["receptors"]),
            "size": np.where(lost[1], np.nan, table["size"]),
        }
        models = [cox(times, events, one) for one in imputed(seen, times, events, seed=trial)]
        inside = []
        for n, name in enumerate(RATIOS):
            terms = [model.terms[n] for model in models]
            one = pool(
                [term.coefficient for term in terms],
                [term.standard_error for term in terms],
                patients=PATIENTS,
            )
            inside.append(one.lower_95 <= RATIOS[name] <= one.upper_95)
        held.append(inside)
    for name, share in zip(RATIOS, np.mean(held, axis=0), strict=True):
        yield Row(f"coverage, hazard ratio after imputation: {name}", share, 0.93, 0.97)


def c_index(trials, seed) -> Iterator[Row]:
    """Coverage of the c-index of a known risk, against that of very many patients."""
    rng = np.random.default_rng(seed)
    truth = np.mean([_c(rng, LARGE).c_index for _ in range(5)])
    found = [_c(rng, PATIENTS) for _ in range(trials)]
    share = np.mean([one.lower_95 <= truth <= one.upper_95 for one in found])
    yield Row("coverage, c-index", float(share), 0.93, 0.97)


def _c(rng, count):
    times, events, _, risk = factors(rng, count)
    return concordance(times, events, risk)


def means(trials, seed) -> Iterator[Row]:
    """Coverage of a visit's mean of a scale with four answers, of 30 and 100 patients."""
    rng, answers = np.random.default_rng(seed), np.array([0.0, 33.3, 66.7, 100.0])
    chances = np.array([0.5, 0.3, 0.15, 0.05])
    for patients in (30, 100):
        scores = rng.choice(answers, p=chances, size=(trials * 10, patients))
        reach = stats.t.ppf(0.975, patients - 1) * scores.std(axis=1, ddof=1) / np.sqrt(patients)
        inside = np.abs(scores.mean(axis=1) - answers @ chances) <= reach
        yield Row(f"coverage, mean of a visit, {patients} patients", inside.mean(), 0.93, 0.97)


def exact() -> Iterator[Row]:
    """Least and mean coverage of exact limits over shares, of 100 patients."""
    limits = np.array([exact_limits(events, 100) for events in range(101)])
    shares = np.linspace(0.005, 0.995, 397)
    inside = (limits[:, :1] <= shares) & (shares <= limits[:, 1:])
    covered = np.sum(stats.binom.pmf(np.arange(101)[:, None], 100, shares) * inside, axis=0)
    yield Row("coverage, exact limits of 100 patients: least over shares", covered.min(), 0.95, 1)
    yield Row("coverage, exact limits of 100 patients: mean over shares", covered.mean(), 0.95, 1)


def rows(trials, imputed_trials) -> Iterator[Row]:
    """Every row."""
    yield from exact()
    yield from means(trials, 1)
    yield from mixed(trials, 2)
    yield from c_index(trials, 3)
    yield from imputation(imputed_trials, 4)


def main():
    """Print every row; tell by the exit status whether all are within."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--trials", type=int, default=2000)
    options.add_argument("--imputed", type=int, default=1000)
    asked = options.parse_args()
    good = True
    for row in rows(asked.trials, asked.imputed):
        print(row, flush=True)
        good &= row.good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
