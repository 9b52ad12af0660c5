"""``liverplan cohort endpoints --design --participants``: the plan and everybody assessed."""

import hashlib
import json
from pathlib import Path

import pytest

pytest.importorskip("lifelines", reason="lifelines is missing: pip install liverplan[test]")

from liverplan.cli import cohort as commands
from liverplan.errors import InputError

DESIGN = Path(__file__).parents[1] / "endpoints" / "design.toml"
HEADER = "id,centre,arm,randomised_date,not_randomised,treated_arm,crossover_date,deviation,lost"


@pytest.fixture
def files(tmp_path):
    outcomes, people = ["id,arm,origin_date,last_seen_date,death_date"], [HEADER]
    for n in range(60):
        end = f"202{1 + (n * 7) % 3}-0{1 + n % 9}-15"
        arm = "surgery" if n % 2 else "oncology"
        outcomes.append(f"p{n},{arm.title()},2020-01-01,{end},{end if n % 4 else ''}")
        crossover = "2020-03-01" if n % 10 == 0 else ""
        people.append(f"p{n},{'North' if n % 3 else 'south'},{arm},2020-01-01,,{arm},{crossover},,")
    people.append("q1,East,,,declined,,,,")
    (tmp_path / "outcomes.csv").write_text("\n".join(outcomes) + "\n")
    (tmp_path / "participants.csv").write_text("\n".join(people) + "\n")
    return tmp_path


def command(files, *more, reference="oncology"):
    options = ["--out", str(files / "out"), "--reference", reference, *more]
    commands.app(["endpoints", str(files / "outcomes.csv"), *options], standalone_mode=False)
    return json.loads((files / "out" / "endpoints.json").read_text("utf-8"))


def both(files):
    return ("--design", str(DESIGN), "--participants", str(files / "participants.csv"))


def test_the_plan_is_hashed_into_the_result_with_its_populations(files):
    document = command(files, *both(files))
    assert document["design"]["sha256"] == hashlib.sha256(DESIGN.read_bytes()).hexdigest()
    assert document["consort"]["assessed"] == 61
    populations = document["populations"]
    assert populations["randomised"]["patients"] == {"oncology": 30, "surgery": 30}
    assert populations["per_protocol"]["patients"] == {"oncology": 24, "surgery": 30}
    assert populations["per_protocol"]["overall_survival"]["arms"][0]["patients"] == 24
    assert populations["crossover"]["overall_survival"] is None
    assert "at least two arms" in populations["crossover"]["why_not"]
    assert document["secondary"][0]["name"] == "progression-free survival"
    assert b"Assessed for eligibility: 61" in (files / "out" / "consort.svg").read_bytes()


def test_arms_are_named_as_in_the_plan_and_other_spellings_are_said(files):
    document = command(files, *both(files))
    assert [arm["arm"] for arm in document["overall_survival"]["arms"]] == ["oncology", "surgery"]
    assert "The arm 'Surgery' is read as 'surgery'." in document["notes"]
    assert document["overall_survival"]["by_centre"]["centres"] == 2
    assert document["overall_survival"]["by_centre"]["log_rank"]["degrees_of_freedom"] == 1
    assert document["populations"]["notes"] == ["The centre 'south' is read as 'South'."]


def test_progression_follows_the_plans_rule(files):
    looks = [
        f"p{n},2020-0{month}-01,{'yes' if n % 5 == 0 and month == 9 else 'no'}"
        for n in range(60)
        for month in (3, 6, 9)
    ]
    (files / "looks.csv").write_text("id,date,progression\n" + "\n".join(looks) + "\n")
    found = command(files, *both(files), "--assessments", str(files / "looks.csv"))
    oncology, surgery = found["progression_by_rule"]["arms"]
    assert (oncology["progression"], surgery["progression"]) == (6, 6)
    assert oncology["progression"] + oncology["death"] + oncology["censored"] == 30
    assert found["progression_by_rule"]["cox"]["patients"] == 60
    assert oncology["incidence_of_progression"][-1] == pytest.approx(0.2, abs=0.02)


def test_without_the_plan_the_participants_are_refused(files):
    with pytest.raises(InputError, match="need the trial's --design"):
        command(files, "--participants", str(files / "participants.csv"), reference="Oncology")


def test_another_reference_than_the_plans_is_refused(files):
    with pytest.raises(InputError, match="the design names 'oncology'"):
        command(files, *both(files), reference="surgery")


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("outcomes.csv", "p3,Surgery", "p3,Radiation", "The patient 'p3' has the arm 'Radiation'"),
        ("outcomes.csv", "p3,Surgery", "p3,Oncology", "line 5: 'p3' is in 'surgery' here and in"),
        ("outcomes.csv", "p3,Surgery", "z3,Surgery", "line 5: 'p3' was randomised and has no"),
        ("outcomes.csv", "p3,Surgery", "z3,Surgery", "the patient 'z3' of the outcomes is not"),
        (
            "participants.csv",
            "p1,North,surgery,2020-01-01,,surgery,",
            "p1,North,surgery,2020-01-01,,surgery,2024-03-01",
            "line 3: 'p1' crossed over on 2024-03-01, after death on 2022-02-15",
        ),
        (
            "participants.csv",
            "p4,North,oncology,2020-01-01,,oncology,",
            "p4,North,oncology,2020-01-01,,oncology,2024-03-01",
            "line 6: 'p4' crossed over on 2024-03-01, after a living patient was last seen on",
        ),
        (
            "participants.csv",
            "p1,North,surgery,2020-01-01",
            "p1,North,surgery,2024-01-01",
            "line 3: 'p1' was randomised on 2024-01-01, after death on 2022-02-15",
        ),
    ],
)
def test_tables_that_disagree_are_refused(files, file, old, new, words):
    path = files / file
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(InputError) as refusal:
        command(files, *both(files))
    assert words in str(refusal.value)
