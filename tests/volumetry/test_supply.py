"""What a plan severs: branches found by themselves, and what they leave, against closed forms.

The liver is a box of 40 x 40 x 40 mm round the origin: 64 mL in voxels of 1 mm.
"""

from dataclasses import replace

import numpy as np
import pytest

from liverplan.case.state import _read_map, _write_map
from liverplan.resection import Ablation, Parts, Plan, Plane, Sphere
from liverplan.resection.anatomy.courses import Courses
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.territories import cut_branches, territories
from liverplan.segmentation.labels import Segmentation
from liverplan.segmentation.vessels.branches import Branch
from liverplan.volume import Grid
from liverplan.volumetry import Liver
from liverplan.volumetry.shapes.margins import removal
from tests.resection.kinds import EXAMPLES

AFFINE = np.eye(4)
AFFINE[:3, 3] = -19.5
"""k is x here: a voxel's index and its place in LPS run the same way."""


def branch(name, *points, radii=()):
    mean = float(np.mean(radii)) if radii else 2.0
    points = tuple(tuple(map(float, point)) for point in points)
    return Branch(name=name, points_mm=points, radius_mm=mean, radii_mm=radii)


STRAIGHT = (branch("1", (-25, 0, 0), (25, 0, 0), radii=(6.0, 1.0)),)
FORK = (
    branch("1", (-25, 0, 0), (0, 0, 0)),
    branch("1.1", (0, 0, 0), (0, 25, 0)),
    branch("1.2", (0, 0, 0), (0, -10, 0)),
    branch("1.2.1", (0, -10, 0), (0, -25, 0)),
)


@pytest.fixture(scope="module")
def box():
    grid = Grid(shape=(40, 40, 40), affine=AFFINE)
    return Segmentation(grid=grid, labels=np.ones(grid.shape, dtype=np.uint8))


@pytest.fixture(scope="module")
def straight(box):
    """One portal branch along x, wide on the left and thin on the right."""
    return Liver(segmentation=box, maps={"portal": territories(box, STRAIGHT, "portal")})


@pytest.fixture(scope="module")
def both(box):
    """A portal vein that forks to the front and the back, and a hepatic vein along y."""
    hepatic = (branch("1", (10, -25, 0), (10, 25, 0)),)
    maps = {
        "portal": territories(box, FORK, "portal"),
        "hepatic": territories(box, hepatic, "hepatic"),
    }
    return Liver(segmentation=box, maps=maps)


def plane(x, stays):
    return Plan(cuts=(Plane(point_mm=(x, 0, 0), normal=(stays, 0, 0)),))


def ball(*centre, radius=4.0):
    return Sphere(centre_mm=np.array(centre, dtype=float), radius_mm=radius)


def by_name(vessels):
    return {(one.tree, one.name): one for one in vessels.severed}


def test_a_ball_on_a_vessel_costs_what_hangs_beyond_where_it_enters(straight):
    plan = Plan(cuts=(ball(0, 0, 0, radius=6),))
    vessels, volumes = straight.vessels(plan), straight.measure(plan)
    (one,) = vessels.severed
    assert one.point_mm == pytest.approx((-6.0, 0, 0), abs=0.005)
    assert one.radius_mm == pytest.approx(6.0 - 5.0 * 19 / 50, abs=0.001)  # 19 of 50 mm along
    left_ml = (26 * 40 * 40 - 4 / 3 * np.pi * 6**3) / 1000
    assert (one.feeds_ml, one.drains_ml) == (pytest.approx(left_ml, abs=0.05), 0.0)
    assert vessels.without_inflow_ml == vessels.without_either_ml == pytest.approx(one.feeds_ml)
    assert volumes.perfused_ml == pytest.approx(14 * 40 * 40 / 1000, abs=0.05)
    assert volumes.counted_ml == volumes.perfused_ml < volumes.remnant_ml


