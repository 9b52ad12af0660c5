"""A person at the app: sends mouse and key events to the native widgets, and waits."""

import time
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from liverplan.app.shell.application import Application
from liverplan.app.slices.slicing import knobs_of

LEFT, RIGHT, MIDDLE = (
    Qt.MouseButton.LeftButton,
    Qt.MouseButton.RightButton,
    Qt.MouseButton.MiddleButton,
)
NONE = Qt.KeyboardModifier.NoModifier
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


class Person:
    """Drives one application."""

    patience_s = 90

    def __init__(self, app: Application) -> None:
        self.app = app
        self.qt = QApplication.instance()
        app.window.activateWindow()
        self.wait(app.window.isActiveWindow, 20, "the window to be active")

    def spin(self, seconds=0.05):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.qt.processEvents()
            time.sleep(0.002)

    def wait(self, condition, seconds=0, what=""):
        seconds = seconds or self.patience_s
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                notices = [p.notice.text() for p in self.app.panels if p.notice.text()]
                raise AssertionError(f"waited {seconds} s for {what or condition}; {notices}")
            self.spin(0.01)

    def settle(self):
        """Wait until nothing is being computed or written."""
        jobs, live = self.app.jobs, self.app.live
        self.wait(lambda: not jobs.any_running, what="jobs")
        self.spin(0.02)
        self.wait(lambda: not live.busy, what="live numbers")
        self.wait(lambda: not jobs.any_running, what="what follows from the masks")
        self.spin(0.05)

    def view(self, name="Axial"):
        return self.app.views.views[name]

    def press_button(self, button: QPushButton):
        """Click the middle of a button that can be seen."""
        assert button.isVisible(), button.text()
        assert button.isEnabled(), button.text()
        self.app.steps.area.ensureWidgetVisible(button)
        QTest.mouseClick(button, LEFT, NONE, button.rect().center())
        self.spin(0.03)

    def open_step(self, number):
        step = self.app.steps.steps[number - 1]
        self.press_button(step.heading)
        assert step.panel.isVisible(), step.heading.text()

    def panel(self, number):
        return self.app.panels[number - 1]

    def click_row(self, table, row):
        self.app.steps.area.ensureWidgetVisible(table)
        rect = table.visualItemRect(table.item(row, 0))
        QTest.mouseClick(table.viewport(), LEFT, NONE, rect.center())
        self.spin(0.03)

    def pixel(self, view, point_mm):
        return view.look.lps_to_pixel(point_mm)

    def click(self, view, at, button=LEFT, modifiers=NONE):
        QTest.mouseClick(view.canvas, button, modifiers, QPoint(round(at[0]), round(at[1])))
        self.spin(0.03)

    def double_click(self, widget, at):
        QTest.mouseDClick(widget, LEFT, NONE, QPoint(round(at[0]), round(at[1])))
        self.spin(0.05)

    def move(self, widget, at, modifiers=NONE, buttons=Qt.MouseButton.NoButton):
        point = QPointF(*at)
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            point,
            QPointF(widget.mapToGlobal(point.toPoint())),
            Qt.MouseButton.NoButton,
            buttons,
            modifiers,
        )
        self.qt.sendEvent(widget, event)
        self.spin(0.005)

    def drag(self, widget, start, end, *, button=LEFT, modifiers=NONE, steps=10, each=None):
        """Press at start, move to end in steps, release; ``each`` is called after every step."""
        self._button(QEvent.Type.MouseButtonPress, widget, start, button, modifiers)
        for n in range(1, steps + 1):
            x = start[0] + (end[0] - start[0]) * n / steps
            y = start[1] + (end[1] - start[1]) * n / steps
            self.move(widget, (x, y), modifiers, button)
            if each is not None:
                each()
        self._button(QEvent.Type.MouseButtonRelease, widget, end, button, modifiers)
        self.spin(0.03)

    def trace(self, widget, points):
        """Press at the first point, follow the others, release at the last."""
        self._button(QEvent.Type.MouseButtonPress, widget, points[0], LEFT, NONE)
        for point in points[1:]:
            self.move(widget, point, NONE, LEFT)
        self._button(QEvent.Type.MouseButtonRelease, widget, points[-1], LEFT, NONE)
        self.spin(0.03)

    def click_box(self, box):
        """Click the square of a check box."""
        assert box.isVisible(), box.text()
        self.app.steps.area.ensureWidgetVisible(box)
        QTest.mouseClick(box, LEFT, NONE, QPoint(9, box.height() // 2))
        self.spin(0.03)

    def _button(self, kind, widget, at, button, modifiers):
        """Press or release, to a fraction of a pixel, as a high-resolution mouse does."""
        point = QPointF(*at)
        held = button if kind == QEvent.Type.MouseButtonPress else Qt.MouseButton.NoButton
        place = QPointF(widget.mapToGlobal(QPoint(0, 0))) + point
        self.qt.sendEvent(widget, QMouseEvent(kind, point, place, button, held, modifiers))

    def wheel(self, view, notches, modifiers=NONE, at=None):
        size = view.canvas.size()
        point = QPointF(*(at or (size.width() / 2, size.height() / 2)))
        event = QWheelEvent(
            point,
            QPointF(view.canvas.mapToGlobal(point.toPoint())),
            QPoint(0, 0),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            modifiers,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        self.qt.sendEvent(view.canvas, event)
        self.spin(0.03)

    def key(self, key, modifiers=NONE, widget=None):
        QTest.keyClick(widget or self.view().canvas, key, modifiers)
        self.spin(0.03)

    def knobs(self, view):
        return knobs_of(view.look, self.app.session.work.active_plane)

    def screen_of(self, widget) -> QImage:
        """Grab what the screen shows of one widget, OpenGL and all."""
        self.spin(0.15)
        corner = widget.mapToGlobal(QPoint(0, 0))
        picture = self.qt.primaryScreen().grabWindow(
            0, corner.x(), corner.y(), widget.width(), widget.height()
        )
        return picture.toImage()

    def shot(self, path: Path, width=None, height=None) -> QImage:
        """Grab the screen, so that every pane is in it."""
        self.spin(0.15)
        size = self.app.window.frameSize()
        place = self.app.window.pos()
        picture = self.qt.primaryScreen().grabWindow(
            0, place.x(), place.y(), width or size.width(), height or size.height()
        )
        picture.save(str(path))
        return picture.toImage()


@contextmanager
def someone_at(home):
    """A person at a window of a home, which is closed at the end."""
    app = Application(home)
    app.show(1600, 1000)
    someone = Person(app)
    someone.spin(0.3)
    yield someone
    app.close()
    someone.spin(0.05)
