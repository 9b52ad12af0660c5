"""Outcomes as a file, and every endpoint of the trial from them."""

import csv
import datetime as dt
import json

import numpy as np
import pytest

pytest.importorskip("lifelines", reason="lifelines is missing: pip install liverplan[test]")

from liverplan.endpoints import FollowUp, Outcome, read_outcomes, trial_endpoints
from liverplan.endpoints.followup import DAYS_PER_MONTH
from liverplan.errors import InputError
from liverplan.words import in_english

HEADER = "id,arm,origin_date,last_seen_date,death_date,progression_date,last_assessed_date\n"


def written(tmp_path, text):
    path = tmp_path / "outcomes.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def patients():
    """240 patients: surgery halves the hazard, and so do ten points of remnant."""
    rng = np.random.default_rng(7)
    outcomes, rows = [], {}
    for n in range(240):
        arm = "surgery" if n % 2 else "oncology"
        remnant = rng.uniform(0.25, 0.70)
        hazard = (0.5 if n % 2 else 1.0) * 0.5 ** (10 * (remnant - 0.45)) / 30
        months, follow = rng.exponential(1 / hazard), rng.uniform(37, 60)
        origin = dt.date(2020, 1, 1)
        end = origin + dt.timedelta(days=int(min(months, follow) * DAYS_PER_MONTH) + 1)
        died = end if months < follow else None
        progression = origin + (end - origin) / 2 if died else None
        follow_up = FollowUp(origin=origin, last_seen=end, death=died, progression=progression)
        outcomes.append(Outcome(id=f"p{n}", arm=arm, follow_up=follow_up))
        rows[f"p{n}"] = {
            "remnant_fraction": remnant,
            "metastasis_count": int(rng.integers(1, 5)),
            "longest_mm": rng.uniform(8, 60),
            "tumour_ml": rng.uniform(1, 200),
        }
    return outcomes, rows


def test_what_was_put_in_is_found(patients):
    outcomes, rows = patients
    found = trial_endpoints(outcomes, rows, reference="oncology")
    (surgery,) = found.overall.cox.terms
    assert surgery.name == "surgery"
    assert surgery.lower_95 < 0.6 < surgery.upper_95
    assert found.overall.log_rank.p < 0.01
    names = [model.terms[0].name for model in found.factors_alone]
    assert names[0] == "FLR, per 10 points"
    remnant = found.factors_together.terms[0]
    assert remnant.lower_95 < 0.5 < remnant.upper_95
    assert all(term.p > 0.001 for term in found.factors_together.terms[1:])
    assert found.notes == ()
    assert found.overall.notes == ()


def test_progression_comes_before_death(patients):
    found = trial_endpoints(*patients, reference="oncology")
    for free, overall in zip(found.progression_free.curves, found.overall.curves, strict=True):
        for months in (6, 12, 24, 36):
            assert free.at(months)[0] < overall.at(months)[0]


def test_the_document_is_plain_and_has_three_year_survival(patients):
    found = trial_endpoints(*patients, reference="oncology")
    document = json.loads(json.dumps(found.to_json(), allow_nan=False))
    oncology, surgery = document["overall_survival"]["arms"]
    assert (oncology["arm"], oncology["patients"]) == ("oncology", 120)
    low, high = surgery["three_years_95"]
    assert low < surgery["three_years"] < high
    assert surgery["three_years"] == found.overall.curves[1].at(36.0)[0]
    assert document["unit"] == "months"


def test_three_years_are_not_said_before_anybody_was_followed_so_long():
    origin = dt.date(2024, 1, 1)
    outcomes = [
        Outcome(
            id=f"p{n}",
            arm="ab"[n % 2],
            follow_up=FollowUp(
                origin=origin,
                last_seen=origin + dt.timedelta(days=100 + 7 * n),
                death=origin + dt.timedelta(days=100 + 7 * n) if n % 3 else None,
            ),
        )
        for n in range(20)
    ]
    found = trial_endpoints(outcomes, {}, reference="a")
    assert found.to_json()["overall_survival"]["arms"][0]["three_years"] is None
    assert found.factors_together is None
    assert "20 of 20 patients lack measurements" in in_english(found.notes[0])


def test_patients_without_measurements_stay_in_the_comparison(patients):
    outcomes, rows = patients
    fewer = {name: row for name, row in rows.items() if name != "p7"}
    found = trial_endpoints(outcomes, fewer, reference="oncology")
    assert found.overall.cox.patients == 240
    assert found.factors_together.patients == 239
    assert in_english(found.notes[0]).startswith("1 of 240 patients lack measurements")


def test_a_file_reads_as_it_was_written(tmp_path, patients):
    outcomes, _ = patients
    with (tmp_path / "o.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER.strip().split(","))
        for one in outcomes:
            f = one.follow_up
            days = (f.origin, f.last_seen, f.death, f.progression, f.last_assessed)
            writer.writerow([one.id, one.arm, *("" if day is None else day for day in days)])
    assert list(read_outcomes(tmp_path / "o.csv")) == outcomes


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id,arm\n", "no column 'origin_date'; no column 'last_seen_date'"),
        (HEADER.replace("arm", "arms"), "unknown column 'arms'; no column 'arm'"),
        (HEADER + "p1,a,2024-01-01,,,,\n", "line 2 has no last_seen_date"),
        (HEADER + "p1,a,01/02/2024,2024-02-01,,,\n", "the origin_date '01/02/2024', which is no"),
        (HEADER + "p1,a,2024-01-01,2024-02-01,2023-01-01,,\n", "before its origin 2024-01-01"),
        (HEADER + "p1,a,2024-01-01,2024-02-01,,,\n" * 2, "line 3 has the id 'p1' of line 2"),
        (HEADER + "p1,a,2024-01-01,2024-02-01,,,,,\n", "line 2 has more values than columns"),
        (HEADER + ",,,,,,\n" * 3, "and 7 more"),
    ],
)
def test_faults_of_the_file_are_named(tmp_path, text, words):
    path = written(tmp_path, text)
    with pytest.raises(InputError) as refusal:
        read_outcomes(path)
    assert words in str(refusal.value)
    assert str(path) in str(refusal.value)


def test_an_absent_or_binary_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_outcomes(tmp_path / "none.csv")
    (tmp_path / "b.csv").write_bytes(b"\xff\xfd")
    with pytest.raises(InputError, match="no CSV file in UTF-8"):
        read_outcomes(tmp_path / "b.csv")
