"""Safety with exact limits and quality of life over time: equal to R, and what they refuse."""

import csv
import datetime as dt
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("lifelines", reason="lifelines is missing: pip install liverplan[test]")

from liverplan.endpoints import FollowUp, Outcome
from liverplan.endpoints.lmc21 import QLQ_LMC21, score_qlq_lmc21
from liverplan.endpoints.mixed import mixed_model
from liverplan.endpoints.over_time import deterioration, quality_over_time
from liverplan.endpoints.quality_of_life import score_qlq_c30
from liverplan.endpoints.safety import Safety, exact_limits, read_safety, safety_by_arm
from liverplan.endpoints.visits import Visit, read_visits, require_followed
from liverplan.errors import InputError

HERE = Path(__file__).parent
ORIGIN = dt.date(2024, 1, 1)


def rows(name):
    with (HERE / name).open(newline="") as file:
        return list(csv.DictReader(file))


REFERENCE = {(r["result"], r["name"]): float(r["value"]) for r in rows("mixed_reference.csv")}


def patient(name, arm, **days):
    dates = {key: ORIGIN + dt.timedelta(days=value) for key, value in days.items()}
    return Outcome(id=name, arm=arm, follow_up=FollowUp(origin=ORIGIN, **dates))


@pytest.mark.parametrize("counts", [(0, 10), (3, 20), (10, 10), (1, 100), (17, 31)])
def test_exact_limits_equal_binom_test(counts):
    low, up = exact_limits(*counts)
    name = f"{counts[0]} {counts[1]}"
    assert low == pytest.approx(REFERENCE["lower", name], abs=1e-9)
    assert up == pytest.approx(REFERENCE["upper", name], abs=1e-9)


@pytest.mark.parametrize("counts", [(-1, 3), (4, 3), (0, 0)])
def test_counts_that_cannot_be(counts):
    with pytest.raises(InputError, match="is no proportion"):
        exact_limits(*counts)


def test_the_mixed_model_equals_lme():
    scores, subjects, age, girl = [], [], [], []
    for row in rows("growth.csv"):
        for years in (8, 10, 12, 14):
            scores.append(float(row[str(years)]))
            subjects.append(row["subject"])
            age.append(years)
            girl.append(int(row["girl"]))
    cross = np.multiply(age, girl)
    found = mixed_model(scores, subjects, {"age": age, "girl": girl, "girl x age": cross})
    for effect in found.effects:
        for result in ("coefficient", "standard_error"):
            expected = REFERENCE[result, effect.name]
            assert getattr(effect, result) == pytest.approx(expected, rel=1e-4), effect.name
    for result in ("variance_between", "variance_within", "log_likelihood"):
        assert getattr(found, result) == pytest.approx(REFERENCE[result, ""], rel=1e-4), result


def test_a_mixed_model_of_too_little_is_refused():
    with pytest.raises(InputError, match="too few patients or visits"):
        mixed_model([1, 2, 3, 4], ["a", "a", "b", "b"], {"months": [0, 1, 0, 1]})
    with pytest.raises(InputError, match="too few patients or visits"):
        mixed_model(range(8), list("aabbccdd"), {"x": [1] * 8})


def test_safety_counts_by_arm_and_says_of_whom_nothing_is_known():
    outcomes = [
        patient("a", "surgery", last_seen=50, death=50),
        patient("b", "surgery", last_seen=200),
        patient("c", "surgery", last_seen=30),
        patient("d", "oncology", last_seen=91, death=91),
    ]
    table = [
        Safety(id="a", clavien_dindo="V", isgls_grade="C"),
        Safety(id="b", clavien_dindo="II", isgls_grade="none"),
    ]
    found = safety_by_arm(outcomes, table)
    dead = {row["arm"]: row for row in found["mortality_90_days"]}
    assert (dead["surgery"]["events"], dead["surgery"]["patients"]) == (1, 2)
    assert dead["surgery"]["unknown"] == 1
    assert (dead["oncology"]["events"], dead["oncology"]["patients"]) == (0, 1)
    major = {r["arm"]: r for r in found["clavien_dindo"] if r["what"] == "IIIa or worse"}
    assert major["surgery"]["fraction"] == 0.5
    assert major["surgery"]["fraction_95"] == exact_limits(1, 2)
    assert major["oncology"]["fraction"] is None
    failed = {r["arm"]: r["events"] for r in found["isgls"] if r["what"] == "B or C"}
    assert failed == {"oncology": 0, "surgery": 1}


def test_ninety_days_run_from_the_resection_of_the_liver():
    outcomes = [patient("a", "surgery", last_seen=150, death=150)]
    late = Safety(id="a", resected=ORIGIN + dt.timedelta(days=60))
    assert safety_by_arm(outcomes, [late])["mortality_90_days"][0]["events"] == 1
    assert safety_by_arm(outcomes, [])["mortality_90_days"][0]["events"] == 0


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (Safety(id="z"), "'z' is not in the trial"),
        (Safety(id="a", clavien_dindo="V"), "'a' has Clavien-Dindo V and no day of death"),
        (Safety(id="a", resected=dt.date(2023, 1, 1)), "before the origin"),
        (Safety(id="b", resected=dt.date(2024, 6, 1)), "'b' was resected on .*, after death on"),
        (
            Safety(id="a", resected=dt.date(2024, 6, 1), line=7),
            "line 7: 'a' was resected on 2024-06-01, after a living patient was last seen on",
        ),
    ],
)
def test_tables_that_contradict_are_refused(row, words):
    trial = [patient("a", "x", last_seen=9), patient("b", "x", last_seen=9, death=9)]
    with pytest.raises(InputError, match=words):
        safety_by_arm(trial, [row])


