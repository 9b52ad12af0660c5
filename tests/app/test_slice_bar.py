"""The row above the slices by real events: the armed tool is seen, slabs, masks, list, film."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from scipy.spatial import cKDTree

from liverplan.app.session.choices import FILE
from liverplan.app.session.display import Masks, keep_masks, read_masks
from liverplan.app.session.saving import work_of
from liverplan.app.slices.convert import view_axes
from liverplan.app.slices.figures import words_of
from liverplan.case import open_case
from liverplan.resection.anatomy.maps import PartMap
from tests.app.clipped import faults_of
from tests.app.test_never_again import colours_of

KEY = Qt.Key


@pytest.fixture
def reader(planner):
    app = planner.app
    if app.session.work.volume is None:
        planner.begin()
    app.session.do("anew", replace(app.session.work, annotations=()))
    app.views.disarm()
    app.views.slab.show(None)
    app.views.set_masks(Masks())
    app.views.move_crosshair(app.live.derived.centre_mm)
    planner.spin(0.03)
    return planner


def middle(person):
    return person.pixel(person.view(), person.app.views.crosshair_mm)


def drawing(person, name="Axial"):
    person.spin(0.03)
    return person.view(name).overlay.drawing


def ruled(person):
    x, y = middle(person)
    person.app.views.arm(person.app.bar.ruler)
    person.drag(person.view().canvas, (x - 40, y - 30), (x + 40, y + 30))


def test_the_armed_tool_is_seen_on_its_button_on_the_mouse_and_beside_it(reader):
    view, bar, pictures = reader.view(), reader.app.bar, set()
    tools = (bar.ruler, bar.angle, bar.region, bar.arrow)
    for tool, button, key in zip(
        tools, bar.tool_buttons, (KEY.Key_M, KEY.Key_A, KEY.Key_C, KEY.Key_T), strict=True
    ):
        reader.key(key)
        assert [one.isChecked() for one in bar.tool_buttons] == [t is tool for t in tools]
        pictures.add(view.canvas.cursor().pixmap().toImage().constBits().tobytes())
        reader.move(view.canvas, (120.0, 90.0))
        assert drawing(reader).beside == ((120.0, 90.0), button.accessibleName())
        assert drawing(reader, "Coronal").beside is None
    assert len(pictures) == len(tools), "each tool has a mouse of its own"
    reader.press_button(reader.app.bar.tool_buttons[0])
    assert reader.app.views.tool is bar.ruler
    reader.key(KEY.Key_Escape)
    assert not any(one.isChecked() for one in bar.tool_buttons)
    assert view.canvas.cursor().shape() == Qt.CursorShape.ArrowCursor
    assert (drawing(reader).beside, drawing(reader).tool_words) == (None, "")


def test_what_was_measured_stands_on_its_slice_and_goes_with_it(reader):
    view = reader.view()
    ruled(reader)
    (made,) = reader.app.session.work.annotations
    assert [one.words for one in drawing(reader).figures] == [words_of(made)]
    reader.wheel(view, 1)
    assert drawing(reader).figures == ()
    assert words_of(made) not in drawing(reader).tool_words
    reader.wheel(view, -1)
    assert len(drawing(reader).figures) == 1
    reader.app.session.undo()
    assert drawing(reader).figures == ()


def test_measurements_are_listed_deleted_brought_back_and_kept_in_the_case(reader):
    app, box = reader.app, reader.app.bar.list
    for _ in range(2):
        ruled(reader)
    app.views.disarm()
    k = app.views.views["Axial"].index
    reader.press_button(app.bar.list_button)
    assert box.isVisible()
    assert faults_of(box) == []
    assert [box.table.item(row, 2).text() for row in range(2)] == [f"Axial {k + 1}"] * 2
    app.views.step(app.views.views["Axial"], 3)
    rect = box.table.visualItemRect(box.table.item(1, 0))
    QTest.mouseClick(box.table.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert app.views.views["Axial"].index == k, "choosing one shows its slice"
    assert drawing(reader).figures[1].chosen
    QTest.mouseClick(box.delete_button, Qt.MouseButton.LeftButton)
    assert len(app.session.work.annotations) == box.table.rowCount() == 1
    box.close()
    app.session.undo()
    kept = app.session.work.annotations
    assert len(kept) == 2
    app.saver.begin(app.session.work.series)
    app.session.choose(cut=-1)
    app.saver.flush()
    assert work_of(open_case(app.saver.folder).state).annotations == kept


def test_the_one_under_the_mouse_is_deleted_by_its_key(reader):
    ruled(reader)
    x, y = middle(reader)
    reader.move(reader.view().canvas, (x - 20, y + 30))
    reader.key(KEY.Key_Delete)
    assert len(reader.app.session.work.annotations) == 1, "none lies there"
    reader.move(reader.view().canvas, (x - 20, y - 15))
    reader.key(KEY.Key_Delete)
    assert reader.app.session.work.annotations == ()


def test_an_arrow_bears_what_is_typed_and_its_letters_arm_nothing(reader):
    x, y = middle(reader)
    reader.key(KEY.Key_T)
    for written, kept in (("my mass", 1), ("", 1)):
        reader.drag(reader.view().canvas, (x, y), (x + 60, y - 40))
        entry = QApplication.focusWidget()
        QTest.keyClicks(entry, written)
        QTest.keyClick(entry, KEY.Key_Return)
        reader.spin(0.02)
        assert [one.text for one in reader.app.session.work.annotations] == ["my mass"] * kept
    assert reader.app.views.tool is reader.app.bar.arrow
    assert [one.words for one in drawing(reader).figures] == ["my mass"]


def test_a_slab_is_drawn_and_its_numbers_are_said_to_be_its(reader):
    app, views = reader.app, reader.app.views
    volume = app.session.work.volume
    reader.move(reader.view().canvas, middle(reader))
    for kind, word in ((np.max, "MIP"), (np.min, "MinIP"), (np.mean, "Average"), (None, "")):
        reader.key(KEY.Key_S)
        for name, view in views.views.items():
            axes = view_axes(volume.grid, name)
            half = views.slab.half(volume.grid.spacing_mm[axes.along])
            assert (half > 0) is (kind is not None)
            behind = np.take(
                volume.hu, range(view.index - half, view.index + half + 1), axis=axes.along
            )
            expected = kind(behind, axis=axes.along) if kind else behind.squeeze(axes.along)
            drawn = np.asarray(view.layer._slice.image.raw)
            np.testing.assert_allclose(drawn, expected if axes.down < axes.right else expected.T)
            mm = (2 * half + 1) * volume.grid.spacing_mm[axes.along]
            said = drawing(reader, name).corners.top_right[2:]
            assert said == ((f"{word} {mm:.1f} mm",) if kind else ())
        under = (f"{views.pointer_hu:.0f} HU", *(["in the slab"] if kind else []))
        assert drawing(reader).corners.bottom_left[1:] == under
    assert views.pointer_hu == volume.hu[volume.grid.nearest_index(views.crosshair_mm)]


def test_masks_as_outlines_leave_the_ct_as_it_is_and_that_is_remembered(reader):
    app, view = reader.app, reader.view()
    app.bar.masks.open()
    assert faults_of(app.bar.masks) == []
    app.bar.masks.close()
    x, y = middle(reader)
    inside = slice(round(y) - 40, round(y) - 20), slice(round(x) - 40, round(x) - 20)
    tinted = lambda: np.ptp(colours_of(reader.screen_of(view.canvas))[inside], axis=-1)  # noqa: E731
    assert np.median(tinted()) > 20
    reader.key(KEY.Key_F)
    reader.key(KEY.Key_F)
    assert app.views.masks.style == "outlines"
    assert np.median(tinted()) == 0
    assert read_masks(app.context.home).style == "outlines"
    reader.key(KEY.Key_F)
    app.bar.masks.opacity.setValue(60)
    assert read_masks(app.context.home) == Masks(style="filled", opacity=0.6)


def test_how_masks_are_seen_is_as_ever_where_what_was_kept_cannot_be_read(tmp_path):
    (tmp_path / FILE).write_text('masks = "none"\nmask_opacity = "7"\n')
    assert read_masks(tmp_path) == Masks(opacity=0.8)
    (tmp_path / FILE).write_text('mask_opacity = "much"\n')
    assert read_masks(tmp_path) == Masks()
    (tmp_path / FILE).write_text("[")
    assert read_masks(tmp_path) == Masks()
    keep_masks(tmp_path / "no" / "place", Masks())
    assert read_masks(tmp_path / "no" / "place") == Masks()


@pytest.mark.parametrize("how", ["wheel", "escape", "sheet", "button"])
def test_a_film_plays_until_it_is_stopped_and_never_behind_a_sheet(reader, how):
    app, view, cine = reader.app, reader.view(), reader.app.bar.cine
    reader.move(view.canvas, (50, 50))
    cine.set_rate(30)
    before = view.index
    reader.key(KEY.Key_P)
    assert cine.running
    assert app.bar.play.isChecked()
    reader.wait(lambda: view.index != before)
    if how == "wheel":
        reader.wheel(view, 1)
    elif how == "escape":
        reader.key(KEY.Key_Escape)
    elif how == "button":
        reader.press_button(app.bar.play)
    else:
        reader.key(KEY.Key_Question)
    assert not cine.running
    assert not app.bar.play.isChecked()
    if how == "sheet":
        reader.key(KEY.Key_P, widget=app.window)
        assert not cine.running
        reader.key(KEY.Key_Escape, widget=app.window)


def tubes(grid, middle):
    """A map of one bent vessel through a point."""
    along = np.linspace(0, 1, 60)
    line = middle + np.stack([-40 + 80 * along, 15 * np.sin(3 * along), 30 * along - 15], axis=1)
    places = grid.to_mm(np.moveaxis(np.indices(grid.shape), 0, -1))
    away = cKDTree(line).query(places, distance_upper_bound=6)[0]
    labels = (away < 5).astype(np.uint8)
    return PartMap(scheme="vessels", grid=grid, labels=labels, names=("portal vein",))


def test_an_oblique_slice_is_measured_in_the_patient_and_a_curved_one_not_at_all(reader):
    app, sheet, pane = reader.app, reader.app.oblique, reader.app.oblique.pane
    work = app.session.work
    lumen = tubes(work.volume.grid, app.views.crosshair_mm)
    app.session.put_maps({"vessels": lumen})
    reader.press_button(app.bar.oblique_button)
    assert app.central.sheet is sheet
    sheet.turn.setValue(30)
    sheet.tilt.setValue(60)
    reader.wait(lambda: sheet.along.count() > 1)
    assert faults_of(sheet) == []
    middle = pane.width() / 2, pane.height() / 2
    reader.drag(pane, middle, (middle[0] + 90, middle[1] + 30))
    (made,) = app.session.work.annotations
    assert made.view == "Oblique"
    assert made.length_mm == pytest.approx(np.hypot(90, 30) / pane.zoom, rel=1e-6)
    assert all(map(sheet.place.holds, made.points_mm))
    at = tuple(round(float(mm), 1) for mm in app.views.crosshair_mm)
    assert tuple(round(mm, 1) for mm in made.points_mm[0]) == at
    here = pane.density_at(middle)
    grid = work.volume.grid
    assert abs(here - work.volume.hu[grid.nearest_index(app.views.crosshair_mm)]) < 80
    sheet.along.setCurrentIndex(sheet.along.count() - 1)
    sheet.along.activated.emit(sheet.along.count() - 1)
    assert "No ruler" in sheet.said.whole
    assert pane.look is None, "a curved slice has no letters and no millimetres"
    reader.drag(pane, middle, (middle[0] + 90, middle[1] + 30))
    assert app.session.work.annotations == (made,)
    assert faults_of(sheet) == []
    reader.press_button(sheet.done_button)
    assert app.central.sheet is None
    app.session.put_maps({})
