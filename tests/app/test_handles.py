"""Handles of every kind of cut: they stand on it, do not jump, and bring it under the mouse."""

import numpy as np
import pytest
from PySide6.QtCore import QRectF

from liverplan.app.slices.convert import VIEW_NAMES, view_axes
from liverplan.app.slices.cut_drags import slice_plane
from liverplan.app.slices.cut_regions import region_of
from liverplan.app.slices.slicing import Look
from liverplan.resection import (
    Ablation,
    CurvedCut,
    FoldedCut,
    Parts,
    Plan,
    Plane,
    Sphere,
    VCut,
    Wedge,
)
from liverplan.resection.cuts.catmull_rom import weights_at
from liverplan.resection.cuts.rigid import rotation_between
from liverplan.volumetry.shapes.margins import removal
from tests.app.test_convert import ALL

WAVE = 6.0 * np.sin(np.arange(25.0)).reshape(5, 5)
FRAME = rotation_between(np.array([1.0, 0, 0]), np.array([0.6, 0.64, 0.48]))


def cuts_at(point):
    """One of each kind that has handles, through or about a point."""
    flat = CurvedCut.flat(point, FRAME[0], size_mm=60, controls=5)
    return {
        "sphere": Sphere(centre_mm=point + np.array([0, 1, 2]), radius_mm=14),
        "wedge": Wedge(
            tip_mm=point + np.array([1, 0, 1]), direction=FRAME[0], radius_mm=9, half_angle_deg=15
        ),
        "ablation": Ablation(
            centre_mm=point + np.array([1, 2, 0]), radii_mm=[16, 9, 12], axes=FRAME
        ),
        "curved": CurvedCut(
            origin_mm=flat.origin_mm, axes=flat.axes, step_mm=flat.step_mm, heights_mm=WAVE
        ),
        "cleft": VCut(planes=tuple(Plane(point_mm=point, normal=n) for n in FRAME[:2])),
    }


KINDS = ("sphere", "wedge", "ablation", "curved", "cleft")
SLICES = [(name, view, kind) for name in ALL for view in VIEW_NAMES for kind in KINDS]


def look_at(lattice, view, index=7):
    axes = view_axes(lattice, view)
    middle = [n * mm / 2 for n, mm in zip(lattice.shape, lattice.spacing_mm, strict=True)]
    return Look(
        grid=lattice,
        axes=axes,
        index=index,
        centre=(middle[axes.down] + 1.7, middle[axes.right] - 2.3),
        zoom=6.5,
        width=600,
        height=400,
    )


def value(cut, points):
    return removal(Plan(cuts=(cut,)))(np.atleast_2d(points))


