"""Hints at further lesions: shown one by one, counted only when a person outlines one."""

import numpy as np

from liverplan.app.steps.metastases.hinting import MOST, RIM_MM


def test_a_hint_leads_to_a_lesion_that_is_not_marked_and_counts_only_once_outlined(planner):
    planner.begin()
    planner.open_step(3)
    panel = planner.panel(3)
    truth = planner.app.session.work.segmentation.labels
    planner.click_row(panel.table, 0)
    planner.press_button(panel.delete_button)
    planner.settle()
    before = planner.app.session.work
    planner.press_button(panel.hints.look_button)
    planner.settle()
    assert panel.hints.words.text().startswith("Hint 1 of ")
    assert "Not counted" in panel.hints.words.text()
    assert planner.app.session.work is before
    grid = before.volume.grid
    first = planner.app.metastases.hinting.shown
    np.testing.assert_allclose(planner.app.views.crosshair_mm, first.point_mm, atol=1e-6)
    many = len(planner.app.metastases.hinting.found)
    assert many <= MOST
    zone = planner.app.live.derived.zone
    for hint in planner.app.metastases.hinting.found:
        assert zone.at(grid.nearest_index(np.array(hint.point_mm))) > RIM_MM
    for _ in range(many):
        hint = planner.app.metastases.hinting.shown
        if truth[grid.nearest_index(np.array(hint.point_mm))] == 2:
            break
        planner.press_button(panel.hints.next_button)
    else:
        raise AssertionError("no hint lies in the deleted lesion")
    assert planner.app.metastases.hinting.at < 3
    planner.press_button(panel.hints.outline_button)
    planner.settle()
    assert panel.table.rowCount() == 3
    assert panel.table.item(0, 4).text() == "to check"
    assert planner.app.session.history.undo_name == "add Metastasis 1"
    assert len(planner.app.metastases.hinting.found) == many - 1
