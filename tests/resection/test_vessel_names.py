"""Branches are called by where they lie; where they are not as usual no wrong name is said."""

from dataclasses import replace

import numpy as np
import pytest

from liverplan.phantom import make_phantom
from liverplan.resection.anatomy.vessel_names import names_of_trees
from liverplan.volume import Grid
from liverplan.words import in_english

from . import trees


@pytest.fixture(scope="module")
def liver():
    """The phantom's liver as a coarse mask, and its grid."""
    segmentation = make_phantom(spacing_mm=(5.0, 4.0, 4.0)).segmentation
    return segmentation.liver, segmentation.grid


def keys(named, *, sure=True):
    return {branch: name.key for branch, name in named.names.items() if name.sure or not sure}


def wrong(named, true):
    """Names that are said and are not so; a coarser name is none of them."""
    coarser = {"right_portal", "left_portal", "portal_trunk", "middle_and_left_hepatic"}
    return {b: k for b, k in keys(named).items() if k != true[b] and k not in coarser}


FORMS = (trees.usual_portal, trees.trifurcation, trees.posterior_first, trees.anterior_from_left)


@pytest.mark.parametrize("form", FORMS)
def test_every_usual_way_to_fork_is_named_right(liver, form):
    branches, true = form()
    named = names_of_trees({"portal": branches}, *liver)["portal"]
    said = keys(named)
    assert {b: k for b, k in said.items() if b.count(".") > 1} == {
        b: k for b, k in true.items() if b.count(".") > 1
    }
    assert not wrong(named, true)


def test_hepatic_veins_on_the_cava_or_apart_are_named_right(liver):
    for cava in (True, False):
        branches, true = trees.hepatic("right", "middle", "left", cava=cava)
        portal, _ = trees.usual_portal()
        found = names_of_trees({"portal": portal, "hepatic": branches}, *liver)
        assert keys(found["hepatic"]) == true


@pytest.mark.parametrize("lost", ["right", "middle", "left"])
@pytest.mark.parametrize("beside", [True, False])
def test_a_vein_that_is_not_seen_makes_no_other_take_its_name(liver, lost, beside):
    kept = [vein for vein in ("right", "middle", "left") if vein != lost]
    branches, true = trees.hepatic(*kept)
    both = {"hepatic": branches} | ({"portal": trees.usual_portal()[0]} if beside else {})
    assert not wrong(names_of_trees(both, *liver)["hepatic"], true)


@pytest.mark.parametrize("lost", ["1.1", "1.2"])
def test_a_portal_half_that_is_not_seen_makes_no_other_take_its_name(liver, lost):
    branches, true = trees.usual_portal()
    kept = [branch for branch in branches if not branch.name.startswith(lost)]
    assert not wrong(names_of_trees({"portal": kept}, *liver)["portal"], true)


@pytest.mark.parametrize("tip", ["1.1.1", "1.2.3"])
def test_names_do_not_follow_where_a_tree_was_rooted(liver, tip):
    branches, true = trees.usual_portal()
    turned, moved = trees.rooted_at(tip, branches)
    named = names_of_trees({"portal": turned}, *liver)["portal"]
    assert keys(named) == {moved[old]: key for old, key in true.items()}


def test_names_follow_the_patient_not_the_arrays(liver):
    mask, grid = liver
    branches, true = trees.usual_portal()
    affine = grid.affine @ np.diag([-1.0, 1, -1, 1])
    affine[:3, 3] = grid.to_mm((grid.shape[0] - 1, 0, grid.shape[2] - 1))
    turned = Grid(shape=grid.shape, affine=affine)
    named = names_of_trees({"portal": branches}, mask[::-1, :, ::-1], turned)["portal"]
    assert keys(named) == true


def test_a_mirrored_patient_is_not_named(liver):
    mask, grid = liver
    mirror = np.diag([-1.0, 1, 1, 1])
    branches, _ = trees.usual_portal()
    mirrored = [
        replace(b, points_mm=tuple((-x, y, z) for x, y, z in b.points_mm)) for b in branches
    ]
    other = Grid(shape=grid.shape, affine=mirror @ grid.affine)
    named = names_of_trees({"portal": mirrored}, mask, other)["portal"]
    assert keys(named).keys() <= {"1"}


def test_trees_that_are_taken_for_each_other_are_not_named(liver):
    portal, _ = trees.usual_portal()
    hepatic, _ = trees.hepatic("right", "middle", "left")
    found = names_of_trees({"portal": hepatic, "hepatic": portal}, *liver)
    for named in found.values():
        assert not keys(named)
        reasons = next(iter(named.names.values())).reasons
        assert "taken for each other" in in_english(reasons[-1])


def test_a_branch_is_said_by_its_vein_and_its_way_from_the_root(liver):
    named = names_of_trees({"portal": trees.usual_portal()[0]}, *liver)["portal"]
    assert in_english(named.said("1.2")) == "left portal vein"
    assert in_english(named.said("1.1.4")) == "right anterior portal vein"
    assert in_english(named.said("7")) == "portal vein, branch 7"


def test_without_liver_or_with_one_branch_nothing_is_named(liver):
    mask, grid = liver
    branches, _ = trees.usual_portal()
    assert names_of_trees({"portal": branches}, mask & False, grid) == {}
    assert names_of_trees({"portal": []}, mask, grid) == {}
    alone = names_of_trees({"portal": branches[1:2], "hepatic": branches[:1]}, mask, grid)
    assert not keys(alone["portal"]).keys() - {"1.1"}
