"""Prediction: Rubin's rules as mice, the c-index as survival's, imputations that are the same."""

import csv
import datetime as dt
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("lifelines", reason="lifelines is missing: pip install liverplan[test]")

from liverplan.endpoints import FollowUp, Outcome, cox
from liverplan.endpoints.factors import predict_survival, read_factors
from liverplan.endpoints.imputation import imputed, pool
from liverplan.endpoints.prediction import concordance, predicted_survival, prediction
from liverplan.errors import InputError

HERE = Path(__file__).parent
TIMES = [1, 2, 2, 3, 4, 5, 5, 6, 7, 8]
EVENTS = [1, 1, 0, 1, 0, 1, 1, 0, 1, 0]
RISK = [5, 3, 3, 4, 1, 2, 3, 0, 3, 1]

with (HERE / "prediction_reference.csv").open(newline="") as file:
    REFERENCE = {row["result"]: float(row["value"]) for row in csv.DictReader(file)}


def test_rubins_rules_equal_mice():
    found = pool([0.5, 0.7, 0.4, 0.65, 0.55], [0.2, 0.25, 0.22, 0.18, 0.21], patients=200)
    assert found.estimate == pytest.approx(REFERENCE["estimate"], abs=1e-9)
    assert found.standard_error == pytest.approx(REFERENCE["standard_error"], abs=1e-9)
    assert found.degrees_of_freedom == pytest.approx(REFERENCE["degrees_of_freedom"], abs=1e-6)
    assert found.lower_95 < 0.56 < found.upper_95


def test_one_table_is_pooled_to_itself():
    found = pool([0.5], [0.2], patients=100)
    assert (found.estimate, found.standard_error) == (0.5, pytest.approx(0.2))


def test_the_c_index_and_its_error_equal_survivals():
    found = concordance(TIMES, EVENTS, RISK)
    assert found.c_index == pytest.approx(REFERENCE["c_index"], abs=1e-9)
    assert found.standard_error == pytest.approx(REFERENCE["c_error"], abs=1e-9)
    assert found.upper_95 <= 1


def test_predicted_survival_equals_breslows():
    found = predicted_survival(TIMES, EVENTS, 0.3 * np.array(RISK), at=4)
    assert found[5] == pytest.approx(REFERENCE["survival"], abs=1e-9)


@pytest.fixture(scope="module")
def table():
    """300 patients; x carries a log hazard of 0.8, and a third of it is missing where z is high."""
    rng = np.random.default_rng(11)
    z = rng.normal(size=300)
    x = 0.6 * z + 0.8 * rng.normal(size=300)
    arm = np.arange(300) % 2 == 1
    times = rng.exponential(np.exp(-0.8 * x - np.log(0.5) * arm))
    events = times < 3
    missing = (z > 0) & (rng.random(300) < 0.6)
    return {"times": np.minimum(times, 3), "events": events, "arm": arm, "x": x, "z": z,
            "holed": np.where(missing, np.nan, x)}  # fmt: skip


def test_what_is_known_stays_and_what_is_imputed_is_the_same_again(table):
    given = {"x": table["holed"], "z": table["z"]}
    first, second = (
        imputed(given, table["times"], table["events"], tables=2, seed=1) for _ in range(2)
    )
    known = ~np.isnan(table["holed"])
    assert known.sum() < 260
    for one, two in zip(first, second, strict=True):
        assert np.array_equal(one["x"], two["x"])
        assert np.array_equal(one["x"][known], table["holed"][known])
    assert not np.array_equal(first[0]["x"], first[1]["x"])


def test_a_prediction_recovers_what_was_put_in_and_says_what_was_missing(table):
    found = prediction(
        table["times"], table["events"], table["arm"],
        {"x": table["holed"], "z": table["z"]}, at=1.0, tables=5,
    )  # fmt: skip
    terms = {term["name"]: term for term in found["terms"]}
    low, up = terms["x"]["hazard_ratio_95"]
    assert low < np.exp(0.8) < up
    assert terms["treatment"]["hazard_ratio"] < 1
    assert found["imputed_tables"] == 5
    assert found["missing"][0]["patients"] == int(np.isnan(table["holed"]).sum())
    assert 0.6 < found["discrimination"]["lower_95"] < found["discrimination"]["c_index"]
    groups = found["calibration"]
    assert [row["patients"] for row in groups] == [100, 100, 100]
    assert groups[0]["predicted"] > groups[1]["predicted"] > groups[2]["predicted"]
    assert all(r["observed_95"][0] < r["predicted"] < r["observed_95"][1] for r in groups)
    assert [row["name"] for row in found["interactions_with_treatment"]] == ["x", "z"]


