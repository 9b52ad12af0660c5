"""Segments from the vessels by one press: said how sure, made anew, taken back."""

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from PySide6.QtCore import Qt

from liverplan.resection.anatomy.named import SCHEME
from liverplan.resection.anatomy.territories import LUMEN, territory_maps
from tests.app.person import CONTROL
from tests.resection import trees


@pytest.fixture(scope="module")
def maps(phantom):
    lumen = trees.lumen(phantom.segmentation.grid)
    return {LUMEN: lumen, **territory_maps(phantom.segmentation, lumen)}


@pytest.fixture
def marked(planner, maps):
    """A planner with both trees marked, before the box of segments."""

    def put(**left_out):
        planner.begin()
        kept = {scheme: one for scheme, one in maps.items() if scheme not in left_out}
        work = replace(planner.app.session.work, maps=MappingProxyType(kept))
        planner.app.session.do("mark portal vein", work)
        planner.open_step(4)
        planner.press_button(planner.panel(4).adding.kinds["segments"])
        planner.settle()
        return planner.panel(4).adding.segments

    return put


def test_one_press_divides_the_liver_and_says_how_sure_it_is(planner, marked):
    box, session = marked(), planner.app.session
    assert "they follow from these" in box.reason.text()
    assert not box.ticks["5"].isEnabled()
    planner.press_button(box.vessels_button)
    planner.wait(lambda: SCHEME in session.work.maps, what="the segments")
    planner.settle()
    liver = session.work.segmentation.labels > 0
    assert np.array_equal(session.work.maps[SCHEME].labels > 0, liver)
    assert "divided by the vessels, with nothing clicked" in box.told.text()
    assert box.told.isVisible()
    assert box.ticks["5"].isEnabled()
    shares = session.work.maps[SCHEME].shares_fraction(session.work.segmentation)
    assert sum(shares[name] for name in "5678") == pytest.approx(0.65, abs=0.03)
    planner.key(Qt.Key.Key_Z, CONTROL)
    planner.settle()
    assert SCHEME not in session.work.maps
    assert session.work.record.vessel_segments is None
    assert not box.told.isVisible()


def test_segments_are_divided_anew_when_the_mask_changes(planner, marked):
    box, session = marked(), planner.app.session
    planner.press_button(box.vessels_button)
    planner.wait(lambda: SCHEME in session.work.maps, what="the segments")
    segmentation = session.work.segmentation
    where = tuple(np.argwhere(segmentation.labels == 1)[0] - (1, 0, 0))
    labels = segmentation.labels.copy()
    labels[where] = 1
    session.do("brush", replace(session.work, segmentation=replace(segmentation, labels=labels)))
    planner.wait(lambda: session.work.maps[SCHEME].labels[where] > 0, what="the segments anew")


def test_without_a_portal_vein_it_waits_and_without_veins_it_says_what_lacks(planner, marked):
    box = marked(portal=True)
    assert not box.vessels_button.isEnabled()
    box, session = marked(hepatic=True), planner.app.session
    lumen = session.work.maps[LUMEN]
    alone = replace(lumen, labels=np.where(lumen.labels == 1, lumen.labels, 0).astype(np.uint8))
    found = MappingProxyType({**session.work.maps, LUMEN: alone})
    session.do("drop the hepatic veins", replace(session.work, maps=found))
    planner.settle()
    planner.press_button(box.vessels_button)
    planner.wait(lambda: SCHEME in session.work.maps, what="the segments")
    planner.settle()
    assert "follow the portal branches alone" in box.told.text()
