"""The form of a patient's facts without a window: numbers, facts of a plan, what stands beside."""

import pytest
from PySide6.QtWidgets import QWidget

from liverplan.app.steps.result.facts import Facts
from liverplan.app.steps.result.facts_sheet import FactsSheet
from liverplan.app.steps.result.outputs import Outputs
from liverplan.app.steps.result.panel import ResultPanel
from liverplan.words.numbers import NONE


@pytest.fixture
def desk(whole_desk):
    whole_desk.start()
    return whole_desk


@pytest.fixture
def panel(desk):
    return ResultPanel(desk.context, Outputs(desk.context), QWidget())


@pytest.fixture
def sheet(desk):
    made = FactsSheet(desk.context, Facts(desk.context))
    made.refresh()
    return made


def answer(row, words):
    at = row.answer.findText(words)
    assert at >= 0
    row.answer.setCurrentIndex(at)
    row.answer.activated.emit(at)


def written(field, text):
    field.line.setText(text)
    field.line.editingFinished.emit()


def test_the_patients_number_and_the_start_of_treatment_are_kept(sheet):
    written(sheet.persons["patient_id"], "4711")
    written(sheet.persons["treatment_start"], "2023-11-06")
    patient = sheet.facts.patient
    assert (patient.patient_id, str(patient.treatment_start)) == ("4711", "2023-11-06")


def test_a_number_is_written_with_its_name_and_day_and_forgotten_again(sheet):
    sheet.attester.line.setText("M. Holm")
    row = sheet.rows["bilirubin"]
    written(row.number, "9,5")
    fact = sheet.facts.patient.facts["bilirubin"]
    assert (fact.value, fact.by, fact.date is not None) == (9.5, "M. Holm", True)
    answer(row, "unclear")
    assert sheet.facts.patient.facts["bilirubin"].value == "unclear"
    assert row.number.line.text() == ""
    written(row.number, "12")
    assert row.answer.currentText() == NONE
    written(row.number, "")
    assert "bilirubin" not in sheet.facts.patient.facts


def test_a_number_out_of_its_range_is_refused_beside_its_field(sheet):
    row = sheet.rows["albumin"]
    written(row.number, "410")
    assert "must be a number from 5 to 80" in row.number.notice.text()
    assert "albumin" not in sheet.facts.patient.facts


def test_a_fact_of_one_plan_is_bound_to_the_plan_on_screen(desk, sheet):
    desk.put(desk.plane(20))
    sheet.attester.line.setText("K. Dahl")
    answer(sheet.rows["inflow"], "yes")
    mark = sheet.facts.plan_mark
    assert sheet.facts.patient.facts["inflow"].plan == mark
    desk.put(desk.plane(30))
    assert sheet.facts.plan_mark != mark
    desk.settle()
    states = {one.id: one.state for one in desk.context.live.findings.facts}
    assert states["inflow"] == "needs judgement"


def test_the_panel_says_what_stands_beside_the_number(desk, panel):
    desk.put(desk.plane(20))
    desk.settle()
    lines = panel.beside.text().splitlines()
    assert any(line.startswith("The CT ") for line in lines)
    assert any("Height and weight are not both given" in line for line in lines)
    assert any(line.startswith("Attested of this plan (mark ") for line in lines)
