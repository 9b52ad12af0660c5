"""Shifted boundaries against spheres and boxes, whose shifted volumes are known."""

import dataclasses

import numpy as np
import pytest

from liverplan.segmentation import Provenance
from liverplan.volumetry.uncertainty.boundary_offsets import BoundaryOffsets, signed_distance_mm
from liverplan.volumetry.uncertainty.error_model import (
    CUT_POSITION,
    CUT_TILT,
    FAINT_LIVER_BOUNDARY,
    LESION_BOUNDARY,
    LIVER_BOUNDARY,
    ErrorModel,
    ErrorSource,
    errors_for,
)
from tests.volumetry.shapes import ellipsoid, segmented, spaced, unit


def errors(liver, lesion):
    return ErrorModel(
        liver=ErrorSource(name="liver", sd=liver, unit="mm", source="test"),
        lesion=ErrorSource(name="lesion", sd=lesion, unit="mm", source="test"),
    )


def ball_ml(radius):
    return 4 / 3 * np.pi * radius**3 / 1000


@pytest.fixture(scope="module", params=[(2.0, 2.0, 2.0), (1.5, 0.8, 0.8), (3.0, 2.5, 2.5)])
def balls(request):
    """BoundaryOffsets of a liver of 40 mm radius with a lesion of 12 mm in its middle."""
    affine = spaced(*request.param)
    shape = tuple(round(100 / s) for s in request.param)
    centre = np.array([49.7, 50.2, 49.1])
    labels = ellipsoid(affine, shape, centre, [40.0] * 3).astype(np.uint8)
    labels[ellipsoid(affine, shape, centre, [12.0] * 3)] = 2
    return BoundaryOffsets.build(segmented(labels, affine), errors=errors(1.0, 0.8))


def test_a_shift_grows_a_ball_by_its_shell(balls):
    shifts = np.array([-3.0, -1.0, 0.5, 1.0, 2.5])
    grown = balls.liver.volumes_ml(shifts) - balls.liver.volumes_ml(np.zeros(5))
    np.testing.assert_allclose(grown, ball_ml(40 + shifts) - ball_ml(40), rtol=0.09)


def test_a_lesions_shift_grows_it_alone(balls):
    shifts = np.array([-1.6, -0.8, 0.8, 1.6])
    grown = balls.lesions.volumes_ml(shifts) - balls.lesions.volumes_ml(np.zeros(4))
    np.testing.assert_allclose(grown, ball_ml(12 + shifts) - ball_ml(12), rtol=0.1)


def test_half_of_a_grown_ball_lies_on_either_side(balls):
    normals = unit(100)
    offsets = normals @ np.array([49.7, 50.2, 49.1])
    for shift in (-1.5, 0.0, 1.5):
        shifts = np.full(100, shift)
        left = balls.liver.remnants_ml(normals[:, None], offsets[:, None], shifts)
        np.testing.assert_allclose(left, balls.liver.volumes_ml(shifts) / 2, rtol=0.01)


def test_shifts_past_the_ladder_stop_at_its_ends(balls):
    ends = balls.liver.volumes_ml(balls.liver.shifts_mm[[0, -1]])
    np.testing.assert_array_equal(balls.liver.volumes_ml(np.array([-9.0, 9.0])), ends)
    normals, offsets = unit(100)[:, None], np.full((100, 1), -1e4)
    left = balls.liver.remnants_ml(normals, offsets, np.full(100, 9.0))
    np.testing.assert_allclose(left, ends[1], rtol=0.01)


def test_a_liver_at_the_grids_border_may_grow_past_it():
    labels = np.ones((20, 20, 20), np.uint8)
    boundary = BoundaryOffsets.build(
        segmented(labels, spaced(2, 2, 2)), errors=errors(1.0, 1.0)
    ).liver
    grown = boundary.volumes_ml(np.array([1.0]))[0]
    assert grown == pytest.approx(42**3 / 1000, rel=0.03)


def test_without_lesions_there_is_no_lesion_boundary():
    assert BoundaryOffsets.build(segmented(np.ones((3, 3, 3), np.uint8))).lesions is None


