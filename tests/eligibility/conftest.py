"""A patient who meets everything, and ways to change one thing."""

import dataclasses
import datetime as dt
from pathlib import Path

import pytest
from hypothesis import settings

import liverplan.eligibility
from liverplan.eligibility import Fact, Measured, load_patient, load_protocol

EXAMPLE = Path(liverplan.eligibility.__file__).with_name("patient_example.toml")
SHIPPED = Path(liverplan.eligibility.__file__).with_name("breclim2.toml")


settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")  # a busy machine is no fault of the code


@pytest.fixture(scope="session")
def protocol():
    return load_protocol("breclim2")


@pytest.fixture(scope="session")
def patient():
    return load_patient(EXAMPLE)


@pytest.fixture
def measured():
    return Measured(
        remnant_ml=620.0,
        functional_ml=1378.0,
        liver_ml=1489.4,
        estimated_liver_ml=1475.5,
        formula="Vauthey 2002 (Mosteller)",
        interval_95=(0.43, 0.47),
        lesion_count=3,
    )


@pytest.fixture
def with_fact(patient):
    """A function that returns the patient with one fact replaced, or removed by None."""

    def change(name, value, *, by="A person", date=dt.date(2024, 3, 1)):
        facts = dict(patient.facts)
        facts.pop(name)
        if value is not None:
            facts[name] = Fact(value=value, by=by, date=date)
        return dataclasses.replace(patient, facts=facts)

    return change


@pytest.fixture
def example_text():
    return EXAMPLE.read_text(encoding="utf-8")


@pytest.fixture
def protocol_text():
    return SHIPPED.read_text(encoding="utf-8")
