"""Segments, territories, suggestions, refusals and whole plans in the app, as the core has them."""

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from PySide6.QtCore import Qt

from liverplan import case, workflow
from liverplan.app.session.saving import work_of
from liverplan.app.steps.resection.segments import BRANCH_WORDS, WORDS
from liverplan.resection import Ablation, CurvedCut, Parts, Plan, Plane, Sphere, VCut, Wedge
from liverplan.resection.anatomy.guide import SegmentGuide
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.named import SCHEME
from liverplan.volumetry.faults import plan_faults
from liverplan.volumetry.search.suggest import CAVEAT
from liverplan.volumetry.shapes.plan_index import PlanIndex, measure_plan
from liverplan.words import in_english
from liverplan.words.numbers import ml
from tests.app.person import CONTROL
from tests.app.surgery import adding, checker, landmarks, off


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
    assert session.work.record.landmarks is not None
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
        "too short": (CurvedCut.flat(centre, (1, 0, 0), size_mm=40),),
        "misses": (Sphere(centre_mm=centre + 300.0, radius_mm=8),),
        "island": (
            VCut(
                planes=(
                    Plane(point_mm=off(centre, 6, 0, 0), normal=(1, 0, 0)),
                    Plane(point_mm=off(centre, -6, 0, 0), normal=(-1, 0, 0)),
                )
            ),
        ),
    }[what]
    planner.begin(*plan)
    planner.settle()
    faults = [in_english(fault.says) for fault in plan_faults(index, Plan(cuts=plan))]
    words = {"through a lesion": "cuts through", "island": "leaves an island"}
    assert words.get(what, what) in " ".join(faults)
    assert planner.panel(4).faults.text() == " ".join(faults)
    assert "refused" in planner.app.result.verdict.text()


def test_the_best_plan_of_each_family_is_offered_and_picked_by_a_click(surgeon):
    panel, session = surgeon.panel(4), surgeon.app.session
    surgeon.press_button(panel.suggest_button)
    surgeon.settle()
    found = surgeon.app.resection.verbs.suggesting.found
    assert {best.family for best in found.best} >= {"plane", "wedges"}
    assert panel.notice.text() == in_english(found.says)
    assert in_english(CAVEAT) in panel.suggestions.caveat.text()
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
        CurvedCut.flat(off(centre, 70, 0, 0), (-1, 0, 0), size_mm=300, controls=5).bent(
            (2, 2), 4.0
        ),
    )
    app.saver.begin(session.work.series)
    work = replace(session.work, maps=MappingProxyType({"portal": halves}))
    session.do("all kinds", work.with_added(*cuts))
    surgeon.press_button(surgeon.panel(4).plans.add_button)
    parts = Parts(scheme="portal", names=("right branch",))
    session.do("parts", session.work.with_added(parts))
    surgeon.click_row(surgeon.panel(4).plans.table, 0)
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
    from liverplan.app.steps.resection.cut_map_view import TOO_NEAR, sides_of
    from liverplan.volumetry.shapes.cut_map import flatten

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
    from liverplan.app.steps.resection.parts import MeasuredSegments
    from liverplan.app.steps.resection.segment_volumes import SegmentVolumes
    from liverplan.resection.anatomy.couinaud import by_landmarks
    from liverplan.resection.anatomy.landmarks import Landmarks
    from liverplan.resection.anatomy.named import usual_shares

    middle = phantom.segmentation.grid.to_mm(np.argwhere(phantom.segmentation.liver).mean(axis=0))
    part_map = by_landmarks(phantom.segmentation, Landmarks(**landmarks(middle)))
    measured = MeasuredSegments(
        volumes_ml=part_map.volumes_ml(phantom.segmentation),
        fractions=part_map.shares_fraction(phantom.segmentation),
    )
    shown = SegmentVolumes(measured, None)
    volumes = part_map.volumes_ml(phantom.segmentation)
    names = [shown.segments.item(n, 0).text() for n in range(shown.segments.rowCount())]
    assert names == list(volumes)
    assert shown.segments.item(4, 1).text() == ml(volumes[names[4]])
    assert shown.shares.rowCount() == len(usual_shares())
    assert "usual" in shown.notice.text()
    shown.close()


def test_there_are_words_for_everything_that_is_asked_for():
    assert tuple(WORDS) == SegmentGuide().names
    assert tuple(BRANCH_WORDS) == SegmentGuide(by_branches=True).names
