"""Suggestions against brute force: near the optimum, at the margin asked for."""

import numpy as np
import pytest

from liverplan.errors import PlanError
from liverplan.resection import Plan, Plane, Wedge
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.anatomy.territories import territories
from liverplan.segmentation.labels import Segmentation
from liverplan.segmentation.vessels.branches import Branch
from liverplan.volumetry import Liver
from liverplan.volumetry.search.planes import sphere
from liverplan.volumetry.search.suggest import (
    CAVEAT,
    best_plane_and_wedges,
    best_plane_plan,
    best_segments,
    best_wedges,
    enclosing_ball,
    suggest,
)
from liverplan.volumetry.shapes.margins import plan_margins
from liverplan.volumetry.shapes.plan_index import PlanIndex
from liverplan.words import in_english

from .conftest import segmented, sentences


def _corner_cloud(index, label=None):
    offsets = np.array(list(np.ndindex(2, 2, 2))) - 0.5
    labels = index.segmentation.labels
    voxels = np.argwhere(labels > 1 if label is None else labels == label)
    corners = np.unique((voxels[:, None] + offsets).reshape(-1, 3), axis=0)
    return index.segmentation.grid.to_mm(corners)


def test_the_best_plane_is_within_half_a_point_of_brute_force(tiny):
    corners = _corner_cloud(tiny)
    normals = sphere(6000)
    offsets = (normals @ corners.T).max(axis=1) + 10.0
    best = max(
        tiny.remnant_ml(Plan(cuts=(Plane(point_mm=d * n, normal=n),)))
        for n, d in zip(normals, offsets, strict=True)
    )
    found = tiny.remnant_ml(best_plane_plan(tiny, 10.0))
    assert found >= best - 0.005 * tiny.functional_ml


def _along(wedge, direction):
    return Wedge(
        tip_mm=wedge.tip_mm,
        direction=direction,
        radius_mm=wedge.radius_mm,
        half_angle_deg=wedge.half_angle_deg,
    )


def test_the_best_wedge_is_within_half_a_point_of_brute_force(tiny):
    labels = np.minimum(tiny.segmentation.labels, 2)
    labels = np.where((labels == 2) & (tiny.segmentation.labels == 3), 1, labels).astype(np.uint8)
    alone = PlanIndex.build(Segmentation(grid=tiny.segmentation.grid, labels=labels))
    (wedge,) = best_wedges(alone, 8.0).cuts
    best = max(alone.remnant_ml(Plan(cuts=(_along(wedge, d),))) for d in sphere(1500))
    assert alone.remnant_ml(Plan(cuts=(wedge,))) >= best - 0.005 * alone.functional_ml


def test_a_wedge_found_in_every_second_voxel_is_within_half_a_point_too():
    fine = PlanIndex.build(segmented((1.0, 0.8, 0.8), [((12.0, 3.0, -2.0), 5.0)], (32, 26, 22)))
    assert max(fine.coarse.segmentation.grid.spacing_mm) > 1.9
    assert fine.coarse.functional_ml == pytest.approx(fine.functional_ml, rel=0.01)
    (wedge,) = best_wedges(fine, 6.0).cuts
    best = max(fine.remnant_ml(Plan(cuts=(_along(wedge, d),))) for d in sphere(400))
    assert fine.remnant_ml(Plan(cuts=(wedge,))) >= best - 0.005 * fine.functional_ml


def test_the_best_two_wedges_are_within_half_a_point_of_brute_force(tiny):
    first, second = best_wedges(tiny, 8.0).cuts
    directions = sphere(60)
    best = max(
        tiny.remnant_ml(Plan(cuts=(_along(first, a), _along(second, b))))
        for a in directions
        for b in directions
    )
    found = tiny.remnant_ml(Plan(cuts=(first, second)))
    assert found >= best - 0.005 * tiny.functional_ml


def test_the_best_plane_with_a_wedge_is_within_half_a_point_of_brute_force(tiny):
    """Each lesion by a plane of 400 directions, the other by a wedge of 60."""
    corners = [_corner_cloud(tiny, label) for label in (2, 3)]
    wedges = best_wedges(tiny, 8.0).cuts
    best = 0.0
    for by_plane, wedge in zip(corners, reversed(wedges), strict=True):
        for normal in sphere(400):
            offset = float((by_plane @ normal).max()) + 8.0
            plane = Plane(point_mm=offset * normal, normal=normal)
            left = tiny.remnant_ml(Plan(cuts=(plane,)))
            if left <= best:
                continue  # a wedge only takes more
            plans = (Plan(cuts=(plane, _along(wedge, d))) for d in sphere(60))
            best = max(best, *(tiny.remnant_ml(plan) for plan in plans))
    plan = best_plane_and_wedges(tiny, 8.0)
    assert [type(cut) for cut in plan.cuts] == [Plane, Wedge]
    assert tiny.remnant_ml(plan) >= best - 0.005 * tiny.functional_ml


