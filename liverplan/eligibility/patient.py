"""What people attest of a patient, from a TOML file.

`patient_example.toml` beside this module shows every key::

    schema = "liverplan.patient/1"

    [person]                     # all optional, needed by what uses them
    id = "4711"                  # compared with the CT's, as are birth date and sex
    birth_date = 1961-04-02      # for the age
    decision_date = 2024-03-11   # the day that the committee judges
    treatment_start = 2023-11-06 # of the preoperative oncological treatment
    sex = "female"
    height_cm = 165              # for the estimated liver volume
    weight_kg = 70

    [facts.consent]              # one table a fact; the protocol's file lists them
    value = true                 # or a number, or "unclear"
    date = 2024-03-01
    by = "A. Berg, study nurse"  # without a name and a date the fact is not attested
    note = "Version 3, witnessed by L. Ek"
    plan = "1f2e3d4c5b6a"        # only of a fact that is attested of one plan

    [[recist]]                   # visits in order, the first is the baseline
    date = 2023-10-30
    targets_mm = [23.0, 41.5]    # tenths of mm; the same lesions in the same order
    non_target = "non-CR/non-PD" # none, CR, non-CR/non-PD, PD, NE
    new_lesion = false
    by = "R. Lind, radiologist"

A file is read strictly: an unknown key, a wrong type, NaN or an impossible date is refused, all
of them named in one sentence. A fact that is absent is not a fault; its criterion is missing.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from liverplan.eligibility.protocol import FactQuestion, FactValue, Protocol, fits
from liverplan.eligibility.protocol_file import load_protocol
from liverplan.eligibility.recist import NonTarget, Visit
from liverplan.eligibility.strict import Table, parse_table, read_text, refuse_faults

SCHEMA = "liverplan.patient/1"
UNCLEAR = "unclear"

Sex = Literal["female", "male"]
SEXES: tuple[Sex, ...] = ("female", "male")
NON_TARGETS: tuple[NonTarget, ...] = ("none", "CR", "non-CR/non-PD", "PD", "NE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One attested fact: its value, and who says so when.

    ``value`` is "unclear" where the person who attests it could not decide; ``plan`` is the mark
    of the plan that it is said of.
    """

    value: FactValue | Literal["unclear"]
    by: str = ""
    date: dt.date | None = None
    note: str = ""
    plan: str = ""

    @property
    def attested(self) -> bool:
        """Whether a person and a day stand behind it."""
        return bool(self.by.strip()) and self.date is not None

    @property
    def evidence(self) -> str:
        """Who, when, and the note."""
        day = self.date.isoformat() if self.date else ""
        return ", ".join(part for part in (self.by.strip(), day, self.note.strip()) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """One patient's attested facts; everything may be absent.

    ``treatment_start`` is that of the preoperative oncological treatment.
    """

    facts: Mapping[str, Fact] = field(default_factory=dict)
    patient_id: str = ""
    birth_date: dt.date | None = None
    decision_date: dt.date | None = None
    treatment_start: dt.date | None = None
    sex: Sex | None = None
    height_cm: float | None = None
    weight_kg: float | None = None
    visits: tuple[Visit, ...] = ()
    visits_by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "facts", MappingProxyType(dict(self.facts)))

    def days_before_decision(self, day: dt.date | None) -> int | None:
        """Return how many days before the decision a day lies; None where either is unknown."""
        if day is None or self.decision_date is None:
            return None
        return (self.decision_date - day).days

    @property
    def age_years(self) -> int | None:
        """Completed years at the decision; None where a date lacks.

        Who is born on 29 February completes a year on 1 March of a common year.
        """
        born, day = self.birth_date, self.decision_date
        if born is None or day is None:
            return None
        before_birthday = (day.month, day.day) < (born.month, born.day)
        return day.year - born.year - int(before_birthday)


def load_patient(path: str | Path, *, protocol: Protocol | None = None) -> Patient:
    """Read a patient file.

    Parameters
    ----------
    path : str or Path
        The TOML file.
    protocol : Protocol or None
        Its facts are those that the file may hold; BreCLIM-2's unless given.

    Raises
    ------
    ProtocolError
        One sentence with every fault.
    """
    text = read_text(Path(path), what="patient file")
    return parse_patient(text, name=str(path), protocol=protocol)


def parse_patient(text: str, *, name: str, protocol: Protocol | None = None) -> Patient:
    """Read a patient file's text; ``name`` says in a refusal where that lies.

    Raises
    ------
    ProtocolError
        As `load_patient`.
    """
    table = parse_table(text, what="patient file", name=name)
    patient = _patient(table, (protocol or load_protocol()).facts)
    refuse_faults(table, what="patient file", name=name)
    return patient


