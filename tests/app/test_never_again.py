"""What once went wrong on screen, held by real events and pixels: one window for all."""

import threading
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QFontMetrics, QImage, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QMenu,
    QPushButton,
    QTableWidget,
    QToolButton,
)

from liverplan.app.scene.renderer import Scene
from liverplan.app.scene.structures import RESECTED
from liverplan.app.scene.surfaces import surfaces_of
from liverplan.app.session.claim import TWICE, Claim
from liverplan.app.session.session import LOCKED
from liverplan.app.session.work import Work
from liverplan.app.shell.result_bar import WIDEST
from liverplan.phantom import make_phantom
from liverplan.resection import Plane
from liverplan.volumetry.search.placing import liver_centre_mm
from liverplan.workflow.committee import accepted_masks
from tests.app.clipped import faults_of
from tests.app.person import CONTROL, SHIFT


@pytest.fixture(scope="module")
def begun(planner, phantom):
    """One plan of one plane through the liver's middle, made once for all."""
    centre = liver_centre_mm(phantom.segmentation)
    planner.begin(Plane(point_mm=centre, normal=(1.0, 0, 0)))
    return planner, planner.app.session.work


@pytest.fixture
def desk(begun):
    """That plan at step 4, as it was made."""
    person, work = begun
    if person.app.session.work is not work:
        person.app.session.replace_all(work)
        person.settle()
    person.app.views.move_crosshair(person.app.live.derived.centre_mm)
    person.open_step(4)
    return person


def ink(picture):
    """(height, width) bool: what of a label is drawn in a light colour."""
    wide, high = picture.width(), picture.height()
    values = [[picture.pixelColor(x, y).lightness() for x in range(wide)] for y in range(high)]
    return np.array(values) > 120


def test_the_widest_number_is_drawn_whole(desk):
    number = desk.app.result.number
    for text in (WIDEST, "91.1 %", "8.8 %"):
        number.setText(text)
        assert number.width() >= QFontMetrics(number.font()).horizontalAdvance(text)
        drawn = ink(desk.screen_of(number))
        assert not drawn[:, 0].any(), f"{text} is cut off on its left"
        glyphs = np.flatnonzero(np.diff(drawn.any(axis=0).astype(int)) == 1)
        assert len(glyphs) >= len(text.replace(" ", "")), text
    desk.app.result.refresh()


