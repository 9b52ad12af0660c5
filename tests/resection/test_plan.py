"""Plans as documents, and cuts that are no cuts."""

import json

import numpy as np
import pytest

from liverplan.errors import PlanError
from liverplan.resection import (
    Ablation,
    CurvedCut,
    Parts,
    Plan,
    Plane,
    Sphere,
    VCut,
    Wedge,
    read_plan,
)
from liverplan.resection.cuts.contour import crosses_itself, curved_through_contour

EVERY_KIND = Plan(
    name="everything",
    cuts=(
        Plane(point_mm=(1, 2, 3), normal=(0, 0.6, 0.8)),
        Sphere(centre_mm=(1, 2, 3), radius_mm=12.5),
        Wedge(tip_mm=(1, 2, 3), direction=(0, 0, 1), radius_mm=9, half_angle_deg=25),
        VCut(
            planes=(
                Plane(point_mm=(0, 0, 0), normal=(1, 0, 0)),
                Plane(point_mm=(0, 0, 9), normal=(0, 0, 1)),
            )
        ),
        Ablation(centre_mm=(4, 5, 6), radii_mm=(15, 12, 12), axes=np.eye(3)),
        CurvedCut.flat((0, 0, 0), (1, 1, 0)).bent((1, 2), 7.5),
        Parts(scheme="couinaud", names=("2", "3")),
    ),
)


def test_a_plan_survives_its_document():
    document = json.loads(json.dumps(EVERY_KIND.to_json()))
    again = Plan.from_json(document)
    assert again.to_json() == document
    assert [type(cut) for cut in again.cuts] == [type(cut) for cut in EVERY_KIND.cuts]
    assert document["schema"] == "liverplan.plan/1"


def test_a_plan_is_read_from_toml(tmp_path):
    file = tmp_path / "plan.toml"
    file.write_text(
        'name = "two wedges"\n'
        '[[cuts]]\nkind = "wedge"\ntip_mm = [1, 2, 3]\ndirection = [0, 0, 1]\nradius_mm = 20\n'
        '[[cuts]]\nkind = "parts"\nscheme = "couinaud"\nnames = ["2", "3"]\n'
    )
    plan = read_plan(file)
    assert plan.name == "two wedges"
    assert isinstance(plan.cuts[0], Wedge)
    assert plan.cuts[0].half_angle_deg == 20.0
    assert plan.voxels == (Parts(scheme="couinaud", names=("2", "3")),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cuts = 3", "cuts are not a list"),
        ("name =", "cannot be read"),
        ("colour = 1", "unknown keys: colour"),
        ('schema = "liverplan.plan/9"', "schema is 'liverplan.plan/9'"),
        ('[[cuts]]\nkind = "saw"', "Cut 1 of the plan is a 'saw'; known are"),
        ('[[cuts]]\nkind = "sphere"\nradius_mm = 3', "Cut 1 of the plan, a sphere, lacks centre"),
        (
            '[[cuts]]\nkind = "sphere"\nradius_mm = 3\ncentre_mm = [0, 0, 0]\nsize = 1',
            "knows no size",
        ),
        (
            '[[cuts]]\nkind = "sphere"\nradius_mm = -3\ncentre_mm = [0, 0, 0]',
            "radius must be between 0 and 1000 mm, not -3",
        ),
        ("cuts = [3]", "Cut 1 of the plan is no table"),
        ('[[cuts]]\nkind = "sphere"\nradius_mm = "x"\ncentre_mm = [0, 0, 0]', "is unusable"),
    ],
)
def test_a_faulty_plan_file_is_refused_with_its_fault(tmp_path, text, words):
    file = tmp_path / "plan.toml"
    file.write_text(text)
    with pytest.raises(PlanError, match=words):
        read_plan(file)


