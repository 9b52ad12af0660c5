"""Lesions are told apart through motion, growth, renumbering, loss and new ones."""

import dataclasses

import numpy as np
import pytest

from liverplan.eligibility.recist import assess, tenths
from liverplan.errors import InputError
from liverplan.followup import Alignment, Matching, Pair, align, baseline, follow, match
from liverplan.segmentation import Segmentation, axes_of
from liverplan.words import in_english

MOTIONS = [
    {"degrees": 15, "axis": (0, 0, 1), "shift_mm": (0, 0, 60)},
    {"degrees": -15, "axis": (1, 0, 0), "shift_mm": (60, 0, 0)},
    {"degrees": 15, "axis": (0, 1, 0), "shift_mm": (0, -60, 0)},
    {"degrees": 15, "axis": (1, -1, 1), "shift_mm": (-35, 35, 34)},
    {"degrees": 7, "axis": (-1, 2, 0.5), "shift_mm": (20, 10, -55)},
    {"degrees": 0, "axis": (1, 0, 0), "shift_mm": (0, 0, 0)},
]


def lengths(segmentation):
    return {
        label: tenths(round(axes_of(segmentation.lesion(label), segmentation.grid).long_mm, 1))
        for label in segmentation.lesion_labels
    }


@pytest.mark.parametrize("motion", MOTIONS)
def test_every_lesion_is_found_again(earlier, tools, motion):
    make_motion, later_of, centre_mm = tools
    moved = make_motion(**motion)
    growth = {4: 1.3, 2: 0.7, 5: 1.0, 3: 1.2}
    later = later_of(earlier, moved, growth)
    alignment = align(earlier, later)
    matching = match(earlier, later, alignment)
    assert {(p.earlier, p.later) for p in matching.pairs} == {(4, 2), (2, 3), (5, 4), (3, 5)}
    assert (matching.vanished, matching.new, matching.notes) == ((), (), ())
    for label in earlier.lesion_labels:
        centre = centre_mm(earlier, label)
        assert np.linalg.norm(alignment.to_earlier_mm(moved.forward(centre)) - centre) < 4
        there = alignment.to_earlier_mm(centre)
        np.testing.assert_allclose(alignment.to_later_mm(there), centre, atol=1e-9)


def test_sums_and_category_are_those_of_the_true_pairs(earlier, tools):
    make_motion, later_of, _ = tools
    growth = {5: 1.0, 3: 1.5, 2: 1.4, 4: 1.0}
    later = later_of(earlier, make_motion(**MOTIONS[3]), growth)
    matching = match(earlier, later, align(earlier, later))
    before, after = lengths(earlier), lengths(later)
    first = baseline(before, (2, 3))
    second = follow(first, matching, after)
    assert first.visit.sum_tenths == before[2] + before[3]
    assert second.visit.sum_tenths == after[4] + after[3]
    assert (second.labels, second.others) == ({"M1": (4,), "M2": (3,)}, (5, 2))
    assert assess([first.visit, second.visit]).overall == "PD"


def test_a_vanished_target_counts_nothing_and_a_new_lesion_is_progression(earlier, tools):
    make_motion, later_of, centre_mm = tools
    middle = np.argwhere(earlier.labels == 1)
    points = earlier.grid.to_mm(middle)
    apart = min(
        range(0, len(points), 997),
        key=lambda n: (
            -min(
                np.linalg.norm(points[n] - centre_mm(earlier, label))
                for label in earlier.lesion_labels
            )
        ),
    )
    later = later_of(
        earlier, make_motion(**MOTIONS[4]), {3: 1.0, 5: 1.0, 4: 1.0}, extra=[(points[apart], 9.0)]
    )
    matching = match(earlier, later, align(earlier, later))
    assert matching.vanished == (2,)
    assert matching.new == (5,)
    first = baseline(lengths(earlier), (2,))
    second = follow(first, matching, lengths(later))
    assert second.visit.targets == {"M1": 0}
    assert second.visit.new_lesion
    assert assess([first.visit, second.visit]).overall == "PD"


