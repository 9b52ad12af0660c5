"""The panel of the resection step without a window: what it shows and allows at each state."""

from dataclasses import replace

import numpy as np
import pytest

from liverplan.app.session.cut_words import title_of
from liverplan.app.session.work import Work
from liverplan.app.steps.resection.panel import how_to_drag
from liverplan.findings.statement import told
from liverplan.resection import Ablation, CurvedCut, Plan, Sphere, VCut, Wedge
from liverplan.volumetry import Liver
from liverplan.volumetry.search.suggest import Suggested, Suggestions
from liverplan.words import in_english
from liverplan.words.numbers import NONE, ml, percent
from tests.app.desk import rows_of, shown

NO_CUTS = "place a plane by a click on a slice."
LOCKED = "The cuts are locked. Unlock to move them."


@pytest.fixture
def desk(whole_desk):
    whole_desk.start()
    return whole_desk


def cuts_of(desk):
    c = desk.centre
    plane = desk.plane(20)
    return {
        "plane": plane,
        "sphere": Sphere(centre_mm=c, radius_mm=20),
        "wedge": Wedge(tip_mm=c, direction=(-1, 0, 0), radius_mm=15, half_angle_deg=25),
        "ablation": Ablation(centre_mm=c, radii_mm=(25, 12, 16), axes=np.eye(3)),
        "surface": CurvedCut.flat(c, (1, 0, 0), size_mm=300, controls=5),
        "cleft": VCut(planes=(desk.plane(0, (1, 0.4, 0)), desk.plane(0, (-0.2, 1, 0)))),
    }


KINDS = ("plane", "sphere", "wedge", "ablation", "surface", "cleft")


def test_the_step_waits_for_the_liver_and_then_for_nothing(desk):
    assert desk.panel.blocked() == ""
    desk.session.replace_all(Work(record=desk.marked.record))
    assert desk.panel.blocked() == "Needs the liver."


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        ((), ""),
        (("plane",), "Plan A, 1 plane"),
        (("plane", "plane"), "Plan A, 2 planes"),
        (("sphere",), "Plan A, 1 cut"),
        (("plane", "sphere"), "Plan A, 2 cuts"),
    ],
)
def test_the_heading_counts_the_cuts(desk, kinds, words):
    cuts = cuts_of(desk)
    desk.put(*(cuts[kind] for kind in kinds))
    assert desk.panel.state() == words


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_tells_how_it_is_dragged_until_the_cuts_are_locked(desk, kind):
    cut = cuts_of(desk)[kind]
    assert desk.panel.next.text().endswith(NO_CUTS)
    desk.put(cut)
    assert desk.panel.next.text() == how_to_drag(cut)
    desk.panel.cuts.lock_button.click()
    assert desk.panel.next.text() == LOCKED
    assert desk.undone() == "lock cuts"
    assert desk.panel.next.text() == how_to_drag(cut)


def test_nothing_is_suggested_before_a_metastasis_is_marked(desk):
    assert desk.panel.suggest_button.isEnabled()
    assert desk.panel.next.text().startswith("Let the best plan be suggested")
    bare = replace(desk.marked.segmentation, provenance={})
    desk.session.do("none", replace(desk.marked, segmentation=bare))
    assert not desk.panel.suggest_button.isEnabled()
    assert desk.panel.suggest_button.toolTip() == "Needs a metastasis to separate."
    assert desk.panel.next.text().startswith("Mark a metastasis first")


def test_the_margin_is_typed_as_one_step_and_undone_in_the_field(desk):
    desk.panel.margin.setValue(17)
    assert desk.session.work.margin_mm == 17
    assert desk.undone() == "margin"
    assert desk.panel.margin.value() == desk.marked.margin_mm


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_is_listed_with_what_it_takes_and_its_sizes_can_be_typed(desk, phantom, kind):
    cut = cuts_of(desk)[kind]
    desk.put(cut)
    taken = Liver(segmentation=phantom.segmentation).measure(desk.session.work.active_plan)
    listing = desk.panel.cuts
    listing.follow()
    assert rows_of(listing.table) == [[f"1  {title_of(cut)}", ml(taken.resected_ml)]]
    sizes = cut.sizes()
    assert [shown(field) for field in listing.fields] == [n < len(sizes) for n in range(3)]
    for number, size in enumerate(sizes):
        field = listing.fields[number]
        assert field.value() == np.rint(size.value)
        assert (field.minimum(), field.maximum()) == (size.low, size.high)
        wanted = float(np.rint(size.value)) + 1
        field.setValue(wanted)
        assert desk.session.work.active_cut.sizes()[number].value == pytest.approx(wanted)
        assert desk.undone().startswith("resize ")
        assert field.value() == np.rint(size.value)


