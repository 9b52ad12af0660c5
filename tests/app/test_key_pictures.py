"""Pictures that are kept: as seen, without whose CT it is, listed, titled, saved, undone."""

import io
from dataclasses import replace

import matplotlib.image
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from liverplan import case
from liverplan.app.session.work import Work
from liverplan.resection import Plane
from tests.app.person import CONTROL
from tests.app.test_recents import HEADERS

ABOVE = (1.0, 0.0, 0.0)


def pixels(image):
    shades = matplotlib.image.imread(io.BytesIO(image.png))
    return np.rint(shades[..., :3] * 255).astype(int)


def keep(person, widget):
    person.qt.setActiveWindow(person.app.window)
    QCursor.setPos(widget.mapToGlobal(widget.rect().center()))
    person.spin(0.1)
    person.move(widget, (widget.width() / 2, widget.height() / 2))
    person.key(Qt.Key.Key_K, CONTROL)
    return person.app.session.work.key_images


@pytest.fixture
def reader(planner, phantom):
    """A plan with one cut and no pictures yet."""
    centre = phantom.segmentation.grid.to_mm(np.argwhere(phantom.segmentation.liver).mean(axis=0))
    planner.begin(Plane(point_mm=centre, normal=ABOVE))
    planner.app.views.move_crosshair(centre)
    planner.spin(0.1)
    return planner


def test_a_slice_is_kept_as_it_is_seen_but_for_whose_ct_it_is(reader):
    view, views = reader.view("Axial"), reader.app.views
    work = reader.app.session.work
    record = replace(work.record, headers=HEADERS)
    reader.app.session.do("named", replace(work, record=record))
    views.preset(1)
    reader.spin(0.1)
    (kept,) = keep(reader, view.canvas)
    assert (kept.view, kept.window_hu) == ("Axial", (90.0, 150.0))
    assert (kept.slice_number, kept.slice_count) == (view.look.index + 1, view.look.grid.shape[0])
    seen, mine = reader.screen_of(view.canvas), pixels(kept)
    assert kept.size == (seen.width(), seen.height())
    for x, y in ((0.5, 0.5), (0.35, 0.55), (0.6, 0.4)):
        at = round(x * kept.size[0]) + 9, round(y * kept.size[1]) + 9
        assert mine[at[1], at[0]] == pytest.approx(seen.pixelColor(*at).getRgb()[:3], abs=40), (
            x,
            y,
        )
    assert "Ek Anna" in view.overlay.drawing.corners.top_left
    assert mine[:90, : view.canvas.width() // 3].max() < 60, "no name, no date"
    words = [[seen.pixelColor(x, y).red() for x in range(90)] for y in range(90)]
    assert np.max(words) > 150, "which stands on the screen"


def test_the_mask_and_the_cut_are_in_the_picture_and_can_be_left_out(reader):
    view = reader.view("Axial")
    keep(reader, view.canvas)
    reader.key(Qt.Key.Key_G)
    reader.spin(0.1)
    with_masks, without = map(pixels, keep(reader, view.canvas))
    reader.key(Qt.Key.Key_G)
    assert (np.abs(with_masks - without).max(axis=2) > 20).mean() > 0.02
    coloured = np.ptp(with_masks, axis=2) > 40
    assert coloured.mean() > 0.02
    assert np.ptp(without, axis=2).max() > 40, "the cut itself stays"


def test_the_liver_in_3d_is_kept_where_the_mouse_is_over_it(reader):
    canvas = reader.app.scene_pane.canvas
    reader.wait(lambda: not canvas.message, what="the liver in 3D")
    (kept,) = keep(reader, canvas)
    assert (kept.view, kept.slice_number, kept.window_hu) == ("3D", None, None)
    assert kept.size == (canvas.width(), canvas.height())
    assert np.ptp(pixels(kept), axis=2).max() > 60, "something is drawn in colour"


def test_pictures_are_listed_titled_by_typing_deleted_and_each_step_is_undone(reader):
    keep(reader, reader.view("Axial").canvas)
    keep(reader, reader.view("Coronal").canvas)
    session, box = reader.app.session, reader.panel(5).pictures
    reader.settle()
    reader.open_step(5)
    assert [box.list.item(n).text().split(",")[0] for n in range(2)] == ["Axial", "Coronal"]
    assert not box.list.item(0).icon().isNull()
    box.list.setCurrentRow(1)
    box.list.editItem(box.list.item(1))
    editor = box.list.findChild(QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, "Cut by the portal vein")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    reader.spin(0.1)
    assert [one.title for one in session.work.key_images] == ["", "Cut by the portal vein"]
    assert box.list.item(1).text() == "Cut by the portal vein"
    box.list.setFocus()
    QTest.keyClick(box.list, Qt.Key.Key_Delete)
    reader.spin(0.05)
    assert [one.view for one in session.work.key_images] == ["Axial"]
    assert box.list.count() == 1
    session.undo()
    assert [one.title for one in session.work.key_images] == ["", "Cut by the portal vein"]
    session.undo()
    session.undo()
    assert [one.view for one in session.work.key_images] == ["Axial"]


def test_what_is_kept_is_in_the_case_and_no_result_is_measured_anew(reader):
    app = reader.app
    findings = app.live.findings
    app.saver.begin(app.session.work.series)
    keep(reader, reader.view("Sagittal").canvas)
    assert not app.live.stale
    assert app.live.findings is findings
    app.saver.flush()
    assert case.verify(app.saver.folder) == []
    assert case.open_case(app.saver.folder).state.key_images == app.session.work.key_images
    pictures = list((app.saver.folder / "objects").glob("*.png"))
    assert [path.name for path in pictures] == [app.session.work.key_images[0].file]
    app.saver.folder = None


def test_without_a_ct_there_is_nothing_to_keep_and_it_says_so(reader):
    reader.app.session.replace_all(Work())
    reader.app.judged.pictures.keep()
    assert reader.app.steps.notice.text().startswith("No CT is open")
