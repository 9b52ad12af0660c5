"""Plans of any cuts: closed forms, identities, and one voxel's exact clip as the oracle."""

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from liverplan.errors import GridError, PlanError
from liverplan.resection import Ablation, CurvedCut, Parts, Plan, Plane, Sphere, VCut, Wedge
from liverplan.resection.anatomy.maps import PartMap
from liverplan.segmentation.labels import Segmentation
from liverplan.volume import Grid
from liverplan.volumetry import VolumeIndex
from liverplan.volumetry.shapes.plan_index import PlanIndex, measure_plan

from .conftest import alone_ml

BALL_MM, BALL_CENTRE = 60.0, np.array([0.13, -0.21, 0.17])  # as in conftest.py
BALL_ML = 4 / 3 * np.pi * BALL_MM**3 / 1000


def removed(index, *cuts):
    return measure_plan(index, Plan(cuts=cuts)).resected_ml


def own_error(index):
    """How much the mask itself is off its closed form, mL."""
    return abs(index.functional_ml - BALL_ML)


def unit(v):
    return np.asarray(v, dtype=float) / np.linalg.norm(v)


TOLERANCE_ML = 0.1


@pytest.mark.parametrize("radius", [8.0, 20.0, 35.0])
def test_a_sphere_inside_has_its_closed_form(ball, radius):
    expected = 4 / 3 * np.pi * radius**3 / 1000
    assert removed(ball, Sphere(centre_mm=(3, 4, 5), radius_mm=radius)) == pytest.approx(
        expected, abs=TOLERANCE_ML
    )


def test_a_sphere_that_sticks_out_takes_a_lens(ball):
    r, reach = 30.0, 50.0
    centre = BALL_CENTRE + reach * unit((1, 2, -1))
    # two spheres of radii R, r whose centres are d apart share pi (R+r-d)^2 (...) / (12 d)
    gap = BALL_MM + r - reach
    lens = np.pi * gap**2 * (reach**2 + 2 * reach * (BALL_MM + r) - 3 * (BALL_MM - r) ** 2)
    expected = lens / (12 * reach) / 1000
    cut = Sphere(centre_mm=centre, radius_mm=r)
    assert removed(ball, cut) == pytest.approx(expected, abs=TOLERANCE_ML)


@pytest.mark.parametrize("angle", [15.0, 60.0, 110.0])
def test_a_wedge_of_two_planes_through_the_centre_takes_its_angle_s_share(ball, angle):
    turn = np.radians(angle)
    first = Plane(point_mm=BALL_CENTRE, normal=(0, -1, 0))
    second = Plane(point_mm=BALL_CENTRE, normal=(-np.sin(turn), np.cos(turn), 0))
    # removed: y >= 0 and below the line at the angle
    expected = BALL_ML * angle / 360
    assert removed(ball, VCut(planes=(first, second))) == pytest.approx(
        expected, abs=TOLERANCE_ML + own_error(ball)
    )


def test_an_ablation_zone_has_an_ellipsoid_s_volume_and_is_no_longer_functional(ball):
    axes = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))[0]
    zone = Ablation(centre_mm=(2, 3, 4), radii_mm=(25.0, 15.0, 10.0), axes=axes)
    result = measure_plan(ball, Plan(cuts=(zone,)))
    assert result.ablated_ml == pytest.approx(4 / 3 * np.pi * 3.75, abs=TOLERANCE_ML)
    assert result.remnant_ml == result.functional_ml - result.ablated_ml


def test_what_only_ablation_takes_is_told_apart(ball):
    plane = Plane(point_mm=BALL_CENTRE, normal=(1, 0, 0))
    zone = Ablation(centre_mm=BALL_CENTRE, radii_mm=(20.0, 20.0, 20.0), axes=np.eye(3))
    result = measure_plan(ball, Plan(cuts=(plane, zone)))
    half = 2 / 3 * np.pi * 8.0
    assert result.ablated_ml == pytest.approx(half, abs=TOLERANCE_ML)
    assert alone_ml(ball, Plan(cuts=(plane, zone)))[1] == pytest.approx(2 * half, abs=TOLERANCE_ML)


