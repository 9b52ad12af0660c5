"""The interval, the probability, the flip distance and who contributes."""

import threading
from concurrent.futures import Future

import numpy as np
import pytest
from scipy.stats import binom

from liverplan.errors import PlanError
from liverplan.resection.cuts.plane import Plane
from liverplan.segmentation import Provenance, Segmentation
from liverplan.volumetry import VolumeIndex, estimate
from liverplan.volumetry.planes import warm_up as compiled
from liverplan.volumetry.uncertainty.boundary_offsets import BoundaryOffsets
from liverplan.volumetry.uncertainty.of_planes import flip_mm
from tests.volumetry.injected import SPREADS, trial
from tests.volumetry.shapes import ellipsoid, segmented, spaced

AFFINE = spaced(3.0, 2.0, 2.0)
CENTRE = np.array([80.0, 60.0, 60.0])


def liver(provenance=None):
    shape = (40, 60, 80)
    labels = ellipsoid(AFFINE, shape, CENTRE, (70, 45, 50)).astype(np.uint8)
    labels[ellipsoid(AFFINE, shape, CENTRE - np.array([40, 0, 10]), (10, 10, 10))] = 2
    plain = segmented(labels, AFFINE)
    return Segmentation(grid=plain.grid, labels=labels, provenance=provenance or {})


@pytest.fixture(scope="module")
def case():
    segmentation = liver()
    return segmentation, VolumeIndex.build(segmentation), BoundaryOffsets.build(segmentation)


PLANE = Plane(point_mm=CENTRE + np.array([12.0, 0, 0]), normal=(1, 0.1, -0.05))


def estimated(case, planes=(PLANE,), **options):
    segmentation, index, boundaries = case
    options = {"threshold_fraction": 0.3, "samples": 1000} | options
    return estimate(segmentation, planes, index=index, boundaries=boundaries, **options)


def test_the_interval_covers_the_truth_as_often_as_it_says():
    """A nominal 95 % interval on trials with injected errors; the large run is a benchmark."""
    trials = 120
    hits = 0
    for seed in range(trials):
        segmentation, plane, truth = trial(seed)
        boundaries = BoundaryOffsets.build(segmentation, errors=SPREADS)
        low, high = estimate(
            segmentation,
            [plane],
            threshold_fraction=0.3,
            boundaries=boundaries,
            samples=500,
            seed=seed,
        ).interval_95
        hits += low <= truth <= high
    assert binom.cdf(hits, trials, 0.95) > 1e-3
    assert binom.sf(hits - 1, trials, 0.95) > 1e-3


def test_the_interval_holds_the_measured_fraction(case):
    doubt = estimated(case)
    low, high = doubt.interval_95
    measured = case[1].remnant_ml_of([PLANE]) / case[1].functional_ml
    assert low < measured < high
    assert 0.02 < high - low < 0.25
    assert doubt.probability_above_threshold > 0.9


def test_the_same_seed_gives_the_same_answer(case):
    assert estimated(case, seed=4) == estimated(case, seed=4)
    assert estimated(case, seed=4) != estimated(case, seed=5)


def test_the_flip_distance_is_where_bisection_finds_it(case):
    _, index, _ = case
    flip = estimated(case).flip_mm
    low, high = 0.0, 60.0
    while high - low > 1e-3:
        middle = (low + high) / 2
        above = index.remnant_ml_of([PLANE.shifted(middle)]) > 0.3 * index.functional_ml
        low, high = (middle, high) if above else (low, middle)
    assert flip == pytest.approx(low, abs=0.01)
    assert flip > 0, "the remnant is large enough: only a deeper cut flips the verdict"


def test_a_remnant_that_is_too_small_flips_the_other_way(case):
    assert estimated(case, threshold_fraction=0.6).flip_mm < 0