@pytest.mark.parametrize("x", [-7.3, 0.0, 5.0, 11.9])
def test_what_goes_with_the_specimen_costs_nothing(straight, x):
    (one,) = straight.vessels(plane(x, -1)).severed
    assert one.point_mm == pytest.approx((x, 0, 0), abs=0.005)
    assert one.feeds_ml == pytest.approx(0, abs=0.02)
    volumes = straight.measure(plane(x, -1))
    assert volumes.perfused_ml == pytest.approx(volumes.remnant_ml, abs=0.02)


def test_a_remnant_cut_from_its_root_has_lost_all_of_its_blood(straight):
    (one,) = straight.vessels(plane(5, 1)).severed
    assert one.point_mm == pytest.approx((5.0, 0, 0), abs=0.005)
    assert one.feeds_ml == pytest.approx(15 * 40 * 40 / 1000, abs=0.01)
    assert straight.measure(plane(5, 1)).perfused_ml == pytest.approx(0, abs=0.01)


def test_a_cut_beside_the_vessel_and_one_across_it_outside_the_liver_sever_nothing(straight):
    beside = Plan(cuts=(ball(0, 12, 0, radius=6),))
    outside = Plan(cuts=(ball(-23, 0, 0, radius=2.4),))
    for plan in (beside, outside):
        vessels = straight.vessels(plan)
        assert (vessels.trees, vessels.severed) == (("portal",), ())
        volumes = straight.measure(plan)
        assert volumes.perfused_ml == volumes.remnant_ml


def test_only_the_branch_that_is_crossed_is_named_and_the_trunk_keeps_its_own(both):
    """Ball round y = -8 on a limb: beyond y = -4, off the trunk's part (x < y), all is lost."""
    plan = Plan(cuts=(ball(0, -8, 0),))
    found = by_name(both.vessels(plan))
    assert [key for key in found if key[0] == "portal"] == [("portal", "1.2"), ("portal", "1.2.1")]
    limb = found["portal", "1.2"]
    assert limb.point_mm == pytest.approx((0, -4.0, 0), abs=0.005)
    beyond = 16 * 20 + (20**2 - 4**2) / 2
    assert limb.feeds_ml == pytest.approx((beyond * 40 - 4 / 3 * np.pi * 64) / 1000, rel=0.02)
    again = found["portal", "1.2.1"]
    assert (again.feeds_ml, again.hangs_on) == (0.0, "1.2")
    assert again.point_mm == pytest.approx((0, -12.0, 0), abs=0.005)


def test_tissue_that_loses_inflow_and_outflow_is_lost_once(both):
    plan = Plan(cuts=(ball(-12, 0, 0), ball(10, -16, 0)))  # the trunk, and the hepatic vein
    vessels, volumes = both.vessels(plan), both.measure(plan)
    found = by_name(vessels)
    assert found.keys() == {("portal", "1"), ("hepatic", "1")}
    hepatic = found["hepatic", "1"]
    assert (hepatic.feeds_ml, hepatic.drains_ml) == (0.0, vessels.without_outflow_ml)
    assert vessels.without_inflow_ml > 40
    assert hepatic.drains_ml == pytest.approx((40 * 40 * 40 - 2 * 268) / 1000, abs=0.1)
    most = max(vessels.without_inflow_ml, vessels.without_outflow_ml)
    assert most <= vessels.without_either_ml < vessels.without_inflow_ml + hepatic.drains_ml
    assert volumes.perfused_ml == pytest.approx(volumes.remnant_ml - vessels.without_either_ml)


def test_what_hangs_on_vessels_that_go_as_a_whole_is_lost_though_no_cut_crosses_them(box):
    """The limb enters what is taken out from outside: its tissue beyond the plane has no inflow."""
    limbs = (branch("1", (-25, 9.5, 0), (25, 9.5, 0)), branch("2", (-25, -9.5, 0), (25, -9.5, 0)))
    liver = Liver(segmentation=box, maps={"portal": territories(box, limbs, "portal")})
    plan = Plan(cuts=(Plane(point_mm=(0, -5, 0), normal=(0, 1, 0)),))
    vessels = liver.vessels(plan)
    assert vessels.severed == ()
    assert vessels.without_inflow_ml == pytest.approx(5 * 40 * 40 / 1000, abs=0.01)