def test_a_round_wedge_within_the_liver_has_its_closed_form():
    """A round-tipped cone cut off by the flat top of a box-shaped liver."""
    grid = Grid(shape=(100, 160, 160), affine=np.diag([1.0, 1.0, 1.0, 1.0])[[2, 1, 0, 3]])
    labels = np.zeros(grid.shape, dtype=np.uint8)
    labels[10:90, 5:155, 5:155] = 1  # z from 9.5 to 89.5
    index = PlanIndex.build(Segmentation(grid=grid, labels=labels))
    radius, angle, tip = 12.0, np.radians(20.0), np.array([80.3, 79.6, 50.2])
    wedge = Wedge(tip_mm=tip, direction=(0, 0, 2), radius_mm=radius, half_angle_deg=20.0)
    # the cone touches the ball at a height of -radius sin below the tip, with radius r cos there
    low, high = -radius * np.sin(angle), 89.5 - tip[2]
    near = radius * np.cos(angle)
    far = near + (high - low) * np.tan(angle)
    frustum = np.pi * (high - low) / 3 * (near**2 + near * far + far**2)
    cap_height = radius + low
    cap = np.pi * cap_height**2 * (3 * radius - cap_height) / 3
    assert removed(index, wedge) == pytest.approx((frustum + cap) / 1000, abs=TOLERANCE_ML)


def _bowl(radius, size=140.0, controls=45):
    """A height field that follows a sphere's cap: the tissue above it goes."""
    axes = np.array([[1.0, 0, 0], [0, -1.0, 0], [0, 0, -1.0]])
    step = size / (controls - 1)
    ticks = np.arange(controls) * step - size / 2
    square = ticks[:, None] ** 2 + ticks[None] ** 2
    heights = -np.sqrt(radius**2 - square)
    origin = BALL_CENTRE + axes.T @ np.array([-size / 2, -size / 2, 0.0])
    return CurvedCut(origin_mm=origin, axes=axes, step_mm=(step, step), heights_mm=heights)


def test_a_curved_cap_has_its_closed_form(ball):
    """A spherical bowl of 120 mm, lowered to 20 mm above the liver's centre."""
    radius, top = 120.0, 20.0
    bowl = _bowl(radius)
    lowered = CurvedCut(
        origin_mm=bowl.origin_mm + np.array([0, 0, top - radius]),
        axes=bowl.axes,
        step_mm=bowl.step_mm,
        heights_mm=bowl.heights_mm,
    )
    # what stays below the bowl is the lens of two balls whose centres are |top - radius| apart
    d = radius - top
    gap = BALL_MM + radius - d
    lens = np.pi * gap**2 * (d**2 + 2 * d * (BALL_MM + radius) - 3 * (BALL_MM - radius) ** 2)
    expected = BALL_ML - lens / (12 * d) / 1000
    assert removed(ball, lowered) == pytest.approx(expected, abs=TOLERANCE_ML)


DIRECTIONS = [(1, 0, 0), (0, 0, -1), (1, 0.0175, 0), (0.3, -0.5, 0.8)]


@pytest.mark.parametrize("normal", DIRECTIONS)
def test_a_plane_agrees_with_the_exact_clip_of_every_voxel(small, normal):
    plane = Plane(point_mm=(3, 2, 1), normal=normal)
    index = VolumeIndex.build(small.segmentation)
    assert small.remnant_ml(Plan(cuts=(plane,))) == pytest.approx(
        index.remnant_ml_of([plane]), abs=1e-6
    )


@pytest.mark.parametrize("normal", DIRECTIONS)
def test_a_level_surface_is_a_plane(small, normal):
    surface = CurvedCut.flat((3, 2, 1), normal, size_mm=400)
    plane = Plane(point_mm=(3, 2, 1), normal=normal)
    plans = [Plan(cuts=(cut,)) for cut in (surface, plane)]
    assert small.remnant_ml(plans[0]) == pytest.approx(small.remnant_ml(plans[1]), abs=1e-6)


# -- any plan ----------------------------------------------------------------------------------

inside = st.tuples(st.floats(-60, 60), st.floats(-45, 45), st.floats(-35, 35))
direction = st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda v: np.linalg.norm(v) > 0.1)
planes = st.builds(lambda p, n: Plane(point_mm=p, normal=n), inside, direction)


def _ablation(centre, radii, seed):
    axes = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))[0]
    return Ablation(centre_mm=centre, radii_mm=radii, axes=axes)


def _surface(centre, normal, seed):
    flat = CurvedCut.flat(centre, normal, size_mm=200, controls=5)
    bend = np.random.default_rng(seed).uniform(-12, 12, size=(5, 5))
    return CurvedCut(
        origin_mm=flat.origin_mm, axes=flat.axes, step_mm=flat.step_mm, heights_mm=bend
    )