def test_what_is_imputed_has_the_effect_and_the_bond_that_what_is_known_has():
    """A skewed factor and one of yes or no, half of each missing, more where somebody died."""
    rng = np.random.default_rng(7)
    x = rng.exponential(size=1000)
    yes = (rng.random(1000) < 1 / (1 + np.exp(1.5 - 1.5 * x))).astype(float)
    times = rng.exponential(np.exp(-0.6 * x + 0.8 * yes))
    events = times < 1.5
    lost = rng.random((2, 1000)) < np.where(events, 0.6, 0.3)
    given = {"x": np.where(lost[0], np.nan, x), "yes": np.where(lost[1], np.nan, yes)}
    tables = imputed(given, np.minimum(times, 1.5), events, tables=3)
    fits = [cox(np.minimum(times, 1.5), events, table).terms for table in tables]
    found = np.mean([[term.coefficient for term in terms] for terms in fits], axis=0)
    assert found == pytest.approx([0.6, -0.8], abs=0.2)
    for table in tables:
        assert set(table["yes"][lost[1]]) == {0.0, 1.0}
        bond = np.corrcoef(table["x"][lost[1]], table["yes"][lost[1]])[0, 1]
        assert bond == pytest.approx(np.corrcoef(x, yes)[0, 1], abs=0.15)


def test_the_treatment_is_among_what_is_imputed_from():
    """A factor that is nearly the arm is filled in like the arm."""
    rng = np.random.default_rng(5)
    arm = np.arange(200) % 2 == 1
    x = arm + 0.2 * rng.normal(size=200)
    times = rng.exponential(np.exp(-1.5 * x))
    holed = np.where(rng.random(200) < 0.5, np.nan, x)
    found = prediction(times, np.ones(200), arm, {"x": holed}, at=1.0, tables=3)
    whole = prediction(times, np.ones(200), arm, {"x": x}, at=1.0)
    assert found["terms"][0]["coefficient"] == pytest.approx(
        whole["terms"][0]["coefficient"], abs=0.5
    )  # else the treatment takes half of the factor's effect upon itself


def test_without_anything_missing_it_is_the_cox_model(table):
    found = prediction(
        table["times"], table["events"], table["arm"], {"x": table["x"]}, at=1.0
    )  # fmt: skip
    model = cox(table["times"], table["events"], {"treatment": table["arm"], "x": table["x"]})
    assert found["terms"][1]["coefficient"] == pytest.approx(model.terms[1].coefficient)
    assert found["terms"][1]["standard_error"] == pytest.approx(model.terms[1].standard_error)
    assert found["imputed_tables"] == 0


def trial(count=60):
    day = dt.date(2020, 1, 1)
    return [
        Outcome(
            id=f"p{n}",
            arm="surgery" if n % 2 else "oncology",
            follow_up=FollowUp(
                origin=day,
                last_seen=day + dt.timedelta(days=100 + 37 * n % 1500),
                death=day + dt.timedelta(days=100 + 37 * n % 1500) if n % 3 else None,
            ),
        )
        for n in range(count)
    ]


def test_factors_come_from_both_tables_and_what_says_nothing_is_named():
    given = {f"p{n}": {"age": 40.0 + n * 7 % 31} for n in range(60)}
    measured = {f"p{n}": {"remnant_fraction": 0.3 + n * 11 % 40 / 100} for n in range(60)}
    found = predict_survival(trial(), measured, given, reference="oncology")
    names = [term["name"] for term in found["terms"]]
    assert names == ["treatment", "age, per 10 years", "FLR, per 10 points"]
    assert any(remark.startswith("response: nobody's") for remark in found["remarks"])
    with pytest.raises(InputError, match="not in the trial: zz"):
        predict_survival(trial(), {}, {"zz": {}}, reference="oncology")


def test_a_table_of_factors_is_read_and_its_faults_are_named(tmp_path):
    path = tmp_path / "factors.csv"
    path.write_text("id,age,receptor_positive\na,51.5,1\nb,,\n")
    assert read_factors(path) == {"a": {"age": 51.5, "receptor_positive": 1.0}, "b": {}}
    path.write_text("id,age,response\na,old,1\na,-1,2\n")
    with pytest.raises(InputError) as refusal:
        read_factors(path)
    for words in ("age 'old'", "age '-1'", "response '2'", "line 3 has an id that is empty or"):
        assert words in str(refusal.value)


def test_a_factor_that_nobody_has_cannot_be_imputed():
    with pytest.raises(InputError, match="Nobody's x is known"):
        imputed({"x": [np.nan] * 10}, TIMES, EVENTS)


def test_everybody_dead_and_a_factor_that_repeats_another_warn_of_nothing():
    rng = np.random.default_rng(4)
    age = np.where(np.arange(30) % 5 == 0, np.nan, rng.normal(50, 9, 30))
    same = rng.normal(size=30)
    found = imputed(
        {"age": age, "x": same, "y": 2 * same}, np.arange(30) + 1.0, np.ones(30, bool), tables=2
    )
    assert all(np.isfinite(table["age"]).all() for table in found)


def test_a_margin_may_be_negative_and_an_age_may_not(tmp_path):
    path = tmp_path / "factors.csv"
    path.write_text("id,margin_mm\na,-1.5\n")
    assert read_factors(path) == {"a": {"margin_mm": -1.5}}
    path.write_text("id,age\na,-1.5\n")
    with pytest.raises(InputError, match=r"line 2 has the age '-1\.5', which cannot be"):
        read_factors(path)
