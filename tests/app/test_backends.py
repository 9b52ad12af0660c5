"""The choice of a back end: what lacks something is greyed with the reason; a failure is said."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from liverplan.errors import BackendError
from liverplan.findings.statement import stated
from liverplan.installed import adding
from liverplan.segmentation import (
    LesionResult,
    LiverResult,
    Provenance,
    VesselResult,
    backends,
    without_lesion,
)
from tests.app.person import LEFT, NONE

ABSENT, BROKEN, OTHER = 3, 4, 5
"""Rows of the list, after the three methods that are built in."""


class Fake:
    def __init__(self, name, lacks=(), fails=None, lesions=()):
        self.name, self.lacks, self.fails, self.lesions = name, list(lacks), fails, lesions

    def missing(self):
        return self.lacks

    def segment(self, volume, *, progress=None, cancel=None):
        if self.fails:
            raise self.fails
        mask = np.zeros(volume.grid.shape, bool)
        mask[20:50, 40:120, 40:120] = True
        made = Provenance(method=self.name, version="1", origin="automatic")
        lesions = []
        for k in self.lesions:
            lesion = np.zeros_like(mask)
            lesion[k : k + 4, 60:70, 60:70] = True
            lesions.append(lesion)
        return LiverResult(mask=mask, provenance=made, lesions=tuple(lesions))


class FakeServer(Fake):
    """Outlines what is pointed at, too."""

    def outline(self, volume, liver_mask, prompt, *, cancel=None):
        if self.fails:
            raise self.fails
        centres = volume.grid.to_mm(np.moveaxis(np.indices(volume.grid.shape), 0, -1))
        mask = np.linalg.norm(centres - prompt.middle_mm, axis=-1) < 9
        for point in prompt.not_lesion_mm:
            mask &= np.linalg.norm(centres - np.array(point), axis=-1) > 5
        made = Provenance(method=self.name, version="1", origin="given", accepted_by="A. Liar")
        return LesionResult(mask=mask, provenance=made)

    def follow(self, volume, liver_mask, point_mm, *, cancel=None):
        centres = volume.grid.to_mm(np.moveaxis(np.indices(volume.grid.shape), 0, -1))
        made = Provenance(method=self.name, version="1", origin="clicks")
        away = (stated("The grey values went to a server."),)
        mask = np.linalg.norm((centres - point_mm)[..., :2], axis=-1) < 4
        return VesselResult(mask=mask & liver_mask, provenance=made, warnings=away)


class Entry:
    """What an installed package announces."""

    def __init__(self, method):
        self.name, self._method = method.name, method

    def load(self):
        return lambda: self._method


def announce(monkeypatch, *methods):
    entries = [Entry(method) for method in methods]
    monkeypatch.setattr(backends, "entry_points", lambda group: entries)


@pytest.fixture
def chooser(person, monkeypatch):
    from tests.app.test_journey import open_sample

    announce(
        monkeypatch,
        Fake("absent", ["the package absent-net (pip install absent-net)"]),
        Fake("broken", fails=RuntimeError("CUDA out of memory")),
        Fake("other", lesions=(25, 35)),
    )
    open_sample(person)
    person.settle()
    person.open_step(2)
    return person


def pick(person, number, step=2, box=None):
    """Open the list with the mouse and click one of its rows."""
    box = box or person.panel(step).method
    QTest.mouseClick(box, LEFT, NONE, box.rect().center())
    person.spin(0.6)  # longer than a double click, which the list would take this for
    view = box.view()
    rect = view.visualRect(box.model().index(number, 0))
    person.move(view.viewport(), (rect.center().x(), rect.center().y()))
    QTest.mouseClick(view.viewport(), LEFT, NONE, rect.center())
    person.spin(0.2)
    if view.isVisible():
        QTest.keyClick(view, Qt.Key.Key_Escape)
        person.spin(0.1)


def test_a_back_end_that_lacks_something_is_greyed_with_the_reason(chooser):
    box = chooser.panel(2).method
    assert box.isVisible()
    assert [box.itemText(n) for n in range(box.count())] == [
        "Built-in network",
        "Built-in method without a network",
        "Built-in network, and where the other method differs",
        f"absent: needs the package absent-net ({adding('absent-net')})",
        "broken",
        "other",
    ]
    assert [n for n in range(box.count()) if not box.model().item(n).isEnabled()] == [ABSENT]
    pick(chooser, ABSENT)
    assert chooser.app.liver.backends.chosen == "network"
    assert box.currentIndex() == 0


def test_a_back_end_that_fails_is_answered_in_one_sentence(chooser):
    panel = chooser.panel(2)
    pick(chooser, BROKEN)
    chooser.press_button(panel.run_button)
    chooser.settle()
    assert panel.notice.text() == "The back end 'broken' failed: CUDA out of memory."
    assert chooser.app.session.work.segmentation is None


def test_a_chosen_back_end_finds_the_liver_and_its_lesions_are_to_be_checked(chooser):
    panel = chooser.panel(2)
    pick(chooser, OTHER)
    assert panel.method.currentText() == "other"
    chooser.press_button(panel.run_button)
    chooser.wait(lambda: chooser.app.session.work.segmentation is not None, what="the liver")
    chooser.settle()
    work = chooser.app.session.work
    assert work.segmentation.provenance[1].method == "other"
    assert work.segmentation.lesion_labels == (2, 3)
    assert work.lesion_state(2) == work.lesion_state(3) == "found by machine"
    assert "found 2 lesions" in panel.notice.text()


def point_at(person, point_mm):
    """Click a place on the axial slice through it."""
    person.app.views.move_crosshair(np.array(point_mm))
    person.spin(0.1)
    view = person.view("Axial")
    person.click(view, person.pixel(view, point_mm))
    person.settle()


def test_a_prompt_goes_to_the_chosen_back_end_and_so_does_what_is_denied(
    person, phantom, monkeypatch
):
    from tests.app.test_journey import open_sample

    away = FakeServer("away", fails=BackendError("No server answers."))
    announce(monkeypatch, Fake("other"), FakeServer("server"), away)
    open_sample(person)
    session, first = person.app.session, phantom.truth.lesions[0].centre_mm
    bare = phantom.segmentation
    for label in bare.lesion_labels:
        bare = without_lesion(bare, label)
    session.do("masks", replace(session.work, segmentation=bare))
    person.settle()
    person.open_step(3)
    panel = person.panel(3)
    shown = [panel.method.itemText(n) for n in range(panel.method.count())]
    assert shown == ["Built-in network", "server", "away"]
    pick(person, 1, step=3)
    person.press_button(panel.click_button)
    point_at(person, first)
    made = session.work.segmentation
    assert made.lesion_labels == (2,)
    assert (made.provenance[2].method, made.provenance[2].accepted_by) == ("server", "")
    before = int((made.labels == 2).sum())
    person.press_button(panel.deny_button)
    point_at(person, np.add(first, (6, 0, 0)))
    assert 0 < int((session.work.segmentation.labels == 2).sum()) < before
    pick(person, 2, step=3)
    person.press_button(panel.click_button)
    point_at(person, phantom.truth.lesions[1].centre_mm)
    assert panel.notice.text() == "No server answers."
    assert session.work.segmentation.lesion_labels == (2,)


def test_a_vessel_is_followed_by_the_chosen_back_end(person, phantom, monkeypatch):
    from tests.app.test_journey import open_sample

    announce(monkeypatch, FakeServer("server"))
    open_sample(person)
    session, point = person.app.session, phantom.truth.lesions[0].centre_mm
    session.do("masks", replace(session.work, segmentation=phantom.segmentation))
    person.settle()
    person.open_step(2)
    panel = person.panel(2)
    shown = [panel.follower.itemText(n) for n in range(panel.follower.count())]
    assert shown == ["Built-in method without a network", "server"]
    pick(person, 1, box=panel.follower)
    person.press_button(panel.hepatic_button)
    point_at(person, point)
    veins = session.work.maps["vessels"]
    here = veins.grid.nearest_index(point)
    assert veins.names[veins.labels[here] - 1] == "hepatic veins"
    assert panel.notice.text() == "The grey values went to a server."
    assert session.history.undo_name == "mark hepatic veins by server"
