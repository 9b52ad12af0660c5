"""In Swedish no state of the journey says anything in English."""

from dataclasses import replace

import pytest

from liverplan.app.kit.language import speak, tr
from liverplan.resection import Plane
from tests.app.conftest import home_in
from tests.app.person import someone_at
from tests.app.untranslated import is_english, untranslated

DATA = ("Breast cancer liver phantom", "liverplan", "Plan A", "PACS", "Azoulay and Kubota")


@pytest.fixture(scope="module")
def svensk(tmp_path_factory, sample_folder):
    speak("sv")
    with someone_at(home_in(tmp_path_factory.mktemp("sv") / "home", sample_folder)) as person:
        yield person
    speak("en")


@pytest.fixture(autouse=True)
def _swedish():
    speak("sv")


def left(person):
    series = person.app.session.work.series
    folder = person.app.saver.folder
    known = (*DATA, series.description, str(folder), folder.name) if series and folder else DATA
    return untranslated(person.app.window, known)


def test_what_is_english_is_told_from_what_is_not():
    assert is_english("Find the liver")
    assert is_english("Liver 1489.4 mL")
    assert is_english("a sentence of the core")
    assert not is_english(tr("Find the liver"))
    assert not is_english("Lever 1489,4 mL")


def test_an_empty_window_says_nothing_in_english(svensk):
    assert left(svensk) == []


def test_no_step_says_anything_in_english(svensk, phantom):
    app = svensk.app
    svensk.press_button(svensk.panel(1).sample_button)
    svensk.wait(lambda: app.session.work.volume is not None, what="the sample")
    svensk.settle()
    assert left(svensk) == []
    svensk.open_step(2)
    app.session.do("x", replace(app.session.work, segmentation=phantom.segmentation))
    svensk.settle()
    svensk.open_step(3)
    app.metastases.lesions.choose(2)
    svensk.open_step(4)
    middle = app.live.derived.centre_mm
    app.session.do("y", app.session.work.with_added(Plane(point_mm=middle, normal=(1, 0, 0))))
    svensk.settle()
    assert left(svensk) == []
    for way in svensk.panel(4).adding.kinds.values():
        svensk.press_button(way)
        assert left(svensk) == []
    for number in (5, 6):
        svensk.open_step(number)
        assert left(svensk) == []


def test_no_sheet_says_anything_in_english(svensk):
    app = svensk.app
    for sheet in (app.facts, app.compare, app.archive, app.shortcuts):
        app.central.show_sheet(sheet)
        assert left(svensk) == []
    app.central.show_sheet(None)
    app.show_about()
    assert untranslated(app.about, DATA) == []
    app.about.close()
