"""Two CTs side by side by mouse and keys: matched, corrected, confirmed, kept; and growth."""

import datetime as dt
import shutil
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from liverplan import case
from liverplan.case import Actor, CaseState, Record
from liverplan.eligibility.files import ProtocolFile
from liverplan.eligibility.recist import assess, mm
from liverplan.findings import SeriesSummary
from liverplan.followup import lengths_tenths
from liverplan.phantom import RECOMMENDED_NORMAL, RECOMMENDED_POINT_MM, make_phantom
from liverplan.resection import Plan, Plane
from liverplan.segmentation import Provenance, Segmentation
from liverplan.volume import Volume
from liverplan.words import in_english
from liverplan.workflow.growth import remnant_growth
from tests.app.person import LEFT, NONE
from tests.app.test_committee_journey import type_into
from tests.followup.conftest import Motion, later_of

MOTION = Motion(degrees=8, axis=(1, -1, 1), shift_mm=(-30, 25, 20))
GROWTH = {4: 1.3, 2: 0.7}
"""Later labels 2 and 3 are the earlier CT's 4 (grown) and 2 (shrunk); 3 is gone, 4 is new."""
NOTHING = "\N{EN DASH}"
WHO = Provenance(method="drawn", version="1", origin="given", accepted_by="R. Lind")


def hu_of(segmentation):
    labels = segmentation.labels
    hu = np.where(labels > 1, 60, np.where(labels == 1, 110, -60)).astype(np.int16)
    return Volume(grid=segmentation.grid, hu=hu)


def write_case(folder, segmentation, plane, date, patient="P1"):
    grid = segmentation.grid
    labels = (1, *segmentation.lesion_labels)
    segmentation = Segmentation(
        grid=grid, labels=segmentation.labels, provenance=dict.fromkeys(labels, WHO)
    )
    series = SeriesSummary(
        uid=f"1.2.{date}", shape=grid.shape, spacing_mm=grid.spacing_mm, study_date=date
    )
    state = CaseState(
        volume=hu_of(segmentation),
        segmentation=segmentation,
        plan=Plan(cuts=(plane,), name="Plan A"),
        record=Record(
            series=series,
            headers={"common": {"00100020": {"vr": "LO", "Value": [patient]}}},
            protocol=ProtocolFile.shipped("breclim2"),
        ),
    )
    case.create_case(folder, state=state, actor=Actor(name="Ada", kind="human"), what="Made")
    return segmentation


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    """An earlier and a later case of one patient, and a case of another."""
    place = tmp_path_factory.mktemp("cases")
    whole = make_phantom(spacing_mm=(4.0, 3.0, 3.0), noise_hu=0, lesions=3).segmentation
    filled = np.argwhere(whole.liver)
    low, high = filled.min(axis=0) - 3, filled.max(axis=0) + 4
    box = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
    earlier = Segmentation(grid=whole.grid.crop(low, high), labels=whole.labels[box].copy())
    fresh = np.array(earlier.grid.to_mm(np.argwhere(earlier.labels == 1).mean(axis=0)))
    later = later_of(earlier, MOTION, GROWTH, extra=[(fresh, 8.0)])
    plane = Plane(point_mm=RECOMMENDED_POINT_MM, normal=RECOMMENDED_NORMAL)
    point = MOTION.forward(np.array(RECOMMENDED_POINT_MM))
    moved = Plane(point_mm=point, normal=MOTION.turn @ np.array(RECOMMENDED_NORMAL))
    return SimpleNamespace(
        earlier=place / "earlier",
        later=place / "later",
        stranger=place / "stranger",
        before=write_case(place / "earlier", earlier, plane, "20231030"),
        after=write_case(place / "later", later, moved, "20240226"),
        other=write_case(place / "stranger", earlier, plane, "20230101", patient="P2"),
    )


def open_folder(person, button, folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QFileDialog, "getExistingDirectory", lambda *_a, **_k: str(folder))
        person.press_button(button)
        person.settle()


def compare(person, cases, mine):
    """Put the later case on screen, compared with the earlier one."""
    shutil.copytree(cases.later, mine)
    open_folder(person, person.panel(1).folder_button, mine)
    person.open_step(3)
    person.press_button(person.panel(3).compare_button)
    open_folder(person, person.app.compare.open_button, cases.earlier)
    assert person.app.compare.comparing.comparison is not None, person.app.compare.notice.text()
    return person


@pytest.fixture(scope="module")
def compared(same_person, cases, tmp_path_factory):
    """Two cases compared: scrolled, grown, refused, corrected, ended, in the tests' order."""
    return compare(same_person, cases, tmp_path_factory.mktemp("mine") / "later")


def shown(sheet):
    table = sheet.matching.table
    return [
        tuple(table.item(r, c).text() for c in range(table.columnCount()))
        for r in range(table.rowCount())
    ]


