"""Margins to the cut's patch: near the truth, and never optimistic."""

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from scipy.spatial import cKDTree

from liverplan.resection import Ablation, CurvedCut, Plan, Plane, Sphere, VCut
from liverplan.segmentation.labels import Segmentation
from liverplan.volume import Grid
from liverplan.volumetry.shapes.margins import plan_margins
from liverplan.volumetry.shapes.plan_index import PlanIndex


@pytest.fixture(scope="module")
def index():
    """A liver of 70 mm half width with one lesion, a small box of voxels."""
    affine = np.zeros((4, 4))
    affine[[2, 1, 0, 3], [0, 1, 2, 3]] = (1.0, 0.8, 0.8, 1.0)
    affine[:3, 3] = (-60, -60, -50)
    grid = Grid(shape=(100, 150, 150), affine=affine)
    labels = np.zeros(grid.shape, dtype=np.uint8)
    labels[5:95, 5:145, 5:145] = 1
    labels[45:52, 70:78, 60:70] = 2
    return PlanIndex.build(Segmentation(grid=grid, labels=labels))


def lesion_surface(index, step=0.25):
    """Points all over the lesion's box, edges included."""
    low = index.segmentation.grid.to_mm((44.5, 69.5, 59.5))
    high = index.segmentation.grid.to_mm((51.5, 77.5, 69.5))
    axes = [np.linspace(a, b, int((b - a) / step) + 2) for a, b in zip(low, high, strict=True)]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    outer = np.any((points == low) | (points == high), axis=1)
    return points[outer]


def test_a_plane_s_margin_is_exact(index):
    points = lesion_surface(index)
    for normal in ((1, 0, 0), (0.4, 0.3, -0.8), (-1, 0.02, 0)):
        plane = Plane(point_mm=(0, 0, 0), normal=normal)
        beyond = plane.shifted(float((points @ plane.normal).max() + 7.0 - plane.offset_mm))
        (margin,) = plan_margins(index, Plan(cuts=(beyond,)))
        assert margin.margin_mm == pytest.approx(7.0, abs=1e-6)
        assert not margin.in_remnant


def test_a_sphere_round_the_lesion_leaves_its_radius_less_the_farthest_corner(index):
    points = lesion_surface(index)
    centre = points.mean(axis=0)
    farthest = np.linalg.norm(points - centre, axis=1).max()
    cut = Sphere(centre_mm=centre, radius_mm=farthest + 10)
    (margin,) = plan_margins(index, Plan(cuts=(cut,)))
    assert margin.margin_mm == pytest.approx(10, abs=1e-6)


def test_only_the_cut_inside_the_liver_counts(index):
    """A cleft whose edge lies in the liver; one of its planes comes near only outside."""
    points = lesion_surface(index)
    near = Plane(point_mm=(0, 0, float(points[:, 2].max()) + 5), normal=(0, 0, 1))
    (alone,) = plan_margins(index, Plan(cuts=(near,)))
    assert alone.margin_mm == pytest.approx(5, abs=1e-6)
    x_edge = float(points[:, 0].max()) + 12
    side = Plane(point_mm=(x_edge, 0, 0), normal=(1, 0, 0))
    cleft = VCut(planes=(near, side))
    (margin,) = plan_margins(index, Plan(cuts=(cleft,)))
    assert margin.margin_mm == pytest.approx(5, abs=0.3)


@settings(
    max_examples=25,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 10_000), away=st.floats(1.5, 25), kind=st.sampled_from(["s", "e"]))
def test_a_curved_margin_is_within_a_third_and_never_optimistic(index, seed, away, kind):
    rng = np.random.default_rng(seed)
    points = lesion_surface(index)
    centre = points.mean(axis=0)
    if kind == "s":
        normal = rng.normal(size=3)
        normal /= np.linalg.norm(normal)
        start = centre + (float((points @ normal).max()) - centre @ normal + away) * normal
        flat = CurvedCut.flat(start, normal, size_mm=260, controls=7)
        cut = CurvedCut(
            origin_mm=flat.origin_mm,
            axes=flat.axes,
            step_mm=flat.step_mm,
            heights_mm=rng.uniform(0, 12, size=(7, 7)),
        )
    else:
        axes = np.linalg.qr(rng.normal(size=(3, 3)))[0]
        radii = rng.uniform(8, 20, size=3) + away
        cut = Ablation(centre_mm=centre, radii_mm=radii, axes=axes)
    samples = _dense_patch(cut, index, centre)
    true = float(cKDTree(points).query(samples)[0].min())
    (margin,) = plan_margins(index, Plan(cuts=(cut,)))
    if margin.margin_mm < 0:
        return
    assert margin.margin_mm <= true + 0.1
    assert (
        margin.margin_mm >= true - 0.35 - 0.02 * true
    )  # the sampled truth is up to 0.05 too large


def _dense_patch(cut, index, centre):
    """The cut's own parametrisation, finely sampled, inside the liver."""
    if isinstance(cut, Ablation):
        t, p = np.meshgrid(np.linspace(0, np.pi, 400), np.linspace(0, 2 * np.pi, 800))
        ball = np.stack([np.sin(t) * np.cos(p), np.sin(t) * np.sin(p), np.cos(t)], axis=-1)
        points = cut.centre_mm + (ball.reshape(-1, 3) * cut.radii_mm) @ cut.axes
    else:
        local = (centre - cut.origin_mm) @ cut.axes.T
        ticks = np.arange(-45, 45, 0.3)
        u, v = np.meshgrid(local[0] + ticks, local[1] + ticks)
        points = cut.origin_mm + u.reshape(-1, 1) * cut.axes[0] + v.reshape(-1, 1) * cut.axes[1]
        points = _lift(cut, points)
    grid = index.segmentation.grid
    at = np.rint(grid.to_index(points)).astype(int)
    inside = np.all((at >= 0) & (at < grid.shape), axis=1)
    inside[inside] = index.segmentation.labels[tuple(at[inside].T)] > 0
    return points[inside]


def _lift(cut, points):
    """Raise points of the frame onto the surface by bisection along w."""
    from liverplan.volumetry.shapes.margins import removal

    value = removal(Plan(cuts=(cut,)))
    low, high = np.full(len(points), -100.0), np.full(len(points), 100.0)
    for _ in range(40):
        middle = (low + high) / 2
        below = value(points + middle[:, None] * cut.axes[2]) < 0
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return points + low[:, None] * cut.axes[2]


def test_a_lesion_cut_through_or_left_is_told(index):
    points = lesion_surface(index)
    middle = points.mean(axis=0)
    (cut,) = plan_margins(index, Plan(cuts=(Plane(point_mm=middle, normal=(1, 0, 0)),)))
    assert cut.in_remnant
    assert cut.margin_mm == pytest.approx(-4.0, abs=1e-6)  # ten voxels of 0.8 mm, halved
    away = Sphere(centre_mm=np.add(middle, (40, 0, 0)), radius_mm=10)
    (left,) = plan_margins(index, Plan(cuts=(away,)))
    assert left.in_remnant
    assert left.margin_mm == pytest.approx(40 - 10 - 4.0, abs=0.3)
    (nothing,) = plan_margins(index, Plan(cuts=()))
    assert nothing.margin_mm is None
    assert nothing.in_remnant
