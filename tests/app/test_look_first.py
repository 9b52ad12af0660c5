"""After a liver was found: the places to look at first, those of a second method unasked."""

from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from liverplan.app.steps.liver import finding as finding_module
from liverplan.app.steps.liver.finding import Finding
from liverplan.app.steps.liver.look_box import LookBox
from liverplan.app.steps.liver.look_first import LookFirst
from liverplan.segmentation import LiverResult, Provenance, second_opinion
from liverplan.segmentation.results import Confidence, UnsurePlace
from liverplan.words.numbers import ml
from tests.app.desk import Desk

OWN = UnsurePlace(point_mm=(1.0, 2.0, 3.0), volume_ml=4.0, inside=False)
MADE = Provenance(method="network", version="1", origin="automatic")


@pytest.fixture
def desk(phantom, tmp_path):
    made = Desk(phantom, tmp_path)
    yield made
    made.close()


@pytest.fixture
def look(desk, monkeypatch):
    """Find a liver of which the second method leaves an eighth out; return the box that tells."""
    liver = desk.session.work.segmentation.liver
    other, (k, j, i) = liver.copy(), (int(n) for n in np.argwhere(liver).mean(axis=0))
    other[k:, j:, i:] = False
    sure = Confidence(
        grid=desk.session.work.volume.grid,
        inside_fraction=liver.astype(np.float32),
        places=(OWN,),
    )
    found = LiverResult(mask=liver.copy(), provenance=MADE, confidence=sure)
    monkeypatch.setattr(finding_module, "segment_with", lambda *_, **__: found)
    monkeypatch.setattr(
        second_opinion, "segment_liver", lambda *_, **__: SimpleNamespace(mask=other)
    )
    box = LookBox(LookFirst(desk.context, desk.views))
    box.removed_at = desk.session.work.volume.grid.to_mm(np.argwhere(liver & ~other).mean(axis=0))
    box.show()
    backends = SimpleNamespace(chosen="network")
    Finding(desk.context, desk.views, backends, box.look_first).segment()
    desk.settle()
    return box


def press(button):
    assert button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_where_the_second_method_differs_is_looked_at_before_the_network_s_own_doubts(desk, look):
    first, *others = look.look_first.places
    assert others == [OWN]
    assert "Unsure in 2 places, " in look.words.text()
    assert "differ by" in look.words.text()
    assert not look.back_button.isVisible()
    press(look.next_button)
    assert np.linalg.norm(desk.views.shown[-1] - look.removed_at) < 30
    assert look.words.text().startswith(f"Place 1 of 2: {ml(first.volume_ml)} mL counted as liver")
    press(look.next_button)
    np.testing.assert_array_equal(desk.views.shown[-1], OWN.point_mm)
    assert look.words.text().startswith("Place 2 of 2: 4.0 mL left out may be liver.")
    press(look.back_button)
    assert look.look_first.shown is first


def test_places_go_with_their_ct(desk, look):
    desk.session.replace_all(desk.session.work)
    assert not look.look_first.places
    assert not look.isVisible()


def test_a_second_answer_for_a_liver_that_is_no_longer_there_is_dropped(desk, look):
    found = LiverResult(mask=desk.session.work.segmentation.liver, provenance=MADE)
    look.look_first.begin(found)
    look.look_first.ask(found, desk.session.work.volume)
    look.look_first.forget()
    desk.settle()
    assert not look.look_first.places