def wheel(person, pane, notches):
    at = QPointF(pane.width() / 2, pane.height() / 2)
    event = QWheelEvent(
        at,
        QPointF(pane.mapToGlobal(at.toPoint())),
        QPoint(0, 0),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        NONE,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    person.qt.sendEvent(pane, event)
    person.spin(0.05)


def click_row(person, sheet, number):
    rect = sheet.matching.table.visualItemRect(sheet.matching.table.item(number, 0))
    QTest.mouseClick(sheet.matching.table.viewport(), LEFT, NONE, rect.center())
    person.spin(0.03)


def test_the_proposal_is_confirmed_and_the_response_kept(person, cases, tmp_path, monkeypatch):
    sheet = compare(person, cases, tmp_path / "later").app.compare
    before, after = lengths_tenths(cases.before), lengths_tenths(cases.after)
    targets = sorted(before, key=lambda one: -before[one])[:2]
    roles = {one: "target" if one in targets else "non-target" for one in before}
    assert shown(sheet) == [
        ("M1", mm(before[2]), "M2", mm(after[3]), roles[2], "check"),
        ("M2", mm(before[3]), NOTHING, NOTHING, f"{roles[3]}, gone", "check"),
        ("M3", mm(before[4]), "M1", mm(after[2]), roles[4], "check"),
        (NOTHING, NOTHING, "M3", mm(after[4]), "new", "check"),
    ]
    assert sheet.response.category.text().startswith("Not confirmed yet: Progressive disease (PD)")

    # nothing counts before every row is confirmed by somebody
    type_into(person, sheet.matching.name, "R. Lind")
    assert not sheet.matching.keep_button.isEnabled()
    click_row(person, sheet, 0)
    for number in range(4):
        cells = shown(sheet)[number]  # confirming one goes on to the next, in both panes
        assert (sheet.earlier.chosen, sheet.later.chosen) == (
            label_of(cells[0]),
            label_of(cells[2]),
        )
        press(person, sheet.matching.confirm_button)
    assert [row[-1] for row in shown(sheet)] == ["confirmed"] * 4
    press(person, sheet.matching.keep_button)
    assert "kept in this case" in sheet.notice.text()
    visits = person.app.session.work.record.visits.visits
    partner = {4: 2, 2: 3}
    assert visits[0].sum_tenths == sum(before[one] for one in targets)
    assert visits[1].sum_tenths == sum(after[partner[one]] for one in targets if one in partner)
    assert visits[1].new_lesion
    assert visits[1].date == dt.date(2024, 2, 26)
    assert sheet.response.finding.text() == in_english(assess(visits).finding)
    of_second_visit = sheet.response.visits.item(1, 1).text()
    assert of_second_visit.startswith(f"{mm(visits[1].sum_tenths)} (")

    # it is judged, reported, undone and done again as every step
    assert person.app.session.history.undo_name == "response since 2023-10-30"
    press(person, sheet.done_button)
    person.settle()
    findings = {c.id: c for c in person.app.live.findings.criteria}
    assert findings["response"].value == "PD"
    report = tmp_path / "report.html"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(report), ""))
    person.open_step(5)
    person.press_button(person.panel(5).report_button)
    person.wait(lambda: "written" in person.panel(5).notice.text(), what="the report")
    assert "2023-10-30" in report.read_text("utf-8")
    person.press_button(person.app.steps.undo_button)
    assert person.app.session.work.record.visits.visits == ()
    person.press_button(person.app.steps.redo_button)
    person.app.saver.flush()
    stored = case.open_case(person.app.saver.folder).state.record.visits
    assert stored.visits == visits
    assert {one.confirmed_by for one in stored.confirmed} == {"R. Lind"}


def label_of(name):
    """Label value of "M1", "M2", ...; None where the table shows none."""
    return None if name == NOTHING else int(name[1:]) + 1


def press(person, button):
    assert button.isVisible(), button.text()
    assert button.isEnabled(), button.text()
    QTest.mouseClick(button, LEFT, NONE, button.rect().center())
    person.spin(0.05)


def test_both_panes_show_the_same_place_while_one_is_scrolled(compared, cases):
    person, sheet = compared, compared.app.compare
    first, second = sheet.earlier, sheet.later
    click_row(person, sheet, 0)
    for pane in (first, first, second):
        slice_before = pane.look.index
        wheel(person, pane, 2)
        assert pane.look.index == slice_before + 2
        truth = MOTION.forward(first.point_mm)
        assert np.linalg.norm(second.point_mm - truth) < 5
    middle = (first.width() / 2 + 20, first.height() / 2 - 10)
    QTest.mouseClick(first, LEFT, NONE, QPoint(*map(round, middle)))
    person.spin(0.05)
    drawn = first.look.lps_to_pixel(first.point_mm)
    np.testing.assert_allclose(drawn, np.round(middle), atol=0.01)
    assert np.linalg.norm(second.point_mm - MOTION.forward(first.point_mm)) < 5
    picture = sheet.earlier.grab().toImage()
    x, y = (round(v) for v in drawn)
    assert picture.pixelColor(x - 18, y).green() > picture.pixelColor(x - 18, y).red()


