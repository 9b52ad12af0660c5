"""Every kind of cut made and dragged with the mouse: the numbers are the library's at each step."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from liverplan.app.slices.cut_drags import slice_plane
from liverplan.resection import Ablation, CurvedCut, FoldedCut, Plane, Sphere, VCut, Wedge
from liverplan.resection.cuts.folded import FALLBACK
from liverplan.volumetry.shapes.plan_index import measure_plan
from liverplan.words import in_english
from liverplan.workflow.plans import Around, Draft, placed
from tests.app.clipped import faults_of
from tests.app.person import CONTROL
from tests.app.surgery import add_round_lesion, adding, checker, drag_handle, off, ring

KINDS = {"wedge": Wedge, "sphere": Sphere, "ablation": Ablation}


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_round_a_lesion_is_made_dragged_resized_and_turned(surgeon, index, kind):
    cut = add_round_lesion(surgeon, kind)
    assert isinstance(cut, KINDS[kind])
    check, seen = checker(surgeon, index)
    check()
    assert faults_of(surgeon.app.steps) == [], "as many fields as the cut has sizes have room"
    view, session = surgeon.view("Coronal"), surgeon.app.session
    for what in ("move", "resize", "turn"):
        offered = session.work.active_cut.handles_on(slice_plane(view.look))
        if what not in {handle.what for handle in offered}:
            assert (kind, what) == ("sphere", "turn")
            continue
        before = session.work.active_cut
        drag_handle(surgeon, view, what, check, by=(6, 4) if what == "move" else (14, -12))
        assert session.work.active_cut is not before
        assert session.history.undo_name.startswith(f"{what} {kind}")
        surgeon.key(Qt.Key.Key_Z, CONTROL)
        assert session.work.active_cut is before
    assert len(set(seen)) > 4


@pytest.mark.parametrize("kind", ["plane", *KINDS])
def test_a_cut_round_a_lesion_is_the_command_line_s_to_the_last_digit(surgeon, index, kind):
    margin = surgeon.app.session.work.margin_mm
    add_round_lesion(surgeon, "sphere")
    cut = add_round_lesion(surgeon, kind)
    mine = surgeon.app.session.work.active_plan
    assert len(mine.cuts) == 2
    around = Around(kind=kind, label=2, margin_mm=margin)
    asked = placed([Draft(name="", cuts=(mine.cuts[0], around))], index)
    for name in cut.__slots__:
        np.testing.assert_array_equal(getattr(cut, name), getattr(asked.cuts[1], name))
    assert surgeon.app.live.remnant.remnant_ml == measure_plan(index, asked).remnant_ml


def test_a_cut_is_kept_while_slices_beside_the_liver_are_shown(surgeon, phantom):
    add_round_lesion(surgeon, "wedge")
    grid = phantom.segmentation.grid
    for corner in (np.zeros(3), np.array(grid.shape) - 1):
        surgeon.app.views.move_crosshair(grid.to_mm(corner))
        surgeon.spin(0.1)
    for view in surgeon.app.views.views.values():
        assert not view.overlay.drawing.outlines.functional.elementCount()
    assert isinstance(surgeon.app.session.work.active_cut, Wedge)


def test_a_curved_cut_is_placed_bent_on_a_slice_and_in_3d(surgeon, index):
    surgeon.press_button(adding(surgeon).kinds["curved"])
    surgeon.press_button(adding(surgeon).curved.click_button)
    view, centre = surgeon.view("Axial"), surgeon.app.live.derived.centre_mm
    surgeon.app.views.move_crosshair(centre)
    surgeon.spin(0.05)
    surgeon.click(view, surgeon.pixel(view, centre))
    session = surgeon.app.session
    assert isinstance(session.work.active_cut, CurvedCut)
    check, seen = checker(surgeon, index)
    check()
    flat = session.work.active_cut
    line = next(
        handle for handle in flat.handles_on(slice_plane(view.look)) if handle.what == "move"
    )
    at = np.array(view.look.lps_to_pixel(line.at_mm))
    toward = np.array(view.look.lps_to_pixel(line.at_mm + 20 * flat.axes[2])) - at
    along = np.array([-toward[1], toward[0]]) / np.linalg.norm(toward)
    spot = at + 32 * along  # on the line, between the square and a knob
    surgeon.drag(view.canvas, spot, spot + 0.8 * toward, steps=5, each=check)
    assert session.history.undo_name == "bend curved cut"
    assert np.ptp(session.work.active_cut.heights_mm) > 2
    scene, bent = surgeon.app.scene, session.work.active_cut
    surgeon.spin(0.1)
    ball = next(h for h in scene.handles if h.what == "bend" and h.part == (2, 2))
    start = scene.to_pixel(ball.at_mm)
    surgeon.drag(
        surgeon.app.scene_pane.canvas, start, (start[0] + 24, start[1] - 6), steps=4, each=check
    )
    assert session.work.active_cut is not bent
    assert len(set(seen)) > 6
    surgeon.press_button(surgeon.panel(4).cuts.flip_button)
    check()
    assert seen[-1] == pytest.approx(index.functional_ml - seen[-2], abs=0.2)


def test_a_sphere_is_resized_in_3d_and_by_a_number(surgeon, index):
    add_round_lesion(surgeon, "sphere")
    check, _ = checker(surgeon, index)
    surgeon.spin(0.2)
    scene, session = surgeon.app.scene, surgeon.app.session
    handle = next(h for h in scene.handles if h.what == "resize")
    start, centre = scene.to_pixel(handle.at_mm), scene.to_pixel(handle.foot_mm)
    before = session.work.active_cut.radius_mm
    surgeon.drag(
        surgeon.app.scene_pane.canvas,
        start,
        (start[0] + 0.3 * (start[0] - centre[0]), start[1] + 0.3 * (start[1] - centre[1])),
        steps=4,
        each=check,
    )
    assert session.work.active_cut.radius_mm == pytest.approx(1.3 * before, rel=0.05)
    field = surgeon.panel(4).cuts.fields[0]
    field.setFocus()
    field.selectAll()
    for digit in (Qt.Key.Key_2, Qt.Key.Key_5, Qt.Key.Key_Return):
        surgeon.key(digit, widget=field)
    assert session.work.active_cut.radius_mm == 25
    check()


def draw_contour(person, points):
    person.press_button(adding(person).kinds["curved"])
    person.press_button(adding(person).curved.contour_button)
    view = person.view("Sagittal")
    person.app.views.move_crosshair(points[0])
    person.spin(0.05)
    for point in points:
        person.click(view, person.pixel(view, point))
    assert f"{len(points)} points" in person.panel(4).notice.text()


def test_a_contour_drawn_on_the_surface_becomes_a_curved_cut(surgeon, index):
    draw_contour(surgeon, ring(surgeon))
    surgeon.key(Qt.Key.Key_Return)
    surgeon.settle()
    assert isinstance(surgeon.app.session.work.active_cut, CurvedCut)
    assert surgeon.app.views.marks.points_mm == ()
    check, _ = checker(surgeon, index)
    check()
    assert 0.5 <= surgeon.app.live.remnant.remnant_ml / index.functional_ml < 1


def test_a_contour_whose_pen_went_back_is_cut_by_a_folded_sheet_and_said_so(surgeon, index):
    draw_contour(surgeon, looped(ring(surgeon, 1.4)))
    surgeon.press_button(adding(surgeon).curved.close_button)
    surgeon.settle()
    cut = surgeon.app.session.work.active_cut
    assert isinstance(cut, FoldedCut), surgeon.panel(4).notice.text()
    assert surgeon.panel(4).notice.text() == in_english(FALLBACK)
    assert surgeon.panel(4).cuts.table.item(0, 0).text() == "1  Folded cut"
    assert "no handles" in surgeon.panel(4).next.text()
    check, seen = checker(surgeon, index)
    check()
    surgeon.press_button(surgeon.panel(4).cuts.flip_button)
    check()
    assert seen[0] > seen[1]


def test_a_contour_that_does_not_part_the_liver_is_refused_in_words(surgeon):
    points = looped(ring(surgeon))
    draw_contour(surgeon, points)
    surgeon.press_button(adding(surgeon).curved.close_button)
    surgeon.settle()
    assert "This contour is too short to cut through" in surgeon.panel(4).notice.text()
    assert surgeon.app.session.work.cuts == ()
    assert len(surgeon.app.views.marks.points_mm) == len(points)


def looped(points):
    """The same contour where the pen made a small loop at the top."""
    loop = [points[2] + [0, y, z] for y, z in ((-8, 0), (0, 8), (8, 0))]
    return [*points[:2], *loop, *points[3:]]


def test_planes_are_joined_in_a_v_that_is_dragged_and_parted_again(surgeon, index):
    centre, session = surgeon.app.live.derived.centre_mm, surgeon.app.session
    button = adding(surgeon).plane.join_button
    surgeon.press_button(adding(surgeon).kinds["plane"])
    assert not button.isEnabled()
    planes = tuple(Plane(point_mm=centre, normal=n) for n in ((1, 0.4, 0), (-0.2, 1, 0)))
    session.do("two planes", session.work.with_cuts(planes, 1))
    surgeon.settle()
    surgeon.press_button(button)
    (cleft,) = session.work.cuts
    assert isinstance(cleft, VCut)
    check, seen = checker(surgeon, index)
    check()
    view = surgeon.view("Axial")
    surgeon.app.views.move_crosshair(centre)
    surgeon.spin(0.05)
    for what in ("turn", "move"):
        drag_handle(surgeon, view, what, check)
        assert session.history.undo_name == f"{what} V-shaped cut"
    assert len(set(seen)) > 6
    for _ in range(2):
        surgeon.key(Qt.Key.Key_Z, CONTROL)
    assert button.text() == "Part the V"
    surgeon.press_button(button)
    assert session.work.cuts == planes
    assert session.work.active_cut is planes[1]


def test_planes_with_nothing_beyond_both_are_not_joined(surgeon):
    centre, session = surgeon.app.live.derived.centre_mm, surgeon.app.session
    apart = ((40.0, (1, 0, 0)), (-40.0, (-1, 0, 0)))
    planes = tuple(Plane(point_mm=off(centre, -x, 0, 0), normal=n) for x, n in apart)
    session.do("two planes", session.work.with_cuts(planes, 1))
    surgeon.settle()
    surgeon.press_button(adding(surgeon).kinds["plane"])
    surgeon.press_button(adding(surgeon).plane.join_button)
    assert session.work.cuts == planes
    assert "swap the sides of one" in surgeon.panel(4).notice.text()
