"""The list over the 3D view, the remnant alone, margin bands: by real events and pixels."""

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from PySide6.QtCore import Qt
from vtkmodules.util.numpy_support import vtk_to_numpy

from liverplan.app.scene.structures import BANDS, RESECTED, SEGMENTS
from liverplan.app.session.zone import FIELD_MM
from liverplan.resection import Plane
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.named import SCHEME
from tests.app.clipped import faults_of
from tests.app.gallery_scene import press
from tests.app.test_never_again import colours_of


@pytest.fixture(scope="module")
def begun(planner):
    """A plane that stays 3 mm or so off a metastasis."""
    planner.begin()
    lesion = next(iter(planner.app.live.derived.lesion_centres.values()))
    planner.begin(Plane(point_mm=lesion + np.array([14.0, 0, 0]), normal=(1.0, 0, 0)))
    return planner, planner.app.session.work


@pytest.fixture
def seen(begun):
    person, work = begun
    if person.app.session.work is not work:
        person.app.session.replace_all(work)
        person.settle()
    person.open_step(4)
    person.app.scene_pane.look_from("A")
    return person


def picture(person):
    return colours_of(person.screen_of(person.app.scene_pane.canvas)).astype(int)


def orange(shown):
    return np.count_nonzero(shown[..., 0] - shown[..., 2] > 60)


def bluish(shown):
    return np.count_nonzero(shown[..., 2] - shown[..., 0] > 30)


def yellow(shown):
    red, green, blue = np.moveaxis(shown, -1, 0)
    return np.count_nonzero((red > 110) & (green > 100) & (blue < 0.6 * green))


def test_one_key_shows_only_what_stays_and_the_same_key_all_again(seen):
    pane = seen.app.scene_pane
    before = picture(seen)
    seen.key(Qt.Key.Key_K)
    alone = picture(seen)
    assert pane.remnant_button.isChecked()
    assert orange(alone) < 0.1 * orange(before)
    assert bluish(alone) > 500
    press(seen, pane.remnant_button)
    assert np.abs(picture(seen) - before).mean() < 1


def test_another_patient_is_begun_with_everything_shown(seen):
    app, pane = seen.app, seen.app.scene_pane
    seen.key(Qt.Key.Key_K)
    assert app.scene.alone
    app.session.replace_all(replace(app.session.work, volume=replace(app.session.work.volume)))
    assert not app.scene.alone
    assert not pane.remnant_button.isChecked()
    seen.settle()


def test_a_cut_face_says_of_each_point_how_near_a_metastasis_lies(seen):
    zone, face = seen.app.live.derived.zone, seen.app.scene.cut_show.faces.mapper.GetInput()
    points = vtk_to_numpy(face.GetPoints().GetData()).astype(float)
    told = vtk_to_numpy(face.GetPointData().GetScalars())
    grid, plane = seen.app.session.work.segmentation.grid, seen.app.session.work.active_plane
    np.testing.assert_allclose(plane.signed_distance_mm(points), 0, atol=1e-3)
    index = np.rint(grid.to_index(points)).astype(int)
    inside = seen.app.session.work.segmentation.labels
    near = [tuple(i) for i in index]
    held = [
        inside[i] > 0 for i in near if all(0 <= n < s for n, s in zip(i, inside.shape, strict=True))
    ]
    assert np.mean(held) > 0.85, "a face lies in the liver"
    close = [(d, zone.at(i)) for d, i in zip(told, near, strict=True) if zone.at(i) < FIELD_MM]
    assert len(close) > 20
    assert max(abs(a - b) for a, b in close) < max(grid.spacing_mm)


def test_bands_follow_the_numbers_over_the_picture_and_the_drag(seen):
    app, pane = seen.app, seen.app.scene_pane
    pane.look_from("R")
    seen.key(Qt.Key.Key_K)
    near = yellow(picture(seen))
    pane.band_box.far.setValue(24)
    wide = yellow(picture(seen))
    assert wide > 1.5 * near
    assert app.scene.bands.far_mm == 24
    pane.band_box.near.setValue(25)
    assert pane.band_box.far.value() == 25, "the smaller is never the larger"
    pane.band_box.near.setValue(5)
    pane.band_box.far.setValue(10)
    there = vtk_to_numpy(app.scene.cut_show.faces.mapper.GetInput().GetPointData().GetScalars())
    app.session.drag_cut(app.session.work.active_plane.shifted(30.0))
    here = vtk_to_numpy(app.scene.cut_show.faces.mapper.GetInput().GetPointData().GetScalars())
    assert here.min() > there.min() + 5
    app.session.cancel_drag()
    pane.list.eyes[BANDS].click()
    assert app.scene.bands is None, "and no legend"
    pane.list.eyes[BANDS].click()
    seen.key(Qt.Key.Key_K)


def test_segments_have_rows_and_colours_and_go_with_their_map(seen):
    app, pane = seen.app, seen.app.scene_pane
    work = app.session.work
    labels = np.zeros(work.segmentation.grid.shape, np.uint8)
    half = labels.shape[0] // 2
    labels[:half][work.segmentation.labels[:half] > 0] = 1
    labels[half:][work.segmentation.labels[half:] > 0] = 2
    segments = PartMap(scheme=SCHEME, grid=work.segmentation.grid, labels=labels, names=("6", "7"))
    maps = MappingProxyType({SCHEME: segments})
    app.session.do("segments", replace(work, maps=maps))
    seen.settle()
    assert list(pane.list.eyes)[-2:] == ["Segment 6", "Segment 7"]
    before = picture(seen)
    pane.list.eyes[RESECTED].click()
    pane.list.eyes[SEGMENTS].click()
    assert np.abs(picture(seen) - before).mean() > 3
    pane.list.eyes["Segment 6"].click()
    assert not app.scene.seen["Segment 6"].visible
    seen.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    seen.settle()
    assert "Segment 6" not in pane.list.eyes
    assert "Segment 6" not in app.scene.at_hand
    pane.list.eyes[RESECTED].click()
    pane.list.eyes[SEGMENTS].click()


@pytest.mark.parametrize("size", [(1600, 1000), (1280, 800)])
def test_the_list_leaves_the_picture_its_room_and_folds(seen, size):
    app, pane = seen.app, seen.app.scene_pane
    app.window.resize(*size)
    seen.spin(0.1)
    assert faults_of(pane) == []
    room = pane.canvas.height()
    assert room > 0.6 * pane.height()
    sliders = pane.list.sliders.values()
    assert all(s.geometry().right() <= pane.list.viewport().width() for s in sliders)
    press(seen, pane.list_button)
    assert pane.canvas.height() > room + 100
    press(seen, pane.list_button)
    app.window.resize(1600, 1000)