def test_growth_of_the_remnant_is_that_of_the_library(compared, cases):
    person, sheet = compared, compared.app.compare
    type_into(person, sheet.response.embolised.line, "2024-01-29")
    press(person, sheet.response.growth_button)
    person.settle()
    person.wait(lambda: bool(sheet.response.growth.text()), what="growth")
    made = remnant_growth(cases.earlier, person.app.saver.folder, embolised=dt.date(2024, 1, 29))
    assert sheet.response.growth.text() == made.in_words()
    assert made.days == 28
    assert "Degree of hypertrophy" in sheet.response.growth.text()
    assert "Kinetic growth rate" in sheet.response.growth.text()
    type_into(person, sheet.response.embolised.line, "2025-01-01")
    press(person, sheet.response.growth_button)
    person.settle()
    assert "do not follow each other" in sheet.notice.text()


def test_what_cannot_be_compared_is_refused_in_words(compared, cases, tmp_path):
    person, sheet = compared, compared.app.compare
    kept = sheet.comparing.comparison
    open_folder(person, sheet.open_button, cases.stranger)
    assert "two patients (P1 and P2)" in sheet.notice.text()
    (tmp_path / "dicom").mkdir()
    open_folder(person, sheet.open_button, tmp_path / "dicom")
    assert "is no case. Open that CT first" in sheet.notice.text()
    open_folder(person, sheet.open_button, person.app.saver.folder)
    assert "the case on screen" in sheet.notice.text()
    assert sheet.comparing.comparison is kept


def test_a_person_corrects_what_was_proposed(compared, cases):
    person, sheet = compared, compared.app.compare
    assert "a new lesion appeared" in sheet.response.finding.text()
    new = next(n for n, row in enumerate(shown(sheet)) if row[4] == "new")
    click_row(person, sheet, new)
    choose_in(person, sheet.matching.said, "M2 of the earlier CT")
    rows = {row[0]: row for row in shown(sheet)}
    assert rows["M2"][2] == "M3"
    assert rows["M2"][-1] == "confirmed"
    assert not any(row[4] in ("new", "target, gone", "non-target, gone") for row in shown(sheet))
    choose_in(person, sheet.matching.said, "seen before")
    assert shown(sheet)[-1][4] == "seen before"
    assert "a new lesion" not in sheet.response.finding.text()
    choose_in(person, sheet.matching.others, "PD")
    assert "Progressive disease (PD)" in sheet.response.category.text()
    # another target: the sum follows
    click_row(person, sheet, 0)
    first = sheet.response.visits.item(0, 1).text()
    press(person, sheet.matching.target_button)
    assert sheet.response.visits.item(0, 1).text() != first


def choose_in(person, box, words):
    """As `choose`, for a box that is not in the form of facts."""
    QTest.mouseClick(box, LEFT, NONE, box.rect().center())
    person.wait(lambda: box.view().isVisible(), 10, "the list")
    QTest.keyClick(box.view(), Qt.Key.Key_Home)
    for _ in range(box.findText(words)):
        QTest.keyClick(box.view(), Qt.Key.Key_Down)
    QTest.keyClick(box.view(), Qt.Key.Key_Return)
    person.spin(0.05)


def test_changed_masks_end_the_comparison(compared):
    person, sheet = compared, compared.app.compare
    press(person, sheet.done_button)
    person.open_step(3)
    person.click_row(person.panel(3).table, 0)
    person.press_button(person.panel(3).delete_button)
    person.settle()
    assert sheet.comparing.comparison is None
    assert "masks have changed" in sheet.notice.text()


def test_a_later_case_keeps_the_response_itself(person, cases, tmp_path):
    for name in ("earlier", "later"):
        shutil.copytree(getattr(cases, name), tmp_path / name)
    open_folder(person, person.panel(1).folder_button, tmp_path / "earlier")
    person.open_step(3)
    person.press_button(person.panel(3).compare_button)
    sheet = person.app.compare
    open_folder(person, sheet.open_button, tmp_path / "later")
    assert sheet.dates.whole == "2023-10-30 and 2024-02-26"
    click_row(person, sheet, 0)
    for _ in range(4):
        press(person, sheet.matching.confirm_button)
    type_into(person, sheet.matching.name, "R. Lind")
    press(person, sheet.matching.keep_button)
    assert "kept in the later case, later" in sheet.notice.text()
    opened = case.open_case(tmp_path / "later")
    assert len(opened.state.record.visits.visits) == 2
    assert opened.history[-1].actor.name == "R. Lind"
    assert person.app.session.work.record.visits.visits == ()
    assert case.verify(tmp_path / "later") == []