def test_the_best_segments_are_the_best_of_all_subsets(tiny):
    """Eight blocks; a subset will do if no voxel that stays is nearer to a lesion than 7 mm."""
    grid, labels = tiny.segmentation.grid, tiny.segmentation.labels
    k, j, i = np.indices(grid.shape)
    middle = [n // 2 for n in grid.shape]
    blocks = 1 + (k > middle[0]) * 4 + (j > middle[1]) * 2 + (i > middle[2])
    names = tuple("abcdefgh")
    part_map = PartMap(scheme="couinaud", grid=grid, labels=blocks.astype(np.uint8), names=names)
    index = PlanIndex.build(tiny.segmentation, {"couinaud": part_map})
    voxels, lesions = np.argwhere(labels > 0), np.argwhere(labels > 1)
    gaps = np.maximum(np.abs(voxels[:, None] - lesions[None]) - 1, 0) * grid.spacing_mm
    near = np.linalg.norm(gaps, axis=2).min(axis=1) < 7.0
    near |= labels[tuple(voxels.T)] > 1
    needed = set(np.unique(blocks[tuple(voxels[near].T)]) - 1)
    best = 0.0
    for subset in range(2**8):
        gone = {n for n in range(8) if subset >> n & 1}
        if needed <= gone:
            stays = ~np.isin(blocks, [n + 1 for n in gone]) & (labels == 1)
            best = max(best, float(np.count_nonzero(stays)) * grid.voxel_ml)
    assert index.remnant_ml(best_segments(index, 7.0)) == pytest.approx(best, abs=1e-6)


def test_every_suggestion_keeps_the_margin_and_cuts_no_lesion(tiny):
    result = suggest(tiny, margin_mm=8.0, threshold_fraction=0.3)
    assert [s.family for s in result.best] != []
    for suggestion in result.best:
        assert suggestion.margin_mm >= 8.0 - 1e-6
        assert not any(m.in_remnant for m in plan_margins(tiny, suggestion.plan))
        assert "cuts through" not in " ".join(sentences(tiny, *suggestion.plan.cuts))
    remnants = [s.remnant_ml for s in result.best]
    assert remnants == sorted(remnants, reverse=True)
    assert result.caveat == CAVEAT
    best = result.best[0]
    assert result.says.key == "suggested.leaves"
    assert result.says.value("percent") == 100 * best.remnant_fraction
    assert in_english(result.says) == (
        f"At a margin of 8 mm, {best.family} would leave {100 * best.remnant_fraction:.1f} % "
        "of the functional liver."
    )


def test_a_larger_margin_never_leaves_more(tiny):
    by_family = {}
    for margin in (0.0, 10.0, 20.0):
        result = suggest(tiny, margin_mm=margin, threshold_fraction=0.3, together=False)
        for suggestion in result.best:
            by_family.setdefault(suggestion.family, []).append(suggestion.remnant_ml)
    assert set(by_family) == {"plane", "wedges"}
    for remnants in by_family.values():
        assert remnants == sorted(remnants, reverse=True)


def test_segments_within_the_margin_go_and_no_others(tiny):
    grid = tiny.segmentation.grid
    labels = np.zeros(grid.shape, dtype=np.uint8)
    x = grid.to_mm(np.moveaxis(np.indices(grid.shape), 0, -1))[..., 0]
    labels[x < -10] = 1
    labels[(x >= -10) & (x < 0)] = 2
    labels[x >= 0] = 3
    three = PartMap(scheme="couinaud", grid=grid, labels=labels, names=("a", "b", "c"))
    index = PlanIndex.build(tiny.segmentation, {"couinaud": three})
    (cut,) = best_segments(index, 5.0).cuts
    assert cut.names == ("a", "c")  # lesions at x = -35 and x = 21
    found = suggest(index, margin_mm=5.0, threshold_fraction=0.3)
    assert "segments" in {s.family for s in found.best}


def test_an_enclosing_ball_holds_the_lesion_and_little_more(small):
    for lesion in small.lesions:
        centre, radius = enclosing_ball(lesion, small)
        points = small.segmentation.grid.to_mm(lesion.voxels)
        assert np.linalg.norm(points - centre, axis=1).max() < radius
        assert radius < np.ptp(points[:, 0]) / 2 + 3.2


def test_when_no_plan_reaches_the_threshold_the_best_one_is_named(tiny):
    sentence = in_english(suggest(tiny, margin_mm=45.0, threshold_fraction=0.95).says)
    assert sentence.startswith("No plan was found that leaves more than 95 % at a margin of 45 mm")
    assert "best found" in sentence


def test_without_a_lesion_or_with_a_senseless_margin_nothing_is_suggested(tiny):
    labels = np.minimum(tiny.segmentation.labels, 1)
    clean = PlanIndex.build(Segmentation(grid=tiny.segmentation.grid, labels=labels))
    with pytest.raises(PlanError, match="There is no lesion to plan for"):
        suggest(clean, margin_mm=10.0, threshold_fraction=0.3)
    with pytest.raises(PlanError, match="between 0 and 100 mm, not -1"):
        suggest(tiny, margin_mm=-1, threshold_fraction=0.3)
    with pytest.raises(PlanError, match="once there is a map of them"):
        best_segments(tiny, 5.0)


@pytest.fixture(scope="module")
def fed(tiny):
    """The same liver with a portal vein that comes from above and forks beside the lesions."""
    fork = (0, 0, 0)
    ways = {"1": ((0, 0, 60), fork), "1.1": (fork, (-50, 0, -10)), "1.2": (fork, (50, 0, -10))}
    lines = [Branch(name=n, points_mm=w, radius_mm=4.0) for n, w in ways.items()]
    portal = territories(tiny.segmentation, lines, "portal")
    return Liver(segmentation=tiny.segmentation, maps={"portal": portal})


def test_a_plane_that_keeps_its_blood_is_within_half_a_point_of_brute_force(fed):
    index = fed.shapes
    normals = sphere(1500)
    offsets = index.planes.reach_mm(normals) + 8.0
    planes = (Plane(point_mm=d * n, normal=n) for n, d in zip(normals, offsets, strict=True))
    best = max(fed.measure(Plan(cuts=(plane,))).counted_ml for plane in planes)
    found = fed.suggest(margin_mm=8.0, threshold_fraction=0.3, together=False, keep_blood=True)
    by_family = {one.family: one for one in found.best}
    assert by_family["plane"].perfused_ml >= best - 0.005 * index.functional_ml
    assert by_family["plane"].margin_mm >= 8.0 - 1e-6
    counted = [one.counted_ml for one in found.best]
    assert counted == sorted(counted, reverse=True)
    assert all(one.perfused_ml <= one.remnant_ml for one in found.best)


def test_where_vessels_are_known_each_suggestion_tells_what_keeps_its_blood(fed, tiny):
    plain = fed.suggest(margin_mm=8.0, threshold_fraction=0.3, together=False)
    without = suggest(tiny, margin_mm=8.0, threshold_fraction=0.3, together=False)
    assert [one.remnant_ml for one in plain.best] == [one.remnant_ml for one in without.best]
    assert [one.perfused_ml for one in without.best] == [None, None]
    for one in plain.best:
        assert one.perfused_ml == fed.measure(one.plan).perfused_ml
        assert one.counted_fraction == pytest.approx(one.perfused_ml / fed.functional_ml)
    assert plain.says.key.endswith("_blood")
    assert "with inflow and outflow" in in_english(plain.says)


def test_a_plan_that_keeps_no_blood_is_not_suggested_where_that_is_asked_for(tiny):
    how = {"margin_mm": 8.0, "threshold_fraction": 0.3, "together": False}

    def without_planes(plan):
        return 0.0 if plan.is_flat else tiny.remnant_ml(plan)

    found = suggest(tiny, sought_ml=without_planes, **how)
    assert [one.family for one in found.best] == ["wedges"]
    with pytest.raises(PlanError, match="leaves any liver with inflow and outflow"):
        suggest(tiny, sought_ml=lambda _plan: 0.0, **how)


def test_a_plane_that_takes_the_root_out_is_none_that_keeps_its_blood(tiny):
    """Nothing is told of a tree without a root: it is no plan that keeps all of it."""
    line = Branch(name="1", points_mm=((0, 0, 0), (0, 50, 0)), radius_mm=4.0)
    liver = Liver(
        segmentation=tiny.segmentation,
        maps={"portal": territories(tiny.segmentation, [line], "portal")},
    )
    how = {"margin_mm": 8.0, "threshold_fraction": 0.3, "together": False}
    (plane,) = (one for one in liver.suggest(**how).best if one.family == "plane")
    assert liver.vessels(plane.plan).rootless
    for one in liver.suggest(**how, keep_blood=True).best:
        assert liver.vessels(one.plan).rootless == ()


def test_no_plan_keeps_its_blood_where_no_vessel_is_known(tiny):
    liver = Liver(segmentation=tiny.segmentation)
    with pytest.raises(PlanError, match="once portal vein or hepatic veins are known"):
        liver.suggest(margin_mm=8.0, threshold_fraction=0.3, keep_blood=True)