def test_a_lesion_in_two_parts_is_pointed_out(earlier):
    label = max(earlier.lesion_labels, key=earlier.volume_ml)
    labels = earlier.labels.copy()
    half = np.argwhere(labels == label)
    upper = half[half[:, 0] > np.median(half[:, 0])]
    labels[tuple(upper.T)] = 6
    split = dataclasses.replace(earlier, labels=labels)
    same = Alignment(matrix=np.eye(4), dice=1.0)
    forward = match(earlier, split, same)
    assert len(forward.new) == 1
    assert "a part of it, or new?" in in_english(forward.notes[0])
    backward = match(split, earlier, same)
    assert len(backward.vanished) == 1
    assert "grown together" in in_english(backward.notes[0])


def test_far_lesions_are_no_pair(earlier):
    shifted = np.eye(4)
    shifted[2, 3] = 500.0
    matching = match(earlier, earlier, Alignment(matrix=shifted, dice=0.2))
    assert matching.pairs == ()
    assert matching.vanished == matching.new == earlier.lesion_labels
    assert "Dice of only 0.20" in in_english(matching.notes[0])


def test_the_distance_of_a_pair_is_that_of_the_centres(earlier):
    shifted = np.eye(4)
    shifted[0, 3] = 3.0
    matching = match(earlier, earlier, Alignment(matrix=shifted, dice=1.0))
    assert [p.distance_mm for p in matching.pairs] == pytest.approx([3.0] * 4)


def test_livers_without_lesions_match_nothing(earlier):
    bare = Segmentation(grid=earlier.grid, labels=earlier.liver.astype(np.uint8))
    matching = match(bare, earlier, Alignment(matrix=np.eye(4), dice=1.0))
    assert (matching.pairs, matching.new) == ((), earlier.lesion_labels)


def test_a_missing_liver_is_refused(earlier):
    empty = Segmentation(grid=earlier.grid, labels=np.zeros_like(earlier.labels))
    with pytest.raises(InputError, match="The later examination holds no liver"):
        align(earlier, empty)
    with pytest.raises(InputError, match="The earlier examination holds no liver"):
        align(empty, earlier)


def test_an_unmeasured_target_is_refused():
    with pytest.raises(InputError, match="not measured: M2"):
        baseline({2: 100}, (2, 3))
    matching = Matching(pairs=(Pair(earlier=2, later=3),), vanished=(), new=())
    with pytest.raises(InputError, match="not measured: M2"):
        follow(baseline({2: 100}, (2,)), matching, {2: 80})


def test_a_person_corrects_the_proposal():
    proposed = Matching(
        pairs=(Pair(earlier=2, later=2, distance_mm=1.0), Pair(earlier=3, later=3)),
        vanished=(4,),
        new=(4, 5),
    )
    said = proposed.corrected({4: 4, 3: None}, seen_before=[5])
    assert [(p.earlier, p.later) for p in said.pairs] == [(2, 2), (4, 4)]
    assert (said.vanished, said.new, said.seen_before) == ((3,), (3,), (5,))
    with pytest.raises(InputError, match="The later CT has no M8"):
        proposed.corrected({9: 2})
    with pytest.raises(InputError, match="The earlier CT has no M8"):
        proposed.corrected({4: 9})


def test_parts_of_a_target_are_added_and_a_vanished_one_may_return():
    first = baseline({2: 300, 3: 150, 4: 90}, (2, 3))
    matching = Matching(pairs=(Pair(earlier=2, later=2),), vanished=(3, 4), new=(3,))
    second = follow(first, matching.corrected({3: 2}), {2: 120, 3: 80})
    assert second.visit.targets == {"M1": 200, "M2": 0}
    assert (second.visit.non_target, second.visit.new_lesion) == ("CR", False)
    again = Matching(
        pairs=(Pair(earlier=2, later=2), Pair(earlier=3, later=3)), vanished=(), new=(4,)
    )
    third = follow(second, again, {2: 120, 3: 80, 4: 60}, returned={4: "M2"})
    assert third.visit.targets == {"M1": 200, "M2": 60}
    assert (third.visit.non_target, third.visit.new_lesion) == ("CR", False)
    with pytest.raises(InputError, match="No target lesion is called M7; there are: M1, M2"):
        follow(second, again, {2: 1, 3: 1, 4: 1}, returned={4: "M7"})
