"""What every kind of cut must do, and what must know of every kind."""

import json
from typing import get_args

import numpy as np
import pytest

from liverplan.errors import PlanError
from liverplan.findings import CutFinding
from liverplan.report.cuts import cut_in_words
from liverplan.resection import Plan
from liverplan.resection.anatomy.maps import PartMap
from liverplan.resection.cuts import KINDS, Cut, Shape, Voxels
from liverplan.resection.cuts.base import FlatFrame
from liverplan.resection.cuts.handle import SlicePlane
from liverplan.resection.cuts.net import Extent
from liverplan.resection.cuts.rigid import rotation_between
from liverplan.volumetry.faults import cut_faults
from liverplan.volumetry.shapes.distance import removal_of
from liverplan.volumetry.shapes.plan_index import PlanIndex, measure_plan
from liverplan.volumetry.uncertainty.of_shapes import estimate_plan
from liverplan.words import in_english, words_of

from .kinds import EXAMPLES

TURN = rotation_between(np.array([1.0, 0, 0]), np.array([0.6, 0.64, 0.48]))
WAY, PIVOT = np.array([3.0, -5.0, 7.0]), np.array([4.0, -3.0, 2.0])
POINTS = np.random.default_rng(4).uniform(-60, 60, (200, 3))

every_kind = pytest.mark.parametrize("kind", sorted(KINDS))
every_shape = pytest.mark.parametrize(
    "kind", sorted(k for k in KINDS if issubclass(KINDS[k], Shape))
)


@pytest.fixture(scope="module")
def index(tiny):
    """The coarse liver with a map of two parts, left and right of its middle."""
    grid = tiny.segmentation.grid
    x = grid.to_mm(np.moveaxis(np.indices(grid.shape), 0, -1))[..., 0]
    labels = np.where(tiny.segmentation.liver, np.where(x > 20, 1, 2), 0).astype(np.uint8)
    halves = PartMap(scheme="couinaud", grid=grid, labels=labels, names=("2", "8"))
    return PlanIndex.build(tiny.segmentation, {"couinaud": halves})


def example(kind):
    cut = EXAMPLES[kind]
    return type(cut)(scheme=cut.scheme, names=("2",)) if kind == "parts" else cut


def test_there_is_an_example_of_every_kind_and_each_kind_has_a_name_of_its_own():
    assert set(EXAMPLES) == set(KINDS)
    assert all(type(cut) is KINDS[kind] for kind, cut in EXAMPLES.items())
    assert len({kind.kind for kind in get_args(Cut)}) == len(get_args(Cut))
    assert all(issubclass(kind, Shape | Voxels) for kind in get_args(Cut))


@every_kind
def test_its_document_is_read_back_to_the_last_digit(kind):
    document = json.loads(json.dumps(Plan(cuts=(EXAMPLES[kind],)).to_json()))
    assert document["cuts"][0]["kind"] == kind
    assert Plan.from_json(document).to_json() == document


@every_kind
def test_a_document_that_lacks_a_field_or_has_one_too_many_is_refused(kind):
    whole = EXAMPLES[kind].to_json()
    with pytest.raises(PlanError, match=f"Cut 1 of the plan, a {kind}, knows no colour"):
        Plan.from_json({"cuts": [{**whole, "colour": 1}]})
    with pytest.raises(PlanError, match=f"Cut 1 of the plan, a {kind}, lacks"):
        Plan.from_json({"cuts": [{"kind": kind}]})


@every_shape
def test_moving_and_turning_are_rigid(kind):
    """A point that is carried along keeps its value."""
    cut, value = EXAMPLES[kind], removal_of([EXAMPLES[kind]])(POINTS)
    moved, turned = cut.moved(WAY), cut.turned(PIVOT, TURN)
    np.testing.assert_allclose(removal_of([moved])(POINTS + WAY), value, atol=1e-9)
    carried = PIVOT + (POINTS - PIVOT) @ TURN.T
    np.testing.assert_allclose(removal_of([turned])(carried), value, atol=1e-9)


@every_kind
def test_moved_there_and_back_it_is_the_same_cut(kind):
    cut = EXAMPLES[kind]
    back = cut.moved(WAY).moved(-WAY).turned(PIVOT, TURN).turned(PIVOT, TURN.T)
    assert type(back) is type(cut)
    assert_same(back, cut)