def test_density_is_that_of_the_slice_under_the_pointer_however_it_was_reached(desk):
    views, view, volume = desk.app.views, desk.view(), desk.app.session.work.volume
    at = desk.pixel(view, views.crosshair_mm)
    desk.move(view.canvas, at)
    seen = []
    for go in (
        lambda: desk.wheel(view, 3, at=at),
        lambda: desk.key(Qt.Key.Key_PageUp),
        lambda: views.move_crosshair(volume.grid.to_mm(np.array(volume.grid.shape) // 2)),
    ):
        go()
        desk.spin(0.05)
        here = volume.grid.nearest_index(view.look.pixel_to_lps(*at))
        assert views.pointer_hu == volume.hu[here]
        assert f"{views.pointer_hu:.0f} HU" in view.overlay.drawing.corners.bottom_left
        seen.append(views.pointer_hu)
    assert len(set(seen)) > 1


def test_keys_do_nothing_behind_an_open_sheet_but_close_it(desk):
    app, views = desk.app, desk.app.views
    before = (views.masks_shown, views.width_hu, views.crosshair_mm.tolist())
    desk.key(Qt.Key.Key_Question, SHIFT)
    assert app.central.sheet is app.shortcuts
    for key in (Qt.Key.Key_G, Qt.Key.Key_4, Qt.Key.Key_PageUp, Qt.Key.Key_Return):
        desk.key(key, widget=app.window)
    assert (views.masks_shown, views.width_hu, views.crosshair_mm.tolist()) == before
    shown = {app.shortcuts.grid.itemAt(n).widget().text() for n in range(30)}
    assert "Window: Abdomen (40/350)" in shown
    desk.key(Qt.Key.Key_Escape, widget=app.window)
    assert app.central.sheet is None
    desk.key(Qt.Key.Key_G)
    assert not views.masks_shown
    desk.key(Qt.Key.Key_G)


def test_the_menus_are_our_own_and_no_key_of_napari_turns_a_view_or_adds_a_layer(desk):
    app = desk.app
    bar = app.window.menuBar()
    assert [menu.text() for menu in bar.actions()] == ["&File", "&View", "&Plan", "&Go", "&Help"]
    theirs = [menu for menu in app.window.findChildren(QMenu) if menu.parent() is not bar]
    keys = {a.shortcut().toString() for menu in theirs for a in menu.actions()} - {""}
    keys |= {"Ctrl+Y", "Ctrl+E", "Ctrl+T", "Ctrl+G", "Ctrl+Delete", "Ctrl+R", "Ctrl+Shift+R", "I"}
    ours = {keys.toString() for one in app.commands for keys in one.sequences}
    before = state(app)
    for text in sorted(keys - ours - {"Ctrl+Q", "Ctrl+W", "Ctrl+Shift+W"}):
        combination = QKeySequence(text)[0]
        QTest.keyClick(desk.view().canvas, combination.key(), combination.keyboardModifiers())
        desk.spin(0.01)
        assert QApplication.activeModalWidget() is None, text
        assert state(app) == before, text
    desk.key(Qt.Key.Key_Y, CONTROL)
    assert state(app) == before
    assert not any(view.qt_viewer.acceptDrops() for view in app.views.views.values())


def state(app):
    views = app.views.views.values()
    return [
        (v.model.dims.ndisplay, v.model.dims.order, len(v.model.layers), v.layer.visible)
        for v in views
    ]


def test_a_menu_does_what_its_key_does(desk):
    app = desk.app
    view_menu = app.window.menuBar().actions()[1].menu()
    entry = next(a for a in view_menu.actions() if a.text().startswith("Masks on or off"))
    assert entry.text().endswith("\tG")
    before = app.views.masks_shown
    view_menu.popup(app.window.mapToGlobal(QPoint(60, 30)))
    desk.spin(0.05)
    QTest.mouseClick(
        view_menu, Qt.MouseButton.LeftButton, pos=view_menu.actionGeometry(entry).center()
    )
    desk.spin(0.05)
    assert app.views.masks_shown != before
    desk.key(Qt.Key.Key_G)
    assert app.views.masks_shown == before


def test_alt_and_its_letter_open_a_menu(desk):
    bar = desk.app.window.menuBar()
    desk.key(Qt.Key.Key_V, Qt.KeyboardModifier.AltModifier, widget=desk.app.window)
    opened = QApplication.activePopupWidget()
    assert opened is bar.actions()[1].menu()
    opened.close()


def test_the_research_notice_is_one_entry_away(desk):
    desk.app.show_about()
    desk.spin(0.05)
    assert desk.app.about.isVisible()
    assert "Not a medical device" in desk.app.about.notice.text()
    desk.app.about.close()


def test_no_landmark_is_taken_in_air_or_far_from_the_liver(desk):
    app, view, notice = desk.app, desk.view(), desk.panel(4).notice
    tool = app.resection.verbs.segments.by_landmarks
    app.views.arm(tool)
    desk.click(view, (3, 3))
    assert tool.guide.points_mm == {}
    assert "air" in notice.text() or "no CT" in notice.text()
    inside = desk.pixel(view, app.views.crosshair_mm)
    desk.click(view, inside)
    assert len(tool.guide.points_mm) == 1
    assert notice.text() == ""
    refusal = app.resection.verbs.segments.refusal
    box = desk.app.session.work.volume.grid
    beside = box.to_mm(np.array(box.shape) // 2 * (1, 1, 0))
    assert refusal(beside) != ""
    assert refusal(app.live.derived.centre_mm + np.array([0.0, 0, 1000])) != ""
    app.views.disarm()


def test_a_case_is_open_in_one_window_at_a_time(desk):
    app = desk.app
    app.saver.begin(app.session.work.series)
    app.session.choose(cut=-1)
    app.saver.flush()
    folder, other = app.saver.folder, Claim(app.context.home)
    assert not other.take(folder)
    assert other.take(folder.with_name("another"))
    app.saver.begin(app.session.work.series)  # this window goes on with a new case
    assert other.take(folder)
    revision = app.session.revision
    app.open.opening.open_case(folder)
    desk.wait(lambda: not app.jobs.any_running)
    assert desk.panel(1).notice.text() == TWICE
    assert (app.session.revision, app.saver.folder == folder) == (revision, False)
    other.drop()


def test_the_window_with_its_frame_fits_the_screen(desk):
    screen = QApplication.primaryScreen().availableGeometry()
    asked = []
    window = desk.app.window
    resize, move = window.resize, window.move
    window.resize = lambda wide, high: asked.append((wide, high))
    window.move = lambda place: asked.append((place.x(), place.y()))
    try:
        desk.app.show()
    finally:
        window.resize, window.move = resize, move
    wide, high = asked[0]
    assert wide <= screen.width()
    assert high + 28 <= screen.height()  # a desktop's title bar
    assert asked[-1] == (screen.x(), screen.y())


def test_nothing_moves_under_the_pointer_whatever_is_said_or_under_way(desk):
    app, panel, go_on = desk.app, desk.panel(4), threading.Event()
    before = places(app)
    assert len(before) > 15
    for words in ("Short.", "A notice that goes on and on. " * 20, ""):
        app.context.notices.say("resection", words)
        panel.faults.say(words)
        app.steps.notice.say(words)
        desk.spin(0.03)
        assert moved(before, places(app)) == {}
    app.jobs.run("resection", "Waiting", lambda _report, _cancel: go_on.wait(20), lambda _: None)
    desk.spin(0.05)
    assert panel.busy.isVisible()
    assert panel.busy.bar.maximum() == 0, "no share is claimed before one is known"
    assert moved(before, places(app)) == {}
    go_on.set()
    desk.wait(lambda: not app.jobs.any_running)
    assert moved(before, places(app)) == {}


def places(app):
    """Where each control that is seen stands in the window."""
    kinds = (QPushButton, QToolButton, QComboBox, QAbstractSpinBox, QTableWidget)
    return {
        part: part.mapTo(app.window, QPoint(0, 0))
        for kind in kinds
        for part in app.central.findChildren(kind)
        if part.isVisible()
    }


def moved(before, after):
    return {part: (at, after.get(part)) for part, at in before.items() if after.get(part) != at}


def test_what_was_said_of_another_plan_greys_and_its_faults_go_at_once(desk):
    app, panel = desk.app, desk.panel(4)
    desk.wait(lambda: not app.live.busy)
    app.context.notices.say("resection", "The best plane leaves 40 %.", "info")
    desk.press_button(panel.plans.add_button)
    desk.wait(lambda: not app.live.busy)
    app.context.notices.say("resection", "Plan B leaves less.", "info")
    app.live.faults = ("Plan B cuts through metastasis 1.",)
    app.live.faults_found.emit()
    assert panel.notice.property("stale") == "false"
    app.session.choose(plan=0)
    assert panel.notice.property("stale") == "true"
    assert app.live.faults == ()
    assert panel.faults.isHidden()
    assert app.result.verdict.property("stale") == "true"
    assert not app.judged.panel.criteria.isEnabled()
    desk.wait(lambda: not app.live.busy)
    assert app.result.verdict.property("stale") == "false"
    assert app.judged.panel.criteria.isEnabled()


def test_a_locked_plan_changes_by_no_verb_and_is_told_why(desk):
    app, verbs = desk.app, desk.app.resection.verbs
    desk.press_button(desk.panel(4).cuts.lock_button)
    before = app.session.work.plans
    for change in (
        verbs.edits.flip,
        verbs.edits.delete,
        verbs.plans.delete,
        lambda: verbs.edits.add("plane", Plane(point_mm=(0, 0, 0), normal=(0, 0, 1.0))),
    ):
        app.steps.notice.say("")
        change()
        assert app.session.work.plans is before
        assert app.steps.notice.text() == LOCKED
    verbs.plans.add()
    assert len(app.session.work.plans) == 2, "a copy changes nothing that is locked"
    app.session.undo()
    desk.press_button(desk.panel(4).cuts.lock_button)
    verbs.edits.flip()
    assert app.session.work.plans is not before


def test_confirming_a_mask_makes_nothing_anew_but_the_verdict(desk):
    app, work = desk.app, desk.app.session.work
    desk.wait(lambda: not app.live.busy and not app.jobs.any_running)
    planes, surface = app.live.liver.planes, app.scene.liver.GetMapper().GetInput()
    masks = accepted_masks(unaccepted(work.segmentation), "B. Reader")
    app.session.do("confirm", replace(work, segmentation=masks))
    assert app.live.liver.planes is planes
    assert app.live.liver.segmentation is masks
    assert not app.jobs.any_running
    assert app.scene.liver.GetMapper().GetInput() is surface
    desk.wait(lambda: not app.live.busy)
    assert app.live.findings is not None
    assert not app.live.stale


def unaccepted(masks):
    made = {label: replace(one, accepted_by="") for label, one in masks.provenance.items()}
    return replace(masks, provenance=made)


def test_the_3d_view_after_a_second_ct_is_that_of_a_fresh_window_and_of_its_liver(desk):
    app, pane = desk.app, desk.app.scene_pane
    first = pane.canvas
    desk.screen_of(first)
    other = make_phantom(spacing_mm=(6.0, 4.0, 4.0), seed=11, lesions=1)
    work = app.session.work
    record = replace(work.record, series=replace(work.series, uid="1.2.4"))
    app.session.replace_all(Work(volume=other.volume, record=record))
    desk.spin(0.05)
    assert "once the liver is found" in first.message
    dark = colours_of(desk.screen_of(first))
    assert dark[..., :3].max(axis=-1)[dark.shape[0] * 3 // 4 :].max() < 60, "the liver before"
    app.session.do("liver", replace(app.session.work, segmentation=other.segmentation))
    desk.wait(lambda: not app.live.busy and not app.jobs.any_running)
    seen = colours_of(desk.screen_of(first)).astype(int)
    assert not app.scene.window.IsCurrent(), "Qt would draw into VTK's context"
    fresh = Scene()
    made = surfaces_of(other.segmentation)
    fresh.show_liver(made.liver)
    fresh.show_lesions(made.lesions)
    fresh.window.SetSize(first.width(), first.height())
    fresh.look_from("A")
    alone = fresh.render(first.width(), first.height())[::-1, :, :3].astype(int)
    fresh.close()
    assert np.mean(np.abs(seen - alone).max(axis=-1) > 40) < 0.002


def colours_of(picture):
    """(height, width, 3) bytes of a grabbed picture."""
    held = picture.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(held.constBits(), np.uint8).reshape(held.height(), held.bytesPerLine())
    return rows[:, : 3 * held.width()].reshape(held.height(), held.width(), 3).copy()


def test_vtk_never_keeps_its_context_from_qt(desk):
    scene, seen = desk.app.scene, []
    window = desk.app.scene.window
    for draw in (
        lambda: scene.render(200, 200),
        lambda: scene.show_vessels({}),
        lambda: scene.show_lesions(()),
    ):
        draw()
        seen.append(bool(window.IsCurrent()))
    assert seen == [False, False, False]


@pytest.mark.parametrize("size", [(1600, 1000), (1280, 800)])
def test_no_text_is_cut_off_or_lies_on_other_text_and_no_control_is_small(desk, size):
    app, found = desk.app, []
    app.window.resize(*size)
    for number in range(1, 7):
        if app.steps.steps[number - 1].heading.isEnabled():
            desk.open_step(number)
            desk.spin(0.2)
            found += [f"step {number}: {fault}" for fault in faults_of(app.central)]
    desk.key(Qt.Key.Key_Question)
    found += faults_of(app.shortcuts)
    desk.key(Qt.Key.Key_Escape, widget=app.window)
    app.window.resize(1600, 1000)
    desk.spin(0.05)
    assert "\n".join(found) == ""


def test_whose_ct_it_is_stands_in_the_title_and_each_pane_and_goes_by_one_switch(desk):
    app = desk.app
    named = {"vr": "PN", "Value": [{"Alphabetic": "Berg^Anna"}]}
    headers = {
        "common": {
            "00100010": named,
            "00100020": {"vr": "LO", "Value": ["4711"]},
            "00100030": {"vr": "DA", "Value": ["19610402"]},
            "00100040": {"vr": "CS", "Value": ["F"]},
        }
    }
    work = app.session.work
    series = replace(work.series, study_date="20240311", description="Portal venous")
    record = replace(work.record, series=series, headers=headers)
    app.session.replace_all(replace(work, record=record))
    desk.spin(0.05)
    who = ("Berg Anna", "ID 4711", "F, 62 y")
    corners = [v.overlay.drawing.corners.top_left for v in app.views.views.values()]
    assert app.window.windowTitle() == f"liverplan - {', '.join(who)} - 2024-03-11 Portal venous"
    assert [words[:3] for words in corners] == [who] * 3
    desk.key(Qt.Key.Key_I, CONTROL)
    desk.spin(0.05)
    corners = [v.overlay.drawing.corners.top_left for v in app.views.views.values()]
    shown = [app.window.windowTitle(), *(word for words in corners for word in words)]
    assert not any(part in text for text in shown for part in ("Berg", "4711", "62 y"))
    desk.key(Qt.Key.Key_I, CONTROL)


def test_a_structure_of_the_3d_view_goes_by_its_eye(desk):
    app, pane = desk.app, desk.app.scene_pane
    before = colours_of(desk.screen_of(pane.canvas)).astype(int)
    orange = lambda picture: np.count_nonzero(picture[..., 0] - picture[..., 2] > 60)  # noqa: E731
    desk.click_box(pane.list.eyes[RESECTED])
    hidden = colours_of(desk.screen_of(pane.canvas)).astype(int)
    assert orange(hidden) < 0.2 * orange(before)
    assert not pane.list.eyes["portal vein"].isEnabled()
    desk.click_box(pane.list.eyes[RESECTED])
    assert app.scene.seen[RESECTED].visible
