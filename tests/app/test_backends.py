"""The choice of a back end: what lacks something is greyed with the reason; a failure is said."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from liverplan.installed import adding
from liverplan.segmentation import LiverResult, Provenance, backends
from tests.app.person import LEFT, NONE


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


@pytest.fixture
def chooser(person, monkeypatch):
    from tests.app.test_journey import open_sample

    given = {
        "network": backends.NetworkSegmenter(),
        "absent": Fake("absent", ["the package absent-net (pip install absent-net)"]),
        "broken": Fake("broken", fails=RuntimeError("CUDA out of memory")),
        "other": Fake("other", lesions=(25, 35)),
    }
    monkeypatch.setattr(backends, "find_segmenters", lambda: given)
    open_sample(person)
    person.settle()
    person.open_step(2)
    return person


def pick(person, number):
    """Open the list with the mouse and click one of its rows."""
    box = person.panel(2).method
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
        f"absent: needs the package absent-net ({adding('absent-net')})",
        "broken",
        "other",
    ]
    assert [box.model().item(n).isEnabled() for n in range(4)] == [True, False, True, True]
    pick(chooser, 1)
    assert chooser.app.liver.backends.chosen == "network"
    assert box.currentIndex() == 0


def test_a_back_end_that_fails_is_answered_in_one_sentence(chooser):
    panel = chooser.panel(2)
    pick(chooser, 2)
    chooser.press_button(panel.run_button)
    chooser.settle()
    assert panel.notice.text() == "The back end 'broken' failed: CUDA out of memory."
    assert chooser.app.session.work.segmentation is None


def test_a_chosen_back_end_finds_the_liver_and_its_lesions_are_to_be_checked(chooser):
    panel = chooser.panel(2)
    pick(chooser, 3)
    assert panel.method.currentText() == "other"
    chooser.press_button(panel.run_button)
    chooser.wait(lambda: chooser.app.session.work.segmentation is not None, what="the liver")
    chooser.settle()
    work = chooser.app.session.work
    assert work.segmentation.provenance[1].method == "other"
    assert work.segmentation.lesion_labels == (2, 3)
    assert work.lesion_state(2) == work.lesion_state(3) == "found by machine"
    assert "found 2 lesions" in panel.notice.text()