def assert_same(one, two):
    """The same nets where the cut has any, else the same document."""
    extent = Extent(vertices_mm=POINTS, centre_mm=np.array([1.0, 2.0, 3.0]), half_mm=80.0)
    nets = [cut.nets_mm(extent) for cut in (one, two)]
    if not nets[1]:
        assert one.to_json() == two.to_json()
    for a, b in zip(*nets, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-8)


@every_kind
def test_flipped_it_takes_the_rest_and_flipped_twice_it_is_itself(kind, index):
    cut = example(kind)
    other = cut.flipped()
    if other is None:
        return
    taken = [index.functional_ml - index.remnant_ml(Plan(cuts=(c,))) for c in (cut, other)]
    assert sum(taken) == pytest.approx(index.functional_ml, rel=2e-3)
    again = Plan(cuts=(other.flipped(),))
    assert index.remnant_ml(again) == pytest.approx(index.functional_ml - taken[0], abs=1e-6)


@every_kind
def test_what_stays_and_what_goes_are_the_whole(kind, index):
    volumes = measure_plan(index, Plan(cuts=(example(kind),)))
    assert volumes.remnant_ml + volumes.resected_ml == pytest.approx(volumes.functional_ml)
    assert 0 < volumes.remnant_ml < volumes.functional_ml
    assert volumes.ablated_ml == pytest.approx(volumes.resected_ml if cut_ablates(kind) else 0)


def cut_ablates(kind):
    return EXAMPLES[kind].ablates


@every_kind
def test_it_has_no_fault_on_a_liver_that_it_cuts_and_misses_one_that_is_elsewhere(kind, index):
    assert cut_faults(index, example(kind), 1) == ()
    far = example(kind).moved(np.array([500.0, 400.0, 300.0]))
    if kind != "parts":
        assert "misses the liver" in in_english(cut_faults(index, far, 1)[0].says)


@every_kind
def test_its_remnant_has_an_uncertainty(kind, index):
    found = estimate_plan(index, Plan(cuts=(example(kind),)), threshold_fraction=0.3, samples=50)
    low, high = found.interval_95
    assert 0 <= low < high <= 1


@every_kind
def test_its_finding_names_it_and_survives_its_document(kind):
    finding = EXAMPLES[kind].finding(12.5)
    assert finding.kind == kind
    assert finding.removes_ml == 12.5
    assert CutFinding.from_json(json.loads(json.dumps(finding.to_json()))) == finding


@every_kind
def test_a_handle_that_is_not_moved_changes_nothing(kind):
    cut = EXAMPLES[kind]
    on = SlicePlane(
        point_mm=np.array([-30.0, 5, 3]),
        right=np.array([1.0, 0, 0]),
        down=np.array([0, 1.0, 0]),
        mm_per_pixel=0.5,
    )
    for handle in (*cut.handles(), *cut.handles_on(on)):
        assert_same(cut.pulled(handle, handle.at_mm), cut)


@every_kind
def test_a_size_typed_as_it_is_changes_nothing_and_another_is_kept(kind):
    cut = EXAMPLES[kind]
    for number, size in enumerate(cut.sizes()):
        assert size.low <= size.value <= size.high
        assert cut.resized(number, size.value).to_json() == cut.to_json()
        other = cut.resized(number, size.value + 2)
        assert other.sizes()[number].value == pytest.approx(size.value + 2)


@every_kind
def test_it_says_whether_it_can_lie_flat(kind):
    frame = EXAMPLES[kind].flat_frame(10.0)
    assert isinstance(frame, FlatFrame) == EXAMPLES[kind].can_lie_flat


@every_kind
def test_it_has_words_in_the_report_of_every_language(kind):
    for language in ("en", "sv"):
        assert cut_in_words(EXAMPLES[kind].finding(3.0), words_of(language))


def test_a_tilt_turns_a_plane_about_a_point_that_stays_on_it():
    plane = EXAMPLES["plane"]
    pivot = plane.nearest_mm(np.array([10.0, -4.0, 2.0]))
    tilted = plane.tilted(pivot, np.array([0.0, 1.0, 0.0]), 0.3)
    assert tilted.signed_distance_mm(pivot) == pytest.approx(0, abs=1e-12)
    assert tilted.normal @ plane.normal == pytest.approx(np.cos(0.3))