def test_a_missing_plan_file_is_named(tmp_path):
    with pytest.raises(PlanError, match=r"nowhere.toml cannot be read"):
        read_plan(tmp_path / "nowhere.toml")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Sphere(centre_mm=(0, 0, np.nan), radius_mm=1), "centre must be three numbers"),
        (lambda: Wedge(tip_mm=(0, 0, 0), direction=(0, 0, 0), radius_mm=1), "has no length"),
        (
            lambda: Wedge(tip_mm=(0, 0, 0), direction=(1, 0, 0), radius_mm=1, half_angle_deg=90),
            "between 0 and 80 degrees, not 90",
        ),
        (lambda: VCut(planes=()), "two planes or more, not 0"),
        (
            lambda: Ablation(centre_mm=(0, 0, 0), radii_mm=(1, 1, 1), axes=np.ones((3, 3))),
            "at right angles",
        ),
        (
            lambda: Ablation(centre_mm=(0, 0, 0), radii_mm=(1, 0, 1), axes=np.eye(3)),
            "radius must be between",
        ),
        (lambda: Parts(scheme="couinaud", names=()), "No part of the couinaud map is named"),
        (lambda: Parts(scheme="couinaud", names=("2", "2")), "named twice"),
        (lambda: CurvedCut.flat((0, 0, 0), (0, 0, 0)), "not all zero"),
        (
            lambda: CurvedCut(
                origin_mm=(0, 0, 0), axes=np.eye(3), step_mm=(1, 0), heights_mm=np.zeros((1, 3))
            ),
            "its steps are not lengths; it has .1, 3. control points",
        ),
    ],
)
def test_a_cut_that_is_no_cut_is_refused(make, words):
    with pytest.raises(PlanError, match=words):
        make()


def _loop(count=40, radius=50.0):
    t = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.stack([radius * np.cos(t), radius * np.sin(t), 6 * np.cos(2 * t)], axis=1)


def test_a_surface_through_a_contour_passes_through_its_points():
    from liverplan.resection import Plan
    from liverplan.volumetry.shapes.margins import removal

    points = np.add(_loop(), (3, 4, 5))
    surface = curved_through_contour(points, stays_toward=(0, 0, 100))
    value = removal(Plan(cuts=(surface,)))
    assert np.abs(value(points)).max() < 0.6
    assert value(np.array([[0.0, 0, 90], [0, 0, -90]])).tolist()[0] > 0
    assert surface.axes[2] @ (0, 0, 1) > 0.9


def test_a_contour_that_folds_is_refused():
    t = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    eight = np.stack([50 * np.sin(t), 30 * np.sin(2 * t), 2 * np.cos(t)], axis=1)
    assert crosses_itself(eight[:, :2])
    with pytest.raises(PlanError, match="folds over itself"):
        curved_through_contour(eight, stays_toward=(0, 0, 100))


def test_a_contour_of_three_points_is_refused():
    with pytest.raises(PlanError, match="at least 4 points"):
        curved_through_contour(np.zeros((3, 3)), stays_toward=(0, 0, 1))


def test_control_points_lie_on_the_surface_and_lift_it():
    from liverplan.volumetry.shapes.margins import removal

    rng = np.random.default_rng(1)
    flat = CurvedCut.flat((3, 4, 5), (1, 2, 3), controls=6)
    bent = flat.bent((2, 3), 9.0).bent((4, 1), -5.0)
    value = removal(Plan(cuts=(bent,)))
    assert np.abs(value(bent.control_points_mm().reshape(-1, 3))).max() < 1e-9
    slopes = value(np.add(rng.uniform(-80, 80, size=(2000, 3)), (3, 4, 5)))
    assert np.isfinite(slopes).all()


def test_no_function_of_a_cut_is_steeper_than_one():
    """What lets a block be decided by its centre."""
    from liverplan.volumetry.shapes.margins import removal

    rng = np.random.default_rng(2)
    bent = CurvedCut.flat((0, 0, 0), (1, 2, 3), controls=6)
    bent = CurvedCut(
        origin_mm=bent.origin_mm,
        axes=bent.axes,
        step_mm=bent.step_mm,
        heights_mm=rng.uniform(-40, 40, size=(6, 6)),
    )
    for cut in (*EVERY_KIND.shapes, bent):
        value = removal(Plan(cuts=(cut,)))
        a = rng.uniform(-120, 120, size=(4000, 3))
        step = rng.normal(size=(4000, 3)) * 0.5
        change = np.abs(value(a + step) - value(a))
        assert np.all(change <= np.linalg.norm(step, axis=1) + 1e-9)
