"""Segmentation: masks on one label map, nothing lost unsaid."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liverplan.errors import SegmentationError
from liverplan.segmentation import Provenance, Segmentation
from liverplan.segmentation.labels import outside_ml
from liverplan.volume import Grid

GRID = Grid(shape=(4, 5, 6), affine=np.diag([2.0, 1.0, 5.0, 1.0]))


def box(*ranges):
    mask = np.zeros(GRID.shape, bool)
    mask[tuple(slice(*r) for r in ranges)] = True
    return mask


def test_a_lesion_outside_the_liver_mask_is_counted_into_the_liver():
    liver, lesion = box((0, 2), (0, 5), (0, 6)), box((1, 3), (0, 1), (0, 1))
    segmentation = Segmentation.from_masks(GRID, liver, [lesion])
    assert np.count_nonzero(segmentation.liver) == 61
    assert outside_ml(GRID, liver, lesion) == pytest.approx(0.01)
    assert segmentation.volume_ml(2) == pytest.approx(0.02)
    assert segmentation.volume_ml(1) == pytest.approx(0.59)


def test_where_lesions_overlap_the_earlier_keeps_the_voxel_and_the_union_is_whole():
    liver = box((0, 4), (0, 5), (0, 6))
    first, second = box((0, 2), (0, 2), (0, 2)), box((1, 3), (0, 2), (0, 2))
    segmentation = Segmentation.from_masks(GRID, liver, [first, second])
    assert segmentation.lesion_labels == (2, 3)
    assert np.array_equal(segmentation.lesion(2), first)
    assert np.count_nonzero(segmentation.labels >= 2) == np.count_nonzero(first | second)


def test_labels_are_read_only_and_provenance_too():
    made = Provenance(method="by hand", version="1", origin="given")
    segmentation = Segmentation(
        grid=GRID, labels=np.zeros(GRID.shape, np.uint8), provenance={1: made}
    )
    with pytest.raises(ValueError, match="read-only"):
        segmentation.labels[0] = 1
    with pytest.raises(TypeError):
        segmentation.provenance[2] = made


def test_labels_that_do_not_fit_are_refused():
    with pytest.raises(SegmentationError, match="uint8"):
        Segmentation(grid=GRID, labels=np.zeros(GRID.shape, np.int32))
    with pytest.raises(SegmentationError, match="where the grid has"):
        Segmentation(grid=GRID, labels=np.zeros((4, 5, 7), np.uint8))


def test_more_lesions_than_a_label_map_holds_are_refused():
    liver = box((0, 4), (0, 5), (0, 6))
    with pytest.raises(SegmentationError, match="255 lesions"):
        Segmentation.from_masks(GRID, liver, [liver] * 255)


def test_nothing_is_marked_on_empty_labels():
    empty = Segmentation.empty(GRID)
    assert empty.lesion_labels == ()
    assert not empty.liver.any()
    assert empty.provenance == {}


@given(st.integers(0, 2**32 - 1), st.integers(0, 5))
@settings(max_examples=50, deadline=None)
def test_the_whole_liver_is_the_union_of_all_masks_and_each_voxel_has_the_first_lesions_label(
    seed, count
):
    rng = np.random.default_rng(seed)
    liver = rng.random(GRID.shape) < 0.5
    lesions = [rng.random(GRID.shape) < 0.2 for _ in range(count)]
    made = Segmentation.from_masks(GRID, liver, lesions)
    assert np.array_equal(made.liver, np.any([liver, *lesions], axis=0))
    for n, lesion in enumerate(lesions):
        earlier = np.any([np.zeros_like(liver), *lesions[:n]], axis=0)
        assert np.array_equal(made.lesion(n + 2), lesion & ~earlier)
    assert np.array_equal(made.labels == 1, liver & ~np.any([~liver, *lesions], axis=0))
    parts = made.volume_ml(1) + sum(made.volume_ml(label) for label in made.lesion_labels)
    assert parts == pytest.approx(np.count_nonzero(made.liver) * GRID.voxel_ml)


def test_more_lesions_than_a_byte_can_number_are_refused():
    nothing = np.zeros(GRID.shape, bool)
    with pytest.raises(SegmentationError, match="255 lesions do not fit"):
        Segmentation.from_masks(GRID, nothing, [nothing] * 255)
    assert Segmentation.from_masks(GRID, nothing, [nothing] * 254).lesion_labels == ()
