"""An hour's use in miniature: random valid actions leave no fault, no leak, and a sound case.

``LIVERPLAN_MONKEY=300`` makes it as long as the issue asks; by default it is short.
"""

import ctypes
import gc
import os
import random
import sys

import numpy as np
import psutil
from PySide6.QtCore import Qt

from liverplan import case
from liverplan.app.session.saving import work_of
from tests.app.person import CONTROL, MIDDLE, RIGHT, SHIFT

ACTIONS = int(os.environ.get("LIVERPLAN_MONKEY", "60"))
SEED = int(os.environ.get("LIVERPLAN_MONKEY_SEED", "7"))
LEAK_MB = 200


class Monkey:
    """Does one random thing at a time, as a person could."""

    def __init__(self, person, seed):
        self.person, self.app, self.random = person, person.app, random.Random(seed)  # noqa: S311 - no secret
        self.done = []

    def act(self):
        name = self.random.choice([n for n in dir(self) if n.startswith("do_")])
        self.done.append(name)
        getattr(self, name)()
        self.person.spin(0.01)

    def view(self):
        return self.person.view(self.random.choice(["Axial", "Coronal", "Sagittal"]))

    def somewhere(self, widget):
        return self.random.uniform(5, widget.width() - 5), self.random.uniform(
            5, widget.height() - 5
        )

    def do_wheel(self):
        modifiers = self.random.choice([Qt.KeyboardModifier.NoModifier, CONTROL, SHIFT])
        self.person.wheel(self.view(), self.random.choice([-2, -1, 1, 2]), modifiers)

    def do_drag_on_a_slice(self):
        canvas = self.view().canvas
        button = self.random.choice([Qt.MouseButton.LeftButton, RIGHT, MIDDLE])
        self.person.drag(
            canvas, self.somewhere(canvas), self.somewhere(canvas), button=button, steps=4
        )

    def do_drag_a_handle(self):
        view = self.view()
        knobs = self.app.session.work.active_plane and self.person.knobs(view)
        if knobs:
            start = self.random.choice([knobs.middle, *knobs.ends])
            end = (start[0] + self.random.uniform(-30, 30), start[1] + self.random.uniform(-30, 30))
            self.person.drag(view.canvas, start, end, steps=5)

    def do_drag_in_3d(self):
        canvas = self.app.scene_pane.canvas
        handle = self.app.scene.handle
        place = self.random.choice([handle.foot, handle.tip, None])
        start = self.somewhere(canvas) if place is None else self.app.scene.to_pixel(place)
        end = (start[0] + self.random.uniform(-40, 40), start[1] + self.random.uniform(-40, 40))
        self.person.drag(canvas, start, end, steps=4)

    def do_press_a_key(self):
        keys = [Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_G, Qt.Key.Key_R, Qt.Key.Key_Escape]
        keys += [Qt.Key.Key_1, Qt.Key.Key_4, Qt.Key.Key_BracketLeft, Qt.Key.Key_Return]
        self.person.key(self.random.choice(keys))

    def do_undo(self):
        self.person.key(Qt.Key.Key_Z, CONTROL)

    def do_redo(self):
        self.person.key(Qt.Key.Key_Y, CONTROL)

    def do_open_a_step(self):
        step = self.random.choice([s for s in self.app.steps.steps[1:] if s.heading.isEnabled()])
        self.person.press_button(step.heading)

    def do_press_a_button(self):
        from PySide6.QtWidgets import QPushButton

        panel = self.app.panels[self.app.steps.current - 1]
        shunned = {"Find the liver again", "Sample CT", "Open this series", "Make a key"}
        buttons = [
            b
            for b in panel.findChildren(QPushButton)
            if b.isVisible() and b.isEnabled() and b.text() not in shunned
            if not b.text().endswith("…")  # asks for a file, or opens a sheet
        ]
        if buttons:
            self.person.press_button(self.random.choice(buttons))
            self.person.settle()

    def do_use_a_tool(self):
        view = self.view()
        liver, lesions, resection = (self.person.panel(n) for n in (2, 3, 4))
        clicks = [liver.inside_button, liver.outside_button, liver.portal_button]
        clicks += [lesions.click_button, lesions.merge_button, lesions.split_button]
        clicks += [resection.adding.plane.click_button, resection.adding.plane.three_button]
        strokes = [liver.brush_button, liver.eraser_button, liver.outline_button]
        strokes += [lesions.brush_button, lesions.eraser_button, lesions.axis_button]
        tool = self.random.choice(clicks + strokes)
        tool.click()
        if tool in strokes:
            at = self.somewhere(view.canvas)
            self.person.drag(view.canvas, at, (at[0] + 20, at[1] + 10), steps=4)
        else:
            self.person.click(view, self.somewhere(view.canvas))
        self.person.settle()

    def do_maximise(self):
        view = self.view()
        if view.isVisible():
            self.person.double_click(view.canvas, self.somewhere(view.canvas))
            self.person.double_click(view.canvas, self.somewhere(view.canvas))


def test_a_monkey_leaves_no_fault_no_leak_and_a_case_that_verifies(planner):
    planner.begin()
    app = planner.app
    app.saver.begin(app.session.work.series)
    app.session.choose(cut=-1)
    app.resection.verbs.suggesting.suggest()
    planner.settle()
    monkey = Monkey(planner, SEED)
    for _ in range(3):  # compilers and caches fill before memory is looked at
        for name in sorted(n for n in dir(monkey) if n.startswith("do_")):
            getattr(monkey, name)()
    app.resection.verbs.placing.round_lesion("plane", 2)
    planner.settle()
    before = resident_bytes()
    for _ in range(ACTIONS):
        monkey.act()
    planner.key(Qt.Key.Key_Escape)
    planner.settle()
    grown_mb = (resident_bytes() - before) / 2**20
    print(f"{ACTIONS} actions, seed {SEED}: memory grew by {grown_mb:.0f} MB")
    assert grown_mb < LEAK_MB
    app.saver.flush()
    assert case.verify(app.saver.folder) == []
    kept = work_of(case.open_case(app.saver.folder).state)
    assert kept.plans == app.session.work.plans or same_planes(kept, app.session.work)
    np.testing.assert_array_equal(kept.segmentation.labels, app.session.work.segmentation.labels)


def resident_bytes():
    """Memory in use, without what the allocator keeps for later."""
    gc.collect()
    if sys.platform == "linux":
        ctypes.CDLL(None).malloc_trim(0)
    return psutil.Process().memory_info().rss


def same_planes(a, b):
    """The same plans, plane for plane, to the last digit."""
    return [p.name for p in a.plans] == [p.name for p in b.plans] and all(
        np.array_equal(one.normal, other.normal) and np.array_equal(one.point_mm, other.point_mm)
        for p, q in zip(a.plans, b.plans, strict=True)
        for one, other in zip(p.cuts, q.cuts, strict=True)
    )
