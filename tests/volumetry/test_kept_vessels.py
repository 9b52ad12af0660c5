"""Branches that a surgeon keeps: their crossings do not count, and nothing else changes."""

from dataclasses import replace

import numpy as np
import pytest

from liverplan.resection import Plan, Plane
from liverplan.resection.anatomy.territories import territories
from liverplan.resection.kept import KeptVessel
from liverplan.volumetry import Liver
from tests.volumetry import test_supply
from tests.volumetry.test_supply import ball, branch, by_name, plane

box, both, straight = test_supply.box, test_supply.both, test_supply.straight

FORK_AT = branch("1", (-25, 0, 0), (8, 0, 0))
LIMBS = branch("1.1", (8, 0, 0), (-16, 14, 0)), branch("1.2", (8, 0, 0), (0, -16, 0))
HILUM = (FORK_AT, *LIMBS, branch("1.1.1", (-16, 14, 0), (-25, 18, 0)))
"""A trunk that runs past a plane at x = 0 and forks beyond it; one limb comes back."""


@pytest.fixture(scope="module")
def hilum(box):
    return Liver(segmentation=box, maps={"portal": territories(box, HILUM, "portal")})


def keeping(plan, *points, tree=""):
    points = tuple(tuple(map(float, point)) for point in points)
    kept = tuple(KeptVessel(point_mm=point, tree=tree) for point in points)
    return replace(plan, kept=(*plan.kept, *kept))


def middles(liver, tree, names):
    return [liver.supply.middle_mm(tree, name) for name in names]


def test_a_kept_limb_carries_blood_through_tissue_that_is_taken_out(hilum):
    """The plane takes x > 0 and the fork with it; 1.1 comes back, and with it 1.1.1."""
    plan = plane(0, -1)
    drawn, lost = hilum.vessels(plan), hilum.measure(plan)
    assert [(one.name, one.hangs_on) for one in drawn.severed] == [
        ("1", ""),
        ("1.1", "1"),
        ("1.2", "1"),
    ]
    assert lost.perfused_ml < lost.remnant_ml - 5
    kept = keeping(plan, (-4, 7, 0))
    vessels, volumes = hilum.vessels(kept), hilum.measure(kept)
    (one,) = vessels.kept
    assert (one.name, one.tree, one.standing, one.away_mm) == ("1.1", "portal", "kept", 0.0)
    assert [(s.name, s.for_branch) for s in vessels.spared] == [("1", "1.1"), ("1.1", "1.1")]
    assert vessels.spared[0].point_mm == pytest.approx((0, 0, 0), abs=0.005)
    assert [cut.name for cut in vessels.severed] == ["1.2"]
    assert volumes.remnant_ml == lost.remnant_ml
    assert vessels.by_word_ml == pytest.approx(volumes.perfused_ml - lost.perfused_ml)
    assert one.kept_ml == pytest.approx(vessels.by_word_ml) == one.feeds_ml
    low, high = hilum.uncertainty(kept, threshold_fraction=0.3).interval_95
    assert low < volumes.perfused_ml / 64 < high


def test_a_branch_beyond_a_kept_one_is_judged_by_its_own_crossing(hilum):
    plan = Plan(cuts=(*plane(0, -1).cuts, ball(-18, 15, 0, radius=1.5)))
    vessels = hilum.vessels(keeping(plan, (-4, 7, 0)))
    found = by_name(vessels)
    assert found.keys() == {("portal", "1.2"), ("portal", "1.1.1")}
    assert found["portal", "1.1.1"].hangs_on == ""
    assert found["portal", "1.1.1"].feeds_ml > 0.05


def test_what_several_keep_is_counted_once(hilum):
    plan = plane(0, -1)
    both_kept = hilum.vessels(keeping(plan, (4, 0, 0), (-4, 7, 0)))
    trunk, limb = both_kept.kept
    assert (trunk.name, limb.name) == ("1", "1.1")
    alone = hilum.vessels(keeping(plan, (-4, 7, 0)))
    assert trunk.kept_ml + limb.kept_ml == pytest.approx(alone.by_word_ml)
    assert both_kept.by_word_ml == pytest.approx(alone.by_word_ml)
    twice = hilum.vessels(keeping(plan, (-4, 7, 0), (-2, 6, 0)))
    assert [one.name for one in twice.kept] == ["1.1"]


