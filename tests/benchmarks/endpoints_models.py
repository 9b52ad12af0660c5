"""Models beside R's on public and generated sets: ``python -m tests.benchmarks.endpoints_models``.

Needs R with survival, nlme, lme4 and mice (Debian: r-cran-lme4, r-cran-mice). Mixed models against
lme4 and nlme on 11 public sets and 500 generated ones (1e-4); Cox models of tables that mice has
filled in, pooled by Rubin's rules (models 1e-4, pooling 1e-6), c-index and predicted survival
(1e-6), on 10 public ones; exact limits of every share of up to 40 (1e-6). Each result that differs
is printed, or explained, and counted.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

from liverplan.endpoints import cox
from liverplan.endpoints.imputation import pool
from liverplan.endpoints.mixed import mixed_model
from liverplan.endpoints.prediction import concordance, predicted_survival
from liverplan.endpoints.safety import exact_limits
from liverplan.errors import InputError

KINDS = ("trial", "drop-out", "few patients", "no variance between", "little within", "one visit")
NEAR_BOUND = 1e-4


def generated(kind, rng):
    """Rows (score, patient, months, arm) of one set of questionnaires."""
    patients = 8 if kind == "few patients" else int(rng.integers(20, 120))
    between = 0.0 if kind == "no variance between" else rng.uniform(5, 20)
    within = 0.5 if kind == "little within" else rng.uniform(5, 20)
    for patient in range(patients):
        level, arm = rng.normal(60, between), patient % 2
        for months in (0, 3, 6, 12, 24):
            gone = kind == "drop-out" and rng.random() < months / 30
            if not gone and not (kind == "one visit" and patient % 3 and months):
                score = level - 0.3 * months + 0.2 * arm * months + rng.normal(0, within)
                yield score, patient, months, arm


def mixed(rows):
    """Coefficients, errors, variances and likelihood of a set's mixed model."""
    months, arm = rows["months"], rows["arm"]
    effects = {"months": months, "arm": arm, "both": months * arm}
    model = mixed_model(rows["score"], [str(int(p)) for p in rows["patient"]], effects)
    return {
        "coefficients": [effect.coefficient for effect in model.effects],
        "errors": [effect.standard_error for effect in model.effects],
        "between and within": [model.variance_between, model.variance_within],
        "likelihood": [model.log_likelihood],
    }


def imputed(rows, result, theirs):
    """One result of a set that mice has filled in."""
    first = rows[rows["imp"] == 1]
    match result.split():
        case ["coxph", number]:
            table = rows[rows["imp"] == int(number)]
            terms = cox(table["time"], table["event"], {x: table[x] for x in "abcd"}).terms
            return [t.coefficient for t in terms] + [t.standard_error for t in terms]
        case ["pooled", *_]:
            one = pool(theirs[:5], theirs[5:10], patients=int(theirs[10]))
            found = (one.estimate, one.standard_error, one.degrees_of_freedom)
            return [*theirs[:11], *found, one.lower_95, one.upper_95]
        case [what]:
            model = cox(first["time"], first["event"], {x: first[x] for x in "abcd"})
            weights = [term.coefficient for term in model.terms]
            columns = np.column_stack([first[x] for x in "abcd"])
            risk = (columns - columns.mean(axis=0)) @ weights
            if what == "concordance":
                found = concordance(first["time"], first["event"], risk)
                return [found.c_index, found.standard_error]
            at = float(np.median(first["time"]))
            return predicted_survival(first["time"], first["event"], risk, at=at)


def ours(tables, name, result, theirs):
    """The same result here."""
    if name == "exact":
        return exact_limits(*map(int, result.split()))
    if name.startswith("mixed"):
        return mixed(tables[name])[result.partition(" ")[2]]
    return imputed(tables[name], result, theirs)


def tolerance(name, result):
    return 1e-4 if name.startswith("mixed") or result.startswith("coxph") else 1e-6


def explained(name, result, mine, theirs):
    """Why a result may differ; empty if it may not."""
    if name.startswith("mixed") and result.startswith("nlme"):
        return "nlme keeps the variance between patients over 0, or stops short of the best"
    small = NEAR_BOUND * mine[-1]
    if name.startswith("mixed") and "between" in result and max(mine[0], theirs[0]) < small:
        return "no variance between patients: 0 here, nearly 0 in R"
    if result.startswith("pooled") and np.allclose(mine[:13], theirs[:13], rtol=1e-9):
        return "mice counts the share of variance from imputation as 1e-4 where it is less"
    return ""


def answers(folder, count):
    """The tables, and R's lines about them."""
    rng = np.random.default_rng(22)
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        with (folder / f"mixed_{kind} {number}.csv").open("w", newline="") as file:
            csv.writer(file).writerows([("score", "patient", "months", "arm")])
            csv.writer(file).writerows(generated(kind, rng))
    script = ["Rscript", str(Path(__file__).with_suffix(".R")), str(folder)]
    lines = subprocess.run(script, check=True, capture_output=True, text=True).stdout.splitlines()
    tables = {
        path.stem: np.genfromtxt(path, delimiter=",", names=True) for path in folder.glob("*.csv")
    }
    return tables, lines


def main(count):
    """Compare, print what differs, and tell by the exit status whether anything did."""
    with tempfile.TemporaryDirectory() as name:
        tables, lines = answers(Path(name), count)
    compared, why, differing = Counter(), Counter(), 0
    for line in lines:
        name, result, text = (part.strip() for part in line.split(","))
        theirs = np.array(text.split(), float)
        compared[result.rstrip("0123456789 ") or "exact limits"] += 1
        try:
            mine = np.asarray(ours(tables, name, result, theirs), float)
        except InputError as fault:
            mine = np.full(theirs.shape, np.nan)
            print(f"refused: {name}, {result}: {fault}")
        within = tolerance(name, result)
        if np.allclose(mine, theirs, rtol=within, atol=within):
            continue
        reason = explained(name, result, mine, theirs)
        why[reason] += bool(reason)
        if not reason:
            differing += 1
            print(f"differs: {name}, {result}: {mine} here, {theirs} in R")
    for reason, times in why.items():
        if reason:
            print(f"explained, {times} times: {reason}")
    print(f"{len(tables)} sets, {compared.total()} results: {dict(compared)}; {differing} differ")
    return differing


if __name__ == "__main__":
    sys.exit(bool(main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)))
