"""A second CT beside the axial view: linked by place, refused by patient, gone when put away."""

import gc
import weakref
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from liverplan.dicom.write_ct import SeriesText, write_ct_series
from liverplan.volume import Grid, Volume
from tests.app.person import LEFT, NONE, SHIFT

SHIFT_MM = np.array([6.0, -10.0, 16.0])


def series(folder, volume, *, frame, description="Arterial late", seed=7, **text):
    grid = Grid(shape=volume.grid.shape, affine=volume.grid.affine, frame_uid=frame)
    words = SeriesText(series_description=description, study_date="20190304", **text)
    write_ct_series(Volume(grid=grid, hu=volume.hu), folder, seed=seed, text=words)
    return folder


@pytest.fixture(scope="module")
def cts(tmp_path_factory, phantom):
    """The case's CT in its frame; one beside in it; one shifted, in another; a stranger's."""
    place, volume = tmp_path_factory.mktemp("cts"), phantom.volume
    affine = volume.grid.affine.copy()
    affine[:3, 3] += SHIFT_MM
    moved = Volume(grid=replace(volume.grid, affine=affine), hu=volume.hu)
    series(place / "own", volume, frame="1.2.3", description="Portal venous", seed=1)
    series(place / "same", volume, frame="1.2.3")
    series(place / "moved", moved, frame="1.2.4", description="Earlier")
    series(place / "stranger", volume, frame="1.2.5", patient_id="P2")
    return place


@pytest.fixture(scope="module")
def opened(same_person, cts):
    """Someone with the case's own CT open, once for all tests."""
    same_person.app.open.opening.open_path(cts / "own")
    same_person.settle()
    same_person.beside_now = ""
    return same_person


@pytest.fixture
def reader(opened, cts):
    """The same, with whatever the test before put beside; no tool is armed."""
    opened.app.views.disarm()
    opened.place = cts
    return opened


def put_beside(person, name):
    """Ask for a CT beside; where that very one stands there already it stays."""
    pane, folder = person.app.beside, person.place / name
    if person.beside_now == name and pane.beside.second is not None:
        return pane
    pane.put_away()
    person.beside_now = name
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(QFileDialog, "getExistingDirectory", lambda *_a, **_k: str(folder))
        person.key(Qt.Key.Key_B)
        person.settle()
    return pane


def wheel(person, picture, notches):
    at = QPointF(picture.width() / 2, picture.height() / 2)
    glob, turned = QPointF(picture.mapToGlobal(at.toPoint())), QPoint(0, 120 * notches)
    phase = Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(at, glob, QPoint(0, 0), turned, Qt.MouseButton.NoButton, NONE, phase, False)
    person.qt.sendEvent(picture, event)
    person.spin(0.05)


def test_of_one_frame_both_show_the_same_place_and_step_together(reader):
    pane, views = put_beside(reader, "same"), reader.app.views
    picture, axial = pane.picture, reader.view("Axial")
    assert pane.isVisible()
    assert (
        pane.way.text()
        == "2019-03-04 · Arterial late\nOne frame of reference: the same place in both."
    )
    assert picture.words(picture.look).tool_words == ""
    assert abs(axial.width() - pane.width()) < 40
    reader.wheel(axial, 2)
    assert picture.look.index == axial.look.index
    wheel(reader, picture, -3)
    assert picture.look.index == axial.look.index
    at = axial.look.width / 2 - 40, axial.look.height / 2 + 20
    point = axial.look.pixel_to_lps(*at)
    reader.move(axial.canvas, at, SHIFT)
    reader.spin(0.05)
    assert picture.point_mm == pytest.approx(point, abs=0.01)
    at = picture.width() / 2 + 30, picture.height() / 2
    point = picture.look.pixel_to_lps(*at)
    reader.move(picture, at, SHIFT)
    reader.spin(0.05)
    assert views.crosshair_mm == pytest.approx(point, abs=0.01)


def test_what_is_painted_is_the_second_ct_at_the_axial_views_size_in_its_own_window(reader):
    pane = put_beside(reader, "same")
    picture, axial, second = pane.picture, reader.view("Axial"), pane.beside.second
    lines = picture.words(picture.look).corners
    assert lines.top_left[-2:] == ("2019-03-04", "Arterial late")
    assert "LIVERPLAN-PHANTOM" in lines.top_left[1]
    assert lines.top_right[1] == "arterial phase"
    shot, at = (
        picture.grab().toImage(),
        picture.look.lps_to_pixel(
            axial.look.pixel_to_lps(axial.look.width / 2 - 60, axial.look.height / 2)
        ),
    )
    assert at[0] == pytest.approx(picture.width() / 2 - 60, abs=1), "as large"
    hu = second.volume.hu[second.volume.grid.nearest_index(picture.look.pixel_to_lps(*at))]
    low, high = picture.limits_hu
    grey = np.clip((hu - low) / (high - low), 0, 1) * 255
    assert shot.pixelColor(round(at[0]), round(at[1])).red() == pytest.approx(grey, abs=45)
    before = reader.app.views.limits_hu
    reader.drag(picture, (60, 60), (100, 60))
    assert picture.window_hu[1] == pytest.approx(before[1] - before[0] + 80)
    assert reader.app.views.limits_hu == before


def test_a_tool_is_refused_on_it_in_words(reader):
    pane = put_beside(reader, "same")
    reader.app.views.arm(reader.app.bar.ruler)
    QTest.mousePress(pane.picture, LEFT, NONE, QPoint(80, 80))
    QTest.mouseRelease(pane.picture, LEFT, NONE, QPoint(80, 80))
    assert pane.notice.text().startswith("Tools work on the case's own CT")


def test_another_frame_is_said_and_a_shift_by_hand_lays_one_on_the_other(reader):
    pane = put_beside(reader, "moved")
    views, picture, beside = reader.app.views, pane.picture, pane.beside
    assert "Other frame of reference" in picture.words(picture.look).tool_words
    here = views.crosshair_mm.copy()
    QTest.mouseClick(pane.linked, LEFT, NONE, QPoint(10, pane.linked.height() // 2))
    assert not beside.linked
    beside.move(here + SHIFT_MM)
    assert views.crosshair_mm == pytest.approx(here), "the case's own stands still"
    QTest.mouseClick(pane.linked, LEFT, NONE, QPoint(10, pane.linked.height() // 2))
    assert beside.second.from_case(here) == pytest.approx(here + SHIFT_MM)
    reader.wheel(reader.view("Axial"), 3)
    assert picture.look.index == reader.view("Axial").look.index


def test_another_patients_ct_is_shown_only_if_a_person_says_so_and_then_says_whose(reader):
    pane = put_beside(reader, "stranger")
    assert pane.beside.second is None
    assert "its ID is P2" in pane.notice.text()
    assert pane.picture.volume is None
    reader.press_button(pane.admit_button)
    assert pane.picture.words(pane.picture.look).tool_words.startswith("Another patient")
    reader.key(Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    assert "P2" not in "".join(pane.picture.words(pane.picture.look).corners.top_left)
    reader.key(Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)


@pytest.mark.parametrize("how", ["key", "another case"])
def test_nothing_of_it_is_left_once_it_is_put_away_or_another_case_opens(reader, how):
    pane = put_beside(reader, "same")
    left = weakref.ref(pane.beside.second.volume.hu)
    if how == "key":
        reader.key(Qt.Key.Key_B)
    else:
        reader.app.open.opening.open_path(reader.place / "moved")
    reader.settle()
    assert not pane.isVisible()
    gc.collect()
    assert left() is None
    assert pane.picture.volume is None
