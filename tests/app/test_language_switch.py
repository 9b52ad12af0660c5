"""The window in the other language: made anew in the same process, with all that was done."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from shiboken6 import isValid

from liverplan import app as desktop
from liverplan import case
from liverplan.app.kit.language import language, speak
from liverplan.app.session.claim import Claim
from liverplan.app.shell import loop as event_loop
from liverplan.app.shell.application import Application
from liverplan.app.shell.speaking import first_language
from tests.app.person import Person

BOTH = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def english_again():
    yield
    speak("en")


def running(monkeypatch, home, *visits):
    """Run the application; at each window, in turn, a person does what a visit says."""
    windows = []
    built = Application.__init__

    def remembered(app, *args, **kwargs):
        built(app, *args, **kwargs)
        windows.append(app)

    def loop():
        person = Person(windows[-1])
        visits[len(windows) - 1](person)
        person.wait(lambda: not isValid(windows[-1].window), 30, "the window to close")

    monkeypatch.setattr(Application, "__init__", remembered)
    monkeypatch.setattr(event_loop, "run_event_loop", loop)
    monkeypatch.setattr("liverplan.app.shell.faults.catch_faults", lambda _context: None)
    application = Application(home)
    application.show(1600, 1000)
    desktop.run_until_closed(application)
    assert len(windows) == len(visits)


def change(person):
    person.settle()
    person.key(Qt.Key.Key_L, BOTH)


def texts(app):
    return {part.text() for part in app.central.findChildren(QPushButton)}


def test_a_change_of_language_keeps_the_case_the_step_and_what_was_not_saved_yet(
    monkeypatch, home, phantom, english_again
):
    held = {}

    def in_english(person):
        person.press_button(person.panel(1).sample_button)
        person.wait(lambda: person.app.session.work.volume is not None, what="the sample")
        work = person.app.session.work
        masks = replace(work, segmentation=phantom.segmentation)
        person.app.session.do("automatic liver", masks)
        person.settle()
        person.open_step(4)
        person.app.views.toggle_identity()
        middle = person.app.live.derived.centre_mm
        person.app.views.move_crosshair(middle)
        person.press_button(person.panel(4).adding.plane.click_button)
        person.click(person.view(), person.pixel(person.view(), middle))
        person.wait(lambda: len(person.app.session.work.cuts) == 1, what="the plane")
        saver = person.app.saver
        held.update(cuts=person.app.session.work.cuts, folder=saver.folder)
        assert saver.pending  # the plane is drawn, and not on disk yet
        person.key(Qt.Key.Key_L, BOTH)

    def in_swedish(person):
        app = person.app
        assert language() == "sv" == first_language(home)
        assert app.session.work.cuts == held["cuts"]
        (kept,) = case.open_case(held["folder"]).state.plan.cuts
        assert np.allclose(kept.point_mm, held["cuts"][0].point_mm)
        assert app.saver.folder == held["folder"]
        assert not Claim(home).take(held["folder"])  # no other window may open it
        assert app.views.hidden  # whose CT it is stays off the screen
        person.wait(lambda: app.steps.current == 4 and person.panel(4).isVisible())
        assert "Föreslå en plan" in texts(app)
        menus = [action.text() for action in app.window.menuBar().actions()]
        assert menus == ["&Arkiv", "&Visa", "&Plan", "&Gå", "&Hjälp"]
        assert app.steps.undo_button.toolTip() == "Ångra tillägg av plan"
        person.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert app.session.work.cuts == ()
        change(person)

    def in_english_again(person):
        assert language() == "en" == first_language(home)
        assert person.app.session.history.redo_name == "add plane"
        assert "Suggest a plan" in texts(person.app)
        person.app.close()

    running(monkeypatch, home, in_english, in_swedish, in_english_again)


def test_the_settings_language_holds_until_another_is_chosen(monkeypatch, tmp_path):
    settings = tmp_path / "settings.toml"
    settings.write_text('language = "sv"\n', "utf-8")
    monkeypatch.setenv("LIVERPLAN_SETTINGS", str(settings))
    assert first_language(Path(tmp_path)) == "sv"
    (tmp_path / "window.toml").write_text('language = "en"\n', "utf-8")
    assert first_language(Path(tmp_path)) == "en"
