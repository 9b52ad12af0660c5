"""The slice views: where things are drawn, and every binding of the mouse and the keys."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from liverplan.app.kit import theme
from liverplan.app.slices import adapter
from liverplan.app.slices.convert import VIEW_NAMES, lps_to_napari
from liverplan.resection.cuts.plane import Plane
from tests.app.person import CONTROL, LEFT, MIDDLE, RIGHT, SHIFT

MIDDLE_MM = np.array([-60.0, -20.0, 0.0])


@pytest.fixture
def at_work(planner):
    planner.begin()
    planner.app.views.move_crosshair(liver_middle(planner))
    planner.spin(0.1)
    return planner


def liver_middle(person):
    return person.app.live.derived.centre_mm


@pytest.mark.parametrize("name", VIEW_NAMES)
def test_the_overlay_agrees_with_napari_to_a_tenth_of_a_pixel(at_work, name):
    """Labels, cuts and handles are drawn by us, the CT by napari: they must be one picture."""
    view, grid = at_work.view(name), at_work.app.views.grid
    random = np.random.default_rng(3)
    for _ in range(3):
        adapter.set_camera(view.model, *random.uniform(80, 160, 2), random.uniform(1, 6))
        at_work.spin(0.05)
        for point in random.uniform(-80, 80, (5, 3)):
            look = view.look
            world = lps_to_napari(grid, point)
            drawn = adapter.drawn_pixel(view.qt_viewer, world)
            assert look.lps_to_pixel(point) == pytest.approx(tuple(drawn), abs=0.1)


def test_all_three_views_show_the_slices_through_the_crosshair(at_work):
    views, grid = at_work.app.views, at_work.app.views.grid
    expected = np.rint(grid.to_index(views.crosshair_mm))
    for view in views.views.values():
        assert view.index == expected[view.look.axes.along]


def test_shift_and_move_takes_the_crosshair_along(at_work):
    view = at_work.view("Coronal")
    target = liver_middle(at_work) + np.array([15, 0, -12])
    at_work.move(view.canvas, at_work.pixel(view, target), SHIFT)
    moved = at_work.app.views.crosshair_mm
    assert moved[[0, 2]] == pytest.approx(target[[0, 2]], abs=0.6)
    axial = at_work.view("Axial")
    assert axial.index == round(at_work.app.views.grid.to_index(target)[0])


def test_moving_without_shift_leaves_the_crosshair(at_work):
    before = at_work.app.views.crosshair_mm.copy()
    view = at_work.view("Axial")
    at_work.move(view.canvas, (100, 100))
    np.testing.assert_array_equal(at_work.app.views.crosshair_mm, before)


@pytest.mark.parametrize("name", VIEW_NAMES)
def test_the_wheel_goes_through_slices_and_does_not_zoom(at_work, name):
    view = at_work.view(name)
    before, zoom = view.index, view.look.zoom
    at_work.wheel(view, 1)
    assert abs(view.index - before) == 1
    at_work.wheel(view, -1)
    assert view.index == before
    assert view.look.zoom == zoom


def test_control_and_wheel_zooms_about_the_mouse(at_work):
    view = at_work.view("Axial")
    at = (200.0, 150.0)
    under = view.look.pixel_to_lps(*at)
    at_work.wheel(view, 2, CONTROL, at)
    assert view.look.zoom > 0
    assert view.look.lps_to_pixel(under) == pytest.approx(at, abs=1e-6)


def test_right_drag_zooms_and_middle_drag_pans(at_work):
    view = at_work.view("Axial")
    zoom = view.look.zoom
    at_work.drag(view.canvas, (200, 200), (200, 125), button=RIGHT)
    assert view.look.zoom == pytest.approx(zoom * np.exp(0.5), rel=1e-6)
    under = view.look.pixel_to_lps(200, 200)
    at_work.drag(view.canvas, (200, 200), (260, 170), button=MIDDLE)
    assert view.look.lps_to_pixel(under) == pytest.approx((260, 170), abs=1e-6)
    under = view.look.pixel_to_lps(200, 200)
    at_work.drag(view.canvas, (200, 200), (180, 240), button=LEFT, modifiers=SHIFT)
    assert view.look.lps_to_pixel(under) == pytest.approx((180, 240), abs=1e-6)


def test_left_drag_sets_width_sideways_and_level_up_and_down(at_work):
    views = at_work.app.views
    level, width = views.level_hu, views.width_hu
    view = at_work.view("Sagittal")
    at_work.drag(view.canvas, (50, 50), (90, 50))
    assert (views.level_hu, views.width_hu) == (level, width + 80)
    at_work.drag(view.canvas, (50, 50), (50, 20))
    assert (views.level_hu, views.width_hu) == (level + 60, width + 80)
    for other in views.views.values():
        assert tuple(other.layer.contrast_limits) == views.limits_hu


@pytest.mark.parametrize("number", range(5))
def test_digits_choose_the_window_presets(at_work, number):
    key = Qt.Key(int(Qt.Key.Key_1) + number)
    at_work.key(key)
    _, level, width = theme.PRESETS[number]
    assert (at_work.app.views.level_hu, at_work.app.views.width_hu) == (level, width)


def test_up_goes_toward_the_head_and_page_down_five_slices_back(at_work):
    view = at_work.view("Axial")
    at_work.move(view.canvas, (100, 100))
    index = view.index
    at_work.key(Qt.Key.Key_Up)
    assert view.index == index + 1
    at_work.key(Qt.Key.Key_PageDown)
    assert view.index == index - 4


def test_keys_work_from_a_panel_but_never_steal_typing(at_work):
    at_work.begin(Plane(point_mm=liver_middle(at_work), normal=(1, 0, 0)))
    at_work.open_step(4)
    name = at_work.panel(4).plans.name
    name.setFocus()
    name.selectAll()
    for key in (Qt.Key.Key_G, Qt.Key.Key_1, Qt.Key.Key_R):
        at_work.key(key, widget=name)
    assert name.text().lower() == "g1r"
    assert at_work.app.views.masks_shown
    button = at_work.panel(4).cuts.flip_button
    button.setFocus()
    at_work.key(Qt.Key.Key_G, widget=button)
    assert not at_work.app.views.masks_shown
    at_work.key(Qt.Key.Key_G, widget=button)
    assert at_work.app.views.masks_shown


def test_brackets_and_shift_wheel_change_the_brush_while_it_is_armed(at_work):
    brush = at_work.app.brush
    brush.radius_mm = 8.0
    at_work.panel(2).brush_button.click()
    at_work.key(Qt.Key.Key_BracketRight)
    assert brush.radius_mm > 8
    at_work.key(Qt.Key.Key_BracketLeft)
    assert brush.radius_mm == pytest.approx(8)
    at_work.wheel(at_work.view(), 1, SHIFT)
    assert brush.radius_mm > 8
    grown = brush.radius_mm
    at_work.key(Qt.Key.Key_Escape)
    at_work.key(Qt.Key.Key_BracketRight)
    assert brush.radius_mm == grown


def test_a_double_click_shows_one_pane_alone_and_again_all(at_work):
    coronal = at_work.view("Coronal")
    at_work.double_click(coronal.canvas, (60, 60))
    shown = {n: at_work.view(n).isVisible() for n in VIEW_NAMES}
    assert shown == {"Axial": False, "Coronal": True, "Sagittal": False}
    assert not at_work.app.scene_pane.isVisible()
    at_work.double_click(coronal.canvas, (60, 60))
    assert all(at_work.view(n).isVisible() for n in VIEW_NAMES)
    assert at_work.app.scene_pane.isVisible()


def test_the_crosshair_survives_a_change_of_tool(at_work):
    before = at_work.app.views.crosshair_mm.copy()
    at_work.panel(2).brush_button.click()
    at_work.key(Qt.Key.Key_Escape)
    assert at_work.app.views.tool is None
    np.testing.assert_array_equal(at_work.app.views.crosshair_mm, before)


@pytest.mark.parametrize("name", VIEW_NAMES)
def test_the_cut_on_the_screen_is_the_cut_in_millimetres(at_work, name):
    """On the grabbed screen the remnant's tint lies on one side and the resected on the other."""
    plane = Plane(point_mm=liver_middle(at_work), normal=(1, 0.25, 0.3))
    at_work.begin(plane)
    at_work.app.views.move_crosshair(liver_middle(at_work))
    at_work.spin(0.3)
    view = at_work.view(name)
    picture = at_work.screen_of(view.canvas)
    segmentation, grid = at_work.app.session.work.segmentation, at_work.app.views.grid
    checked = 0
    for x in range(20, view.look.width - 20, 7):
        for y in range(60, view.look.height - 70, 7):
            point = view.look.pixel_to_lps(x, y)
            index = grid.nearest_index(point)
            distance = float(plane.signed_distance_mm(point))
            if index is None or segmentation.labels[index] != 1 or abs(distance) < 6:
                continue
            colour = picture.pixelColor(x, y)
            bluish = colour.blue() - colour.red()
            if abs(bluish) > 12:
                checked += 1
                assert (bluish > 0) == (distance > 0), (x, y, distance)
    assert checked > 40
