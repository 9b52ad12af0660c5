"""How a cut is added, by its kind: what each way offers, what it waits for, what it does."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget

from liverplan.app.steps.resection.add_cuts import TITLES
from liverplan.app.steps.resection.round_box import ACTIONS, TIPS
from liverplan.app.steps.resection.segment_volumes import SegmentVolumes
from liverplan.app.steps.resection.segments import WORDS
from liverplan.resection import Parts
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.named import SCHEME, SEGMENTS
from liverplan.resection.anatomy.territories import LUMEN, TREES
from liverplan.words.numbers import ml
from tests.app.desk import rows_of, shown


@pytest.fixture
def desk(whole_desk):
    whole_desk.start()
    return whole_desk


@pytest.fixture(scope="module")
def slabs(phantom):
    """Ten slabs of the liver, named as the segments are."""
    liver = phantom.segmentation.labels > 0
    along = np.flatnonzero(liver.any(axis=(0, 1)))
    at = np.linspace(along[0], along[-1] + 1, len(SEGMENTS) + 1)
    number = np.digitize(np.arange(liver.shape[2]), at).clip(1, len(SEGMENTS))
    labels = (liver * number).astype(np.uint8)
    return PartMap(scheme=SCHEME, grid=phantom.volume.grid, labels=labels, names=SEGMENTS)


@pytest.fixture(scope="module")
def vessels(phantom):
    """A portal vein of two branches: their territories, and the vessel itself."""
    halves = (phantom.segmentation.labels > 0).astype(np.uint8)
    middle = halves.shape[2] // 2
    halves[:, :, middle:] *= 2
    thin = np.zeros_like(halves)
    rows = slice(halves.shape[1] // 2, halves.shape[1] // 2 + 2)
    thin[halves.shape[0] // 2, rows] = halves[halves.shape[0] // 2, rows] > 0
    grid = phantom.volume.grid
    return {
        "portal": PartMap(scheme="portal", grid=grid, labels=halves, names=("right", "left")),
        LUMEN: PartMap(scheme=LUMEN, grid=grid, labels=thin, names=(TREES["portal"],)),
    }


@pytest.mark.parametrize("way", list(TITLES))
def test_each_way_to_cut_has_its_page_and_no_other(desk, way):
    adding = desk.panel.adding
    adding.choose("plane")
    adding.kinds[way].click()
    assert [kind for kind, part in adding.kinds.items() if part.isChecked()] == [way]
    assert [kind for kind, page in adding.pages.items() if shown(page)] == (
        [way] if way in adding.pages else []
    )
    assert shown(adding.round) == (way in ACTIONS)


@pytest.mark.parametrize("way", list(ACTIONS))
def test_a_cut_round_a_metastasis_waits_for_one_that_is_marked(desk, way):
    box = desk.panel.adding.round
    desk.panel.adding.choose(way)
    assert (box.button.text(), box.button.toolTip()) == (ACTIONS[way], TIPS[way])
    assert box.button.isEnabled()
    assert box.lesion.itemText(0) == "Metastasis 1"
    bare = replace(desk.marked.segmentation, provenance={})
    desk.session.do("none", replace(desk.marked, segmentation=bare))
    assert not box.button.isEnabled()
    assert box.lesion.itemText(0) == "no metastasis yet"
    assert shown(box.reason)


def test_choosing_another_way_puts_the_tool_away_and_the_same_keeps_it(desk):
    adding = desk.panel.adding
    adding.choose("plane")
    adding.plane.click_button.click()
    armed = desk.views.tool
    assert armed.words == "Click where the plane passes"
    assert adding.plane.click_button.isChecked()
    adding.choose("plane")
    assert desk.views.tool is armed
    adding.choose("curved")
    assert desk.views.tool is None
    assert not adding.plane.click_button.isChecked()


def test_planes_are_joined_and_bent_only_where_there_are_such(desk):
    plane, curved = desk.panel.adding.plane, desk.panel.adding.curved
    assert not plane.join_button.isEnabled()
    assert not curved.bend_button.isEnabled()
    desk.put(desk.plane(0, (1, 0.4, 0)))
    assert not plane.join_button.isEnabled()
    assert curved.bend_button.isEnabled()
    desk.put(desk.plane(0, (1, 0.4, 0)), desk.plane(0, (-0.2, 1, 0)))
    plane.join_button.click()
    assert plane.join_button.text() == "Part the V"
    assert not curved.bend_button.isEnabled()
    plane.join_button.click()
    assert desk.undone() == "part V"
    assert desk.undone() == "join planes"
    curved.bend_button.click()
    assert desk.undone() == "bend plane"
    desk.panel.cuts.lock_button.click()
    assert not plane.join_button.isEnabled()
    assert not curved.bend_button.isEnabled()


def test_segments_wait_for_their_map_and_are_taken_by_ticks_and_by_name(desk, slabs):
    box = desk.panel.adding.segments
    assert shown(box.reason)
    assert not any(tick.isEnabled() for tick in box.ticks.values())
    desk.put_maps(couinaud=slabs)
    assert not shown(box.reason)
    box.ticks["2"].click()
    assert desk.cuts == (Parts(scheme=SCHEME, names=("2",)),)
    assert desk.session.history.undo_name == "take segments"
    box.ticks["3"].click()
    assert box.called.text().lower() == "takes left lateral sectionectomy."
    number = 1
    box.names.activated.emit(number)
    assert box.called.text() == f"Takes {box.names.itemText(number)}."
    assert box.names.currentIndex() == 0
    for name, tick in box.ticks.items():
        assert tick.isChecked() == (name in desk.cuts[0].names)
    for tick in box.ticks.values():
        if tick.isChecked():
            tick.click()
    assert desk.cuts == ()
    assert desk.undone() == "keep all segments"
    desk.panel.cuts.lock_button.click()
    assert not any(tick.isEnabled() for tick in box.ticks.values())


def test_landmarks_are_asked_for_one_by_one_and_stopped(desk):
    box = desk.panel.adding.segments
    box.landmarks_button.click()
    assert box.landmarks_button.text() == "Stop"
    assert shown(box.back_button)
    assert not box.back_button.isEnabled()
    assert not shown(box.skip_button)
    assert next(iter(WORDS.values())) in box.step.text()
    box.landmarks_button.click()
    assert desk.views.tool is None
    assert box.landmarks_button.text() == "Click landmarks"
    assert not shown(box.step)


def test_segment_volumes_are_those_of_the_map(desk, slabs, phantom):
    assert desk.verbs.parts.segment_volumes() is None
    desk.put_maps(couinaud=slabs)
    above = QWidget()
    sheet = SegmentVolumes(desk.verbs.parts.segment_volumes(), above)
    volumes = slabs.volumes_ml(phantom.segmentation)
    assert [row[:2] for row in rows_of(sheet.segments)] == [
        [name, ml(volume)] for name, volume in volumes.items()
    ]
    assert "%" in sheet.notice.text()


def test_branches_are_ticked_where_no_vessel_can_be_clicked(desk, vessels):
    box = desk.panel.adding.vessels
    assert box.reason.text().startswith("Needs vessels")
    assert not shown(box.cut_button)
    desk.put_maps(portal=vessels["portal"])
    assert box.reason.text().startswith("Tick a branch")
    assert list(box.ticks) == [("portal", "right"), ("portal", "left")]
    box.ticks["portal", "right"].click()
    assert desk.cuts == (Parts(scheme="portal", names=("right",)),)
    assert desk.undone() == "take portal branches"
    assert not box.ticks["portal", "right"].isChecked()


def test_a_branch_is_listed_once_it_is_cut_where_vessels_can_be_clicked(desk, vessels):
    box = desk.panel.adding.vessels
    desk.put_maps(**vessels)
    assert box.reason.text().startswith("Click a vessel")
    assert shown(box.cut_button)
    assert box.ticks == {}
    where = np.argwhere(vessels[LUMEN].labels)[0]
    point = vessels[LUMEN].grid.to_mm(where)
    desk.verbs.parts.cut_branch_at(point)
    (listed,) = box.ticks.items()
    assert listed[0][0] == "portal"
    assert listed[1].isChecked()
    desk.verbs.parts.cut_branch_at(point)
    assert box.ticks == {}
    desk.verbs.parts.cut_branch_at(desk.centre + 900)
    assert desk.said[-1] != ""
    assert desk.cuts == ()