def test_segments_that_are_taken_sever_as_a_plane_does(straight, box):
    labels = np.ones(box.grid.shape, np.uint8)
    labels[25:] = 2  # beyond x = 5
    couinaud = PartMap(scheme="couinaud", grid=box.grid, labels=labels, names=("2", "3"))
    liver = straight.on({**straight.maps, "couinaud": couinaud})
    assert liver.supply is straight.supply
    parts = Plan(cuts=(Parts(scheme="couinaud", names=("2",)),))
    (by_parts,), (by_plane,) = liver.vessels(parts).severed, liver.vessels(plane(5, 1)).severed
    assert by_parts.point_mm == pytest.approx(by_plane.point_mm, abs=0.01)
    assert by_parts.feeds_ml == pytest.approx(by_plane.feeds_ml, abs=0.01)


def test_marked_branches_have_left_already_and_cross_nothing(both):
    marked = cut_branches(portal=["1.2"])
    assert both.vessels(marked).severed == ()
    assert both.measure(marked).perfused_ml == both.measure(marked).remnant_ml
    beside = cut_branches(portal=["1.2"], beside=Plan(cuts=(ball(0, -8, 0),)))
    limb = by_name(both.vessels(beside))["portal", "1.2"]
    assert limb.feeds_ml == pytest.approx(0, abs=1e-9)


def test_an_ablation_zone_divides_no_vessel(straight):
    zone = Ablation(centre_mm=(0, 0, 0), radii_mm=(9, 9, 9), axes=np.eye(3))
    assert straight.vessels(Plan(cuts=(zone,))).severed == ()


def test_without_middle_lines_nothing_is_known_of_any_branch(straight):
    bare = {name: replace(one, lines=()) for name, one in straight.maps.items()}
    liver = Liver(segmentation=straight.segmentation, maps=bare)
    assert liver.vessels(plane(5, 1)).trees == ()
    assert liver.measure(plane(5, 1)).perfused_ml is None


@pytest.mark.parametrize("kind", [k for k in EXAMPLES if k not in {"parts", "ablation"}])
def test_every_kind_of_cut_crosses_where_its_own_function_is_zero(box, kind):
    lines = tuple(
        branch(str(n), (-25, y, z), (25, y + 1, z))
        for n, (y, z) in enumerate(((-9, -7), (0, 0), (8, 3), (2, 11)), 1)
    )
    liver = Liver(segmentation=box, maps={"portal": territories(box, lines, "portal")})
    cut = EXAMPLES[kind]
    if kind in {"sphere", "wedge"}:
        cut = cut.moved(np.array([30.0, -5, -3]))
    plan = Plan(cuts=(cut,))
    severed = liver.vessels(plan).severed
    assert severed
    if plan.shapes:
        points = np.array([one.point_mm for one in severed])
        assert removal(plan)(points) == pytest.approx(0, abs=0.01)


def test_the_divisions_and_what_goes_whole_add_up_for_any_plan(both):
    rng = np.random.default_rng(4)
    for _ in range(12):
        cut = Plane(point_mm=rng.uniform(-12, 12, 3), normal=rng.normal(size=3))
        plan = Plan(cuts=(cut, ball(*rng.uniform(-12, 12, 3), radius=5)))
        vessels, volumes = both.vessels(plan), both.measure(plan)
        fed = sum(one.feeds_ml for one in vessels.severed)
        assert fed <= vessels.without_inflow_ml + 1e-9
        assert vessels.without_inflow_ml == pytest.approx(_counted(both, plan, "portal"), abs=0.1)
        assert vessels.without_outflow_ml == pytest.approx(_counted(both, plan, "hepatic"), abs=0.1)
        assert 0 <= volumes.perfused_ml <= volumes.remnant_ml


