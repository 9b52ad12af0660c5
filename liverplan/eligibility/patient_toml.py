"""Write a patient file: the inverse of `liverplan.eligibility.patient.parse_patient`."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping

from liverplan.eligibility.patient import SCHEMA, Fact, Patient
from liverplan.eligibility.recist import Visit, mm

Value = str | bool | int | float | dt.date | list[str]


def patient_toml(patient: Patient) -> str:
    """Return a patient as the text of a patient file.

    `parse_patient` reads it back to the same patient; what is not known is left out. Targets have
    no names in a patient file: they are read back as "target 1", "target 2", ...

    Examples
    --------
    >>> print(patient_toml(Patient(height_cm=165.0)))
    schema = "liverplan.patient/1"
    <BLANKLINE>
    [person]
    height_cm = 165
    <BLANKLINE>
    """
    parts = [f"schema = {_text(SCHEMA)}\n", *_tables(patient)]
    return "\n".join(parts)


def _tables(patient: Patient) -> Iterator[str]:
    person: dict[str, Value | None] = {
        "id": patient.patient_id or None,
        "birth_date": patient.birth_date,
        "decision_date": patient.decision_date,
        "treatment_start": patient.treatment_start,
        "sex": patient.sex,
        "height_cm": patient.height_cm,
        "weight_kg": patient.weight_kg,
    }
    if any(value is not None for value in person.values()):
        yield _table("[person]", person)
    for name, fact in patient.facts.items():
        yield _table(f"[facts.{_key(name)}]", _fact(fact))
    for visit, by in zip(patient.visits, patient.visits_by, strict=True):
        yield _table("[[recist]]", _visit(visit, by))


def _fact(fact: Fact) -> dict[str, Value | None]:
    return {
        "value": fact.value,
        "date": fact.date,
        "by": fact.by or None,
        "note": fact.note or None,
        "plan": fact.plan or None,
    }


def _visit(visit: Visit, by: str) -> dict[str, Value | None]:
    lengths = ["not measured" if n is None else mm(n) for n in visit.targets.values()]
    return {
        "date": visit.date,
        "targets_mm": lengths,
        "non_target": visit.non_target,
        "new_lesion": visit.new_lesion,
        "by": by or None,
    }


def _table(heading: str, values: Mapping[str, Value | None]) -> str:
    lines = [f"{key} = {_value(value)}" for key, value in values.items() if value is not None]
    return "\n".join([heading, *lines, ""])


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(v if v[0].isdigit() else _text(v) for v in value)}]"
    if isinstance(value, str):
        return _text(value)
    return repr(int(value) if value == int(value) else value)


def _key(name: str) -> str:
    bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if bare else _text(name)


def _text(text: str) -> str:
    """Return a TOML basic string: JSON's, where delete is escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
