"""The patient's facts by mouse and keys: typed, taken in, undone, refused beside the field."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from liverplan.eligibility import load_patient, protocol_text
from liverplan.phantom import RECOMMENDED_NORMAL, RECOMMENDED_POINT_MM
from liverplan.resection.cuts.plane import Plane
from tests.app.clipped import faults_of
from tests.app.person import CONTROL, LEFT, NONE

CUT = Plane(point_mm=RECOMMENDED_POINT_MM, normal=RECOMMENDED_NORMAL)


@pytest.fixture
def person(planner):
    planner.begin(CUT)
    planner.open_step(5)
    planner.press_button(planner.panel(5).patient_button)
    sheet = planner.app.facts
    assert sheet.isVisible()
    yield planner
    planner.press_button(sheet.done_button)
    assert not sheet.isVisible()


def write(person, field, text):
    """Click into a field, replace what stands there, press Enter."""
    person.app.facts.area.ensureWidgetVisible(field)
    QTest.mouseClick(field.line, LEFT, NONE, field.line.rect().center())
    QTest.keyClick(field.line, Qt.Key.Key_A, CONTROL)
    QTest.keyClicks(field.line, text) if text else QTest.keyClick(field.line, Qt.Key.Key_Delete)
    QTest.keyClick(field.line, Qt.Key.Key_Return)
    person.spin(0.02)


def choose(person, box, words):
    """Open a combo box by a click and take the entry with these words by keys."""
    person.app.facts.area.ensureWidgetVisible(box)
    QTest.mouseClick(box, LEFT, NONE, box.rect().center())
    person.wait(lambda: box.view().isVisible(), 10, "the list")
    wanted = box.findText(words)
    assert wanted >= 0, words
    QTest.keyClick(box.view(), Qt.Key.Key_Home)
    for _ in range(wanted):
        QTest.keyClick(box.view(), Qt.Key.Key_Down)
    QTest.keyClick(box.view(), Qt.Key.Key_Return)
    person.spin(0.05)


def state(person, criterion):
    person.settle()
    table = person.panel(5).criteria
    rows = {table.item(r, 0).text(): table.item(r, 1).text() for r in range(table.rowCount())}
    return next(words for title, words in rows.items() if criterion in title)


def test_an_answer_is_taken_in_and_the_criterion_follows_at_once(person):
    sheet = person.app.facts
    assert list(sheet.rows) == list(sheet.facts.protocol.facts)
    assert state(person, "ECOG") == "missing"
    write(person, sheet.attester, "M. Holm, oncologist")
    write(person, sheet.day, "2024-03-08")
    choose(person, sheet.rows["ecog"].answer, "1")
    assert sheet.rows["ecog"].by.line.text() == "M. Holm, oncologist"
    assert state(person, "ECOG") == "met"
    assert "ECOG 0-1: met" in sheet.rows["ecog"].state.text()
    choose(person, sheet.rows["ecog"].answer, "3")
    assert state(person, "ECOG") == "not met"
    assert person.app.session.history.undo_name == "fact: ecog"
    person.press_button(person.app.steps.undo_button)
    assert state(person, "ECOG") == "met"
    assert sheet.rows["ecog"].answer.currentText() == "1"
    person.press_button(person.app.steps.undo_button)
    assert state(person, "ECOG") == "missing"
    assert sheet.rows["ecog"].by.line.text() == ""


def test_the_form_has_room_in_the_narrowest_window_and_is_found_out_where_it_has_none(person):
    """1,600 pixels at 150 %: what lies outside of the form's pane can be scrolled to by nothing."""
    window, sheet = person.app.window, person.app.facts
    before = window.size()
    window.resize(1067, 667)
    person.spin(0.3)
    assert faults_of(sheet) == []
    row = next(iter(sheet.rows.values()))
    row.setMinimumWidth(sheet.width() + 50)
    person.spin(0.2)
    assert any("outside of its pane" in fault for fault in faults_of(sheet))
    row.setMinimumWidth(0)
    window.resize(before)
    person.spin(0.2)


def test_a_digit_on_an_answer_answers_and_is_no_window_preset(person):
    box = person.app.facts.rows["ecog"].answer
    before = person.app.views.width_hu
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_2)
    person.spin(0.05)
    assert box.currentText() == "2"
    assert person.app.views.width_hu == before


