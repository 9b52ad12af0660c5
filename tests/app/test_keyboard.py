"""Everything by keys alone: from the sample to a written report, no mouse touched."""

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from liverplan.segmentation import Segmentation, write_mask_file
from tests.app.person import CONTROL, NONE, SHIFT

ALT = Qt.KeyboardModifier.AltModifier
LEFT, RIGHT, UP, DOWN = Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down
CLICKS = {
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.MouseButtonDblClick,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
}
MOST_TABS = 90


class NoMouse(QObject):
    """Counts what a mouse would do."""

    def __init__(self):
        super().__init__()
        self.seen = 0

    def eventFilter(self, _watched, event):  # noqa: N802 - Qt's name
        self.seen += event.type() in CLICKS
        return False


class Typist:
    """Drives an app by keys, each sent to what has the focus."""

    def __init__(self, person):
        self.person, self.app = person, person.app

    @property
    def focus(self):
        return self.person.qt.focusWidget()

    def press(self, key, modifiers=NONE, times=1):
        for _ in range(times):
            QTest.keyClick(self.focus or self.app.window, key, modifiers)
        self.person.spin(0.03)

    def tab_to(self, widget):
        """Go on by Tab until a control has the focus."""
        for _ in range(MOST_TABS):
            if self.focus is widget:
                return
            QTest.keyClick(self.focus or self.app.window, Qt.Key.Key_Tab)
        raise AssertionError(f"Tab does not come to {widget}")

    def push(self, button):
        self.tab_to(button)
        self.press(Qt.Key.Key_Space)

    def step(self, number):
        self.press(Qt.Key.Key_0 + number, CONTROL)
        assert self.app.steps.current == number
        assert self.app.panels[number - 1].isAncestorOf(self.focus)

    def bring_crosshair(self, point_mm):
        """Through the axial slices, then over the one that is reached."""
        views = self.app.views
        look = views.views["Axial"].look
        slices = round(float(point_mm[2] - views.crosshair_mm[2]) / look.grid.spacing_mm[0])
        self.press(UP if slices > 0 else DOWN, times=abs(slices))
        for axis, back, on in ((0, LEFT, RIGHT), (1, UP, DOWN)):
            way = float(point_mm[axis] - views.crosshair_mm[axis])
            self.press(on if way > 0 else back, SHIFT, times=round(abs(way) / 2))
        assert np.linalg.norm(views.crosshair_mm - point_mm) < 3


@pytest.fixture
def typist(person):
    watch = NoMouse()
    person.qt.installEventFilter(watch)
    yield Typist(person)
    person.qt.removeEventFilter(watch)
    assert watch.seen == 0, "a mouse was used"


def test_from_the_sample_to_a_report_by_keys_alone(typist, phantom, tmp_path, monkeypatch):
    app, person = typist.app, typist.person
    typist.step(1)
    typist.push(person.panel(1).sample_button)
    person.wait(lambda: app.session.work.volume is not None, what="the sample")
    person.settle()

    typist.step(2)
    truth, mask = phantom.segmentation, tmp_path / "liver.nii.gz"
    write_mask_file(mask, Segmentation(grid=truth.grid, labels=np.minimum(truth.labels, 1)))
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_a, **_k: (str(mask), ""))
    typist.push(person.panel(2).file_button)
    person.wait(lambda: app.session.work.segmentation is not None, what="the liver")
    person.settle()
    typist.push(person.panel(2).confirm_button)

    typist.step(3)
    typist.push(person.panel(3).click_button)
    typist.bring_crosshair(phantom.truth.lesions[0].centre_mm)
    assert app.views.pointer_hu is not None, "the density at the crosshair is said"
    typist.press(Qt.Key.Key_Return, CONTROL)
    person.wait(lambda: person.panel(3).table.rowCount() == 1, what="a metastasis")
    person.settle()
    typist.press(Qt.Key.Key_Escape)
    assert app.views.tool is None
    typist.push(person.panel(3).confirm_button)

    typist.step(4)
    typist.push(person.panel(4).adding.plane.click_button)
    derived = app.live.derived
    metastasis = next(iter(derived.lesion_centres.values()))
    typist.bring_crosshair(0.7 * derived.centre_mm + 0.3 * metastasis)
    typist.press(Qt.Key.Key_Return, CONTROL)
    person.settle()
    placed, said = app.session.work.active_plane, app.result.number.text()
    typist.press(RIGHT, ALT, times=3)
    moved = app.session.work.active_plane
    np.testing.assert_allclose(moved.normal, placed.normal)
    assert moved.offset_mm != placed.offset_mm
    typist.press(Qt.Key.Key_PageUp, ALT, times=4)
    turned = app.session.work.active_plane
    assert np.degrees(np.arccos(turned.normal @ moved.normal)) == pytest.approx(8, abs=0.1)
    assert app.session.history.undo_name == "turn plane"
    person.settle()
    assert app.result.number.text() != said

    typist.step(5)
    report = tmp_path / "report.html"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(report), ""))
    ready = person.panel(5).report_button.isEnabled
    person.wait(ready, what="the verdict")
    typist.push(person.panel(5).report_button)
    person.wait(lambda: "written" in person.panel(5).notice.text(), what="the report")
    assert report.stat().st_size > 10_000
