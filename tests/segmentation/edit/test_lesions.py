"""Lesions are numbered, added, taken away, merged, split, grown and shrunk."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liverplan.errors import SegmentationError
from liverplan.segmentation import (
    Provenance,
    Segmentation,
    free_label,
    merge_lesions,
    resize_lesion,
    split_lesion,
    with_lesion,
    with_lesions,
    with_liver,
    without_lesion,
)
from liverplan.volume import Grid

MADE = Provenance(method="test", version="1", origin="automatic", accepted_by="A. Reader")


def block(segmentation, *box):
    mask = np.zeros(segmentation.labels.shape, bool)
    mask[box] = True
    return mask


def with_made(segmentation, *labels):
    return Segmentation(
        grid=segmentation.grid, labels=segmentation.labels, provenance=dict.fromkeys(labels, MADE)
    )


def test_the_lowest_free_number_is_taken_also_between_others(case):
    _, truth = case
    assert free_label(truth) == 4
    assert free_label(without_lesion(truth, 2)) == 2
    assert free_label(Segmentation.empty(truth.grid)) == 2


def test_no_number_is_left_after_254_lesions():
    grid = Grid(shape=(1, 16, 16), affine=np.eye(4))
    labels = np.arange(256, dtype=np.uint8).reshape(grid.shape)
    assert (
        free_label(Segmentation(grid=grid, labels=np.minimum(labels, 254).astype(np.uint8))) == 255
    )
    with pytest.raises(SegmentationError, match="too many lesions"):
        free_label(Segmentation(grid=grid, labels=labels))


def test_an_added_lesion_takes_from_the_liver_and_reaches_out_of_it_but_spares_other_lesions(case):
    _, truth = case
    mask = block(truth, slice(20, 30), slice(40, 60), slice(2, 45))
    after = with_lesion(truth, mask, MADE)
    assert np.array_equal(after.lesion(4), mask & ~truth.lesion(2))
    assert np.array_equal(after.lesion(2), truth.lesion(2))
    assert after.provenance[4] == MADE
    assert 4 not in truth.lesion_labels


def test_a_lesion_inside_another_is_refused(case):
    _, truth = case
    with pytest.raises(SegmentationError, match="already part of another"):
        with_lesion(truth, truth.lesion(2), MADE)


def test_what_was_a_lesion_is_liver_again_and_the_others_keep_their_numbers(case):
    _, truth = case
    after = without_lesion(with_made(truth, 1, 2, 3), 2)
    assert after.lesion_labels == (3,)
    assert np.array_equal(after.liver, truth.liver)
    assert (after.labels[truth.lesion(2)] == 1).all()
    assert set(after.provenance) == {1, 3}
    with pytest.raises(SegmentationError, match="no lesion with label 2"):
        without_lesion(after, 2)


def test_another_liver_keeps_the_lesions_and_their_provenance(case):
    _, truth = case
    before = with_made(truth, 1, 2)
    other = Provenance(method="other", version="1", origin="given")
    after = with_liver(block(truth, slice(0, 20)), other, before)
    assert np.array_equal(after.labels > 1, truth.labels > 1)
    assert np.array_equal(after.labels[:20] >= 1, np.ones_like(truth.liver[:20]))
    assert after.provenance == {1: other, 2: MADE}


@pytest.mark.parametrize(("touching", "kept"), [("trim", (2, 3, 4, 5)), ("skip", (2, 3, 4))])
def test_lesions_of_a_file_or_a_method_come_beside_those_that_were_marked(case, touching, kept):
    _, truth = case
    beside = block(truth, slice(5, 8), slice(5, 8), slice(5, 8))
    over = block(truth, slice(25, 26), slice(50, 51), slice(30, 50))
    masks = [np.zeros_like(beside), beside, over, truth.lesion(3)]
    after = with_lesions(truth, masks, MADE, touching=touching)
    assert after.lesion_labels == kept
    assert np.array_equal(after.lesion(4), beside)
    assert np.array_equal(after.lesion(2), truth.lesion(2))


def test_lesions_that_are_marked_already_change_nothing(case):
    _, truth = case
    assert with_lesions(truth, [truth.lesion(2)], MADE, touching="trim") is truth


def test_what_is_merged_split_or_resized_must_be_accepted_anew(case):
    _, truth = case
    before = with_made(truth, 1, 2, 3)
    merged = merge_lesions(before, 2, [3])
    assert set(merged.provenance) == {1, 2}
    assert (merged.provenance[2].edits, merged.provenance[2].accepted) == (1, False)
    assert merged.provenance[1].accepted
    parted = split_lesion(merged, 2, (40, 50, 50), (62, 50, 50))
    assert parted.provenance[2].edits == 2
    assert parted.provenance[3].origin == "drawn"
    assert not resize_lesion(before, 3, 1.0).provenance[3].accepted


def test_edits_leave_the_labels_before_as_they_were(case):
    _, truth = case
    before = truth.labels.copy()
    merge_lesions(truth, 2, [3])
    split_lesion(truth, 2, (38, 50, 50), (42, 50, 50))
    resize_lesion(truth, 2, 3.0)
    resize_lesion(truth, 2, -3.0)
    without_lesion(truth, 2)
    assert np.array_equal(truth.labels, before)
    assert not truth.labels.flags.writeable


@pytest.mark.parametrize("by_mm", [1.0, 2.5, -1.0, -2.5])
def test_a_lesion_is_resized_by_so_much_in_every_direction_to_within_a_voxel(case, by_mm):
    _, truth = case
    before, after = (
        np.abs(s.grid.to_mm(np.argwhere(s.lesion(2))) - (40, 50, 50)).max(axis=0)
        for s in (truth, resize_lesion(truth, 2, by_mm))
    )
    assert (np.abs(after - before - by_mm) < (1, 1, 2)).all()


def test_lesions_merge_split_grow_and_shrink(case):
    _, truth = case
    merged = merge_lesions(truth, 2, [3])
    assert merged.lesion_labels == (2,)
    assert merged.volume_ml(2) == pytest.approx(truth.volume_ml(2) + truth.volume_ml(3))
    parted = split_lesion(merged, 2, (40, 50, 50), (62, 50, 50))
    assert np.array_equal(parted.labels, truth.labels)
    larger = resize_lesion(truth, 2, 2.0)
    assert larger.volume_ml(2) / truth.volume_ml(2) == pytest.approx((8 / 6) ** 3, rel=0.15)
    assert larger.lesion(3).sum() == truth.lesion(3).sum()
    smaller = resize_lesion(truth, 2, -2.0)
    assert smaller.volume_ml(2) < truth.volume_ml(2)
    assert np.array_equal(smaller.liver, truth.liver)


def test_lesion_edits_without_sense_are_refused(case):
    _, truth = case
    with pytest.raises(SegmentationError, match="no lesion with label 7"):
        merge_lesions(truth, 2, [7])
    with pytest.raises(SegmentationError, match="merged into itself"):
        merge_lesions(truth, 2, [3, 2])
    with pytest.raises(SegmentationError, match="nothing is left"):
        resize_lesion(truth, 3, -9)
    with pytest.raises(SegmentationError, match="do not part"):
        split_lesion(truth, 2, (40, 50, 50), (300, 50, 50))


@st.composite
def marked(draw):
    """A small label map of liver and up to four lesions, in any arrangement."""
    grid = Grid(shape=(3, 5, 6), affine=np.diag([2.0, 1.0, 1.5, 1.0]))
    values = draw(st.lists(st.integers(0, 5), min_size=90, max_size=90))
    return Segmentation(grid=grid, labels=np.array(values, np.uint8).reshape(grid.shape))


@given(marked(), st.integers(0, 2**32 - 1))
@settings(max_examples=60, deadline=None)
def test_an_added_lesion_can_be_taken_away_and_only_its_voxels_were_touched(before, seed):
    mask = np.random.default_rng(seed).random(before.labels.shape) < 0.3
    if (before.labels[mask] >= 2).all():
        return
    after = with_lesion(before, mask, MADE)
    (new,) = set(after.lesion_labels) - set(before.lesion_labels)
    assert np.array_equal(after.labels[~mask], before.labels[~mask])
    back = without_lesion(after, new)
    assert np.array_equal(back.labels >= 2, before.labels >= 2)
    assert np.array_equal(back.liver, before.liver | mask)
    assert back.provenance == before.provenance


@given(marked(), st.data())
@settings(max_examples=60, deadline=None)
def test_merging_and_resizing_keep_every_other_lesions_voxels_and_the_livers(before, data):
    lesions = before.lesion_labels
    if len(lesions) < 2:
        return
    into, other = data.draw(st.permutations(lesions))[:2]
    merged = merge_lesions(before, into, [other])
    assert np.array_equal(merged.liver, before.liver)
    assert np.array_equal(merged.lesion(into), before.lesion(into) | before.lesion(other))
    grown = resize_lesion(before, into, data.draw(st.sampled_from([0.0, 1.0, 2.5])))
    for label in set(lesions) - {into}:
        assert np.array_equal(grown.lesion(label), before.lesion(label))
    assert not (before.lesion(into) & ~grown.lesion(into)).any()
    assert not (before.liver & ~grown.liver).any()


@given(marked(), st.tuples(*(st.floats(-2, 12) for _ in range(6))))
@settings(max_examples=60, deadline=None)
def test_a_lesion_is_split_into_two_parts_that_are_the_whole_each_nearer_to_its_point(before, at):
    first, second = np.array(at[:3]), np.array(at[3:])
    try:
        after = split_lesion(before, 2, first, second)
    except SegmentationError:
        return
    (new,) = set(after.lesion_labels) - set(before.lesion_labels)
    assert np.array_equal(after.lesion(2) | after.lesion(new), before.lesion(2))
    for label, near, far in ((2, first, second), (new, second, first)):
        points = after.grid.to_mm(np.argwhere(after.lesion(label)))
        to_near = np.linalg.norm(points - near, axis=1)
        assert (to_near <= np.linalg.norm(points - far, axis=1) + 1e-9).all()
