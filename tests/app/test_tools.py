"""A tool is an object of its step: its button arms it, cursor and words show it, Escape ends it."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from liverplan.app.slices.tool import Marks, PointsTool, StrokeTool, Tool
from liverplan.app.slices.tool_button import tool_button
from liverplan.resection import Plane
from tests.app.person import MIDDLE, RIGHT, SHIFT

HALF = (200.0, 150.0)


class Ruler(Tool):
    """A newcomer's tool, whole: one class, and below a button made of it."""

    words = "Drag from one end to the other"
    cursor = Qt.CursorShape.SizeHorCursor

    def __init__(self):
        self.heard = []
        self.ends = ()

    @property
    def marks(self):
        return Marks(points_mm=self.ends)

    @property
    def keys(self):
        return {Qt.Key.Key_Up: lambda: self.heard.append("up")}

    def begin(self):
        self.ends = ()

    def press(self, spot):
        self.heard.append("press")
        self.ends = (spot.point_mm,)

    def move(self, spot):
        self.heard.append("move")

    def release(self, spot):
        self.heard.append("release")
        self.ends = (*self.ends, spot.point_mm)

    def abandon(self):
        self.heard.append("abandon")
        self.ends = ()

    def hover(self, spot):
        self.heard.append("gone" if spot is None else "hover")

    def wheel(self, notches):
        self.heard.append(notches)


@pytest.fixture
def ruled(planner):
    """A person with a ruler in one panel, and the ruler's button."""
    planner.begin()
    planner.begin(Plane(point_mm=planner.app.live.derived.centre_mm, normal=(1, 0, 0)))
    planner.open_step(2)
    ruler = Ruler()
    button = tool_button(planner.app.views, ruler, "Ruler")
    panel = planner.panel(2)
    panel.column.addWidget(button)
    planner.spin(0.05)
    yield planner, ruler, button
    planner.app.views.disarm()
    panel.column.removeWidget(button)
    button.hide()


def test_its_button_arms_it_and_puts_it_away_again(ruled):
    person, ruler, button = ruled
    person.press_button(button)
    assert button.isChecked()
    assert person.app.views.tool is ruler
    person.press_button(button)
    assert not button.isChecked()
    assert person.app.views.tool is None


def test_arming_another_tool_releases_its_button(ruled):
    person, ruler, button = ruled
    person.press_button(button)
    person.press_button(person.panel(2).brush_button)
    assert person.app.views.tool is not ruler
    assert not button.isChecked()
    assert person.panel(2).brush_button.isChecked()


def test_escape_puts_it_away_and_the_button_says_so(ruled):
    person, _, button = ruled
    person.press_button(button)
    person.key(Qt.Key.Key_Escape)
    assert person.app.views.tool is None
    assert not button.isChecked()


def test_its_cursor_and_words_show_while_it_is_armed_and_no_longer(ruled):
    person, ruler, button = ruled
    view = person.view()
    person.press_button(button)
    person.move(view.canvas, HALF)
    person.spin(0.1)
    assert view.canvas.cursor().shape() == ruler.cursor
    assert view.overlay.drawing.tool_words == ruler.words
    person.key(Qt.Key.Key_Escape)
    person.move(view.canvas, (30, 30))
    person.spin(0.1)
    assert view.canvas.cursor().shape() == Qt.CursorShape.ArrowCursor
    assert view.overlay.drawing.tool_words == ""


def test_it_gets_press_moves_and_release_of_the_left_button_and_its_marks_are_drawn(ruled):
    person, ruler, button = ruled
    view = person.view()
    person.press_button(button)
    start, end = HALF, (260.0, 170.0)
    person.drag(view.canvas, start, end, steps=3)
    assert ruler.heard == ["press", "move", "move", "move", "release"]
    np.testing.assert_allclose(ruler.ends, [view.look.pixel_to_lps(*p) for p in (start, end)])
    person.spin(0.1)
    np.testing.assert_allclose(view.overlay.drawing.points, [start, end])
    person.key(Qt.Key.Key_Escape)
    person.spin(0.1)
    assert view.overlay.drawing.points == ()