def test_a_kept_branch_that_no_cut_crosses_changes_nothing_and_says_so(both):
    plan = plane(3, -1)
    kept = keeping(plan, (0, 12, 0), tree="portal")
    vessels = both.vessels(kept)
    assert [(one.name, one.standing) for one in vessels.kept] == [("1.1", "not crossed")]
    assert replace(vessels, kept=()) == both.vessels(plan)


def test_the_nearest_branch_is_meant_and_none_beyond_a_few_millimetres_of_its_wall(both):
    plan = plane(3, -1)
    near = both.vessels(keeping(plan, (10, 9, 7)))  # 7 mm off, of which 2 mm are the vessel's
    assert [(one.tree, one.name) for one in near.kept] == [("hepatic", "1")]
    assert near.kept[0].away_mm == pytest.approx(5.0)
    of_tree = both.vessels(keeping(plan, (8, 9, 0), tree="portal")).kept[0]
    assert (of_tree.tree, of_tree.name, of_tree.away_mm) == ("portal", "1.1", pytest.approx(6.0))
    (far,) = both.vessels(keeping(plan, (10, 9, 8.5))).kept
    assert (far.name, far.standing, far.away_mm) == ("", "not found", pytest.approx(6.5))


def test_where_no_vessel_is_known_none_is_kept(straight):
    bare = Liver(segmentation=straight.segmentation)
    plan = keeping(plane(3, -1), (0, 0, 0))
    (one,) = bare.vessels(plan).kept
    assert (one.standing, one.away_mm, bare.measure(plan).perfused_ml) == ("not found", None, None)


def random_tree(rng):
    """A tree of 7 branches about the box."""
    lines, ends = [], {"1": rng.uniform(-14, 14, 3)}
    lines.append(branch("1", (-25, 0, 0), ends["1"]))
    for name in [f"1{deep}" for deep in (".1", ".2", ".1.1", ".1.2", ".2.1", ".2.2")]:
        start = ends[name.rpartition(".")[0]]
        ends[name] = np.clip(start + rng.normal(scale=9, size=3), -19, 19)
        lines.append(branch(name, start, ends[name]))
    return tuple(lines)


@pytest.fixture(scope="module")
def random_trees(box):
    rng = np.random.default_rng(19)
    maps = {tree: territories(box, random_tree(rng), tree) for tree in ("portal", "hepatic")}
    return Liver(segmentation=box, maps=maps)


def test_keeping_more_never_costs_and_keeping_all_leaves_the_plain_remnant(random_trees):
    """For any cuts and any order in which the branches are kept."""
    liver, rng = random_trees, np.random.default_rng(7)
    for _ in range(10):
        cut = Plane(point_mm=rng.uniform(-9, 9, 3), normal=rng.normal(size=3))
        plan = Plan(cuts=(cut, ball(*rng.uniform(-12, 12, 3), radius=5)))
        before, drawn = liver.measure(plan), liver.vessels(plan)
        names = [
            (tree, one) for tree, courses in liver.supply.courses.items() for one in courses.names
        ]
        for tree, name in rng.permutation(names):
            plan = keeping(plan, *middles(liver, tree, [name]), tree=tree)
            after, vessels = liver.measure(plan), liver.vessels(plan)
            assert before.perfused_ml - 1e-9 <= after.perfused_ml <= after.remnant_ml
            assert vessels.by_word_ml == pytest.approx(
                drawn.without_either_ml - vessels.without_either_ml
            )
            told = {(one.tree, one.name) for one in (*vessels.severed, *vessels.spared)}
            assert told == {(one.tree, one.name) for one in drawn.severed}
            before = after
        assert after.perfused_ml == after.remnant_ml
        assert vessels.severed == ()


def test_keeping_every_crossed_branch_leaves_nothing_severed(random_trees, hilum):
    """What is lost then hangs on vessels that go whole with what is taken out, and no other."""
    liver, rng = random_trees, np.random.default_rng(3)
    for _ in range(10):
        plan = Plan(cuts=(Plane(point_mm=rng.uniform(-9, 9, 3), normal=rng.normal(size=3)),))
        drawn = liver.vessels(plan)
        for one in drawn.severed:
            plan = keeping(plan, *middles(liver, one.tree, [one.name]), tree=one.tree)
        vessels = liver.vessels(plan)
        assert vessels.severed == ()
        assert {one.standing for one in vessels.kept} <= {"kept"}
        assert 0 <= vessels.without_either_ml <= drawn.without_either_ml
    plan = keeping(plane(0, -1), *middles(hilum, "portal", ["1", "1.1", "1.2"]))
    assert hilum.measure(plan).perfused_ml == hilum.measure(plan).remnant_ml
