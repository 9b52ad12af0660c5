"""What a person calls a branch holds: over what the tree tells, and when trees are made anew."""

from dataclasses import replace

import numpy as np
import pytest

from liverplan.errors import PlanError
from liverplan.phantom import make_phantom
from liverplan.resection.anatomy.carried import carried, carried_maps
from liverplan.resection.anatomy.names_by_hand import named_by_hand
from liverplan.resection.anatomy.territories import territories
from liverplan.resection.anatomy.vessel_names import names_of_trees
from liverplan.segmentation import Segmentation
from liverplan.words import in_english
from tests.segmentation.shapes import grid_of

from . import trees


@pytest.fixture(scope="module")
def liver():
    """The phantom's liver as a coarse mask, and its grid."""
    segmentation = make_phantom(spacing_mm=(5.0, 4.0, 4.0)).segmentation
    return segmentation.liver, segmentation.grid


def called(branches, **names):
    """The branches, of which a person named some: "b1_2" is "1.2"."""
    known = {name[1:].replace("_", "."): key for name, key in names.items()}
    return [replace(b, called=known.get(b.name, ""), called_by="R. Lind") for b in branches]


def keys(branches, liver, tree="portal"):
    named = names_of_trees({tree: branches}, *liver)[tree]
    return {name: one.key for name, one in named.names.items() if one.sure}


def test_a_name_given_holds_for_what_hangs_on_the_branch_but_for_what_is_part_of_it(liver):
    branches, _ = trees.usual_portal()
    told = keys(branches, liver)
    given = keys(called(branches, b1_1="left_portal", b1_1_1="right_posterior_portal"), liver)
    assert given["1.1"] == given["1.1.2"] == given["1.1.4"] == "left_portal"
    assert given["1.1.1"] == "right_posterior_portal"
    assert {n: key for n, key in given.items() if n.startswith("1.2")} == {
        n: key for n, key in told.items() if n.startswith("1.2")
    }
    assert told["1.1.1"] == "right_anterior_portal"
    whole = keys(called(branches, b1="portal_trunk", b1_1="right_portal"), liver)
    assert whole == told | {"1": "portal_trunk", "1.1": "right_portal"}


def test_a_name_says_who_gave_it_and_is_sure_where_the_tree_tells_nothing(liver):
    branches, _ = trees.usual_portal()
    alone = called(branches[1:2], b1_1="right_portal")
    name = names_of_trees({"portal": alone}, *liver)["portal"].names["1.1"]
    assert (name.key, name.confidence, name.by, name.stem) == ("right_portal", 1.0, "R. Lind", True)
    assert [in_english(one) for one in name.reasons] == ["Named by R. Lind."]


def test_a_branch_that_a_person_says_has_no_such_name_is_called_by_none(liver):
    branches, _ = trees.usual_portal()
    given = keys(called(branches, b1_2="none"), liver)
    assert not [name for name in given if name.startswith("1.2")]


def test_names_and_confidences_follow_the_vessels_into_trees_that_are_numbered_anew():
    branches = called(trees.usual_portal()[0], b1_2="left_portal", b1_1_4="right_anterior_portal")
    branches = [replace(b, confidence=0.4 if b.name == "1.2" else 0.9) for b in branches]
    turned, moved = trees.rooted_at("1.1.1", trees.usual_portal()[0])
    shaken = [
        replace(b, points_mm=tuple((x + 1.5, y, z - 1) for x, y, z in b.points_mm)) for b in turned
    ]
    aside = trees.branch("1.9", [(90, 90, 90), (90, 90, 60)], 2.0)
    found = {b.name: b for b in carried(branches, [*shaken, aside])}
    assert {name: b.called for name, b in found.items() if b.called} == {
        moved["1.2"]: "left_portal",
        moved["1.1.4"]: "right_anterior_portal",
    }
    assert found[moved["1.2"]].called_by == "R. Lind"
    assert found[moved["1.2"]].confidence < 0.6
    assert found[moved["1.1.2"]].confidence > 0.8
    assert found["1.9"].confidence == 1.0
    assert [b.confidence for b in carried(trees.usual_portal()[0], shaken)] == [None] * len(shaken)


def test_a_branch_that_forks_anew_keeps_its_name_next_to_the_root_and_one_that_goes_loses_it():
    long = [trees.branch("1", [(0, 0, 0), (60, 0, 0)], 3.0)]
    forked = [
        trees.branch("1", [(0, 0, 0), (35, 0, 0)], 3.0),
        trees.branch("1.1", [(35, 0, 0), (60, 0, 0)], 3.0),
        trees.branch("1.2", [(35, 0, 0), (35, 30, 0)], 3.0),
    ]
    assert [b.called for b in carried(called(long, b1="cava"), forked)] == ["cava", "", ""]
    again = carried(called(forked, b1_1="left_hepatic"), long)
    assert [b.called for b in again] == ["left_hepatic"]
    assert [b.called for b in carried(called(forked, b1_2="left_hepatic"), long)] == [""]


def test_a_person_names_a_branch_on_a_map_and_takes_it_back():
    grid = grid_of((30, 30, 30))
    masks = Segmentation(grid=grid, labels=np.ones(grid.shape, np.uint8))
    line = trees.branch("1", [(5, 10, 10), (25, 10, 10)], 2.0)
    before = {"portal": territories(masks, [line], "portal")}
    named = named_by_hand(before["portal"], "1", "right_portal", "R. Lind")
    assert (named.lines[0].called, named.lines[0].called_by) == ("right_portal", "R. Lind")
    assert carried_maps({"portal": named}, before)["portal"].lines == named.lines
    assert named_by_hand(named, "1", "", "").lines == before["portal"].lines
    for branch, key, by, words in (
        ("1", "left_hepatic", "R. Lind", "is no name of a portal branch"),
        ("2", "left_portal", "R. Lind", "has no branch 2"),
        ("1", "left_portal", " ", "nobody is given"),
    ):
        with pytest.raises(PlanError, match=words):
            named_by_hand(before["portal"], branch, key, by)
