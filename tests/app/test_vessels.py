"""Vessels from clicks: found, drawn on slices and in 3D, kept in the case; where a lesion lies."""

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from PySide6.QtCore import Qt

from liverplan import case
from liverplan.app import theme
from liverplan.app.places import place_of
from liverplan.app.saving import work_of
from liverplan.app.vessels import SCHEME
from liverplan.resection.maps import PartMap
from tests.app.person import CONTROL


def bright_point(person):
    """The brightest place well inside the liver: in a vessel of the phantom."""
    from scipy import ndimage

    work = person.app.session.work
    inside = ndimage.binary_erosion(work.segmentation.labels == 1, iterations=5)
    calm = ndimage.gaussian_filter(work.volume.hu.astype(np.float32), 1.0)
    calm[~inside] = -1000
    index = np.unravel_index(int(calm.argmax()), calm.shape)
    return work.volume.grid.to_mm(index)


@pytest.fixture
def clicked(planner):
    """A planner who has clicked into one vessel."""
    planner.begin()
    point = bright_point(planner)
    planner.app.views.move_crosshair(point)
    planner.open_step(2)
    planner.press_button(planner.panel(2).portal_button)
    view = planner.view()
    planner.click(view, planner.pixel(view, point))
    planner.settle()
    return planner


def test_a_click_finds_a_tree_that_is_shown_on_slices_and_in_3d(clicked):
    work = clicked.app.session.work
    assert SCHEME in work.maps, clicked.panel(2).notice.text()
    vessels = work.maps[SCHEME]
    assert np.count_nonzero(vessels.mask(["portal vein"])) * vessels.grid.voxel_ml > 0.1
    assert clicked.app.session.history.undo_name == "mark portal vein"
    assert list(clicked.app.vessels.surfaces) == ["portal vein"]
    (actor,) = clicked.app.scene.vessels
    assert actor.GetProperty().GetColor() == pytest.approx([c / 255 for c in theme.PORTAL_VEIN])
    view = clicked.view()
    clicked.spin(0.2)
    assert not view.overlay.drawing.outlines.vessels["portal vein"].isEmpty()
    clicked.key(Qt.Key.Key_Z, CONTROL)
    clicked.settle()
    assert SCHEME not in clicked.app.session.work.maps
    assert clicked.app.scene.vessels == []


def test_vessels_are_kept_in_the_case(clicked):
    app = clicked.app
    app.saver.begin(app.session.work.series)
    app.saver.flush()
    assert case.verify(app.saver.folder) == []
    kept = work_of(case.open_case(app.saver.folder).state)
    np.testing.assert_array_equal(kept.maps[SCHEME].labels, app.session.work.maps[SCHEME].labels)
    assert kept.documents[SCHEME] == app.session.work.documents[SCHEME]
    clicked.press_button(clicked.panel(2).no_vessels_button)
    clicked.settle()
    assert app.session.history.undo_name == "remove vessels"
    assert app.scene.vessels == []


def test_a_click_beside_every_vessel_is_answered_in_words(planner):
    planner.begin()
    planner.open_step(2)
    planner.press_button(planner.panel(2).hepatic_button)
    before = planner.app.session.work
    planner.click(planner.view(), (25, 25))
    planner.settle()
    assert planner.panel(2).notice.text()
    assert planner.app.session.work is before


def test_the_list_names_couinaud_segments_where_there_is_a_map(planner):
    planner.begin()
    planner.open_step(3)
    table = planner.panel(3).table
    assert {table.item(row, 3).text() for row in range(3)} <= {"left", "right"}
    work = planner.app.session.work
    labels = work.segmentation.labels
    parts = np.where(labels > 0, 1, 0).astype(np.uint8)
    parts[labels == 3] = 2
    where = np.argwhere(labels == 4)
    parts[tuple(where[: len(where) // 3].T)] = 2
    segments = PartMap(scheme="couinaud", grid=work.volume.grid, labels=parts, names=("6", "4a"))
    maps = MappingProxyType({"couinaud": segments})
    planner.app.session.do("segments", replace(work, maps=maps))
    planner.settle()
    assert [table.item(row, 3).text() for row in range(3)] == ["S6", "S4a", "S6, 4a"]
    assert place_of(work, 2, np.array([5.0, 0, 0])) == "left"
