"""Both vessel trees found by one button, put right by clicks, and what is said where none shows."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from liverplan import __version__
from liverplan.app.steps.liver import vessels
from liverplan.app.steps.liver.vessel_maps import SCHEME, TREES, maps_of, with_vessels
from liverplan.segmentation.provenance import Provenance
from liverplan.segmentation.vessels.trees import find_vessels
from liverplan.segmentation.vessels.unasked import NONE_SHOWN, PORTAL, Trees
from tests.app.person import CONTROL, LEFT, NONE
from tests.app.surgery import off
from tests.app.test_vessels import bright_point


def trees(labels, branches=(), roots=(), notes=()):
    return Trees(
        labels=labels,
        branches=branches,
        confidence=(1.0,) * len(branches),
        roots_mm={PORTAL: tuple(tuple(float(x) for x in r) for r in roots)} if roots else {},
        warnings=notes,
        provenance=Provenance(method="made", version=__version__, origin="automatic"),
    )


@pytest.fixture
def searched(planner, monkeypatch):
    """A planner whose CT shows no vessels when it is searched first, and a portal tree later."""
    planner.begin()
    point = bright_point(planner)
    found = find_vessels(planner.app.session.work.volume, liver_of(planner), [point])
    none = trees(np.zeros_like(found.labels), notes=(NONE_SHOWN,))
    answers = [none, trees(found.labels, found.branches, [point])]

    def find(_volume, _liver, *, progress, cancel):
        progress(0.5, "Following the vessels")
        assert not cancel.is_set()
        return answers.pop(0)

    monkeypatch.setattr(vessels, "find_trees", find)
    planner.app.views.move_crosshair(point)
    planner.open_step(2)
    return planner, point


def liver_of(person):
    return person.app.session.work.segmentation.liver


def tree_at(person, point):
    lumen = person.app.session.work.maps[SCHEME]
    number = lumen.labels[lumen.grid.nearest_index(point)]
    return lumen.names[number - 1] if number else ""


def test_one_button_finds_the_trees_and_clicks_put_them_right(searched):
    person, point = searched
    session, panel, view = person.app.session, person.panel(2), person.view()
    before = session.work
    person.press_button(panel.vessels_button)
    person.settle()
    assert "No vessels are seen" in panel.notice.text()
    assert session.work is before
    assert not panel.drop_button.isVisible()
    person.press_button(panel.vessels_button)
    person.settle()
    assert panel.notice.text() == ""
    assert session.history.undo_name == "find vessels"
    assert tree_at(person, point) == "portal vein"
    assert "portal" in session.work.maps
    person.press_button(panel.hepatic_button)
    person.click(view, person.pixel(view, point))
    person.settle()
    assert tree_at(person, point) == "hepatic veins", panel.notice.text()
    assert session.history.undo_name == "take vessel"
    person.press_button(panel.drop_button)
    person.click(view, person.pixel(view, point))
    person.settle()
    assert session.history.undo_name == "drop vessel"
    assert SCHEME not in session.work.maps or tree_at(person, point) == ""


@pytest.fixture
def tubes(planner):
    """A planner with a portal vein across the liver in the slice that is shown, broken by a gap."""
    planner.begin()
    session, middle = planner.app.session, planner.app.live.derived.centre_mm
    grid = session.work.segmentation.grid
    x, y, z = np.moveaxis(grid.to_mm(np.moveaxis(np.indices(grid.shape), 0, -1)) - middle, -1, 0)
    tube = (np.hypot(y, z) < 5) & (abs(x) < 50) & (abs(x + 15) > 6)
    seeds = {"portal vein": (tuple(map(float, off(middle, 48, 0, 0))),)}
    maps = maps_of(session.work.segmentation, tube.astype(np.uint8), seeds)
    session.do("made", with_vessels(session.work, maps, seeds))
    planner.settle()
    planner.app.views.move_crosshair(middle)
    planner.open_step(2)
    return planner, middle


def click_at(person, point):
    person.click(person.view(), person.pixel(person.view(), point))
    person.settle()


def test_a_loose_piece_is_joined_by_two_clicks_and_a_branch_is_cut_by_one(tubes):
    """On slices, and the last one in 3D."""
    person, middle = tubes
    session, panel = person.app.session, person.panel(2)
    gap, beyond, before = (off(middle, x, 0, 0) for x in (-15, -40, 20))
    assert {name[0] for name in session.work.maps["portal"].names} == {"1", "2"}
    person.press_button(panel.join_button)
    click_at(person, off(middle, -24, 0, 0))
    assert "where it belongs" in person.app.views.tool.words
    click_at(person, off(middle, -7, 0, 0))
    assert session.history.undo_name == "join vessels", panel.notice.text()
    assert tree_at(person, gap) == "portal vein"
    assert {name[0] for name in session.work.maps["portal"].names} == {"1"}
    person.press_button(panel.over_button)
    click_at(person, off(middle, 0, 0, 0))
    assert session.history.undo_name == "cut vessel", panel.notice.text()
    assert [tree_at(person, at) for at in (before, gap, beyond)] == [*TREES, TREES[1]]
    person.key(Qt.Key.Key_Z, CONTROL)
    person.settle()
    assert [tree_at(person, at) for at in (before, gap, beyond)] == [TREES[0]] * 3
    person.press_button(panel.cut_button)
    canvas = person.app.scene_pane.canvas
    at = person.app.scene.to_pixel(middle)
    QTest.mouseClick(canvas, LEFT, NONE, QPoint(round(at[0]), round(at[1])))
    person.settle()
    assert [tree_at(person, at) for at in (before, gap, beyond)] == [TREES[0], "", ""]
    click_at(person, (off(middle, 0, 60, 0)))
    assert "No vessel of a tree lies within 6 mm" in panel.notice.text()
