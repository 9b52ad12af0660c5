"""What is being typed stays while answers of work in the background refresh the panels."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from liverplan.phantom import RECOMMENDED_NORMAL, RECOMMENDED_POINT_MM
from liverplan.resection.cuts.plane import Plane
from tests.app.person import LEFT, NONE


def type_slowly(field, digits, refresh):
    """Type over a number as one who looks up between the digits does; press no Enter."""
    field.setFocus()
    field.selectAll()
    refresh()
    for digit in digits:
        QTest.keyClicks(field, digit)
        refresh()


@pytest.fixture
def planned(planner):
    planner.begin()
    planner.open_step(4)
    adding = planner.panel(4).adding
    planner.press_button(adding.kinds["sphere"])
    planner.press_button(adding.round.button)
    planner.settle()
    return planner


def test_a_size_is_typed_to_its_end(planned):
    panel = planned.panel(4)
    field = panel.cuts.fields[0]
    type_slowly(field, "25", panel.refresh)
    assert planned.app.session.work.active_cut.radius_mm != 25
    planned.key(Qt.Key.Key_Return, widget=field)
    assert planned.app.session.work.active_cut.radius_mm == 25
    planned.app.session.undo()
    planned.settle()
    assert field.value() == round(planned.app.session.work.active_cut.radius_mm) != 25


def test_digits_do_not_move_on_to_another_cut(planned):
    panel, session = planned.panel(4), planned.app.session
    planned.press_button(panel.adding.round.button)
    planned.settle()
    assert session.work.cut == 1
    type_slowly(panel.cuts.fields[0], "25", panel.refresh)
    session.choose(cut=0)
    planned.spin(0.05)
    assert panel.cuts.fields[0].value() == round(session.work.active_cut.radius_mm)
    assert all(cut.radius_mm != 25 for cut in session.work.cuts)


def test_a_margin_is_typed_to_its_end(planned):
    panel = planned.panel(4)
    type_slowly(panel.margin, "17", panel.refresh)
    planned.key(Qt.Key.Key_Return, widget=panel.margin)
    assert planned.app.session.work.margin_mm == 17


def test_words_about_the_patient_are_typed_to_their_end(planner):
    planner.begin(Plane(point_mm=RECOMMENDED_POINT_MM, normal=RECOMMENDED_NORMAL))
    planner.open_step(5)
    planner.press_button(planner.panel(5).patient_button)
    sheet = planner.app.facts
    line = sheet.attester.line
    QTest.mouseClick(line, LEFT, NONE, line.rect().center())
    for letter in "M. Holm":
        QTest.keyClicks(line, letter)
        sheet.refresh()
    assert line.text() == "M. Holm"
    by = next(iter(sheet.rows.values())).by.line
    QTest.mouseClick(by, LEFT, NONE, by.rect().center())
    for letter in "A. Sand":
        QTest.keyClicks(by, letter)
        sheet.refresh()
    assert by.text().endswith("A. Sand")
    planner.press_button(sheet.done_button)
