"""What a verdict makes of the vessels that a plan divides, and how it is said."""

from dataclasses import replace

import numpy as np
import pytest

from liverplan.anatomy import REMNANT
from liverplan.cohort.rows import row_of
from liverplan.dicom.sr_words import Standing, comments
from liverplan.findings import Findings
from liverplan.findings.divided import branch_said, name_of
from liverplan.report.measures import denominator_table, volume_table
from liverplan.report.vessels import vessel_table
from liverplan.resection import Plan, Sphere
from liverplan.resection.anatomy.territories import territories
from liverplan.resection.kept import KeptVessel
from liverplan.segmentation import Segmentation
from liverplan.segmentation.vessels.branches import Branch
from liverplan.volumetry import Liver
from liverplan.words import in_english, words_of
from liverplan.words.numbers import NONE
from liverplan.workflow import evaluate
from liverplan.workflow.cases import verdict
from liverplan.workflow.identity import plan_mark
from tests.workflow.test_evaluate import (
    ACCEPTED,
    FAR,
    NEAR,
    PATIENT,
    PROTOCOL,
    SERIES,
    cut_at,
    segmentation,
)

BALL = Sphere(centre_mm=np.array([113.0, 38.0, 38.0]), radius_mm=5.0)
PLAN = Plan(cuts=(*cut_at(60).cuts, BALL))
"""Five eighths of the liver stay; its vein comes from the far end, and the ball divides it."""


def assessed(tree=None, plan=PLAN, *, from_mm=170.0, to_mm=-10.0):
    masks = segmentation()
    labels = masks.labels.copy()
    labels[labels == FAR] = 1
    masks = Segmentation(grid=masks.grid, labels=labels, provenance={1: ACCEPTED, NEAR: ACCEPTED})
    line = Branch(name="1", points_mm=((from_mm, 38, 38), (to_mm, 38, 38)), radius_mm=3.0)
    maps = {} if tree is None else {tree: territories(masks, [line], tree)}
    return evaluate(
        Liver(segmentation=masks, maps=maps),
        plan,
        series=SERIES,
        patient=PATIENT,
        protocol=PROTOCOL,
    )


@pytest.fixture(scope="module")
def portal():
    return assessed("portal")


@pytest.mark.parametrize("tree", ["portal", "hepatic"])
def test_a_remnant_without_blood_makes_nobody_eligible(tree):
    plain, known = assessed(), assessed(tree)
    assert (plain.eligibility, known.eligibility) == ("eligible", "not eligible")
    assert known.volumes.remnant_ml == plain.volumes.remnant_ml
    assert known.volumes.remnant_ml + known.volumes.resected_ml == pytest.approx(
        known.volumes.functional_ml, abs=1e-6
    )
    share = (158 - 118) / 160  # the ball's near side to the far end
    assert known.remnant_fraction.of_functional == pytest.approx(share, abs=0.003)
    assert known.remnant_fraction.by_volume == plain.remnant_fraction.of_functional > 0.6
    low, high = known.uncertainty.interval_95
    assert low < share < high < plain.uncertainty.interval_95[0]
    flr = next(c for c in known.criteria if c.id == "flr")
    assert flr.state == "not met"
    assert flr.value == pytest.approx(known.remnant_fraction.of_functional)


def test_a_tree_whose_root_is_taken_out_tells_nothing_and_says_so():
    """A click into a branch that goes is no hilum; all that stays would count as without blood."""
    plain, known = assessed(), assessed("portal", from_mm=20.0, to_mm=170.0)
    assert (known.vessels.trees, known.vessels.rootless) == ((), ("portal",))
    assert (known.volumes.perfused_ml, known.vessels.severed) == (None, ())
    assert known.remnant_fraction == plain.remnant_fraction
    assert "note.supply_portal_rootless" in [note.key for note in known.notes]
    assert Findings.from_json(known.to_json(in_english)) == known


def test_both_figures_and_every_branch_stand_in_the_document(portal):
    document = portal.to_json(in_english)
    volumes, vessels = document["volumes_ml"], document["vessels"]
    (branch,) = vessels["severed"]
    assert (branch["name"], branch["radius_mm"], branch["drains_ml"]) == ("1", 3.0, 0.0)
    lost = volumes["remnant"] - volumes["perfused_remnant"]
    assert branch["feeds_ml"] == pytest.approx(lost, abs=1e-6)
    assert Findings.from_json(document) == portal
    del document["vessels"], volumes["perfused_remnant"]
    older = Findings.from_json(document)  # as a version wrote it that knew of no crossing
    assert (older.vessels.trees, older.volumes.perfused_ml) == ((), None)


