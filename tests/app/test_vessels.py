"""Vessels from clicks: found, drawn on slices and in 3D, kept in the case; where a lesion lies."""

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from PySide6.QtCore import Qt

from liverplan import case
from liverplan.app.kit import theme
from liverplan.app.scene.structures import tree_of
from liverplan.app.session.saving import work_of
from liverplan.app.steps.liver.vessel_maps import SCHEME
from liverplan.resection import Parts
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.named import SEGMENTS
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
    bodies = clicked.app.scene.vessels
    assert {tree_of(name) or name for name in bodies} == {"portal vein"}
    actor = bodies["portal vein 1.1"]  # the trunk before its first fork feeds next to nothing
    assert actor.GetProperty().GetColor() == pytest.approx([c / 255 for c in theme.PORTAL_VEIN])
    assert "portal vein 1.1" in clicked.app.scene_pane.list.eyes
    view = clicked.view()
    clicked.spin(0.2)
    assert not view.overlay.drawing.outlines.vessels["portal vein"].isEmpty()
    clicked.key(Qt.Key.Key_Z, CONTROL)
    clicked.settle()
    assert SCHEME not in clicked.app.session.work.maps
    assert clicked.app.scene.vessels == {}


def test_vessels_are_kept_in_the_case(clicked):
    app = clicked.app
    app.saver.begin(app.session.work.series)
    app.saver.flush()
    assert case.verify(app.saver.folder) == []
    kept = work_of(case.open_case(app.saver.folder).state)
    np.testing.assert_array_equal(kept.maps[SCHEME].labels, app.session.work.maps[SCHEME].labels)
    assert kept.record.vessel_clicks == app.session.work.record.vessel_clicks
    clicked.press_button(clicked.panel(2).no_vessels_button)
    clicked.settle()
    assert app.session.history.undo_name == "remove vessels"
    assert app.scene.vessels == {}


def test_a_branch_is_cut_by_a_click_and_given_back_by_another(clicked):
    app, view = clicked.app, clicked.view()
    session, box = app.session, clicked.panel(4).adding.vessels
    assert {"vessels", "portal"} <= set(session.work.maps)
    clicked.open_step(4)
    clicked.press_button(clicked.panel(4).adding.kinds["vessels"])
    clicked.press_button(box.cut_button)
    point = bright_point(clicked)
    app.views.move_crosshair(point)
    clicked.click(view, clicked.pixel(view, point))
    clicked.settle()
    (cut,) = session.work.cuts
    assert (cut.scheme, len(cut.names)) == ("portal", 1)
    segmentation, portal = session.work.segmentation, session.work.maps["portal"]
    lost = np.count_nonzero(portal.mask(cut.names) & (segmentation.labels == 1))
    assert app.live.remnant.resected_ml == pytest.approx(lost * segmentation.grid.voxel_ml)
    assert app.result.ml.whole.endswith("mL are lost")
    assert [t.text().split(":")[0] for t in box.ticks.values()] == [f"portal {cut.names[0]}"]
    clicked.click(view, clicked.pixel(view, point))
    clicked.settle()
    assert session.work.cuts == ()
    assert session.history.undo_name == "keep all portal branches"
    clicked.click(view, (25, 25))
    assert "No vessel inside the liver lies within 6 mm" in clicked.panel(4).notice.text()


def place_in(maps, branch):
    """A point in the middle of a branch's vessel."""
    portal, lumen = maps["portal"], maps[SCHEME]
    mine = (portal.labels == portal.names.index(branch) + 1) & (lumen.labels == 1)
    inside = np.argwhere(mine)
    nearest = np.linalg.norm(inside - inside.mean(axis=0), axis=1).argmin()
    return lumen.grid.to_mm(inside[nearest])


def test_segments_follow_from_clicks_into_their_portal_branches(clicked):
    session, view = clicked.app.session, clicked.view()
    maps, box = session.work.maps, clicked.panel(4).adding.segments
    lumen = np.bincount(maps["portal"].labels[maps[SCHEME].labels == 1], minlength=256)
    ends = [
        name
        for number, name in enumerate(maps["portal"].names, 1)
        if lumen[number] > 30 and not any(n.startswith(name + ".") for n in maps["portal"].names)
    ]
    clicked.open_step(4)
    clicked.press_button(clicked.panel(4).adding.kinds["segments"])
    clicked.press_button(box.branches_button)
    assert box.step.text() == "1 of 9: click the portal branch of segment 1."
    for name in SEGMENTS:
        if name not in ("3", "6"):
            clicked.press_button(box.skip_button)
            continue
        point = place_in(maps, ends[0 if name == "3" else 1])
        clicked.app.views.move_crosshair(point)
        clicked.spin(0.05)
        clicked.click(view, clicked.pixel(view, point))
    clicked.wait(lambda: "couinaud" in session.work.maps, what="the segments")
    clicked.settle()
    segments, liver = session.work.maps["couinaud"], session.work.segmentation.labels > 0
    assert segments.names == ("3", "6")
    assert (segments.labels[liver] > 0).all()
    assert session.history.undo_name == "segments from branches"
    assert set(session.work.record.segment_branches.points_mm) == {"3", "6"}
    assert not box.skip_button.isVisible()


def test_vessels_found_anew_are_marked_anew_and_tissue_that_joins_is_divided(clicked):
    session = clicked.app.session
    branch = session.work.maps["portal"].names[0]
    parts = Parts(scheme="portal", names=(branch,))
    session.do("cut", session.work.with_cuts((parts,), 0))
    segmentation = session.work.segmentation
    where = tuple(np.argwhere(segmentation.labels == 1)[0] - (1, 0, 0))
    labels = segmentation.labels.copy()
    labels[where] = 1
    session.do("brush", replace(session.work, segmentation=replace(segmentation, labels=labels)))
    clicked.wait(lambda: session.work.maps["portal"].labels[where] > 0, what="territories")
    assert session.work.cuts == (parts,)
    clicked.open_step(2)
    clicked.press_button(clicked.panel(2).no_vessels_button)
    clicked.settle()
    assert not {"vessels", "portal"} & set(session.work.maps)
    assert session.work.cuts == ()
    clicked.open_step(4)
    assert "mark again which of their branches" in clicked.panel(4).notice.text()


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
    assert {table.item(row, 3).text() for row in range(3)} <= {"left side", "right side"}
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