def test_a_table_of_safety_is_read_and_its_faults_are_named(tmp_path):
    path = tmp_path / "safety.csv"
    path.write_text(
        "id,clavien_dindo,isgls_grade,liver_resection_date\na,IIIb,B,2024-02-01\nb,,,\n"
    )
    first, second = read_safety(path)
    assert (first.line, second.line) == (2, 3)
    assert first.resected == dt.date(2024, 2, 1)
    assert (second.clavien_dindo, second.isgls_grade) == (None, None)
    path.write_text("id,clavien_dindo,liver_resection_date\na,3,x\na,I,\n,I,\n")
    with pytest.raises(InputError) as refusal:
        read_safety(path)
    for words in (
        "'3', none of 0, I, II",
        "'x', which is no date",
        "line 3 has the id 'a' of line 2: it is there twice",
        "line 4 has no id",
    ):
        assert words in str(refusal.value)
    path.write_text("id,mood\na,1,2,3\n")
    with pytest.raises(InputError, match=r"unknown column 'mood'; line 2 has more values"):
        read_safety(path)
    with pytest.raises(InputError, match="cannot be read"):
        read_safety(tmp_path / "none.csv")
    path.write_bytes(b"id\n\xff\n")
    with pytest.raises(InputError, match="no CSV file in UTF-8"):
        read_safety(path)


def test_the_thirteen_scales_of_the_liver_module_use_every_item_once():
    items = [item for scale in QLQ_LMC21.values() for item in scale.items]
    assert sorted(items) == list(range(31, 52))
    assert len(QLQ_LMC21) == 13


def test_scores_of_the_liver_module():
    found = score_qlq_lmc21({31: 2, 32: 3, 37: 4, 43: 4, 41: 1})
    assert found["nutritional problems"] == pytest.approx(50.0)
    assert found["lack of activity"] == 100.0
    assert found["jaundice"] == 0.0
    assert found["emotional problems"] is None
    with pytest.raises(InputError, match="The QLQ-LMC21 has no such answers: item 30: 1"):
        score_qlq_lmc21({30: 1})


def visits(scale, *scores):
    return [Visit(id="a", months=3.0 * n, scores={scale: s}) for n, s in enumerate(scores)]


@pytest.mark.parametrize(
    ("scale", "scores", "expected"),
    [
        ("physical functioning", (80.0, 75.0, 70.0, 90.0), (6.0, True)),
        ("pain", (10.0, 0.0, 19.9), (6.0, False)),
        ("pain", (10.0, None, 20.0), (6.0, True)),
        ("pain", (None, 10.0, 20.0), (3.0, True)),
        ("pain", (10.0,), None),
    ],
)
def test_deterioration_is_the_first_visit_10_points_worse_than_the_first(scale, scores, expected):
    assert deterioration(visits(scale, *scores), scale) == expected


def test_quality_over_time_finds_the_slope_that_was_put_in():
    rng = np.random.default_rng(5)
    arms = {f"p{n}": "surgery" if n % 2 else "oncology" for n in range(80)}
    seen = [
        Visit(
            id=name, months=m, scores={"pain": 30 + level + rng.normal(0, 4) + m * (arm[0] == "o")}
        )
        for name, arm in arms.items()
        for level in [rng.normal(0, 8)]
        for m in (0.0, 6.0, 12.0)
    ]
    found = quality_over_time(seen, arms, reference="oncology")
    slope = {row["effect"]: row for row in found["mixed_models"]}["surgery x months"]
    assert slope["coefficient_95"][0] < -1 < slope["coefficient_95"][1]
    assert slope["p"] < 1e-6
    worse = {row["arm"]: row["deteriorated"] for row in found["deterioration"]}
    assert worse["oncology"] > worse["surgery"]
    assert len(found["means"]) == 6
    assert found["remarks"] == []


def test_what_cannot_be_modelled_says_why_and_the_rest_stands():
    seen = [Visit(id=n, months=0.0, scores={"pain": 10.0}) for n in "ab"]
    found = quality_over_time(seen, {"a": "x", "b": "y"}, reference="x")
    assert len(found["means"]) == 2
    assert found["means"][0]["mean_95"] is None
    assert "pain: The mixed model has too few" in found["remarks"][0]
    with pytest.raises(InputError, match="not in the trial: a"):
        quality_over_time(seen, {"b": "y"}, reference="y")


