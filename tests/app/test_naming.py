"""Branches are listed with how sure each is, and named by a click; the name stays."""

from dataclasses import replace
from types import MappingProxyType

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from liverplan import case
from liverplan.app.session.saving import work_of
from liverplan.app.steps.liver.branch_rows import BranchRow
from liverplan.findings import Statement
from liverplan.resection import Plane
from liverplan.resection.anatomy.tree_names import VesselName
from liverplan.segmentation.vessels.branches import Branch
from tests.app.person import CONTROL, LEFT, NONE
from tests.app.surgery import off
from tests.app.test_severed import with_tree


@pytest.fixture
def reader(planner):
    """A planner with a portal tree of three branches, of which one is hardly a vessel."""
    planner.begin()
    centre = planner.app.live.derived.centre_mm
    planner.begin(Plane(point_mm=off(centre, 25, 0, 0), normal=(1, 0.001, 0)))
    with_tree(planner, centre)
    session = planner.app.session
    portal = session.work.maps["portal"]
    sure = {"1": 0.95, "1.1": 0.8, "1.2": 0.55}
    lines = tuple(replace(line, confidence=sure[line.name]) for line in portal.lines)
    session.put_maps(MappingProxyType({"portal": replace(portal, lines=lines)}))
    planner.open_step(2)
    planner.wait(planner.panel(2).branches.isVisible, what="the list of branches")
    planner.settle()
    planner.app.views.move_crosshair(centre)
    return planner


def shown(table):
    """What stands in a table, row by row."""
    return [
        tuple(table.item(r, c).text() for c in range(table.columnCount()))
        for r in range(table.rowCount())
    ]


def pick(person, menu, words):
    """Click an entry of a menu that is open."""
    person.wait(menu.isVisible, what="the menu")
    (action,) = (one for one in menu.actions() if one.text() == words)
    QTest.mouseClick(menu, LEFT, NONE, menu.actionGeometry(action).center())
    person.settle()


def point_on(person, branch):
    """Halfway along a branch, in the slice that is shown."""
    lines = person.app.session.work.maps["portal"].lines
    (line,) = (one for one in lines if one.name == branch)
    (a, b) = line.points_mm
    return off((0, 0, 0), *((x + y) / 2 for x, y in zip(a, b, strict=True)))


def test_unsure_branches_stand_first_and_a_row_leads_there(reader):
    box = reader.panel(2).branches
    levels = [row[2] for row in shown(box.table)]
    assert levels == sorted(levels, key=["unsure", "fairly sure", "sure"].index)
    unsure = levels.count("unsure")
    assert unsure > 0
    assert box.words.text().startswith(("One branch is unsure", f"{unsure} branches are unsure"))
    row = [row[1] for row in shown(box.table)].index("4.0")
    assert levels[row] == "unsure"
    assert "A vessel of this tree: 55 %." in box.table.item(row, 0).toolTip()
    reader.click_row(box.table, row)
    end = reader.app.session.work.maps["portal"].lines[2].points_mm[1]
    assert abs(reader.app.views.crosshair_mm - end).max() < 3
    assert box.call_button.isEnabled()


def test_a_branch_named_in_the_list_is_called_so_everywhere_until_it_is_taken_back(reader):
    app, box = reader.app, reader.panel(2).branches
    reader.click_row(box.table, [row[1] for row in shown(box.table)].index("4.0"))
    reader.press_button(box.call_button)
    pick(reader, box.menu, "Right posterior portal vein")
    assert app.session.history.undo_name == "name vessel"
    assert ("Right posterior portal vein", "4.0", "by hand") in shown(box.table)
    reader.press_button(box.call_button)
    pick(reader, box.menu, "Portal trunk")
    assert ("Portal trunk", "4.0", "by hand") in shown(box.table)
    reader.key(Qt.Key.Key_Z, CONTROL)
    reader.settle()
    assert ("Right posterior portal vein", "4.0", "by hand") in shown(box.table)
    reader.key(Qt.Key.Key_Z, CONTROL)
    reader.settle()
    assert not any(row[2] == "by hand" for row in shown(box.table))


def test_a_click_on_a_slice_offers_names_and_the_name_is_told_and_kept(reader):
    app, box, view = reader.app, reader.panel(2).branches, reader.view()
    reader.press_button(box.name_tool)
    reader.click(view, reader.pixel(view, point_on(reader, "1")))
    pick(reader, box.menu, "Left portal vein")
    (severed,) = app.live.vessels.severed
    assert (severed.called, severed.stem) == ("left_portal", True)
    assert severed.called_by == app.saver.name
    assert "Left portal vein" in reader.panel(4).severed.table.item(0, 0).text().capitalize()
    app.saver.begin(app.session.work.series)
    app.saver.flush()
    kept = work_of(case.open_case(app.saver.folder).state)
    assert kept.maps["portal"].lines == app.session.work.maps["portal"].lines
    assert [line.called for line in kept.maps["portal"].lines] == ["left_portal", "", ""]
    assert [line.confidence for line in kept.maps["portal"].lines] == [0.95, 0.8, 0.55]
    reader.click(view, (25, 25))
    assert "nothing was named" in reader.panel(2).notice.text()
    assert not box.menu.isVisible()


@pytest.mark.parametrize(
    ("vessel", "name", "level"),
    [
        (None, 0.95, "sure"),
        (0.95, 0.95, "sure"),
        (0.95, 0.75, "fairly sure"),
        (0.55, 0.95, "unsure"),
        (0.95, 0.4, "unsure"),
    ],
)
def test_a_branch_is_as_sure_as_the_less_sure_of_vessel_and_name(vessel, name, level):
    line = Branch(name="1", points_mm=((0, 0, 0), (9, 0, 0)), radius_mm=2, confidence=vessel)
    called = VesselName(key="left_portal", confidence=name)
    said = Statement.of("vessel.left_portal")
    row = BranchRow(tree="portal", line=line, name=called, said=said)
    assert row.level == level
    assert replace(row, line=replace(line, called="left_portal")).level == "named"