def test_the_remnant_is_said_with_its_blood_and_without_in_either_language(portal):
    said = {note.key: note for note in portal.notes}
    assert said.keys() >= {
        "note.supply_lost_portal",
        "note.supply_by_volume",
        "note.supply_portal_only",
        "note.supply_unseen",
    }
    lost = portal.vessels.without_inflow_ml
    told = said["note.supply_lost_portal"]
    assert in_english(told).endswith(f"By the nearest branch {lost:.1f} mL lose it.")
    assert "outflow" not in in_english(told), "nothing is known of it"
    assert f"{lost:.1f} mL".replace(".", ",") in words_of("sv").say(told)
    kept = assessed("portal", Plan(cuts=cut_at(60).cuts))
    keys = [note.key for note in kept.notes]
    assert "note.supply_kept" in keys
    assert kept.eligibility == "eligible"
    assert kept.vessels.severed[0].feeds_ml == pytest.approx(0, abs=0.2)


def test_a_branch_on_which_the_limit_rests_is_named(portal):
    told = next(note for note in portal.notes if note.key == "note.supply_rests")
    most = portal.remnant_fraction.by_volume
    assert dict(told.values)["share"] == pytest.approx(most, abs=1e-6), "it is the only branch"
    assert "may rest on one branch (Portal branch 1): left whole" in in_english(told)
    fine = assessed("portal", Plan(cuts=cut_at(60).cuts))
    short = assessed("portal", Plan(cuts=(*cut_at(130).cuts, BALL)))
    for one in (fine, short):
        assert "note.supply_rests" not in {note.key for note in one.notes}


def test_report_and_structured_report_name_the_branches_with_their_millilitres(portal):
    lost = f"{portal.vessels.without_inflow_ml:.1f}"
    table = vessel_table(portal, words_of("en"))
    assert table.rows[0][:4] == ("Portal branch 1", "6.0", lost, NONE)
    assert table.rows[-1][0] == "Together, each millilitre once"
    assert vessel_table(portal, words_of("sv")).rows[0][0] == "Portagren 1"
    counted = dict(row[:2] for row in volume_table(portal, words_of("en")).rows)
    assert counted["Of the remnant with inflow and outflow (counts)"] == (
        f"{portal.volumes.perfused_ml:.1f}"
    )
    formula = denominator_table(portal, words_of("en")).rows[0][1]
    assert formula.endswith("; of the remnant, what keeps its blood")
    spoken = comments(portal, Standing())
    assert (
        f"Portal branch 1, 6.0 mm wide, is divided: {lost} mL that stay lose their inflow."
        in (spoken["Plan"])
    )
    assert any(lost in sentence for sentence in spoken[REMNANT.name])


def test_a_branch_is_named_by_anatomy_where_that_is_sure(portal):
    branch = replace(portal.vessels.severed[0], name="1.2.1", called="right_anterior_portal")
    named = name_of(branch)
    assert in_english(named) == "right anterior portal vein (1.2.1)"
    assert words_of("sv").say(named).endswith("(1.2.1)")
    assert in_english(branch_said(branch)).startswith("right anterior portal vein (1.2.1), 6.0 mm")


@pytest.fixture(scope="module")
def kept():
    return assessed("portal", replace(PLAN, kept=(KeptVessel(point_mm=(80.0, 38.0, 42.0)),)))


