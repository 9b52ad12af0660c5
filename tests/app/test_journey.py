"""The whole journey by mouse and keys; then close, reopen, and the same numbers."""

import json

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from liverplan import case, workflow
from liverplan.app.session.recents import recents
from liverplan.app.shell.application import Application
from liverplan.words import in_english
from tests.app.person import CONTROL, Person


def open_sample(person):
    person.press_button(person.panel(1).sample_button)
    person.wait(lambda: person.app.session.work.volume is not None, what="the sample")


def find_liver(person):
    person.open_step(2)
    person.press_button(person.panel(2).run_button)
    person.wait(lambda: person.app.session.work.segmentation is not None, what="the liver")
    person.settle()


def click_metastases(person, centroids):
    person.open_step(3)
    person.press_button(person.panel(3).click_button)
    view = person.view("Axial")
    for count, centroid in enumerate(centroids, 1):
        person.app.views.move_crosshair(np.array(centroid))
        person.spin(0.1)
        person.click(view, person.pixel(view, centroid))
        person.wait(lambda n=count: person.panel(3).table.rowCount() == n, what="a metastasis")
        person.settle()
    person.key(Qt.Key.Key_Escape)
    assert person.app.views.tool is None


def confirm_all(person):
    person.open_step(2)
    person.press_button(person.panel(2).confirm_button)
    person.open_step(3)
    for number in range(person.panel(3).table.rowCount()):
        person.click_row(person.panel(3).table, number)
        person.press_button(person.panel(3).confirm_button)
    person.settle()


def place_plane(person):
    person.open_step(4)
    person.press_button(person.panel(4).adding.plane.click_button)
    derived = person.app.live.derived
    lesions = np.mean(list(derived.lesion_centres.values()), axis=0)
    spot = 0.45 * derived.centre_mm + 0.55 * lesions
    person.app.views.move_crosshair(spot)
    person.spin(0.1)
    view = person.view("Axial")
    person.click(view, person.pixel(view, spot))
    assert len(person.app.session.work.cuts) == 1, person.panel(4).notice.text()
    person.settle()


def test_the_whole_journey(person, phantom, tmp_path, monkeypatch):  # noqa: PLR0915
    app = person.app
    open_sample(person)
    find_liver(person)
    truth = phantom.truth
    click_metastases(person, [lesion.centre_mm for lesion in truth.lesions[:2]])

    # correct the liver with the brush, look at the number, undo, and it is as before
    person.open_step(2)
    person.press_button(person.panel(2).brush_button)
    view = person.view("Coronal")
    before = app.session.work.segmentation
    volume = person.panel(2).volume.text()
    at = person.pixel(view, app.views.crosshair_mm)
    person.drag(view.canvas, (at[0] + 10, at[1] + 40), (at[0] + 60, at[1] + 44))
    person.settle()
    assert app.session.history.undo_name == "paint liver"
    assert person.panel(2).volume.text() != volume
    person.key(Qt.Key.Key_Z, CONTROL)
    person.settle()
    np.testing.assert_array_equal(app.session.work.segmentation.labels, before.labels)
    assert person.panel(2).volume.text() == volume
    person.key(Qt.Key.Key_Escape)
    confirm_all(person)

    # a plane by one click, dragged on a slice and in 3D
    place_plane(person)
    axial = person.view("Axial")
    start = person.knobs(axial).middle
    person.drag(axial.canvas, start, (start[0] + 12, start[1] - 4))
    scene = app.scene
    tip = scene.to_pixel(scene.handle.tip)
    person.drag(app.scene_pane.canvas, tip, (tip[0] - 18, tip[1] + 9))
    assert app.session.history.undo_name == "turn plane"
    person.settle()

    # another plan beside it, suggested
    drawn = app.session.work.cuts
    person.press_button(person.panel(4).suggest_button)
    person.settle()
    assert app.session.work.plans[0].cuts == drawn, "a suggestion never replaces what was drawn"
    table = person.panel(4).plans.table
    assert [table.item(r, 0).text() for r in range(2)] == ["Plan A", "Plan B"]
    shown = [[table.item(r, c).text() for c in range(4)] for r in range(2)]
    assert shown[0][1] != shown[1][1]
    person.click_row(table, 0)
    person.settle()
    assert app.session.work.plan == 0

    # the result and the report
    person.open_step(5)
    report = tmp_path / "report.html"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(report), ""))
    person.press_button(person.panel(5).report_button)
    person.wait(lambda: "written" in person.panel(5).notice.text(), what="the report")
    assert report.stat().st_size > 10_000
    assert person.panel(3).table.rowCount() == 2

    remnant, findings, number = app.live.remnant, app.live.findings, app.result.number.text()
    folder = app.saver.folder
    app.close()
    person.spin(0.1)

    assert case.verify(folder) == []
    assert workflow.measure_case(folder).to_json(in_english) == without_state(findings)
    assert recents(app.context.home)[0].closed

    again = Application(app.context.home)
    again.show(1600, 1000)
    someone = Person(again)
    item = someone.panel(1).recent.item(0)
    rect = someone.panel(1).recent.visualItemRect(item)
    from PySide6.QtTest import QTest

    QTest.mouseClick(
        someone.panel(1).recent.viewport(), Qt.MouseButton.LeftButton, pos=rect.center()
    )
    someone.wait(lambda: again.session.work.volume is not None, what="the case")
    someone.settle()
    assert again.live.remnant == remnant
    assert again.live.findings == findings
    assert again.result.number.text() == number
    assert [plan.name for plan in again.session.work.plans] == ["Plan A", "Plan B"]
    someone.open_step(4)
    assert [
        [someone.panel(4).plans.table.item(r, c).text() for c in range(4)] for r in range(2)
    ] == shown
    again.close()
    someone.spin(0.05)


def without_state(findings):
    """The findings as the command line measures them: the app knows of biopsies as well."""
    return json.loads(json.dumps(findings.to_json(in_english)))