def same(a, b):
    if isinstance(a, VCut):  # a plane may be held at any of its points
        points = np.random.default_rng(2).uniform(-40, 40, (200, 3))
        return np.allclose(value(a, points), value(b, points), atol=1e-9)
    one, other = Plan(cuts=(a,)).to_json()["cuts"][0], Plan(cuts=(b,)).to_json()["cuts"][0]
    return all(
        one[name] == other[name] or np.allclose(one[name], other[name], atol=1e-9) for name in one
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_handle_that_is_not_moved_changes_nothing(kind):
    cut = cuts_at(np.array([3.0, -4.0, 5.0]))[kind]
    handles = cut.handles()
    own = {"curved": "bend", "cleft": "turn"}.get(kind, "resize")
    assert {h.what for h in handles} >= {"move", own}
    for handle in handles:
        assert same(cut.pulled(handle, handle.at_mm), cut), handle.what


@pytest.mark.parametrize(("name", "view", "kind"), SLICES)
def test_handles_on_a_slice_lie_in_it_and_bring_the_cut_under_the_mouse(name, view, kind):
    """What resizes, opens or bends stands on the cut's surface, and after a pull still does."""
    seen = look_at(ALL[name], view)
    cut = cuts_at(seen.pixel_to_lps(300, 200))[kind]
    on = slice_plane(seen)
    handles = cut.handles_on(on)
    assert handles or kind in ("curved", "cleft")
    for handle in handles:
        assert on.height_mm(handle.at_mm) == pytest.approx(0, abs=1e-6)
        assert same(cut.pulled(handle, handle.at_mm), cut), handle.what
        if kind == "cleft":
            assert value(cut, handle.at_mm) == pytest.approx(0, abs=1e-6)
        if handle.what not in ("resize", "spread") or kind == "ablation":
            continue
        assert value(cut, handle.at_mm) == pytest.approx(0, abs=1e-6)
        to = handle.at_mm + 2.5 * (handle.at_mm - handle.foot_mm) / np.linalg.norm(
            handle.at_mm - handle.foot_mm
        )
        assert value(cut.pulled(handle, to), to) == pytest.approx(0, abs=1e-6)


def test_each_side_of_a_v_turns_about_its_edge_and_the_other_stays():
    cut = cuts_at(np.array([3.0, -4.0, 5.0]))["cleft"]
    _, *turns = cut.handles()
    for side, handle in enumerate(turns):
        way = np.cross(FRAME[2], handle.at_mm - handle.foot_mm)
        to = handle.at_mm + 0.3 * way
        other = cut.pulled(handle, to)
        assert value(other, handle.foot_mm + 2.0 * (to - handle.foot_mm)) == pytest.approx(0)
        assert other.planes[1 - side] is cut.planes[1 - side]
        assert other.planes[side].signed_distance_mm(handle.foot_mm) == pytest.approx(0)
    level = Plane(point_mm=(0, 0, 0), normal=(1, 0, 0))
    assert VCut(planes=(level, level)).handles() == ()
    assert VCut(planes=(*cut.planes, level)).handles() == ()


def test_a_bend_brings_the_surface_itself_under_the_mouse():
    cut = cuts_at(np.zeros(3))["curved"]
    for at in ((0.0, 0.0), (1.5, 2.25), (3.9, 0.4)):
        before = cut.point_mm(at)
        bend = next(h for h in cut.handles() if h.what == "bend")
        lifted = cut.pulled(
            type(bend)(what="bend", at_mm=before, foot_mm=before, part=at),
            before + 7.0 * cut.axes[2],
        )
        np.testing.assert_allclose(lifted.point_mm(at), before + 7.0 * cut.axes[2], atol=1e-9)
        assert value(lifted, lifted.point_mm(at)) == pytest.approx(0, abs=1e-6)


def test_weights_at_are_the_library_s_own_curve():
    """The surface's points by these weights are where the measured function is zero."""
    cut = cuts_at(np.array([5.0, 1.0, -2.0]))["curved"]
    random = np.random.default_rng(3)
    points = np.array([cut.point_mm(tuple(at)) for at in random.uniform(0, 4, (50, 2))])
    np.testing.assert_allclose(value(cut, points), 0, atol=1e-9)
    assert weights_at(2.4, 5).sum() == pytest.approx(1)


@pytest.mark.parametrize("kind", [*KINDS, "plane", "sheet"])
def test_moving_and_turning_are_rigid(kind):
    """A point that is carried along keeps its distance from the cut."""
    plane = Plane(point_mm=(1, 2, 3), normal=FRAME[0])
    more = {
        "plane": plane,
        "cleft": VCut(planes=(plane, Plane(point_mm=(9, 2, 3), normal=(-1, 0.1, 0)))),
        "sheet": FoldedCut(
            control_mm=cuts_at(np.zeros(3))["curved"].control_points_mm(), stays_toward=FRAME[0]
        ),
    }
    cut = {**cuts_at(np.zeros(3)), **more}[kind]
    pivot, way = np.array([4.0, -3.0, 2.0]), np.array([3.0, 5.0, -7.0])
    points = np.random.default_rng(1).uniform(-15, 15, (40, 3))
    if isinstance(cut, FoldedCut):
        one, two = cut.moved(way), cut.turned(pivot, FRAME)
        np.testing.assert_allclose(one.control_mm - cut.control_mm, np.broadcast_to(way, (5, 5, 3)))
        np.testing.assert_allclose(two.stays_toward, FRAME @ cut.stays_toward)
        return
    carried = points + (way @ cut.normal) * cut.normal if isinstance(cut, Plane) else points + way
    np.testing.assert_allclose(value(cut.moved(way), carried), value(cut, points), atol=1e-6)
    around = pivot + (points - pivot) @ FRAME.T
    np.testing.assert_allclose(
        value(cut.turned(pivot, FRAME), around), value(cut, points), atol=1e-6
    )


def test_parts_of_the_liver_stay_where_they_are():
    parts = Parts(scheme="couinaud", names=("5",))
    assert parts.moved(np.ones(3)) is parts
    assert parts.turned(np.zeros(3), FRAME) is parts
    assert parts.handles() == ()


def test_the_other_side_of_a_curved_cut_is_what_it_left():
    cut = cuts_at(np.zeros(3))["curved"]
    points = np.random.default_rng(2).uniform(-20, 20, (200, 3))
    np.testing.assert_allclose(value(cut.flipped(), points), -value(cut, points), atol=1e-9)
    assert cuts_at(np.zeros(3))["sphere"].flipped() is None


@pytest.mark.parametrize(("name", "view", "kind"), SLICES)
def test_what_is_drawn_as_removed_is_what_the_plan_removes(name, view, kind):
    """At random pixels: inside the drawn outline where the function is negative, to 0.1 mm."""
    seen = look_at(ALL[name], view)
    plan = Plan(cuts=(cuts_at(seen.pixel_to_lps(300, 200))[kind],))
    down, right = seen.pixel_to_flat(300, 200)
    box = QRectF(right - 25, down - 18, 50, 36)
    region = region_of(plan, seen, box, None)
    drawn = region.ablated if kind == "ablation" else region.removed
    compared = 0
    for x, y in np.random.default_rng(4).uniform((150, 100), (450, 300), (150, 2)):
        flat = seen.pixel_to_flat(x, y)
        away = float(value(plan.cuts[0], seen.pixel_to_lps(x, y))[0])
        if abs(away) > 0.1:
            compared += 1
            assert drawn.contains(point(flat)) == (away < 0)
    assert compared > 100


def point(flat):
    from PySide6.QtCore import QPointF

    return QPointF(flat[1], flat[0])


def test_voxels_of_named_parts_are_drawn_along_their_edges():
    """A mask of whole voxels beside a sphere: each voxel's middle is on its own side."""
    seen = look_at(ALL["standard"], "Axial")
    grid = ALL["standard"]
    taken = np.zeros(grid.shape, dtype=bool)
    taken[:, grid.shape[1] // 2 :, :] = True
    middle = seen.pixel_to_lps(300, 200)
    ball = Sphere(centre_mm=middle, radius_mm=6)
    plan = Plan(cuts=(ball, Parts(scheme="couinaud", names=("5",))))
    down, right = seen.pixel_to_flat(300, 200)
    region = region_of(plan, seen, QRectF(right - 20, down - 20, 40, 40), taken)
    _, down_mm, right_mm = seen.spacing
    for row in range(grid.shape[seen.axes.down]):
        for column in range(grid.shape[seen.axes.right]):
            flat = row * down_mm, column * right_mm
            if abs(flat[0] - down) > 19 or abs(flat[1] - right) > 19:
                continue
            world = seen.pixel_to_lps(*seen.flat_to_pixel(*flat))
            index = tuple(np.rint(grid.to_index(world)).astype(int))
            away = float(value(ball, world)[0])
            if abs(away) > 0.5:
                assert region.removed.contains(point(flat)) == (bool(taken[index]) or away < 0)