def test_a_table_of_answers_is_scored_and_its_faults_are_named(tmp_path):
    path = tmp_path / "quality.csv"
    path.write_text("id,visit_months,q_29,q_30,lmc_41\na,0,5,6,\na,3,,,4\n")
    first, second = read_visits(path)
    assert first.scores["global health status"] == pytest.approx(75.0)
    assert second.scores["jaundice"] == 100.0
    path.write_text("id,visit_months,q_1\na,0,5\na,x,1\nb,1,one\n,2,1\n")
    with pytest.raises(InputError) as refusal:
        read_visits(path)
    for words in ("item 1: 5", "line 3 has no visit_months", "item 1: 'one'", "line 5 has no id"):
        assert words in str(refusal.value)
    path.write_text("id,visit_months,q_1\nb,1,2\nb,1,1\n")
    with pytest.raises(InputError, match="line 3 repeats a visit of 'b'"):
        read_visits(path)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (
            "dead,5",
            "line 2: 'dead' answered at 5 months from 2024-01-01, after death on",
        ),
        ("alive,5", "line 2: 'alive' answered at 5 months from 2024-01-01, after a living patient"),
        ("dead,1e9", "line 2: 'dead' answered at 1e+09 months, which nobody is followed for"),
        ("other,0", "line 2: 'other' is not in the trial"),
    ],
)
def test_answers_after_death_or_the_day_last_seen_are_refused_by_the_row(tmp_path, row, words):
    trial = [patient("dead", "x", last_seen=100, death=100), patient("alive", "y", last_seen=100)]
    path = tmp_path / "quality.csv"
    path.write_text(f"id,visit_months,q_1\n{row},2\n")
    with pytest.raises(InputError) as refusal:
        require_followed(read_visits(path), trial)
    assert words in str(refusal.value)
    path.write_text("id,visit_months,q_1\ndead,4,2\nalive,4,2\n")
    require_followed(read_visits(path), trial)


def test_patients_who_do_not_differ_have_no_variance_between_them():
    months, scores = np.tile([0.0, 3.0, 6.0], 20), np.tile([50.0, 60.0, 40.0], 20)
    names = [f"p{n // 3}" for n in range(60)]
    found = mixed_model(scores, names, {"months": months})
    assert found.variance_between == 0
    assert found.effects[1].coefficient == pytest.approx(-10 / 6)
    plain = np.polyfit(months, scores, 1)
    assert found.effects[0].coefficient == pytest.approx(plain[1])


def test_scores_without_any_variance_are_refused():
    with pytest.raises(InputError, match="needs patients with several visits, and variance"):
        mixed_model([50.0] * 12, list("abcdef") * 2, {"months": [0.0] * 6 + [3.0] * 6})


PUBLISHED_C30 = {  # cran/QoLR, scoring.QLQC30: items, and 1 where a high score is good
    "global health status": ([29, 30], 0), "physical functioning": ([1, 2, 3, 4, 5], 1),
    "role functioning": ([6, 7], 1), "emotional functioning": ([21, 22, 23, 24], 1),
    "cognitive functioning": ([20, 25], 1), "social functioning": ([26, 27], 1),
    "fatigue": ([10, 12, 18], 0), "nausea and vomiting": ([14, 15], 0), "pain": ([9, 19], 0),
    "dyspnoea": ([8], 0), "insomnia": ([11], 0), "appetite loss": ([13], 0),
    "constipation": ([16], 0), "diarrhoea": ([17], 0), "financial difficulties": ([28], 0),
}  # fmt: skip
PUBLISHED_LMC21 = {  # raybaser/PROscorer, qlq_lmc21: items from 1, all of them symptoms
    "nutritional problems": [1, 2], "lack of activity": [7, 13, 14],
    "abdominal and back pain": [9, 10, 12], "emotional problems": [17, 18, 19, 20],
    "weight loss": [3], "taste": [4], "dry mouth": [5], "sore mouth": [6],
    "peripheral neuropathy": [8], "jaundice": [11], "contact with friends": [15],
    "talking about feelings": [16], "sex life": [21],
}  # fmt: skip


def by_the_manual(answers, items, *, good, highest):
    given = [answers[item] for item in items if item in answers]
    if len(given) < len(items) / 2:
        return None
    raw = sum(given) / len(given)
    return (1 - (raw - 1) / (highest - 1)) * 100 if good else (raw - 1) / (highest - 1) * 100


def test_scores_are_those_of_the_published_programs_whatever_is_answered():
    rng = np.random.default_rng(8)
    for _ in range(200):
        full = {item: int(rng.integers(1, 8 if item > 28 else 5)) for item in range(1, 31)}
        answers = {item: one for item, one in full.items() if rng.random() < 0.7}
        expected = {
            name: by_the_manual(answers, items, good=good, highest=7 if items == [29, 30] else 4)
            for name, (items, good) in PUBLISHED_C30.items()
        }
        assert score_qlq_c30(answers) == pytest.approx(expected)
        module = {n: int(rng.integers(1, 5)) for n in range(1, 22) if rng.random() < 0.7}
        expected = {
            name: by_the_manual(module, items, good=False, highest=4)
            for name, items in PUBLISHED_LMC21.items()
        }
        shifted = {n + 30: one for n, one in module.items()}
        assert score_qlq_lmc21(shifted) == pytest.approx(expected)
