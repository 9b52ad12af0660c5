"""What errors of the boundaries do to a remnant, and how large they are for which mask."""

import dataclasses

import numpy as np
import pytest

from liverplan.segmentation import Provenance
from liverplan.volumetry.uncertainty.boundary_offsets import (
    REMNANT_AND_WHOLE,
    BoundaryOffsets,
    Spread,
)
from liverplan.volumetry.uncertainty.error_model import (
    CUT_POSITION,
    CUT_TILT,
    FAINT_LIVER_BIAS,
    LESION_BOUNDARY,
    LIVER_BIAS,
    LIVER_BOUNDARY,
    ErrorModel,
    ErrorSource,
    errors_for,
)
from tests.volumetry.shapes import ellipsoid, segmented, spaced


def errors(liver, lesion, length_mm=np.inf):
    return ErrorModel(
        liver=ErrorSource(name="liver", sd=liver, unit="mm", source="test", length_mm=length_mm),
        lesion=ErrorSource(name="lesion", sd=lesion, unit="mm", source="test"),
    )


@pytest.fixture(scope="module")
def ball():
    """A liver of 40 mm radius with a metastasis of 12 mm in its middle, cut through its middle."""
    affine, centre = spaced(2.0, 2.0, 2.0), np.array([49.7, 50.2, 49.1])
    labels = ellipsoid(affine, (50, 50, 50), centre, [40.0] * 3).astype(np.uint8)
    labels[ellipsoid(affine, (50, 50, 50), centre, [12.0] * 3)] = 2
    return segmented(labels, affine)


def spreads(segmentation, model):
    boundaries = BoundaryOffsets.build(segmentation, errors=model)
    x = boundaries.cells.points_mm[:, 0] - 49.7
    return boundaries.spreads(np.clip(x / 2.0 + 0.5, 0, 1), np.abs(x) < 10.0)


def test_a_shift_of_the_whole_boundary_moves_its_area_and_half_of_it_on_either_side(ball):
    liver, lesion = spreads(ball, errors(1.5, 0.8))
    shell_ml = 1.5 * 4 * np.pi * 40**2 / 1000
    expected = shell_ml**2 * np.array([[0.25, 0.5], [0.5, 1.0]])
    np.testing.assert_allclose(liver.volumes_ml2(), expected, rtol=0.08)
    hole_ml = 0.8 * 4 * np.pi * 12**2 / 1000
    assert lesion.volumes_ml2()[1, 1] == pytest.approx(hole_ml**2, rel=0.08)


def test_of_a_whole_shift_a_ratio_keeps_nothing_and_of_a_local_field_much(ball):
    slope = np.array([1.0, -0.5])
    whole, local = (
        spreads(ball, errors(1.0, 0.1, length))[0].volumes_ml2() for length in (np.inf, 20.0)
    )
    assert slope @ whole @ slope < 1e-4 * whole[1, 1]
    assert slope @ local @ slope > 0.1 * local[1, 1]


def test_the_parts_of_a_boundary_make_the_whole(ball):
    (liver, _) = spreads(ball, errors(1.0, 1.0, 15.0))
    assert liver.parts_ml2.sum() == pytest.approx(liver.volumes_ml2()[1, 1])
    near_ml2 = liver.parts_ml2[[0, 2], [0, 2]].sum()
    assert 0 < near_ml2 < liver.parts_ml2.sum()


def test_a_part_that_is_corrected_moves_less():
    spread = Spread(source=LIVER_BOUNDARY["automatic"], parts_ml2=np.diag([1.0, 4.0, 9.0, 16.0]))
    whole = spread.volumes_ml2(np.array([1.0, 0.5, 1.0, 1.0]))
    np.testing.assert_allclose(whole, [[2.0, 2.0], [2.0, 27.0]])
    assert REMNANT_AND_WHOLE.shape == (2, 4)


def test_without_lesions_theirs_moves_nothing():
    plain = segmented(np.ones((3, 3, 3), np.uint8))
    boundaries = BoundaryOffsets.build(plain)
    count = len(boundaries.cells.points_mm)
    *_, lesion = boundaries.spreads(np.ones(count), np.zeros(count, np.bool_))
    assert not lesion.parts_ml2.any()


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
        ("automatic", 60.0, FAINT_LIVER_BIAS),
        ("automatic", 110.0, LIVER_BIAS["automatic"]),
        ("automatic", None, LIVER_BIAS["automatic"]),
        ("edited", 60.0, LIVER_BIAS["edited"]),
    ],
)
def test_an_unchecked_outline_of_a_fatty_liver_is_less_sure(quality, density, expected):
    made = dataclasses.replace(MADE[quality], density_hu=density)
    plain = segmented(np.ones((2, 2, 2), np.uint8))  # slices of 1.5 mm
    known = dataclasses.replace(plain, provenance={1: made})
    found = errors_for(known, ())
    assert found.liver == LIVER_BOUNDARY[quality]
    assert found.liver_bias.source == expected.source
    assert found.liver_bias.sd == pytest.approx(np.hypot(expected.sd, 0.15), rel=1e-6)


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
    tables = (LIVER_BOUNDARY, LIVER_BIAS, LESION_BOUNDARY)
    rows = [CUT_POSITION, CUT_TILT, FAINT_LIVER_BIAS]
    rows += [row for table in tables for row in table.values()]
    for row in rows:
        assert row.sd > 0
        assert row.unit in {"mm", "degrees"}
        assert row.source.startswith(("assumption: ", "estimated from ", "measured: "))
    for table in tables:
        assert table["automatic"].sd > table["edited"].sd > table["expert"].sd


def test_the_spreads_are_those_that_are_published_with_the_tool():
    """To change an assumption is to change every interval: it is done here too, on purpose."""
    assert (CUT_POSITION.sd, CUT_TILT.sd, FAINT_LIVER_BIAS.sd) == (3.0, 5.0, 2.7)
    assert [LIVER_BOUNDARY[q].sd for q in ("automatic", "edited", "expert")] == [1.6, 0.9, 0.7]
    assert [LIVER_BIAS[q].sd for q in ("automatic", "edited", "expert")] == [1.0, 0.75, 0.5]
    assert [LESION_BOUNDARY[q].sd for q in ("automatic", "edited", "expert")] == [1.5, 1.0, 0.75]


def test_a_correction_by_hand_leaves_what_the_next_better_outline_is_off_by():
    for table in (LIVER_BOUNDARY, LIVER_BIAS, LESION_BOUNDARY):
        left = [table[q].sd * table[q].corrected_factor for q in ("automatic", "edited")]
        better = [table["edited"].sd, table["edited"].sd]
        better[1] = left[1] if table is LESION_BOUNDARY else table["expert"].sd
        assert left == pytest.approx(better, abs=0.06)
        assert table["expert"].corrected_factor == 1.0
