"""Branches marked as cut take their territories out of the functional remnant."""

import numpy as np
import pytest

from liverplan.errors import PlanError
from liverplan.resection import Plan, Sphere
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.territories import (
    branch_at,
    cut_branches,
    territories,
    territory_maps,
    toggled,
)
from liverplan.segmentation.labels import Segmentation
from liverplan.segmentation.vessels.trees import Branch
from liverplan.volume import Grid
from liverplan.volumetry.shapes.plan_index import PlanIndex, measure_plan

from .conftest import branch_mask


@pytest.fixture(scope="module")
def box():
    """A liver of 40 x 40 x 40 voxels of 1 mm, its middle at the origin."""
    affine = np.eye(4)
    affine[:3, 3] = -19.5
    grid = Grid(shape=(40, 40, 40), affine=affine)
    return Segmentation(grid=grid, labels=np.ones(grid.shape, dtype=np.uint8))


def _line(start, end, name="1"):
    return Branch(name=name, points_mm=(start, end), radius_mm=2.0)


@pytest.fixture(scope="module")
def index(box):
    """Two portal branches to the left and right, two hepatic ones above and below."""
    portal = [_line((-9.5, -15, 0), (-9.5, 15, 0)), _line((9.5, -15, 0), (9.5, 15, 0), "2")]
    hepatic = {
        "upper": branch_mask(box, np.array([(-15.0, 0, 9.5), (15, 0, 9.5)])),
        "lower": branch_mask(box, np.array([(-15.0, 0, -9.5), (15, 0, -9.5)])),
    }
    maps = {
        "portal": territories(box, portal, "portal"),
        "hepatic": territories(box, hepatic, "hepatic"),
    }
    return PlanIndex.build(box, maps)


def lost_ml(index, plan):
    return measure_plan(index, plan).resected_ml


def test_a_cut_branch_takes_what_lies_nearest_to_it(index):
    assert index.maps["portal"].names == ("1", "2")
    for plan in (cut_branches(portal=["1"]), cut_branches(hepatic=["upper"])):
        assert lost_ml(index, plan) == pytest.approx(32.0, rel=0.03)  # half of 64 mL


def test_borders_between_territories_are_those_of_the_lines_not_of_voxels_on_them(box):
    """On slices of 4 mm, two parallel slanting lines and a third that forks off: by brute force."""
    affine = np.diag([4.0, 1.0, 1.0, 1.0])
    affine[:3, 3] = (-18.0, -19.5, -19.5)
    grid = Grid(shape=(10, 40, 40), affine=affine)
    thick = Segmentation(grid=grid, labels=np.ones(grid.shape, dtype=np.uint8))
    ends = [((-17, -15, 3), (16, 15, 8)), ((-17, -12, -9), (16, 18, -4)), ((0, 0, 5), (3, -18, 1))]
    found = territories(thick, [_line(*e, str(n)) for n, e in enumerate(ends, 1)], "portal")
    mm, away = grid.to_mm(np.argwhere(found.labels > 0)), []
    for start, end in np.array(ends, dtype=float):
        share = np.clip((mm - start) @ (end - start) / ((end - start) @ (end - start)), 0, 1)
        away.append(np.linalg.norm(mm - start - share[:, None] * (end - start), axis=1))
    assert len(mm) == found.labels.size
    np.testing.assert_array_equal(found.labels.ravel(), 1 + np.argmin(away, axis=0))


def test_tissue_without_inflow_or_without_outflow_is_lost_once(index):
    """Half loses inflow, half outflow, and a quarter both: three quarters are lost."""
    plan = cut_branches(portal=["1"], hepatic=["upper"])
    assert lost_ml(index, plan) == pytest.approx(48.0, rel=0.03)
    inflow, outflow = (index.part_mask((cut,)) for cut in plan.cuts)
    assert lost_ml(index, plan) == pytest.approx(np.count_nonzero(inflow | outflow) / 1000)


def test_branches_are_cut_beside_other_cuts(index):
    ball = Plan(cuts=(Sphere(centre_mm=(10, 0, 0), radius_mm=8),), name="enucleation")
    both = cut_branches(portal=["1"], beside=ball)
    assert both.name == "enucleation"
    alone = lost_ml(index, cut_branches(portal=["1"])) + lost_ml(index, ball)
    assert lost_ml(index, both) == pytest.approx(alone, abs=1e-6)


def test_nothing_cut_and_too_many_branches_are_refused(box, index):
    with pytest.raises(PlanError, match="No branch is marked as cut"):
        cut_branches()
    with pytest.raises(PlanError, match="has no part 9; it has 1, 2"):
        index.remnant_ml(cut_branches(portal=["9"]))
    with pytest.raises(PlanError, match="at most 255 branches, and there are 256"):
        territories(box, [_line((0, 0, 0), (1, 0, 0))] * 256, "portal")
    with pytest.raises(PlanError, match="branch '1' is empty"):
        territories(box, [_line((90, 0, 0), (91, 0, 0))], "portal")


@pytest.fixture(scope="module")
def vessels(box):
    """A portal vein that comes in from the left and forks to the front and the back."""
    grid = box.grid
    x, y, z = grid.to_mm(np.indices(grid.shape).reshape(3, -1).T).T.reshape(3, *grid.shape)
    trunk = (x > -2) & (np.hypot(y, z) < 2.6)
    limbs = (np.hypot(x + 3, z) < 2.1) & (abs(y) < 18)
    labels = (trunk | limbs).astype(np.uint8)
    names = ("portal vein", "hepatic veins")
    return PartMap(scheme="vessels", grid=grid, labels=labels, names=names)


@pytest.fixture(scope="module")
def maps(box, vessels):
    found = territory_maps(box, vessels, {"portal vein": [(18.0, 0, 0)]})
    return {"vessels": vessels, **found}


def test_what_hangs_on_a_cut_branch_is_lost_with_it(box, maps):
    assert set(maps) == {"vessels", "portal"}
    assert maps["portal"].names == ("1", "1.1", "1.2")
    index = PlanIndex.build(box, maps)
    whole = lost_ml(index, cut_branches(portal=["1"]))
    assert whole == pytest.approx(index.functional_ml)
    limbs = [lost_ml(index, cut_branches(portal=[name])) for name in ("1.1", "1.2")]
    assert limbs[0] == pytest.approx(limbs[1], rel=0.1)
    trunk = maps["portal"].volumes_ml(box)["1"]
    assert sum(limbs) + trunk == pytest.approx(whole)


def test_a_point_means_the_branch_of_the_nearest_vessel(maps):
    assert branch_at(maps, (10.0, 3, 0)) == ("portal", "1")
    front, back = branch_at(maps, (-3.0, -15, 1)), branch_at(maps, (-3.0, 15, 1))
    assert {front[1], back[1]} == {"1.1", "1.2"}
    with pytest.raises(PlanError, match=r"No vessel inside the liver lies within 6 mm of -19.0, 1"):
        branch_at(maps, (-19.0, 19, 19))
    with pytest.raises(PlanError, match="No vessel inside the liver"):
        branch_at({}, (0.0, 0, 0))


def test_a_mark_is_set_and_taken_back_and_needs_no_other_beyond_it():
    assert toggled((), "1.2") == ("1.2",)
    assert toggled(("1.2", "1.1.3"), "1.2") == ("1.1.3",)
    assert toggled(("1.2", "1.1.3"), "1.1") == ("1.2", "1.1")
    assert toggled(("1.2",), "1.2.1") == ("1.2",)
    assert toggled(("1.2",), "1.20") == ("1.2", "1.20")
