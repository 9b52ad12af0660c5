"""A patient that was written is read back as the same patient."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from liverplan.eligibility import Fact, Patient, load_protocol, parse_patient
from liverplan.eligibility.patient import NON_TARGETS
from liverplan.eligibility.patient_toml import patient_toml
from liverplan.eligibility.recist import Visit

PROTOCOL = load_protocol()
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20).map(
    lambda text: " ".join(text.split())  # as the reader takes it: one line
)
DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2030, 1, 1))


def facts():
    def one(question):
        answers = {
            "yes or no": st.booleans(),
            "whole number": st.integers(0, 5),
            "number": st.floats(question.lowest, question.highest)
            if question.answer == "number"
            else st.nothing(),
        }[question.answer]
        return st.builds(
            Fact,
            value=answers | st.just("unclear"),
            by=TEXT,
            date=st.none() | DAYS,
            note=TEXT,
            plan=TEXT,
        )

    return st.fixed_dictionaries({}, optional={k: one(q) for k, q in PROTOCOL.facts.items()})


@st.composite
def patients(draw):
    days = sorted(draw(st.sets(DAYS, max_size=3)))
    count = draw(st.integers(0, 3))
    lengths = st.lists(st.none() | st.integers(0, 10_000), min_size=count, max_size=count)
    visits = tuple(
        Visit(
            targets={f"target {n}": mm for n, mm in enumerate(draw(lengths), 1)},
            non_target=draw(st.sampled_from(NON_TARGETS)),
            new_lesion=draw(st.booleans()),
            date=day,
        )
        for day in days
    )
    return Patient(
        facts=draw(facts()),
        patient_id=draw(TEXT),
        treatment_start=draw(st.none() | DAYS),
        birth_date=draw(st.none() | st.dates(dt.date(1930, 1, 1), dt.date(1999, 1, 1))),
        decision_date=draw(st.none() | DAYS),
        sex=draw(st.sampled_from([None, "female", "male"])),
        height_cm=draw(st.none() | st.floats(50, 250)),
        weight_kg=draw(st.none() | st.floats(10, 400)),
        visits=visits,
        visits_by=tuple(draw(TEXT) for _ in visits),
    )


@given(patients())
def test_what_is_written_is_read_back(patient):
    assert parse_patient(patient_toml(patient), name="written") == patient


def test_a_patient_of_whom_nothing_is_known_is_a_file_all_the_same():
    assert parse_patient(patient_toml(Patient()), name="written") == Patient()


def test_quotes_line_breaks_and_brackets_stay_words():
    note = '"\\ [facts.ecog]\nvalue = 0 \x7f\x00'
    patient = Patient(facts={"consent": Fact(value=True, by="Å. Ek", note=note)})
    read = parse_patient(patient_toml(patient), name="written")
    assert list(read.facts) == ["consent"]
    assert read.facts["consent"].note == '"\\ [facts.ecog] value = 0 \x7f\x00'