def test_age_and_the_estimated_liver_come_of_what_is_typed(person):
    fields = person.app.facts.persons
    write(person, fields["birth_date"], "1961-04-02")
    write(person, fields["decision_date"], "2024-03-11")
    assert state(person, "Age") == "met"
    write(person, fields["height_cm"], "165")
    write(person, fields["weight_kg"], "70,5")
    person.settle()
    findings = person.app.live.findings
    assert findings.remnant_fraction.of_estimated is not None
    assert person.app.facts.facts.patient.weight_kg == 70.5


@pytest.mark.parametrize(
    ("key", "text", "words"),
    [
        ("birth_date", "2.4.61", "write it as 2024-03-11"),
        ("height_cm", "tall", "is no number"),
        ("height_cm", "17", "must lie between 50 and 250, not 17"),
        ("weight_kg", "nan", "no number that can be measured"),
    ],
)
def test_a_bad_value_is_refused_beside_its_field_and_changes_nothing(person, key, text, words):
    field = person.app.facts.persons[key]
    before = person.app.session.revision
    write(person, field, text)
    assert words in field.notice.text()
    assert field.notice.isVisible()
    assert person.app.session.revision == before
    others = [f for name, f in person.app.facts.persons.items() if name != key]
    assert not any(other.notice.isVisible() for other in others)
    write(person, field, "")
    assert not field.notice.isVisible()


def test_dates_that_contradict_are_refused(person):
    fields = person.app.facts.persons
    write(person, fields["decision_date"], "2024-03-11")
    write(person, fields["birth_date"], "2025-01-01")
    assert "after the decision date" in fields["birth_date"].notice.text()
    assert person.app.facts.facts.patient.birth_date is None


def test_a_name_without_an_answer_says_what_comes_first(person):
    fact = person.app.facts.rows["consent"]
    write(person, fact.by, "A. Berg")
    assert "Answer the question first" in fact.by.notice.text()
    assert not person.app.facts.facts.patient.facts


def test_the_facts_are_written_as_a_file_and_read_back(person, tmp_path, monkeypatch):
    sheet, path = person.app.facts, tmp_path / "patient.toml"
    write(person, sheet.attester, "A. Berg")
    choose(person, sheet.rows["consent"].answer, "yes")
    write(person, sheet.rows["consent"].note, 'Version 3, "witnessed"')
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(path), ""))
    person.press_button(sheet.save_button)
    patient = load_patient(path)
    assert patient == sheet.facts.patient
    assert patient.facts["consent"].note == 'Version 3, "witnessed"'
    person.press_button(person.app.steps.undo_button)
    person.press_button(person.app.steps.undo_button)
    assert not sheet.facts.patient.facts
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_a, **_k: (str(path), ""))
    person.press_button(sheet.load_button)
    assert sheet.facts.patient == patient
    path.write_text("schema = 3")
    person.press_button(sheet.load_button)
    assert "patient.toml" in sheet.notice.text()
    assert sheet.facts.patient == patient


def test_another_protocol_asks_its_own_questions(person, tmp_path, monkeypatch):
    sheet, path = person.app.facts, tmp_path / "other.toml"
    text = protocol_text("breclim2").replace('name = "breclim2"', 'name = "other"')
    begin, end = text.index("[facts.ecog]"), text.index("[facts.breast_cancer_history]")
    text = text[:begin] + text[end:]
    begin = text.index('[[criteria]]\nid = "ecog"')
    end = text.index('[[criteria]]\nid = "breast_cancer_history"')
    path.write_text(text[:begin] + text[end:])
    choose(person, sheet.rows["ecog"].answer, "1")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_a, **_k: (str(path), ""))
    choose(person, sheet.protocol, "Another protocol file…")
    assert "ecog" not in sheet.rows
    assert "left out: ECOG performance status" in sheet.notice.text()
    person.settle()
    assert person.app.live.findings.protocol == "other"
    person.press_button(person.app.steps.undo_button)
    assert sheet.rows["ecog"].answer.currentText() == "1"
    path.write_text("name = 3")
    choose(person, sheet.protocol, "Another protocol file…")
    assert "other.toml" in sheet.notice.text()
    assert sheet.facts.protocol.name == "breclim2"
