"""Every kind of cut made and dragged with the mouse: the numbers are the library's at each step."""

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from PySide6.QtCore import Qt

from liverplan import case, workflow
from liverplan.app.cut_drags import slice_plane
from liverplan.app.handles import handles_on_slice
from liverplan.app.landmarking import WORDS
from liverplan.app.saving import work_of
from liverplan.report.numbers import ml, percent
from liverplan.resection import Ablation, Cleft, Parts, Plan, Plane, Sheet, Sphere, Surface, Wedge
from liverplan.resection.anatomical import SCHEME
from liverplan.resection.maps import PartMap
from liverplan.resection.sheet import FALLBACK
from liverplan.volumetry.cut_checks import plan_faults
from liverplan.volumetry.cut_volumes import PlanIndex, measure_plan
from liverplan.volumetry.suggest import CAVEAT
from tests.app.person import CONTROL

KINDS = {"wedge": Wedge, "sphere": Sphere, "ablation": Ablation}


@pytest.fixture(scope="module")
def index(phantom):
    return PlanIndex.build(phantom.segmentation)


@pytest.fixture
def surgeon(planner):
    planner.begin()
    planner.app.scene_pane.look_from("A")
    planner.open_step(4)
    return planner


def off(point, x_mm, y_mm, z_mm):
    return point + np.array([x_mm, y_mm, z_mm])


def adding(person):
    return person.panel(4).adding


def add_round_lesion(person, kind):
    person.press_button(adding(person).kinds[kind])
    person.press_button(adding(person).round_button)
    return person.app.session.work.active_cut


def checker(person, index):
    """What the panel, the list and the library say after each mouse step; the values seen."""
    seen = []

    def check():
        plan = person.app.session.work.active_plan
        expected = measure_plan(index, plan)
        assert person.app.live.remnant.remnant_ml == expected.remnant_ml
        share = f"{percent(expected.remnant_fraction, 0.30)} %"
        assert person.app.result.number.text() == share
        table, row = person.panel(4).table, person.app.session.work.plan
        assert [table.item(row, c).text() for c in (1, 2)] == [share, ml(expected.remnant_ml)]
        rows = person.panel(4).cuts.table
        assert [rows.item(n, 1).text() for n in range(len(plan.cuts))] == [
            ml(taken) for taken in expected.alone_ml
        ]
        seen.append(expected.remnant_ml)

    return check, seen


