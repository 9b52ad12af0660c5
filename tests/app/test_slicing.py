"""A plane on a slice: its line, its handles, how it is pushed and turned; in mm, any lattice."""

from types import SimpleNamespace

import numpy as np
import pytest

from liverplan.app.slices.convert import VIEW_NAMES, view_axes
from liverplan.app.slices.cut_drags import grab, hit, turned
from liverplan.app.slices.slicing import Look, knobs_of
from liverplan.resection.cuts.plane import Plane
from tests.app.test_convert import ALL


def look(lattice, view, index=7):
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


class _Dragged:
    """Stands for a session with one cut, and keeps what a drag makes of it."""

    def __init__(self, cut):
        self.cut = cut
        self.work = SimpleNamespace(locked=False, cuts=(cut,), cut=0)

    def choose(self, *, cut):
        assert cut == 0

    def drag_cut(self, cut):
        self.cut = cut


EVERY = [(name, view) for name in ALL for view in VIEW_NAMES]


@pytest.mark.parametrize(("name", "view"), EVERY)
def test_pixels_and_millimetres_agree_both_ways(name, view):
    seen = look(ALL[name], view)
    for x, y in ((0, 0), (600, 400), (123.4, 345.6)):
        assert seen.lps_to_pixel(seen.pixel_to_lps(x, y)) == pytest.approx((x, y), abs=1e-8)


@pytest.mark.parametrize(("name", "view"), EVERY)
def test_the_line_drawn_lies_on_the_plane_in_millimetres(name, view):
    """To a thousandth of a millimetre, on anisotropic, flipped, oblique and sheared lattices."""
    seen = look(ALL[name], view)
    random = np.random.default_rng(5)
    drawn = 0
    for _ in range(20):
        plane = Plane(point_mm=seen.pixel_to_lps(300, 200), normal=random.normal(size=3))
        line = seen.cut_line(plane)
        if line is None:
            continue
        drawn += 1
        ends = [seen.pixel_to_lps(*end) for end in line]
        np.testing.assert_allclose(plane.signed_distance_mm(ends), 0, atol=1e-3)
    assert drawn == 20


@pytest.mark.parametrize(("name", "view"), EVERY)
def test_both_sides_of_the_slice_are_the_sides_of_the_plane(name, view):
    seen = look(ALL[name], view)
    random = np.random.default_rng(6)
    planes = tuple(
        Plane(
            point_mm=seen.pixel_to_lps(*random.uniform(100, 300, 2)), normal=random.normal(size=3)
        )
        for _ in range(3)
    )
    region = seen.staying_region(planes)
    for x, y in random.uniform(0, 400, (200, 2)):
        point = seen.pixel_to_lps(x, y)
        distances = [p.signed_distance_mm(point) for p in planes]
        if min(abs(d) for d in distances) > 1e-6:
            assert inside(region, x, y) == all(d > 0 for d in distances)


def inside(polygon, x, y):
    """Even-odd rule."""
    odd = False
    for n, (x1, y1) in enumerate(polygon):
        x0, y0 = polygon[n - 1]
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) / (y1 - y0) * (x1 - x0):
            odd = not odd
    return odd


@pytest.mark.parametrize(("name", "view"), EVERY)
def test_a_push_moves_the_plane_with_the_mouse(name, view):
    seen = look(ALL[name], view)
    right, down = seen.pixels_to_basis
    start = Plane(point_mm=seen.pixel_to_lps(300, 200), normal=right + 0.4 * down)
    grabbed = seen.pixel_to_lps(300, 200)
    now = seen.pixel_to_lps(340, 230)
    moved = start.moved(now - grabbed)
    np.testing.assert_allclose(moved.normal, start.normal)
    assert moved.signed_distance_mm(now) == pytest.approx(
        start.signed_distance_mm(grabbed), abs=1e-9
    )


@pytest.mark.parametrize(("name", "view"), EVERY)
def test_a_turn_keeps_the_pivot_and_brings_the_knob_under_the_mouse(name, view):
    """The knob lies on the line, and after the turn the line goes through the mouse."""
    seen = look(ALL[name], view)
    right, down = seen.pixels_to_basis
    start = Plane(point_mm=seen.pixel_to_lps(300, 200), normal=right + 0.4 * down)
    knobs = knobs_of(seen, start)
    pivot = seen.pixel_to_lps(*knobs.middle)
    grabbed = seen.pixel_to_lps(*knobs.ends[1])
    now = seen.pixel_to_lps(knobs.ends[1][0] + 25, knobs.ends[1][1] - 18)
    after = turned(start, pivot, seen, grabbed, now)
    assert after.signed_distance_mm(pivot) == pytest.approx(0, abs=1e-9)
    assert after.signed_distance_mm(now) == pytest.approx(0, abs=1e-6)


def test_nothing_jumps_when_a_handle_is_grabbed():
    seen = look(ALL["standard"], "Axial")
    plane = Plane(point_mm=seen.pixel_to_lps(250, 180), normal=(1, 0.3, 0.2))
    grabbed = seen.pixel_to_lps(254, 186)
    np.testing.assert_array_equal(plane.moved(grabbed - grabbed).point_mm, plane.point_mm)
    same = turned(plane, plane.point_mm, seen, grabbed, grabbed)
    np.testing.assert_allclose(same.normal, plane.normal, atol=1e-12)


def test_the_mouse_finds_knobs_before_the_line():
    seen = look(ALL["standard"], "Axial")
    plane = Plane(point_mm=seen.pixel_to_lps(300, 200), normal=(1, 0, 0))
    knobs, line = knobs_of(seen, plane), seen.cut_line(plane)
    assert hit(knobs, line, *knobs.ends[0]) == "turn"
    assert hit(knobs, line, *knobs.middle) == "push"
    assert hit(knobs, line, line[0][0] + 3, 20) == "push"
    assert hit(knobs, line, line[0][0] + 30, 20) == ""


def test_a_plane_that_does_not_cross_the_slice_has_no_line_and_no_handles():
    seen = look(ALL["standard"], "Axial")
    plane = Plane(point_mm=(0, 0, 500), normal=(0, 0.05, 1))
    assert seen.cut_line(plane) is None
    assert knobs_of(seen, plane) is None


@pytest.mark.parametrize(("name", "view"), EVERY)
def test_turning_by_a_knob_holds_the_middle_of_the_cut(name, view):
    """The cut swings about the middle of its line on the slice, where the other handle stands."""
    seen = look(ALL[name], view)
    right, down = seen.pixels_to_basis
    plane = Plane(point_mm=seen.pixel_to_lps(320, 180), normal=right + 0.3 * down)
    knobs = knobs_of(seen, plane)
    session = _Dragged(plane)
    drag = grab(session, seen, knobs.ends[1])
    drag.move(knobs.ends[1][0] + 40, knobs.ends[1][1] + 25)
    middle = seen.pixel_to_lps(*knobs.middle)
    assert session.cut.signed_distance_mm(middle) == pytest.approx(0, abs=1e-6)
    assert abs(session.cut.normal @ plane.normal) < 0.999
    np.testing.assert_allclose(session.cut.point_mm, middle, atol=1e-6)