radius = st.floats(3, 40)
seeds = st.integers(0, 1000)
cuts = st.one_of(
    planes,
    st.builds(lambda c, r: Sphere(centre_mm=c, radius_mm=r), inside, radius),
    st.builds(
        lambda t, d, r, a: Wedge(tip_mm=t, direction=d, radius_mm=r, half_angle_deg=a),
        inside,
        direction,
        radius,
        st.floats(0, 60),
    ),
    st.builds(lambda *p: VCut(planes=p), planes, planes),
    st.builds(_ablation, inside, st.tuples(radius, radius, radius), seeds),
    st.builds(_surface, inside, direction, seeds),
    st.just(Parts(scheme="halves", names=("upper",))),
)
plans = st.lists(cuts, min_size=1, max_size=4).map(lambda c: Plan(cuts=tuple(c)))
slowly = settings(
    phases=(Phase.explicit, Phase.generate),
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def _with_halves(index):
    grid = index.segmentation.grid
    labels = np.ones(grid.shape, dtype=np.uint8)
    labels[grid.shape[0] // 2 :] = 2
    halves = PartMap(scheme="halves", grid=grid, labels=labels, names=("lower", "upper"))
    return PlanIndex.build(index.segmentation, {"halves": halves})


@pytest.fixture(scope="module")
def mapped(tiny):
    return _with_halves(tiny)


@slowly
@given(plan=plans)
def test_the_parts_sum_to_the_whole_and_a_union_is_no_more_than_its_parts(mapped, plan):
    result = measure_plan(mapped, plan)
    assert result.remnant_ml + result.resected_ml == pytest.approx(result.functional_ml, abs=1e-6)
    assert result.functional_ml + result.tumour_ml == pytest.approx(result.liver_ml, abs=1e-6)
    assert -1e-9 <= result.resected_ml <= result.functional_ml + 1e-9
    alone = alone_ml(mapped, plan)
    assert result.resected_ml <= sum(alone) + 1e-6
    assert result.resected_ml >= max(alone) - 1e-6


@slowly
@given(plan=plans, order=st.randoms(use_true_random=False))
def test_the_order_of_the_cuts_changes_nothing(mapped, plan, order):
    shuffled = list(plan.cuts)
    order.shuffle(shuffled)
    assert mapped.remnant_ml(Plan(cuts=shuffled)) == pytest.approx(
        mapped.remnant_ml(plan), abs=1e-6
    )


_LEVEL = Plane(point_mm=(0, 27, -20), normal=(0, 0, -1))


@settings(parent=slowly, max_examples=25, phases=(Phase.explicit, Phase.generate))
@example(plan=Plan(cuts=(VCut(planes=(_LEVEL, _LEVEL)),)))
@given(plan=plans)
def test_a_brute_force_count_of_points_agrees(mapped, plan):
    """27 random points in each voxel, each asked by itself, without blocks or fractions."""
    grid, labels = mapped.segmentation.grid, mapped.segmentation.labels
    voxels = np.argwhere(labels == 1)
    lattice = np.indices((3, 3, 3)).reshape(3, -1).T
    offsets = (lattice + np.random.default_rng(1).random((len(voxels), 27, 3))) / 3 - 0.5
    upper = (voxels[:, 0] >= grid.shape[0] // 2)[:, None]
    points = grid.to_mm((voxels[:, None] + offsets).reshape(-1, 3))
    gone = np.zeros((len(voxels), 27), dtype=bool)
    for cut in plan.cuts:
        gone |= upper if isinstance(cut, Parts) else _removes(cut, points).reshape(-1, 27)
    counted = gone.sum() / 27 * grid.voxel_ml
    assert mapped.functional_ml - mapped.remnant_ml(plan) == pytest.approx(
        counted, abs=0.0015 * mapped.functional_ml * len(plan.cuts)
    )


def _removes(cut, x):
    """Plain definitions of the cuts, one point after the other."""
    if isinstance(cut, Plane):
        return (x - cut.point_mm) @ cut.normal < 0
    if isinstance(cut, Sphere):
        return np.linalg.norm(x - cut.centre_mm, axis=1) < cut.radius_mm
    if isinstance(cut, VCut):
        return np.all([_removes(plane, x) for plane in cut.planes], axis=0)
    if isinstance(cut, Ablation):
        return (((x - cut.centre_mm) @ cut.axes.T / cut.radii_mm) ** 2).sum(axis=1) < 1
    if isinstance(cut, Wedge):
        centres = np.arange(0, 200, 1.0)
        along = (x - cut.tip_mm) @ cut.direction
        across2 = ((x - cut.tip_mm) ** 2).sum(axis=1) - along**2
        sine = np.sin(np.radians(cut.half_angle_deg))
        inside = np.zeros(len(x), dtype=bool)
        for t in centres:
            inside |= across2 + (along - t) ** 2 < (cut.radius_mm + t * sine) ** 2
        return inside
    return _below_surface(cut, x)


def _below_surface(cut, x):
    local = (x - cut.origin_mm) @ cut.axes.T
    n = np.array(cut.heights_mm.shape)
    at = np.clip(local[:, :2] / np.array(cut.step_mm), 0, n - 1)
    cell = np.minimum(at.astype(int), n - 2)
    t = at - cell

    def weights(s):
        return 0.5 * np.stack(
            [-s + 2 * s**2 - s**3, 2 - 5 * s**2 + 3 * s**3, s + 4 * s**2 - 3 * s**3, s**3 - s**2]
        )

    wu, wv = weights(t[:, 0]), weights(t[:, 1])
    height = np.zeros(len(x))
    for a in range(4):
        for b in range(4):
            i = np.clip(cell[:, 0] + a - 1, 0, n[0] - 1)
            j = np.clip(cell[:, 1] + b - 1, 0, n[1] - 1)
            height += wu[a] * wv[b] * cut.heights_mm[i, j]
    return local[:, 2] < height


def _moved(cut, turn, shift):  # noqa: PLR0911 - one for each kind of cut
    def at(p):
        return turn @ p + shift

    if isinstance(cut, Plane):
        return Plane(point_mm=at(cut.point_mm), normal=turn @ cut.normal)
    if isinstance(cut, Sphere):
        return Sphere(centre_mm=at(cut.centre_mm), radius_mm=cut.radius_mm)
    if isinstance(cut, Wedge):
        return Wedge(
            tip_mm=at(cut.tip_mm),
            direction=turn @ cut.direction,
            radius_mm=cut.radius_mm,
            half_angle_deg=cut.half_angle_deg,
        )
    if isinstance(cut, VCut):
        return VCut(planes=tuple(_moved(p, turn, shift) for p in cut.planes))
    if isinstance(cut, Ablation):
        return Ablation(centre_mm=at(cut.centre_mm), radii_mm=cut.radii_mm, axes=cut.axes @ turn.T)
    if isinstance(cut, CurvedCut):
        return CurvedCut(
            origin_mm=at(cut.origin_mm),
            axes=cut.axes @ turn.T,
            step_mm=cut.step_mm,
            heights_mm=cut.heights_mm,
        )
    return cut


@settings(parent=slowly, max_examples=15)
@given(plan=plans, seed=seeds)
def test_moving_patient_and_plan_together_changes_nothing(mapped, plan, seed):
    rng = np.random.default_rng(seed)
    turn = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    turn *= np.sign(np.linalg.det(turn))
    shift = rng.uniform(-200, 200, size=3)
    motion = np.eye(4)
    motion[:3, :3], motion[:3, 3] = turn, shift
    old = mapped.segmentation
    grid = Grid(shape=old.grid.shape, affine=motion @ old.grid.affine, frame_uid="1.2.3")
    moved = _with_halves(PlanIndex.build(Segmentation(grid=grid, labels=old.labels)))
    there = Plan(cuts=tuple(_moved(cut, turn, shift) for cut in plan.cuts))
    # Of a cut that lies just along voxels' faces rounding decides in which voxels its edge is.
    assert moved.remnant_ml(there) == pytest.approx(mapped.remnant_ml(plan), rel=2e-5)


# -- maps --------------------------------------------------------------------------------------


def test_named_parts_are_counted_voxel_by_voxel(mapped):
    part_map = mapped.maps["halves"]
    volumes = part_map.volumes_ml(mapped.segmentation)
    result = measure_plan(mapped, Plan(cuts=(Parts(scheme="halves", names=("upper",)),)))
    assert result.resected_ml == pytest.approx(volumes["upper"], abs=1e-9)
    assert sum(part_map.shares_fraction(mapped.segmentation).values()) == pytest.approx(1)


def test_an_unknown_part_or_map_is_named(mapped):
    with pytest.raises(PlanError, match="has no part middle; it has lower, upper"):
        mapped.remnant_ml(Plan(cuts=(Parts(scheme="halves", names=("middle",)),)))
    with pytest.raises(PlanError, match="parts of a 'couinaud' map, and the maps at hand are"):
        mapped.remnant_ml(Plan(cuts=(Parts(scheme="couinaud", names=("5",)),)))


def test_a_map_on_another_grid_is_refused(tiny):
    grid = Grid(shape=(3, 3, 3), affine=np.eye(4))
    labels = np.ones((3, 3, 3), dtype=np.uint8)
    other = PartMap(scheme="couinaud", grid=grid, labels=labels, names=("1",))
    with pytest.raises(GridError, match="The segmentation and the couinaud map differ in shape"):
        PlanIndex.build(tiny.segmentation, {"couinaud": other})