def _counted(liver, plan, tree):
    """Voxel centres that stay, and hang on points beyond the first that is taken out, mL."""
    gone, part_map = removal(plan), liver.maps[tree]
    voxels = np.argwhere(part_map.labels > 0)
    mm, labels = part_map.grid.to_mm(voxels), part_map.labels[part_map.labels > 0]
    stays, lost, ended = gone(mm) > 0, np.zeros(len(mm), bool), {}
    for number, line in enumerate(part_map.lines, 1):
        a, b = np.array(line.points_mm)
        points = a + np.linspace(0, 1, 2000)[:, None] * (b - a)
        inside = np.all(np.abs(points) < 20, axis=1)
        above = ended.get(line.name.rpartition(".")[0], False)
        dead = np.maximum.accumulate((inside & (gone(points) < 0)) | above)
        ended[line.name] = dead[-1]
        own = labels == number
        along = np.clip((mm[own] - a) @ (b - a) / ((b - a) @ (b - a)), 0, 1)
        lost[own] = dead[np.rint(along * 1999).astype(int)]
    return np.count_nonzero(stays & lost) / 1000


def test_the_range_is_of_what_keeps_its_blood(straight):
    plan = Plan(cuts=(ball(0, 0, 0, radius=6),))
    share = straight.measure(plan).perfused_ml / 64
    low, high = straight.uncertainty(plan, threshold_fraction=0.3).interval_95
    assert low < share < high < 0.9


def test_where_vessels_are_known_others_may_be_there_that_nobody_saw(box, straight):
    """A plane across 40 x 40 mm is as large as 64 mL to the power of two thirds."""
    plan = plane(5, -1)
    known, bare = (
        liver.uncertainty(plan, threshold_fraction=0.3)
        for liver in (straight, Liver(segmentation=box, maps={}))
    )
    rows = {row.name: row for row in known.contributions}
    assert "unseen vessels" not in {row.name for row in bare.contributions}
    assert rows["unseen vessels"].fraction_sd == pytest.approx(0.04, rel=0.02)
    told = np.hypot(bare.as_drawn.standard_error, 0.04)
    assert known.as_drawn.standard_error == pytest.approx(told, rel=0.05)
    assert sum(row.share for row in known.contributions) == pytest.approx(1)
    assert sum(row.share_as_drawn for row in known.contributions) == pytest.approx(1)


def test_a_drag_measures_what_a_fresh_look_does(both):
    """Other cuts before, and the same masks known as accepted, change nothing."""
    plan = Plan(cuts=(ball(0, -8, 0),))
    first = both.vessels(plan)
    both.vessels(plane(3, 1))
    known = both.known_as(replace(both.segmentation))
    assert both.vessels(plan) == first == known.vessels(plan)


def test_what_a_step_clipped_for_the_volume_is_what_it_would_clip_for_the_blood(both):
    tree, cuts = both.shapes.functional, (ball(-3.2, -8.4, 0.3, radius=9), ball(5, 1, 2, radius=7))
    plan = Plan(cuts=(*cuts, *plane(8.3, -1).cuts))
    places = np.argwhere(tree.counts[-2] > 0).astype(np.int32)
    alone = tree.shares(places, plan.rows())
    removed_ml = tree.removed_ml(plan.rows())
    np.testing.assert_array_equal(tree.shares(places, plan.rows()), alone)
    assert alone.sum() / 1000 == pytest.approx(removed_ml)


def test_middle_lines_are_kept_in_the_case(both):
    stored = {}

    def put(content, ending):
        name = f"{len(stored):064x}{ending}"
        stored[name] = content
        return name

    for part_map in both.maps.values():
        back = _read_map(_write_map(part_map, put), stored.__getitem__)
        assert back.lines == part_map.lines


def test_a_course_is_asked_far_finer_than_a_voxel(both):
    courses = Courses.of(FORK, both.segmentation)
    apart = np.diff(courses.points_mm[courses.starts[1] : courses.starts[2]], axis=0)
    assert np.linalg.norm(apart, axis=1).max() < 0.11
    assert list(courses.parents) == [-1, 0, 0, 2]
