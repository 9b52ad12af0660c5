"""The patient file: its example serves, its faults are all named, its ages are right."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liverplan.eligibility import Fact, Patient, load_patient, parse_patient
from liverplan.errors import ProtocolError

DATES = st.dates(dt.date(1920, 1, 1), dt.date(2030, 12, 31))


def refusal_of(tmp_path, text):
    path = tmp_path / "patient.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProtocolError) as refusal:
        load_patient(path)
    sentence = str(refusal.value)
    assert str(path) in sentence
    assert "\n" not in sentence
    return sentence


def test_the_example_holds_every_fact_of_the_protocol(patient, protocol):
    of_any_plan = {name for name, fact in protocol.facts.items() if not fact.of_plan}
    assert set(patient.facts) == of_any_plan
    assert all(fact.attested for fact in patient.facts.values())
    assert (patient.height_cm, patient.weight_kg, patient.sex) == (165.0, 70.0, "female")
    assert patient.visits[0].sum_tenths == 645
    assert patient.visits[1].sum_tenths == 422


def test_an_almost_empty_file_serves(tmp_path):
    path = tmp_path / "empty.toml"
    path.write_text('schema = "liverplan.patient/1"\n', encoding="utf-8")
    assert load_patient(path) == Patient()


def test_a_target_may_not_have_been_measured(tmp_path, example_text):
    path = tmp_path / "patient.toml"
    path.write_text(example_text.replace("[14.2, 28.0]", '[14.2, "not measured"]'))
    assert load_patient(path).visits[1].sum_tenths is None


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[facts.biopsy]", "[facts.biospy]", "'facts.biospy' is no fact of the protocol"),
        ("height_cm = 165", "hieght_cm = 165", "unknown key 'person.hieght_cm'"),
        ("height_cm = 165", "height_cm = nan", "'person.height_cm' must be a usual number"),
        ("height_cm = 165", "height_cm = 1.65", "must lie between 50 and 250, not 1.65"),
        ("weight_kg = 70", "weight_kg = 70000", "must lie between 10 and 400, not 70000"),
        ("weight_kg = 70", 'weight_kg = "70"', "'person.weight_kg' must be a number, not '70'"),
        ('sex = "female"', 'sex = "F"', "'person.sex' must be one of female, male, not 'F'"),
        ("birth_date = 1961-04-02", 'birth_date = "1961"', "must be a date such as 2024-03-11"),
        ("birth_date = 1961-04-02", "birth_date = 1961-04-02T10:00:00", "must be a date such as"),
        ("birth_date = 1961-04-02", "birth_date = 2025-04-02", "lies after the decision date"),
        ("birth_date = 1961-04-02", "birth_date = 2020-04-02",
         "'facts.breast_cancer_history.date' lies before the birth date"),
        ("value = 0\n", "value = 0.5\n", "must be whole number from 0 to 5 or \"unclear\""),
        ("value = 0\n", "value = 6\n", "must be whole number from 0 to 5"),
        ("value = 0\n", "value = nan\n", "'facts.ecog.value' must be whole number"),
        ("value = 0\n", "value = true\n", "'facts.ecog.value' must be whole number"),
        ("value = 0\n", "", "'facts.ecog.value' is missing"),
        ("value = true\n", 'value = "yes"\n', "'facts.consent.value' must be true or false or"),
        ("value = true\n", "value = 1\n", "'facts.consent.value' must be true or false or"),
        ('by = "A. Berg, study nurse"', "by = 3", "'facts.consent.by' must be a text, not 3"),
        ('by = "A. Berg, study nurse"', 'witness = "A"', "unknown key 'facts.consent.witness'"),
        ("[23.0, 41.5]", "[23.04, 41.5]", "must be 0 to 1000 mm with one decimal, not 23.04"),
        ("[23.0, 41.5]", "[nan, 41.5]", "'recist[1].targets_mm' must be a usual number, not nan"),
        ("[23.0, 41.5]", "[23.0]", "'recist' must list the same number of targets"),
        ("[23.0, 41.5]", "23.0", "must be a list of lengths in mm"),
        ("date = 2023-10-30\n", "date = 2024-10-30\n", "'recist' must have ascending dates"),
        ("date = 2023-10-30\n", "date = 2024-02-26\n", "'recist' must have ascending dates"),
        ("date = 2023-10-30\n", "", "'recist' must have a date at every visit"),
        ('non_target = "none"', 'non_target = "no"', "must be one of none, CR, non-CR/non-PD"),
        ("new_lesion = false", "new_lesion = 0", "'recist[2].new_lesion' must be true or false"),
        ("schema = ", "scheme = ", "'schema' is missing; unknown key 'scheme'"),
    ],
)  # fmt: skip
def test_each_fault_is_named(tmp_path, example_text, old, new, words):
    assert old in example_text
    assert words in refusal_of(tmp_path, example_text.replace(old, new, 1))


def test_an_absent_file_is_refused_by_its_name(tmp_path):
    with pytest.raises(ProtocolError, match=r"The patient file .*nobody\.toml cannot be read"):
        load_patient(tmp_path / "nobody.toml")


def test_text_that_a_case_holds_reads_as_the_file_did(patient, example_text):
    assert parse_patient(example_text, name="in the case") == patient
    with pytest.raises(ProtocolError, match="The patient file in the case does not serve: 'sch"):
        parse_patient("", name="in the case")


def test_a_fact_needs_a_name_and_a_day_to_be_attested():
    day = dt.date(2024, 3, 1)
    assert Fact(value=True, by="A", date=day).attested
    assert not Fact(value=True, by=" ", date=day).attested
    assert not Fact(value=True, by="A").attested
    assert Fact(value=True, by="A", date=day, note="v3").evidence == "A, 2024-03-01, v3"


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        ("2006-03-11", "2024-03-11", 18),
        ("2006-03-12", "2024-03-11", 17),
        ("2004-02-29", "2023-02-28", 18),
        ("2004-02-29", "2023-03-01", 19),
        ("2004-02-29", "2024-02-29", 20),
    ],
)
def test_age_is_completed_years(born, day, age):
    patient = Patient(
        birth_date=dt.date.fromisoformat(born), decision_date=dt.date.fromisoformat(day)
    )
    assert patient.age_years == age


@given(born=DATES, day=DATES)
def test_age_never_falls_and_lies_within_a_day_of_the_calendar(born, day):
    born, day = sorted((born, day))
    age = Patient(birth_date=born, decision_date=day).age_years
    later = Patient(birth_date=born, decision_date=day + dt.timedelta(days=1)).age_years
    assert later - age in (0, 1)
    assert abs(age - (day - born).days / 365.2425) < 1.01