@pytest.mark.parametrize("normal", [(1, 0, 0), (0, 0, 1), (1, 1, 0), (1, -2, 0.5)])
def test_the_distance_to_a_flat_surface_is_right_in_any_direction(normal):
    spacing, shape = (2.0, 1.5, 1.5), (25, 33, 33)
    middle = (np.array(shape) // 2 - 0.5) * spacing  # half way between two layers of voxels
    at = np.stack(np.indices(shape), axis=-1) * spacing
    true = (at - middle) @ (np.array(normal) / np.linalg.norm(normal))
    found = signed_distance_mm(true <= 0, spacing, 2.0)
    inner = (slice(5, -5),) * 3
    near = np.abs(true[inner]) < 3
    error = (found[inner] - true[inner])[near]
    assert np.abs(error).max() < 0.6
    assert np.median(np.abs(error)) < 0.3


MADE = {
    "automatic": Provenance(method="test", version="1", origin="automatic"),
    "edited": Provenance(
        method="test", version="1", origin="automatic", edits=1, accepted_by="Dr Lind"
    ),
    "expert": Provenance(method="test", version="1", origin="given", accepted_by="Dr Lind"),
}


@pytest.mark.parametrize(
    ("quality", "density", "expected"),
    [
        ("automatic", 60.0, FAINT_LIVER_BOUNDARY),
        ("automatic", 110.0, LIVER_BOUNDARY["automatic"]),
        ("automatic", None, LIVER_BOUNDARY["automatic"]),
        ("edited", 60.0, LIVER_BOUNDARY["edited"]),
    ],
)
def test_an_unchecked_outline_of_a_fatty_liver_is_less_sure(quality, density, expected):
    made = dataclasses.replace(MADE[quality], density_hu=density)
    plain = segmented(np.ones((2, 2, 2), np.uint8))
    known = dataclasses.replace(plain, provenance={1: made})
    assert errors_for(known, ()).liver == expected


def test_spreads_follow_how_the_masks_were_made():
    labels = np.ones((3, 3, 3), np.uint8)
    labels[0, 0, 0], labels[2, 2, 2] = 2, 3
    plain = segmented(labels)
    assert errors_for(plain, (2, 3)).liver == LIVER_BOUNDARY["automatic"]
    known = type(plain)(
        grid=plain.grid,
        labels=labels,
        provenance={1: MADE["expert"], 2: MADE["expert"], 3: MADE["edited"]},
    )
    found = errors_for(known, (2, 3))
    assert found.liver == LIVER_BOUNDARY["expert"]
    assert found.lesion == LESION_BOUNDARY["edited"], "the least sure lesion speaks for all"
    assert errors_for(known, ()).lesion == LESION_BOUNDARY["expert"]


def test_every_spread_names_its_source():
    rows = [CUT_POSITION, CUT_TILT, *LIVER_BOUNDARY.values(), *LESION_BOUNDARY.values()]
    rows.append(FAINT_LIVER_BOUNDARY)
    for row in rows:
        assert row.sd > 0
        assert row.unit in {"mm", "degrees"}
        assert row.source.startswith(("assumption: ", "measured: "))
    for table in (LIVER_BOUNDARY, LESION_BOUNDARY):
        assert table["automatic"].sd > table["edited"].sd > table["expert"].sd


def test_the_spreads_are_those_that_are_published_with_the_tool():
    """To change an assumption is to change every interval: it is done here too, on purpose."""
    assert (CUT_POSITION.sd, CUT_TILT.sd, FAINT_LIVER_BOUNDARY.sd) == (3.0, 5.0, 2.7)
    assert [LIVER_BOUNDARY[q].sd for q in ("automatic", "edited", "expert")] == [1.0, 0.75, 0.5]
    assert [LESION_BOUNDARY[q].sd for q in ("automatic", "edited", "expert")] == [1.5, 1.0, 0.75]


def test_a_large_liver_is_thinned_and_keeps_its_volume(monkeypatch):
    affine, centre = spaced(0.7, 0.7, 0.7), np.array([21.0, 21.2, 20.6])
    labels = ellipsoid(affine, (60, 60, 60), centre, [17.0] * 3).astype(np.uint8)
    whole = BoundaryOffsets.build(segmented(labels, affine), errors=errors(1.0, 0.8)).liver
    monkeypatch.setattr("liverplan.volumetry.uncertainty.boundary_offsets._MANY_VOXELS", 1000)
    thin = BoundaryOffsets.build(segmented(labels, affine), errors=errors(1.0, 0.8)).liver
    shifts = np.array([-1.0, 0.0, 1.0])
    assert thin.levels[0].ends[0].points.size < 0.5 * whole.levels[0].ends[0].points.size
    np.testing.assert_allclose(thin.volumes_ml(shifts), whole.volumes_ml(shifts), rtol=0.02)
    normals, offsets = unit(3)[:, None], (unit(3) @ centre)[:, None]
    left = [one.remnants_ml(normals, offsets, shifts) for one in (thin, whole)]
    np.testing.assert_allclose(*left, rtol=0.03)