@pytest.mark.parametrize("kind", KINDS)
def test_what_can_be_done_with_a_cut_depends_on_its_kind_and_the_lock(desk, kind):
    listing, cut = desk.panel.cuts, cuts_of(desk)[kind]
    done = (listing.flip_button, listing.map_button, listing.lock_button, listing.delete_button)
    assert [part.isEnabled() for part in done] == [False, False, False, False]
    desk.put(cut)
    can_flip = cut.flipped() is not None
    assert [part.isEnabled() for part in done] == [can_flip, cut.can_lie_flat, True, True]
    assert listing.lock_button.text() == "Lock"
    listing.lock_button.click()
    assert [part.isEnabled() for part in done] == [False, cut.can_lie_flat, True, False]
    assert listing.lock_button.text() == "Unlock"
    assert not any(field.isEnabled() for field in listing.fields if shown(field))
    listing.lock_button.click()
    assert desk.undone() == "unlock cuts"


def test_a_row_gives_its_cut_the_handles_and_delete_takes_that_one(desk):
    first, second = desk.plane(20), desk.plane(-20, (-1, 0, 0))
    desk.put(first, second)
    desk.panel.cuts.table.selectRow(0)
    assert desk.session.work.active_cut is first
    desk.panel.cuts.delete_button.click()
    assert desk.cuts == (second,)
    assert desk.undone() == "delete plane"
    assert desk.cuts == (first, second)
    desk.panel.cuts.flip_button.click()
    assert desk.undone() == "swap sides"


def test_what_several_cuts_take_together_is_said_and_of_one_nothing(desk, phantom):
    desk.put(desk.plane(20))
    assert not shown(desk.panel.cuts.together)
    desk.put(desk.plane(20), desk.plane(-20, (-1, 0, 0)))
    both = Liver(segmentation=phantom.segmentation).measure(desk.session.work.active_plan)
    desk.panel.refresh()
    words = desk.panel.cuts.together.text()
    assert words.startswith(f"Together {ml(both.resected_ml)} mL of {ml(both.functional_ml)} mL")
    assert "what several take counts once" in words


def test_plans_stand_beside_each_other_with_their_numbers(desk, phantom):
    listing = desk.panel.plans
    assert rows_of(listing.table) == [["Plan A", NONE, NONE, NONE]]
    assert not listing.add_button.isEnabled()
    desk.put(desk.plane(20))
    listing.add_button.click()
    assert desk.session.history.undo_name == "add Plan B"
    desk.put(desk.plane(-10))
    desk.settle()
    desk.panel.refresh()
    liver = Liver(segmentation=phantom.segmentation)
    for plan, row in zip(desk.session.work.plans, rows_of(listing.table), strict=True):
        made = liver.measure(plan)
        share = percent(made.remnant_ml / made.functional_ml, desk.context.live.rule.line)
        assert row[:3] == [plan.name, f"{share} %", ml(made.remnant_ml)]
    listing.table.selectRow(0)
    assert (desk.session.work.plan, listing.name.text()) == (0, "Plan A")
    listing.name.setText("Right side")
    listing.name.editingFinished.emit()
    assert desk.undone() == "rename plan"
    listing.delete_button.click()
    assert [plan.name for plan in desk.session.work.plans] == ["Plan B"]
    assert desk.undone() == "delete Plan A"


def test_what_speaks_against_a_plan_stands_above_it_and_goes_with_it(desk):
    desk.put(Sphere(centre_mm=desk.centre, radius_mm=20), desk.plane(400))
    desk.settle()
    assert shown(desk.panel.faults)
    assert desk.panel.faults.text() == " ".join(desk.context.live.faults)
    desk.put(desk.plane(20))
    desk.settle()
    assert not shown(desk.panel.faults)


def test_suggestions_are_offered_until_the_margin_is_another(desk, monkeypatch):
    plans = {"wedges": (cuts_of(desk)["wedge"],), "plane": (desk.plane(20),)}
    best = tuple(
        Suggested(
            family=family,
            plan=Plan(name="", cuts=cuts),
            remnant_ml=1000.0 - 100 * number,
            remnant_fraction=0.7 - 0.1 * number,
            margin_mm=10.0,
        )
        for number, (family, cuts) in enumerate(plans.items())
    )
    margin = desk.marked.margin_mm
    found = Suggestions(
        margin_mm=margin, best=best, threshold_fraction=0.3, says=told("Found two.")
    )
    asked = []
    monkeypatch.setattr(Liver, "suggest", lambda _liver, **how: asked.append(how) or found)
    offered = desk.panel.suggestions
    assert not shown(offered)
    desk.panel.suggest_button.click()
    desk.settle()
    desk.panel.refresh()
    line = desk.context.live.rule.line
    assert asked == [{"margin_mm": margin, "threshold_fraction": line, "keep_blood": False}]
    assert desk.cuts == plans["plane"], "the plane is shown at once"
    assert (desk.said[-1], in_english(found.caveat) in offered.caveat.text()) == (
        "Found two.",
        True,
    )
    assert rows_of(offered.table) == [
        ["1 wedge", "70.0 %", "1000.0", "10.0 mm"],
        ["one plane", "60.0 %", "900.0", "10.0 mm"],
    ]
    for number, family in enumerate(plans):
        offered.table.selectRow(number)
        assert desk.cuts == plans[family]
        assert offered.table.chosen == number
    kept = [plan.cuts for plan in desk.session.work.plans]
    assert kept == [plans["plane"], plans["wedges"]], "each is a plan of its own, once"
    desk.panel.margin.setValue(margin + 3)
    assert desk.verbs.suggesting.found is None
    assert not shown(offered)