def _patient(table: Table, questions: Mapping[str, FactQuestion]) -> Patient:
    table.choice("schema", (SCHEMA,))
    person = table.table("person")
    visits = [_visit(t) for t in table.tables("recist")]
    patient = Patient(
        facts=_facts(table.table("facts"), questions),
        patient_id=person.text("id", default=""),
        birth_date=person.date("birth_date"),
        decision_date=person.date("decision_date"),
        treatment_start=person.date("treatment_start"),
        sex=person.choice("sex", SEXES) if person.has("sex") else None,
        height_cm=_within(person, "height_cm", 50, 250),
        weight_kg=_within(person, "weight_kg", 10, 400),
        visits=tuple(visit for visit, _ in visits),
        visits_by=tuple(by for _, by in visits),
    )
    _dates(person, patient)
    _targets(table, patient)
    person.done()
    table.done()
    return patient


def _facts(table: Table, questions: Mapping[str, FactQuestion]) -> dict[str, Fact]:
    known = {name: t for name, t in table.named_tables().items() if name in questions}
    for name in table.values:
        if name not in questions:
            table.fault(name, f"is no fact of the protocol ({', '.join(questions)})")
    return {name: _fact(t, questions[name]) for name, t in known.items()}


def _fact(table: Table, question: FactQuestion) -> Fact:
    exact = _binary(table.raw("value"))
    if exact is None:
        table.fault("value", "is missing")
    elif exact != UNCLEAR and not fits(question, exact):
        allowed = question.answer.replace("yes or no", "true or false")
        if question.answer == "number":
            allowed = "a number"
        if question.answer != "yes or no" and question.lowest is not None:
            allowed += f" from {question.lowest}"
            allowed += f" to {question.highest}" if question.highest is not None else ""
        table.fault("value", f'must be {allowed} or "unclear", not {exact!r}')
    fact = Fact(
        value=exact if isinstance(exact, int | float) else "unclear",
        by=table.text("by", default=""),
        date=table.date("date"),
        note=table.text("note", default=""),
        plan=table.text("plan", default=""),
    )
    table.done()
    return fact


def _binary(value: object) -> object:
    """Return a TOML value as it is kept: a decimal that is a number as a float."""
    return float(value) if isinstance(value, Decimal) and value.is_finite() else value


def _visit(table: Table) -> tuple[Visit, str]:
    lengths = table.raw("targets_mm")
    numbers = lengths if isinstance(lengths, list) else []
    if not isinstance(lengths, list):
        table.fault("targets_mm", "must be a list of lengths in mm")
    targets = {f"target {n}": _tenths(table, value) for n, value in enumerate(numbers, 1)}
    visit = Visit(
        targets=targets,
        non_target=table.choice("non_target", NON_TARGETS, default="none"),
        new_lesion=table.yes_no("new_lesion", default=False),
        date=table.date("date"),
    )
    by = table.text("by", default="")
    table.done()
    return visit, by


def _tenths(table: Table, value: object) -> int | None:
    """Return whole tenths of mm, or None for a target that was "not measured"."""
    if value == "not measured":
        return None
    exact = table.exact("targets_mm", value)
    if exact is None:
        return 0
    if exact < 0 or exact > 1000 or (10 * exact).denominator != 1:
        table.fault("targets_mm", f"must be 0 to 1000 mm with one decimal, not {value}")
        return 0
    return int(10 * exact)


def _within(table: Table, key: str, lowest: int, highest: int) -> float | None:
    value = table.number(key)
    if value is not None and not lowest <= value <= highest:
        table.fault(key, f"must lie between {lowest} and {highest}, not {_plain(value)}")
    return None if value is None else float(value)


def _plain(value: Fraction) -> str:
    return f"{float(value):g}"


def _dates(person: Table, patient: Patient) -> None:
    born, day = patient.birth_date, patient.decision_date
    if born and day and born > day:
        person.fault("birth_date", "lies after the decision date")
    for name, fact in patient.facts.items():
        if born and fact.date and fact.date < born:
            person.faults.append(f"'facts.{name}.date' lies before the birth date")


def _targets(table: Table, patient: Patient) -> None:
    if len({len(visit.targets) for visit in patient.visits}) > 1:
        table.fault("recist", "must list the same number of targets at every visit")
    dates = [visit.date for visit in patient.visits]
    if any(day is None for day in dates):
        table.fault("recist", "must have a date at every visit")
    days = [day for day in dates if day is not None]
    if any(later <= earlier for earlier, later in itertools.pairwise(days)):
        table.fault("recist", "must have ascending dates")
