"""The plan list's small 3D pictures: of the plan as it is, made at rest, of no other patient."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QImage

from liverplan.resection import Plan, Plane
from tests.app.test_never_again import colours_of


@pytest.fixture(scope="module")
def two(planner):
    """Two plans: one takes the right half, the other the left."""
    planner.begin()
    middle = planner.app.live.derived.centre_mm
    planner.begin(Plane(point_mm=middle, normal=(1.0, 0, 0)))
    work = planner.app.session.work
    other = Plan(name="Plan B", cuts=(Plane(point_mm=middle, normal=(-1.0, 0, 0)),))
    planner.app.session.replace_all(replace(work, plans=(*work.plans, other)))
    planner.settle()
    planner.open_step(4)
    return planner


def has_all(person):
    pictures = person.app.plan_pictures
    person.wait(lambda: all(pictures.of(p) is not None for p in person.app.session.work.plans))


def sides(pixmap):
    """Mean red less blue of the left and of the right half."""
    image = pixmap.toImage().convertToFormat(QImage.Format.Format_RGB888)
    high, wide = image.height(), image.width()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(high, image.bytesPerLine())
    rgb = rows[:, : 3 * wide].reshape(high, wide, 3).astype(int)
    warm = rgb[..., 0] - rgb[..., 2]
    return warm[:, : wide // 2].mean(), warm[:, wide // 2 :].mean()


def test_each_row_of_the_plan_list_shows_what_its_plan_takes(two):
    has_all(two)
    left, right = sides(two.app.plan_pictures.of(two.app.session.work.plans[0]))
    assert left > right + 5, "the patient's right, on the left, goes"
    left, right = sides(two.app.plan_pictures.of(two.app.session.work.plans[1]))
    assert right > left + 5
    table = two.panel(4).plans.table
    assert not any(table.item(row, 0).icon().isNull() for row in range(2))
    assert two.app.scene.liver.GetMapper().GetInput() is not None


def test_no_picture_is_made_while_a_cut_is_dragged_and_no_row_moves(two):
    has_all(two)
    app, table = two.app, two.panel(4).plans.table
    heights = [table.rowHeight(row) for row in range(2)]
    app.session.drag_cut(app.session.work.active_plane.shifted(8.0))
    dragged = app.session.work.active_plan
    two.spin(0.7)
    assert app.plan_pictures.of(dragged) is None
    assert [table.rowHeight(row) for row in range(2)] == heights
    app.session.finish_drag("move plane")
    has_all(two)
    app.session.undo()
    two.settle()


def test_another_patient_has_none_of_these_pictures(two):
    has_all(two)
    app, work = two.app, two.app.session.work
    app.session.replace_all(replace(work, volume=replace(work.volume), segmentation=None))
    assert all(app.plan_pictures.of(plan) is None for plan in work.plans)
    app.session.replace_all(work)
    two.settle()


def test_two_plans_are_seen_side_by_side_by_the_same_eye(two):
    app, pane = two.app, two.app.scene_pane
    pane.look_from("A")
    pane.more.refresh()
    beside = next(a for a in pane.more.beside.actions() if a.text() == "Plan B")
    beside.trigger()
    shown = colours_of(two.screen_of(pane.canvas)).astype(int)
    half = shown.shape[1] // 2
    for part, orange_left in ((shown[:, :half], True), (shown[:, half:], False)):
        warm = part[..., 0] - part[..., 2] > 60
        columns = np.nonzero(warm)[1]
        assert (columns.mean() < half / 2) == orange_left
    assert pane.canvas.names == ("Plan A", "Plan B")
    app.session.choose(plan=1)
    assert app.two_plans.name == "", "it cannot stand beside itself"
    app.session.choose(plan=0)
    app.two_plans.show("Plan B")
    app.session.replace_all(replace(app.session.work, volume=replace(app.session.work.volume)))
    assert pane.canvas.beside is None, "another patient is begun with one"
    two.settle()
