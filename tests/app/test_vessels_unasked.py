"""Both vessel trees found by one button, put right by clicks, and what is said where none shows."""

import numpy as np
import pytest

from liverplan import __version__
from liverplan.app.steps.liver import vessels
from liverplan.app.steps.liver.vessels import SCHEME
from liverplan.segmentation.provenance import Provenance
from liverplan.segmentation.vessels.trees import find_vessels
from liverplan.segmentation.vessels.unasked import NONE_SHOWN, PORTAL, Trees
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
