"""The liver's correction by clicks, and a lesion's own life: each alone, each undone."""

import numpy as np
from PySide6.QtCore import Qt

from liverplan.segmentation.labels import LIVER
from tests.app.person import CONTROL


def border_point(person, inside_mm):
    """A point on the axial slice of the crosshair, so deep within the liver's left border."""
    segmentation = person.app.session.work.segmentation
    grid = segmentation.grid
    k, j, _ = np.rint(grid.to_index(person.app.views.crosshair_mm)).astype(int)
    row = np.flatnonzero(segmentation.labels[k, j] == LIVER)
    return grid.to_mm([k, j, row[0] + inside_mm / grid.spacing_mm[2]])


def start(planner):
    planner.begin()
    planner.app.views.move_crosshair(planner.app.live.derived.centre_mm)
    planner.open_step(2)
    return planner.app.live.index.liver_ml


def test_a_click_takes_tissue_from_the_liver_and_undo_brings_it_back(planner):
    before = start(planner)
    labels = planner.app.session.work.segmentation.labels
    planner.press_button(planner.panel(2).outside_button)
    point = border_point(planner, 6)
    planner.click(planner.view(), planner.pixel(planner.view(), point))
    planner.settle()
    work = planner.app.session.work
    assert planner.app.live.index.liver_ml < before
    assert work.segmentation.labels[work.volume.grid.nearest_index(point)] == 0
    assert not work.liver_confirmed
    assert planner.app.session.history.undo_name == "take from liver"
    planner.key(Qt.Key.Key_Z, CONTROL)
    planner.settle()
    np.testing.assert_array_equal(planner.app.session.work.segmentation.labels, labels)


def test_a_click_where_it_says_nothing_new_is_answered_in_words(planner):
    start(planner)
    before = planner.app.session.work
    planner.press_button(planner.panel(2).inside_button)
    at = planner.pixel(planner.view(), border_point(planner, 20))
    planner.click(planner.view(), at)
    planner.settle()
    assert "already" in planner.panel(2).notice.text()
    assert planner.app.session.work is before


def test_a_lesion_is_deleted_alone_and_comes_back(planner):
    planner.begin()
    planner.open_step(3)
    panel = planner.panel(3)
    names = [panel.table.item(r, 0).text() for r in range(panel.table.rowCount())]
    assert names == ["M1", "M2", "M3"]
    liver = planner.app.live.index.liver_ml
    planner.click_row(panel.table, 1)
    planner.press_button(panel.delete_button)
    planner.settle()
    assert [panel.table.item(r, 0).text() for r in range(panel.table.rowCount())] == [
        "M1",
        "M3",
    ]
    assert planner.app.live.index.liver_ml == liver
    planner.press_button(planner.app.steps.undo_button)
    planner.settle()
    assert panel.table.rowCount() == 3


def test_a_biopsy_is_noted_and_reaches_the_findings(planner):
    planner.begin()
    planner.open_step(3)
    planner.click_row(planner.panel(3).table, 0)
    planner.press_button(planner.panel(3).biopsy_button)
    planner.settle()
    assert planner.app.live.findings.lesions[0].state == "biopsied"
    assert planner.app.session.history.undo_name == "biopsy of Metastasis 1"
