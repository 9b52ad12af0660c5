"""Bad input: a notice in plain words beside the thing it concerns, and the work stays as it was."""

import json
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog

from liverplan import app, case
from liverplan.app.shell import probe
from liverplan.errors import BackendError, CaseError
from liverplan.resection.cuts.plane import Plane


def notice(person, number):
    panel = person.panel(number)
    return panel.notice.text() if not panel.notice.isHidden() else ""


def drop(person, path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    central = person.app.central
    how = (
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    entering = QDragEnterEvent(QPoint(300, 300), *how)
    person.qt.sendEvent(central, entering)
    assert entering.isAccepted()
    event = QDropEvent(QPoint(300, 300), *how)
    person.qt.sendEvent(central, event)
    person.settle()


def test_a_folder_without_a_ct_says_so_beside_open(person, tmp_path):
    (tmp_path / "nothing").mkdir()
    drop(person, tmp_path / "nothing")
    assert "nothing" in notice(person, 1)
    assert person.app.session.work.volume is None


def test_a_broken_zip_says_so(person, tmp_path):
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 cut off")
    drop(person, tmp_path / "broken.zip")
    assert "broken.zip" in notice(person, 1)


def test_a_series_with_missing_slices_is_shown_with_the_reason_and_cannot_be_opened(
    person, tmp_path, sample_folder
):
    files = sorted(sample_folder.glob("*.dcm"))
    with zipfile.ZipFile(tmp_path / "gaps.zip", "w") as packed:
        for number, path in enumerate(files):
            if number % 9 not in (3, 4, 5):
                packed.write(path, path.name)
    drop(person, tmp_path / "gaps.zip")
    panel = person.panel(1)
    assert panel.table.rowCount() == 1
    assert panel.table.item(0, 0).text().endswith("cannot be used")
    assert panel.why.text().startswith("Cannot be used: ")
    assert not panel.read_button.isEnabled()


def test_a_case_from_a_newer_version_is_refused_in_words(person, tmp_path, phantom):
    folder = tmp_path / "case"
    actor = case.Actor(name="a", kind="human")
    state = case.CaseState(volume=phantom.volume)
    case.create_case(folder, state=state, actor=actor, what="made")
    identity = json.loads((folder / "case.json").read_text())
    identity["schema"] = "liverplan.case/99"
    (folder / "case.json").write_text(json.dumps(identity))
    drop(person, folder)
    assert "newer" in notice(person, 1)


def test_a_click_in_air_says_so_and_adds_nothing(planner):
    planner.begin()
    planner.open_step(3)
    rows = planner.panel(3).table.rowCount()
    before = planner.app.session.work
    planner.press_button(planner.panel(3).click_button)
    planner.click(planner.view("Axial"), (25, 25))
    planner.settle()
    assert "outside" in notice(planner, 3)
    assert planner.app.session.work is before
    assert planner.panel(3).table.rowCount() == rows


def test_a_plane_that_misses_the_liver_is_not_added(planner):
    planner.begin()
    planner.open_step(4)
    planner.press_button(planner.panel(4).adding.plane.three_button)
    view = planner.view("Axial")
    planner.app.views.move_crosshair(planner.app.live.derived.centre_mm)
    planner.spin(0.05)
    for at in ((20, 20), (60, 20)):
        planner.click(view, at)
    planner.app.views.move_crosshair(planner.app.views.crosshair_mm + np.array([0, 0, 8.0]))
    planner.click(view, (40, 20.5))
    assert "misses the liver" in notice(planner, 4)
    assert planner.app.session.work.cuts == ()


def test_three_points_on_a_line_are_refused(planner):
    planner.begin()
    planner.open_step(4)
    planner.press_button(planner.panel(4).adding.plane.three_button)
    view = planner.view("Axial")
    for at in ((200, 200), (240, 200), (280, 200)):
        planner.click(view, at)
    assert "one line" in notice(planner, 4)


def test_a_plane_dragged_off_the_liver_says_so_beside_the_plan(planner):
    planner.begin()
    centre = planner.app.live.derived.centre_mm
    planner.begin(Plane(point_mm=centre + np.array([400.0, 0, 0]), normal=(-1, 0, 0)))
    assert "misses the liver" in planner.panel(4).faults.text()
    planner.begin(Plane(point_mm=centre, normal=(-1, 0, 0)))
    assert "misses the liver" not in planner.panel(4).faults.text()


def test_a_fifth_metastasis_is_taken_and_said_to_break_the_rule(planner):
    from dataclasses import replace

    from liverplan.segmentation import Provenance, Segmentation

    planner.begin()
    work = planner.app.session.work
    labels = work.segmentation.labels.copy()
    inside = np.argwhere(labels == 1)
    provenance = dict(work.segmentation.provenance)
    made = Provenance(method="test", version="1", origin="automatic")
    for number, label in enumerate(range(2, 7)):
        k, j, i = inside[len(inside) * (number + 1) // 7]
        labels[k - 1 : k + 2, j - 2 : j + 3, i - 2 : i + 3] = label
        provenance[label] = made
    grid = work.segmentation.grid
    five = Segmentation(grid=grid, labels=labels, provenance=provenance)
    planner.app.session.do("five", replace(work, segmentation=five))
    planner.settle()
    planner.open_step(3)
    assert planner.panel(3).table.rowCount() == 5
    assert "5 metastases: the protocol takes 1 to 4" in planner.panel(3).rule.text()
    assert planner.panel(3).rule.isVisible()


def test_no_space_to_save_is_said_and_the_work_stays_open(person, monkeypatch):
    from tests.app.test_journey import open_sample

    def full(*_a, **_k):
        raise CaseError("The case cannot be written: No space left on device.")

    monkeypatch.setattr(case, "create_case", full)
    open_sample(person)
    person.wait(person.app.steps.notice.text, what="the notice")
    assert "No space left on device" in person.app.steps.notice.text()
    assert person.app.steps.notice.isVisible()
    assert person.app.session.work.volume is not None
    monkeypatch.undo()
    person.app.saver.flush()
    assert person.app.steps.notice.isHidden()
    assert case.verify(person.app.saver.folder) == []


def test_a_report_that_cannot_be_written_says_so(planner, monkeypatch, tmp_path):
    planner.begin()
    centre = planner.app.live.derived.centre_mm
    planner.begin(Plane(point_mm=centre, normal=(1, 0, 0)))
    planner.app.saver.begin(planner.app.session.work.series)
    planner.app.session.choose(cut=-1)
    planner.settle()
    planner.open_step(5)
    target = tmp_path / "no such folder" / "report.txt"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(target), ""))
    planner.press_button(planner.panel(5).report_button)
    planner.settle()
    assert "report.txt names no report format" in notice(planner, 5)


def test_steps_wait_and_say_for_what(person):
    reasons = [step.reason.text() for step in person.app.steps.steps]
    liver = "Needs the liver."
    assert reasons == ["", "Needs an open CT.", liver, liver, liver, "Needs a result."]
    assert [s.heading.isEnabled() for s in person.app.steps.steps] == [True] + [False] * 5


def test_without_a_screen_the_app_says_how_to_get_one(monkeypatch):
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(BackendError, match="needs a screen"):
        app.require_screen()


def test_without_opengl_the_app_says_what_to_install(monkeypatch):
    def crashed(*_a, **_k):
        return subprocess.CompletedProcess([], -11, "", "")

    monkeypatch.setattr(probe.subprocess, "run", crashed)
    with pytest.raises(BackendError, match="apt-get install libgl1"):
        probe.require_opengl()


def test_a_qt_that_miscounts_none_is_refused(monkeypatch):
    counts = iter((1000, 800))

    class Losing:
        version_info = sys.version_info

        @staticmethod
        def getrefcount(_none):
            return next(counts)

    monkeypatch.setattr(probe, "sys", Losing)
    with pytest.raises(BackendError, match="install another"):
        probe.require_sound_qt()
