"""Every estimate equals R's survival package to 1e-6: ties, censoring, medians, Cox models."""

import csv
import importlib.util
import math
import shutil
import subprocess
from pathlib import Path

import pytest

pytest.importorskip("lifelines", reason="lifelines is not installed: pip install liverplan[test]")

from liverplan.endpoints import cox, kaplan_meier, log_rank

HERE = Path(__file__).parent
SETS = ("larynx", "leukaemia", "lung", "rossi")
TOLERANCE = 1e-6


def load_textbook():
    spec = importlib.util.spec_from_file_location("textbook", HERE / "textbook.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TEXTBOOK = load_textbook()
TABLES = TEXTBOOK.textbook_sets()


def read_rows(lines):
    return [row | {"value": float(row["value"].replace("NA", "nan"))} for row in lines]


def stored():
    with (HERE / "r_reference.csv").open(newline="") as file:
        return read_rows(csv.DictReader(file))


def ours(name):
    """The same rows as the R script prints."""
    table = TABLES[name]
    times, events, arms = table["time"].to_numpy(), table["event"].to_numpy(), list(table["arm"])
    found = {("log_rank", "", ""): log_rank(times, events, arms).chi_square}
    for arm in sorted(set(arms)):
        mine = table["arm"] == arm
        curve = kaplan_meier(times[mine], events[mine], label=arm)
        for result in ("survival", "lower", "upper", "at_risk"):
            for time, value in zip(curve.times, getattr(curve, result), strict=True):
                found[result, arm, f"{time:.12g}"] = float(value)
        median = {"median": curve.median}
        median["median_lower"], median["median_upper"] = curve.median_95
        for result, value in median.items():
            found[result, arm, ""] = math.nan if value is None else value
    columns = [c for c in table.columns if c not in ("time", "event", "arm")]
    model = cox(times, events, {c: table[c].to_numpy() for c in columns})
    for term in model.terms:
        found["coefficient", term.name, ""] = term.coefficient
        found["standard_error", term.name, ""] = term.standard_error
    found["log_likelihood", "", ""] = model.log_likelihood
    found["likelihood_ratio", "", ""] = model.likelihood_ratio
    found["concordance", "", ""] = model.concordance
    return found


def compare(rows, name):
    found = ours(name)
    assert len([row for row in rows if row["dataset"] == name]) == len(found)
    for row in rows:
        if row["dataset"] != name:
            continue
        value = found[row["result"], row["name"], row["time"]]
        if math.isnan(row["value"]):  # R has no log-log limits where survival is 1 or 0
            assert row["result"] in ("lower", "upper") or math.isnan(value), row
        else:
            assert value == pytest.approx(row["value"], rel=TOLERANCE, abs=TOLERANCE), row


@pytest.mark.parametrize("name", SETS)
def test_equal_to_the_stored_output_of_r(name):
    compare(stored(), name)


@pytest.mark.parametrize("name", SETS)
def test_every_set_has_ties_and_censoring(name):
    table = TABLES[name]
    died = table.loc[table["event"] == 1, "time"]
    assert died.duplicated().any()
    assert (table["event"] == 0).any()


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    if shutil.which("Rscript") is None:
        pytest.skip("Rscript is not installed: apt-get install r-base-core r-cran-survival")
    folder = tmp_path_factory.mktemp("sets")
    TEXTBOOK.write_sets(folder)
    made = subprocess.run(
        ["Rscript", str(HERE / "r_reference.R"), str(folder)],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    if "no package called" in made.stderr:
        pytest.skip("R has no survival package: apt-get install r-cran-survival")
    assert made.returncode == 0, made.stderr
    return read_rows(csv.DictReader(made.stdout.splitlines()))


@pytest.mark.parametrize("name", SETS)
def test_equal_to_r_itself(fresh, name):
    compare(fresh, name)