def drag_handle(person, view, what, check, by=(22, 9)):
    handles = handles_on_slice(person.app.session.work.active_cut, slice_plane(view.look))
    handle = next(h for h in handles if h.what == what)
    start = view.look.lps_to_pixel(handle.at_mm)
    person.drag(view.canvas, start, (start[0] + by[0], start[1] + by[1]), steps=5, each=check)


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_round_a_lesion_is_made_dragged_resized_and_turned(surgeon, index, kind):
    cut = add_round_lesion(surgeon, kind)
    assert isinstance(cut, KINDS[kind])
    check, seen = checker(surgeon, index)
    check()
    view, session = surgeon.view("Coronal"), surgeon.app.session
    for what in ("move", "resize", "turn"):
        offered = handles_on_slice(session.work.active_cut, slice_plane(view.look))
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
    surgeon.press_button(adding(surgeon).curved_button)
    view, centre = surgeon.view("Axial"), surgeon.app.live.derived.centre_mm
    surgeon.app.views.move_crosshair(centre)
    surgeon.spin(0.05)
    surgeon.click(view, surgeon.pixel(view, centre))
    session = surgeon.app.session
    assert isinstance(session.work.active_cut, Surface)
    check, seen = checker(surgeon, index)
    check()
    flat = session.work.active_cut
    line = next(
        handle for handle in handles_on_slice(flat, slice_plane(view.look)) if handle.what == "move"
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
    surgeon.press_button(surgeon.panel(4).flip_button)
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
    person.press_button(adding(person).contour_button)
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
    assert isinstance(surgeon.app.session.work.active_cut, Surface)
    assert surgeon.app.views.points_mm == []
    check, _ = checker(surgeon, index)
    check()
    assert 0.5 <= surgeon.app.live.remnant.remnant_ml / index.functional_ml < 1


def test_a_contour_whose_pen_went_back_is_cut_by_a_folded_sheet_and_said_so(surgeon, index):
    draw_contour(surgeon, looped(ring(surgeon, 1.4)))
    surgeon.press_button(adding(surgeon).close_button)
    surgeon.settle()
    cut = surgeon.app.session.work.active_cut
    assert isinstance(cut, Sheet), surgeon.panel(4).notice.text()
    assert surgeon.panel(4).notice.text() == FALLBACK
    assert surgeon.panel(4).cuts.table.item(0, 0).text() == "1  Folded cut"
    assert "no handles" in surgeon.panel(4).next.text()
    check, seen = checker(surgeon, index)
    check()
    surgeon.press_button(surgeon.panel(4).flip_button)
    check()
    assert seen[0] > seen[1]


def test_a_contour_that_does_not_part_the_liver_is_refused_in_words(surgeon):
    points = looped(ring(surgeon))
    draw_contour(surgeon, points)
    surgeon.press_button(adding(surgeon).close_button)
    surgeon.settle()
    assert "This contour is too short to cut through" in surgeon.panel(4).notice.text()
    assert surgeon.app.session.work.cuts == ()
    assert len(surgeon.app.views.points_mm) == len(points)


def ring(person, size=1.0):
    """Eight points round the liver in one sagittal slice."""
    centre = person.app.live.derived.centre_mm
    angles = np.arange(8) * np.pi / 4
    around = np.stack([0 * angles, 60 * np.cos(angles), 70 * np.sin(angles)], axis=1)
    return list(centre + size * around)


def looped(points):
    """The same contour where the pen made a small loop at the top."""
    loop = [points[2] + [0, y, z] for y, z in ((-8, 0), (0, 8), (8, 0))]
    return [*points[:2], *loop, *points[3:]]


def landmarks(centre):
    return {
        "cava": off(centre, 10, 35, 40),
        "right_vein": off(centre, -60, 0, 20),
        "middle_vein": off(centre, -10, -40, 20),
        "left_vein": off(centre, 40, -20, 30),
        "gallbladder_fossa": off(centre, -20, -40, -40),
        "portal_bifurcation": off(centre, 0, 15, -5),
        "right_portal": off(centre, -35, 10, -5),
        "left_portal": off(centre, 35, -5, 0),
        "umbilical_portion": off(centre, 35, -10, 0),
        "falciform": off(centre, 40, -60, 0),
    }


def test_segments_wait_for_landmarks_and_are_taken_by_name_or_tick(surgeon):
    surgeon.press_button(adding(surgeon).kinds["segments"])
    box, session = adding(surgeon).segments, surgeon.app.session
    assert not box.ticks["5"].isEnabled()
    assert "click ten landmarks" in box.reason.text()
    surgeon.press_button(box.landmarks_button)
    view = surgeon.view("Axial")
    for name, point in landmarks(surgeon.app.live.derived.centre_mm).items():
        assert WORDS[name] in box.step.text()
        surgeon.app.views.move_crosshair(np.array(point))
        surgeon.spin(0.02)
        surgeon.click(view, surgeon.pixel(view, point))
    surgeon.wait(lambda: SCHEME in session.work.maps, what="the segments")
    surgeon.settle()
    assert session.history.undo_name == "segments from landmarks"
    assert session.work.documents["landmarks"]["schema"] == "liverplan.landmarks/1"
    for name in ("5", "6", "7"):
        surgeon.app.steps.area.ensureWidgetVisible(box.ticks[name])
        box.ticks[name].click()
    box.names.setCurrentIndex(1)
    box.names.activated.emit(1)
    cut = session.work.active_cut
    assert isinstance(cut, Parts)
    assert box.called.text().startswith("Takes ")
    index = PlanIndex.build(session.work.segmentation, session.work.maps)
    check, _ = checker(surgeon, index)
    check()
    surgeon.settle()
    assert surgeon.app.live.findings.volumes.remnant_ml == surgeon.app.live.remnant.remnant_ml
    for _ in range(5):
        surgeon.key(Qt.Key.Key_Z, CONTROL)
    assert SCHEME not in session.work.maps


def test_planes_are_joined_in_a_v_that_is_dragged_and_parted_again(surgeon, index):
    centre, session = surgeon.app.live.derived.centre_mm, surgeon.app.session
    button = adding(surgeon).join_button
    surgeon.press_button(adding(surgeon).kinds["plane"])
    assert not button.isEnabled()
    planes = tuple(Plane(point_mm=centre, normal=n) for n in ((1, 0.4, 0), (-0.2, 1, 0)))
    session.do("two planes", session.work.with_cuts(planes, 1))
    surgeon.settle()
    surgeon.press_button(button)
    (cleft,) = session.work.cuts
    assert isinstance(cleft, Cleft)
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
    surgeon.press_button(adding(surgeon).join_button)
    assert session.work.cuts == planes
    assert "swap the sides of one" in surgeon.panel(4).notice.text()


def test_a_vessel_branch_that_is_cut_takes_its_territory(surgeon, phantom):
    halves = halves_of(phantom)
    session = surgeon.app.session
    surgeon.press_button(adding(surgeon).kinds["vessels"])
    assert "Needs vessels: click into" in adding(surgeon).vessels.reason.text()
    session.do("maps", replace(session.work, maps=MappingProxyType({"portal": halves})))
    surgeon.settle()
    tick = adding(surgeon).vessels.ticks["portal", "right branch"]
    tick.click()
    surgeon.settle()
    expected = halves.volumes_ml(phantom.segmentation)["right branch"]
    assert surgeon.app.live.remnant.resected_ml == pytest.approx(expected, abs=1e-6)
    assert session.history.undo_name == "take portal branches"
    tick.click()
    assert session.work.cuts == ()


def halves_of(phantom):
    labels = (phantom.segmentation.labels > 0).astype(np.uint8)
    labels[:, :, labels.shape[2] // 2 :] *= 2
    names = ("right branch", "left branch")
    return PartMap(scheme="portal", grid=phantom.segmentation.grid, labels=labels, names=names)


@pytest.mark.parametrize("what", ["through a lesion", "too short", "misses", "island"])
def test_what_makes_no_sense_is_said_in_the_core_s_words(planner, index, what):
    planner.begin()
    centre = planner.app.live.derived.centre_mm
    lesion = next(iter(planner.app.live.derived.lesion_centres.values()))
    plan = {
        "through a lesion": (Sphere(centre_mm=off(lesion, 14, 0, 0), radius_mm=18),),
        "too short": (Surface.flat(centre, (1, 0, 0), size_mm=40),),
        "misses": (Sphere(centre_mm=centre + 300.0, radius_mm=8),),
        "island": (
            Cleft(
                planes=(
                    Plane(point_mm=off(centre, 6, 0, 0), normal=(1, 0, 0)),
                    Plane(point_mm=off(centre, -6, 0, 0), normal=(-1, 0, 0)),
                )
            ),
        ),
    }[what]
    planner.begin(*plan)
    planner.settle()
    faults = plan_faults(index, Plan(cuts=plan))
    words = {"through a lesion": "cuts through", "island": "leaves an island"}
    assert words.get(what, what) in " ".join(faults)
    assert planner.panel(4).faults.text() == " ".join(faults)
    assert "refused" in planner.app.result.verdict.text()


def test_the_best_plan_of_each_family_is_offered_and_picked_by_a_click(surgeon):
    panel, session = surgeon.panel(4), surgeon.app.session
    surgeon.press_button(panel.suggest_button)
    surgeon.settle()
    found = surgeon.app.planning.suggestions
    assert {best.family for best in found.best} >= {"plane", "wedges"}
    assert panel.notice.text() == found.sentence
    assert CAVEAT in panel.suggestions.caveat.text()
    for number, best in enumerate(found.best):
        surgeon.click_row(panel.suggestions.table, number)
        assert session.work.cuts == best.plan.cuts
        assert panel.suggestions.table.item(number, 2).text() == ml(best.remnant_ml)
        assert surgeon.app.live.remnant.remnant_ml == pytest.approx(best.remnant_ml, abs=0.05)
    surgeon.key(Qt.Key.Key_Z, CONTROL)
    assert session.work.cuts != found.best[-1].plan.cuts


def test_a_plan_of_all_kinds_is_saved_and_comes_back_with_the_same_numbers(surgeon, phantom):
    app, session = surgeon.app, surgeon.app.session
    centre = app.live.derived.centre_mm
    halves = halves_of(phantom)
    cuts = (
        Plane(point_mm=off(centre, 90, 0, 0), normal=(-1, 0.1, 0)),
        Sphere(centre_mm=off(centre, 0, 10, 0), radius_mm=9),
        Wedge(tip_mm=off(centre, 20, -20, 0), direction=(0, -1, 0), radius_mm=7),
        Ablation(centre_mm=off(centre, -20, 0, 20), radii_mm=(8, 7, 6), axes=np.eye(3)),
        Surface.flat(off(centre, 70, 0, 0), (-1, 0, 0), size_mm=300, controls=5).lifted(
            (2, 2), 4.0
        ),
    )
    app.saver.begin(session.work.series)
    work = replace(session.work, maps=MappingProxyType({"portal": halves}))
    session.do("all kinds", work.with_added(*cuts))
    surgeon.press_button(surgeon.panel(4).add_plan_button)
    parts = Parts(scheme="portal", names=("right branch",))
    session.do("parts", session.work.with_added(parts))
    surgeon.click_row(surgeon.panel(4).table, 0)
    surgeon.settle()
    app.saver.flush()
    assert case.verify(app.saver.folder) == []
    kept = work_of(case.open_case(app.saver.folder).state)
    assert [p.to_json() for p in kept.plans] == [p.to_json() for p in session.work.plans]
    assert (kept.plan, kept.cut) == (session.work.plan, session.work.cut)
    before = PlanIndex.build(session.work.segmentation, session.work.maps)
    after = PlanIndex.build(kept.segmentation, kept.maps)
    for one, other in zip(session.work.plans, kept.plans, strict=True):
        assert measure_plan(before, one) == measure_plan(after, other)
    assert app.live.remnant.remnant_ml == measure_plan(after, kept.active_plan).remnant_ml
    if not app.live.refused:
        measured = workflow.measure_case(app.saver.folder)
        assert measured.volumes.remnant_ml == app.live.remnant.remnant_ml


def test_the_chosen_cut_is_laid_flat_as_a_picture(surgeon, index):
    from liverplan.app.panels.cut_map_view import TOO_NEAR, sides_of
    from liverplan.volumetry.cut_map import flatten

    lesion = next(iter(surgeon.app.live.derived.lesion_centres.values()))
    plane = Plane(point_mm=off(lesion, 22, 0, 0), normal=(1, 0, 0))
    surgeon.begin(plane)
    surgeon.open_step(4)
    cuts = surgeon.panel(4).cuts
    surgeon.press_button(cuts.map_button)
    surgeon.wait(lambda: cuts.map is not None and cuts.map.isVisible(), what="the map")
    expected = flatten(index, plane)
    image = cuts.map.picture.image
    assert (image.width(), image.height()) == expected.inside.shape
    margin = surgeon.app.session.work.margin_mm
    near = 0
    for u in range(0, image.width(), 3):
        for v in range(0, image.height(), 3):
            colour = image.pixelColor(u, image.height() - 1 - v)
            assert (colour.alpha() > 0) == expected.inside[u, v]
            red = colour.getRgb()[:3] == TOO_NEAR
            assert red == (expected.inside[u, v] and expected.lesion_mm[u, v] < margin)
            near += red
    assert near > 5
    assert {"A", "P", "H", "F"} == set(sides_of(expected))
    assert f"{expected.area_cm2:.0f} cm" in cuts.map.words.text()
    cuts.map.close()
    surgeon.begin(Sphere(centre_mm=lesion, radius_mm=30))
    assert not cuts.map_button.isEnabled()


def test_segment_volumes_stand_beside_published_ranges(phantom):
    from liverplan.app.panels.segment_volumes import SegmentVolumes
    from liverplan.resection.anatomical import usual_shares
    from liverplan.resection.couinaud import by_landmarks
    from liverplan.resection.landmarks import Landmarks

    middle = phantom.segmentation.grid.to_mm(np.argwhere(phantom.segmentation.liver).mean(axis=0))
    part_map = by_landmarks(phantom.segmentation, Landmarks(**landmarks(middle)))
    shown = SegmentVolumes(part_map, phantom.segmentation, None)
    volumes = part_map.volumes_ml(phantom.segmentation)
    names = [shown.segments.item(n, 0).text() for n in range(shown.segments.rowCount())]
    assert names == list(volumes)
    assert shown.segments.item(4, 1).text() == ml(volumes[names[4]])
    assert shown.shares.rowCount() == len(usual_shares())
    assert "usual" in shown.notice.text()
    shown.close()
