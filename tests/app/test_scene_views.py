"""The 3D view cut open by the slices, its named views and its pictures."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from PySide6.QtGui import QImage

from liverplan.app.scene.opening import axis_of
from liverplan.resection import Plan, Plane
from tests.app.test_never_again import colours_of


@pytest.fixture(scope="module")
def begun(planner):
    planner.begin()
    planner.begin(Plane(point_mm=planner.app.live.derived.centre_mm, normal=(1.0, 0.2, 0)))
    return planner, planner.app.session.work


@pytest.fixture
def seen(begun):
    person, work = begun
    if person.app.session.work is not work:
        person.app.session.replace_all(work)
        person.settle()
    person.app.views.move_crosshair(person.app.live.derived.centre_mm)
    person.app.scene_pane.look_from("A")
    return person


def picture(person):
    return colours_of(person.screen_of(person.app.scene_pane.canvas)).astype(int)


def choose(person, action):
    person.app.scene_pane.more.refresh()
    assert action.isEnabled(), action.text()
    action.trigger()
    person.spin(0.05)


@pytest.mark.parametrize("name", ["Axial", "Coronal", "Sagittal"])
def test_cut_open_it_shows_the_slice_of_the_crosshair_and_follows_it(seen, name):
    app, more = seen.app, seen.app.scene_pane.more
    before, grid = picture(seen), app.session.work.volume.grid
    choose(seen, more.openings[name])
    assert np.abs(picture(seen) - before).mean() > 2
    shown, along = app.scene.opening.shown, axis_of(grid, name)
    at = grid.to_index(app.views.crosshair_mm)
    np.testing.assert_allclose(grid.to_index(shown.corner_mm)[along], np.rint(at[along]), atol=1e-6)
    masks = np.take(app.session.work.segmentation.labels, round(at[along]), axis=along)
    assert np.count_nonzero(shown.pixels[..., 3]) == np.count_nonzero(masks)
    seen.wheel(seen.view(name), 2)
    assert np.linalg.norm(app.scene.opening.shown.corner_mm - shown.corner_mm) > 1
    choose(seen, more.openings[""])
    assert app.scene.opening.shown is None


def test_the_half_toward_the_eye_is_taken_away_from_either_side(seen):
    app, more = seen.app, seen.app.scene_pane.more
    choose(seen, more.openings["Coronal"])
    normals = []
    for side in "AP":
        app.scene_pane.look_from(side)
        picture(seen)
        normals.append(np.array(app.scene.opening.plane.GetNormal()))
    np.testing.assert_allclose(normals[0], -normals[1], atol=1e-9)
    assert normals[0][1] > 0.9, "from the front, what lies behind stays"
    choose(seen, more.openings[""])


def test_the_ct_stands_behind_the_liver_and_goes_with_its_patient(seen):
    app, more = seen.app, seen.app.scene_pane.more
    seen.spin(0.3)
    before = picture(seen)
    choose(seen, more.behind_action)
    after = picture(seen)
    changed = np.abs(after - before).max(axis=-1) > 24
    assert changed.mean() > 0.05, "bones are seen around the liver"
    x, y = (round(n) for n in app.scene.to_pixel(app.scene.handle.foot))
    np.testing.assert_allclose(after[y, x], before[y, x], atol=24, err_msg="nothing hides a handle")
    work = app.session.work
    app.session.replace_all(
        replace(work, volume=None, segmentation=None, plans=(Plan(name="A", cuts=()),))
    )
    assert app.scene.behind.shown is None
    assert not more.behind_action.isChecked()
    app.session.replace_all(work)
    seen.settle()
    app.scene_pane.look_from("A")
    assert np.abs(picture(seen) - before).mean() < 1


def test_of_the_remnant_alone_only_what_stays_is_cut_open(seen):
    app, more = seen.app, seen.app.scene_pane.more
    choose(seen, more.openings["Axial"])
    whole = np.count_nonzero(app.scene.opening.shown.pixels[..., 3])
    app.scene_pane.remnant_button.click()
    seen.spin(0.05)
    rest = np.count_nonzero(app.scene.opening.shown.pixels[..., 3])
    assert 0.1 * whole < rest < 0.9 * whole
    app.scene_pane.remnant_button.click()
    choose(seen, more.openings[""])


def test_another_patient_is_not_begun_cut_open(seen):
    app, more = seen.app, seen.app.scene_pane.more
    choose(seen, more.openings["Axial"])
    app.session.replace_all(replace(app.session.work, volume=replace(app.session.work.volume)))
    assert app.scene.opening.shown is None
    assert more.openings[""].isChecked()
    seen.settle()


def test_named_views_look_from_where_they_say(seen):
    app, more = seen.app, seen.app.scene_pane.more
    camera = app.scene.renderer.GetActiveCamera()
    surgeon = more.filled.actions()[0]
    choose(seen, surgeon)
    place = np.array(camera.GetPosition()) - app.scene.centre
    assert place[0] < 0, "at the patient's right"
    assert place[1] < 0, "in front"
    choose(seen, more.along_action)
    sight = np.array(camera.GetDirectionOfProjection())
    assert abs(sight @ app.session.work.active_plane.normal) < 1e-6
    more.refresh()
    assert not more.hilum_action.isEnabled(), "no vessel is known"


def test_a_picture_is_kept_as_it_is_seen(seen, tmp_path):
    canvas, more = seen.app.scene_pane.canvas, seen.app.scene_pane.more
    shown = picture(seen)
    more.save_picture(tmp_path / "liver.png")
    kept = QImage(str(tmp_path / "liver.png"))
    assert (kept.width(), kept.height()) == (2 * canvas.width(), 2 * canvas.height())
    small = kept.scaled(canvas.size()).convertToFormat(QImage.Format.Format_RGB888)
    high, wide = small.height(), small.width()
    rows = np.frombuffer(small.constBits(), np.uint8).reshape(high, small.bytesPerLine())
    legend = slice(0, high - 80)
    kept_rgb = rows[:, : 3 * wide].reshape(high, wide, 3).astype(int)
    assert np.abs(kept_rgb - shown)[legend].mean() < 4
    assert np.abs(picture(seen) - shown).max() == 0


def filmed(person, path):
    from liverplan.app.scene.turntable import Turntable

    return Turntable(person.app.scene_pane.canvas, path)


def test_a_film_goes_once_about_and_ends_where_it_began(seen, tmp_path, monkeypatch):
    monkeypatch.setattr("liverplan.app.scene.turntable.FRAMES", 6)
    camera = seen.app.scene.renderer.GetActiveCamera()
    before = np.array(camera.GetPosition())
    filmed(seen, tmp_path / "liver.gif")
    seen.wait((tmp_path / "liver.gif").exists)
    np.testing.assert_allclose(camera.GetPosition(), before, atol=0.5)
    with Image.open(tmp_path / "liver.gif") as film:
        assert film.n_frames == 6
        assert film.size == seen.app.scene_pane.canvas.picture().shape[1::-1]
        first = np.array(film.convert("RGB"), dtype=int)
        film.seek(3)
        assert np.abs(np.array(film.convert("RGB"), dtype=int) - first).mean() > 1


def test_a_film_that_is_cancelled_or_cannot_be_written_leaves_no_file(seen, tmp_path, monkeypatch):
    camera = seen.app.scene.renderer.GetActiveCamera()
    before = np.array(camera.GetPosition())
    film = filmed(seen, tmp_path / "liver.gif")
    seen.wait(lambda: film.dialog.value() > 1)
    film.dialog.cancel()
    seen.spin(0.2)
    np.testing.assert_allclose(camera.GetPosition(), before, atol=0.5)
    monkeypatch.setattr("liverplan.app.scene.turntable.FRAMES", 2)
    film = filmed(seen, tmp_path / "none" / "liver.gif")
    seen.wait(lambda: film.fault != "")
    assert "No such file" in film.fault
    film.dialog.close()
    assert list(tmp_path.iterdir()) == []