def test_two_planes_flip_together(case):
    second = Plane(point_mm=CENTRE - np.array([0, 0, 20]), normal=(0, 0, 1))
    doubt = estimated(case, [PLANE, second], threshold_fraction=0.2, samples=200)
    moved = [p.shifted(doubt.flip_mm) for p in (PLANE, second)]
    left = case[1].remnant_ml_of(moved) / case[1].functional_ml
    assert left == pytest.approx(0.2, abs=1e-4)
    low, high = doubt.interval_95
    assert low < case[1].remnant_ml_of([PLANE, second]) / case[1].functional_ml < high


def test_no_shift_flips_what_can_never_be_reached(case):
    _, index, _ = case
    assert flip_mm(index, [PLANE], index.functional_ml * 1.2) is None
    assert estimated(case, denominator_ml=1e5).flip_mm is None


def test_without_planes_only_a_fixed_denominator_is_in_doubt(case):
    doubt = estimated(case, [])
    assert doubt.interval_95 == pytest.approx((1.0, 1.0), abs=1e-9)
    assert doubt.flip_mm is None
    low, high = estimated(case, [], denominator_ml=case[1].functional_ml).interval_95
    assert low < 0.97
    assert high > 1.03


def test_each_source_is_named_with_its_spread_and_its_source(case):
    rows = estimated(case).contributions
    assert {row.name for row in rows} == {
        "cut position",
        "cut tilt",
        "liver boundary",
        "liver bias",
        "lesion boundary",
    }
    assert [row.fraction_sd for row in rows] == sorted((r.fraction_sd for r in rows), reverse=True)
    assert rows[0].name == "cut position"
    assert all(row.source for row in rows)


def test_the_position_contributes_its_spread_times_the_cuts_area(case):
    """To first order: 3 mm of a cut of known area, over the functional liver."""
    _, index, _ = case
    step = 0.01
    areas = [index.remnant_ml_of([PLANE.shifted(s)]) for s in (-step, step)]
    expected = 3.0 * (areas[0] - areas[1]) / (2 * step) / index.functional_ml
    (row,) = (r for r in estimated(case).contributions if r.name == "cut position")
    assert row.fraction_sd == pytest.approx(expected, rel=0.05)


def test_a_surer_mask_leaves_less_doubt():
    made = {
        origin: {
            n: Provenance(method="m", version="1", origin=origin, accepted_by="A. Berg")
            for n in (1, 2)
        }
        for origin in ("automatic", "given")
    }
    source = {}
    for origin, provenance in made.items():
        doubt = estimate(liver(provenance), [PLANE], threshold_fraction=0.3, denominator_ml=500.0)
        (row,) = (r for r in doubt.contributions if r.name == "liver boundary")
        source[origin] = row.fraction_sd
    assert source["given"] < 0.7 * source["automatic"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"denominator_ml": 0.0}, "denominator of 0.0 mL"),
        ({"denominator_ml": np.nan}, "denominator of nan mL"),
        ({"samples": 1}, "1 samples are too few"),
    ],
)
def test_what_makes_no_sense_is_refused(case, options, words):
    with pytest.raises(PlanError, match=words):
        estimated(case, **options)


def test_an_empty_liver_is_refused():
    with pytest.raises(PlanError, match="no functional liver"):
        estimate(segmented(np.zeros((3, 3, 3), np.uint8)), [], threshold_fraction=0.3)


def test_a_single_voxel_has_an_interval():
    labels = np.zeros((5, 5, 5), np.uint8)
    labels[2, 2, 2] = 1
    plane = Plane(point_mm=(4.0, 4.0, 6.0), normal=(0, 0, 1))
    low, high = estimate(segmented(labels, AFFINE), [plane], threshold_fraction=0.3).interval_95
    assert 0 <= low <= high <= 1.5


def test_what_is_estimated_does_not_depend_on_when_the_compiler_is_ready(case, monkeypatch):
    warm = estimated(case, samples=40)
    ready, late = compiled.warm_up().result(), Future()
    monkeypatch.setattr(compiled, "warm_up", lambda: late)
    threading.Timer(0.2, late.set_result, [ready]).start()
    assert estimated(case, samples=40) == warm