def test_pan_and_zoom_go_on_under_it_and_it_hears_nothing_of_them(ruled):
    person, ruler, button = ruled
    view = person.view()
    zoom = view.look.zoom
    person.press_button(button)
    person.drag(view.canvas, HALF, (220.0, 100.0), button=RIGHT)
    assert view.look.zoom > zoom
    person.drag(view.canvas, HALF, (220.0, 100.0), button=MIDDLE)
    person.drag(view.canvas, HALF, (220.0, 100.0), modifiers=SHIFT)
    assert ruler.heard == []


def test_no_cut_is_dragged_while_it_is_armed(ruled):
    person, ruler, button = ruled
    before = person.app.session.work
    at = person.knobs(person.view()).middle
    person.press_button(button)
    person.drag(person.view().canvas, at, (at[0] + 30, at[1]))
    assert person.app.session.work is before
    assert ruler.heard[0] == "press"


def test_its_keys_come_before_the_views_own_and_only_while_it_is_armed(ruled):
    person, ruler, button = ruled
    view = person.view()
    person.move(view.canvas, HALF)
    index = view.index
    person.press_button(button)
    person.key(Qt.Key.Key_Up)
    assert ruler.heard == ["up"]
    assert view.index == index
    person.key(Qt.Key.Key_Escape)
    person.key(Qt.Key.Key_Up)
    assert ruler.heard == ["up"]
    assert view.index == index + 1


def test_it_hears_of_the_mouse_passing_and_of_the_wheel_with_shift(ruled):
    person, ruler, button = ruled
    view = person.view()
    person.press_button(button)
    index = view.index
    person.move(view.canvas, HALF)
    person.wheel(view, 1, SHIFT)
    assert ruler.heard[-2:] == ["hover", 1.0]
    assert view.index == index


def test_escape_while_it_drags_gives_up_the_drag_and_keeps_it_armed(ruled):
    person, ruler, button = ruled
    person.press_button(button)

    def escape_once():
        if "abandon" not in ruler.heard:
            person.key(Qt.Key.Key_Escape)

    person.drag(person.view().canvas, HALF, (260.0, 170.0), steps=3, each=escape_once)
    assert ruler.heard == ["press", "move", "abandon"] + ["hover"] * 2
    assert ruler.ends == ()
    assert person.app.views.tool is ruler


def test_a_step_opened_anew_begins_with_no_tool(ruled):
    person, _, button = ruled
    person.press_button(button)
    person.app.open.opening._show(person.app.session.work)
    assert person.app.views.tool is None
    assert not button.isChecked()


class Triangle(PointsTool):
    def __init__(self):
        super().__init__()
        self.counts = []

    def clicked(self):
        self.counts.append(len(self.points_mm))


class Path(StrokeTool):
    def __init__(self):
        super().__init__()
        self.strokes = []

    def drawn(self, path_mm, spot):
        self.strokes.append((len(path_mm), spot.view.name))


def test_clicked_points_stay_on_show_until_the_tool_is_put_away(planner):
    planner.begin()
    view, tool = planner.view("Coronal"), Triangle()
    planner.app.views.arm(tool)
    for at in ((100, 100), (140, 110)):
        planner.click(view, at)
    planner.spin(0.1)
    assert tool.counts == [1, 2]
    assert len(view.overlay.drawing.points) == 2
    planner.app.views.disarm()
    planner.spin(0.1)
    assert tool.points_mm == []
    assert view.overlay.drawing.points == ()


def test_a_stroke_is_drawn_in_its_own_view_and_handed_on_at_its_end(planner):
    planner.begin()
    axial, coronal, tool = planner.view("Axial"), planner.view("Coronal"), Path()
    planner.app.views.arm(tool)
    seen = []

    def look():
        planner.spin(0.03)
        seen.append([len(v.overlay.drawing.path) for v in (axial, coronal)])

    planner.drag(axial.canvas, (80, 80), (140, 120), steps=4, each=look)
    assert seen == [[2, 0], [3, 0], [4, 0], [5, 0]]
    assert tool.strokes == [(5, "Axial")]
    planner.spin(0.1)
    assert axial.overlay.drawing.path == ()
    planner.app.views.disarm()