def test_a_verdict_that_rests_on_a_kept_branch_says_so_wherever_it_stands(portal, kept):
    plain = assessed()
    assert kept.eligibility == plain.eligibility == "eligible"
    assert kept.remnant_fraction.of_functional == plain.remnant_fraction.of_functional
    ml = kept.vessels.by_word_ml
    assert ml == pytest.approx(portal.vessels.without_either_ml)
    said = (
        f"1 branch is counted as kept, as the surgeon says: of the remnant {ml:.1f} mL rest on it."
    )
    assert said in verdict(kept).splitlines()
    assert said in map(in_english, kept.notes)
    assert f"vilar {ml:.1f} mL".replace(".", ",") in " ".join(map(words_of("sv").say, kept.notes))
    spoken = comments(kept, Standing())[REMNANT.name]
    assert said in spoken
    assert any(one.startswith("The surgeon keeps Portal branch 1, ") for one in spoken)
    assert vessel_table(kept, words_of("en")).rows == (
        (
            "Portal branch 1: kept",
            "6.0",
            NONE,
            NONE,
            vessel_table(portal, words_of("en")).rows[0][4],
        ),
    )
    document = kept.to_json(in_english)
    assert document["vessels"]["severed"] == []
    assert [one["name"] for one in document["vessels"]["spared"]] == ["1"]
    assert Findings.from_json(document) == kept


def test_a_cohort_s_table_has_both_figures_and_what_rests_on_the_surgeon_s_word(portal, kept):
    lost, spared, plain = row_of(portal), row_of(kept), row_of(assessed())
    assert lost["perfused_remnant_ml"] == portal.volumes.perfused_ml < lost["remnant_ml"]
    assert lost["remnant_fraction"] < lost["by_volume_fraction"] == spared["remnant_fraction"]
    assert (lost["kept_vessels"], spared["kept_vessels"]) == ("", "portal 1")
    assert spared["kept_by_word_ml"] == kept.vessels.by_word_ml
    assert (plain["perfused_remnant_ml"], plain["kept_by_word_ml"]) == (None, None)


def test_what_a_surgeon_keeps_is_part_of_the_plan(portal, kept):
    """Facts that are bound to a plan, and signatures, hold for no other."""
    assert portal.plan_mark != kept.plan_mark
    without = Plan(cuts=PLAN.cuts, name="another name")
    assert plan_mark(SERIES, without) == portal.plan_mark
    plan = replace(PLAN, kept=(KeptVessel(point_mm=(80.0, 38.0, 42.0), tree="portal"),))
    assert Plan.from_json(plan.to_json()).kept == plan.kept == plan.removing.kept


@pytest.mark.parametrize(
    ("point", "key"),
    [((80.0, 38.0, 80.0), "note.kept_not_found"), ((80.0, 38.0, 38.0), "note.kept_not_crossed")],
)
def test_a_kept_vessel_that_does_not_count_is_a_remark(point, key):
    plan = Plan(cuts=cut_at(60).cuts if "found" in key else (), kept=(KeptVessel(point_mm=point),))
    if "crossed" in key:
        plan = replace(plan, cuts=(replace(BALL, centre_mm=np.array([113.0, 60.0, 38.0])),))
    found = assessed("portal", plan)
    notes = {note.key: in_english(note) for note in found.notes}
    assert key in notes
    assert "note.kept_counts" not in notes
    if "found" in key:
        assert "the nearest one known lies 39.0 mm away" in notes[key]
    bare = [note.key for note in assessed(None, plan).notes]
    assert "note.kept_unknown" in bare


@pytest.mark.parametrize(
    ("name", "stem", "english", "swedish"),
    [
        ("1.1.2", True, "right anterior portal vein (1.1.2)", "(1.1.2)"),
        ("1.1.1.1.1.2", True, "right anterior portal vein", "portagren"),
        ("1.1.1.1.1.2", False, "branch of right anterior portal vein", "gren av "),
    ],
)
def test_a_person_reads_no_long_way_from_the_root(portal, name, stem, english, swedish):
    branch = replace(portal.vessels.severed[0], name=name, stem=stem)
    named = name_of(replace(branch, called="right_anterior_portal"))
    assert in_english(named) == english
    assert swedish in words_of("sv").say(named)
    short = name == "1.1.2"
    assert in_english(name_of(branch)) == f"Portal branch {name if short else '…1.1.1.2'}"
    on = name if short else "another"
    again = in_english(branch_said(replace(branch, hangs_on=name)))
    assert again.endswith(f"hangs on {on}, which costs its blood already.")
    vessels = replace(portal.vessels, severed=(replace(branch, hangs_on=name),))
    (row, *_) = vessel_table(replace(portal, vessels=vessels), words_of("en")).rows
    assert row[0].endswith(f"(hangs on {on})")
    assert branch.to_json()["name"] == name
