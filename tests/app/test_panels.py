"""Every panel fits the column in the narrowest window: nothing is cut off in it."""

import pytest

from tests.app.test_journey import open_sample


@pytest.mark.usefixtures("liver_at_once")
def test_no_panel_is_wider_than_the_narrow_column(person):
    person.app.show(1280, 800)
    open_sample(person)
    person.settle()
    person.open_step(2)
    person.press_button(person.panel(2).run_button)
    person.wait(lambda: person.app.session.work.segmentation is not None, what="the liver")
    person.settle()
    truth = person.app.live.derived.centre_mm
    person.open_step(3)
    person.press_button(person.panel(3).axis_button)
    view = person.view()
    person.app.views.move_crosshair(truth)
    person.spin(0.1)
    at = person.pixel(view, truth)
    person.drag(view.canvas, at, (at[0] + 20, at[1]))
    person.settle()
    person.app.brush.limit((-100.0, 1200.0))
    room = (
        person.app.steps.width() - person.app.steps.area.verticalScrollBar().sizeHint().width() - 2
    )
    for number, panel in enumerate(person.app.panels, 1):
        if panel.blocked():
            continue
        person.open_step(number)
        person.spin(0.05)
        assert panel.minimumSizeHint().width() <= room, panel.title
    person.open_step(3)
    assert_nothing_is_cut_off(person.panel(3).table)
    person.press_button(person.panel(3).confirm_button)
    person.settle()
    assert_nothing_is_cut_off(person.panel(3).table)


def assert_nothing_is_cut_off(table):
    for column in range(table.columnCount()):
        header = table.horizontalHeaderItem(column).text()
        assert table.columnWidth(column) >= table.sizeHintForColumn(column), header or "name"
        assert table.columnWidth(column) >= table.horizontalHeader().sectionSizeHint(column), header
