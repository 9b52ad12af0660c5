"""Each rule of a comparison by itself: rows, roles, corrections, who must confirm what."""

import datetime as dt

import numpy as np
import pytest

from liverplan.errors import InputError
from liverplan.findings import SeriesSummary
from liverplan.followup import (
    Alignment,
    Comparison,
    Examination,
    Matching,
    Pair,
    Row,
    Visits,
    lengths_tenths,
)
from liverplan.followup.comparison import NEW, SEEN
from liverplan.segmentation import Segmentation
from liverplan.volume import Grid

GRID = Grid(
    shape=(24, 30, 60),
    affine=np.array([[0, 0, 2.0, 0], [0, 2.0, 0, 0], [2.0, 0, 0, 0], [0, 0, 0, 1]]),
)


def examined(date="", visits=None, patient_id="", **lengths):
    """A liver with lesions side by side; ``m2=9`` is label 2, 9 voxels (18 mm) long."""
    labels = np.ones(GRID.shape, np.uint8)
    for number, (name, long) in enumerate(lengths.items()):
        start = 2 + 14 * number
        labels[10:12, 10:12, start : start + long] = int(name[1:])
    series = SeriesSummary(uid="1.2", shape=GRID.shape, spacing_mm=GRID.spacing_mm, study_date=date)
    segmentation = Segmentation(grid=GRID, labels=labels)
    return Examination.of(segmentation, series=series, visits=visits, patient_id=patient_id)


def compared(earlier, later, pairs, *, vanished=(), new=(), targets=None):
    proposed = Matching(
        pairs=tuple(Pair(earlier=a, later=b, distance_mm=1.0) for a, b in pairs),
        vanished=tuple(vanished),
        new=tuple(new),
    )
    return Comparison(
        earlier=earlier,
        later=later,
        alignment=Alignment(matrix=np.eye(4), dice=1.0),
        proposed=proposed,
        targets=earlier.proposed_targets if targets is None else targets,
    )


@pytest.fixture
def two():
    """M1 and M2 stay, M3 is gone, a fourth is new."""
    earlier = examined("20240102", m2=12, m3=10, m4=6)
    later = examined("20240301", m2=11, m3=10, m4=5)
    return compared(earlier, later, [(2, 2), (3, 3)], vanished=[4], new=[4])


def keys(told):
    return [row.key for row in told.rows]


def test_the_rows_follow_the_earlier_ct_and_end_with_what_it_did_not_hold(two):
    assert keys(two) == [(2, 2), (3, 3), (4, None), (None, 4)]
    assert [row.words for row in two.rows] == ["", "", "gone", NEW]
    assert [two.role(row) for row in two.rows] == ["target", "target", "non-target, gone", NEW]


def test_a_row_is_confirmed_as_it_stands_and_no_other_with_it(two):
    told = two.confirming(two.rows[0])
    assert told.confirmed == {(2, 2)}
    assert not told.complete
    for row in two.rows[1:]:
        told = told.confirming(row)
    assert told.complete


def test_a_correction_confirms_its_own_row_and_takes_back_what_it_changed(two):
    told = two
    for row in two.rows:
        told = told.confirming(row)
    told = told.corrected(4, 4)
    assert keys(told) == [(2, 2), (3, 3), (4, 4)]
    assert told.complete
    told = told.corrected(3, NEW)
    assert keys(told) == [(2, 2), (3, None), (4, 4), (None, 3)]
    assert told.confirmed == {(2, 2), (4, 4), (None, 3)}
    assert not told.complete  # nobody has said that M2 is gone


def test_a_lesion_that_was_there_before_is_not_new(two):
    assert two.preview()[0][-1].new_lesion
    told = two.corrected(4, SEEN)
    assert (told.rows[-1].key, told.rows[-1].words) == ((None, 4), SEEN)
    assert not told.preview()[0][-1].new_lesion


def test_targets_are_chosen_in_the_earlier_ct_and_kept_in_order(two):
    assert two.targets == (2, 3)
    assert two.with_target(4, is_target=True).targets == (2, 3, 4)
    assert two.with_target(2, is_target=False).targets == (3,)
    assert two.with_target(2, is_target=True).targets == (2, 3)
    gone = two.with_target(4, is_target=True)
    assert gone.role(gone.rows[2]) == "target, gone"


def test_what_a_person_says_of_the_other_lesions_counts(two):
    assert two.preview()[0][-1].non_target == "CR"  # none but a new one is outlined
    assert two.judging("non-CR/non-PD").preview()[0][-1].non_target == "non-CR/non-PD"
    assert two.judging("PD").preview()[1].overall == "PD"


def test_the_visits_hold_lengths_names_labels_and_who_confirmed(two):
    for row in two.rows:
        two = two.confirming(row)
    visits = two.confirmed_by(" R. Lind ")
    first, second = visits.confirmed
    assert [one.confirmed_by for one in visits.confirmed] == ["R. Lind", "R. Lind"]
    assert dict(first.followed.labels) == {"M1": (2,), "M2": (3,)}
    assert (first.followed.others, second.followed.others) == ((4,), (4,))
    assert dict(second.followed.visit.targets) == {
        "M1": two.later.tenths(2),
        "M2": two.later.tenths(3),
    }
    assert [one.date for one in visits.visits] == [dt.date(2024, 1, 2), dt.date(2024, 3, 1)]
    assert visits.response.overall == "PD"  # a new lesion


def test_later_comparisons_keep_targets_and_know_the_lost_ones(two):
    visits = two.visits("R. Lind")
    later = examined("20240301", visits=visits, m2=11, m3=10, m4=5)
    third = compared(later, examined("20240501", m2=11), [(2, 2)], vanished=[3, 4])
    assert third.fixed
    assert visits.targets == (2, 3)
    assert third.visits("Ek").lost == ("M2",)
    assert third.visits("Ek").targets == (2,)
    assert len(third.visits("Ek").confirmed) == 3
    with pytest.raises(InputError, match="chosen at the first comparison"):
        third.with_target(4, is_target=True)


def test_a_lost_target_that_is_back_has_its_name(two):
    gone = compared(
        examined("20240301", visits=two.visits("Lind"), m2=11, m3=10, m4=5),
        examined("20240501", m2=11),
        [(2, 2)],
        vanished=[3, 4],
    ).visits("Lind")
    back = compared(
        examined("20240501", visits=gone, m2=11),
        examined("20240701", m2=11, m3=9),
        [(2, 2)],
        new=[3],
    ).corrected(3, "M2")
    assert back.role(back.rows[-1]) == "target M2, back"
    assert back.visits("Lind").confirmed[-1].followed.labels["M2"] == (3,)
    assert not back.preview()[0][-1].new_lesion


def test_a_row_is_told_by_both_of_its_lesions():
    assert Row(earlier=2, later=None).key == (2, None)
    assert Row(earlier=2, later=None, words="gone") != Row(earlier=2, later=None)


@pytest.mark.parametrize(
    ("lengths", "targets"),
    [
        ({"m2": 12, "m3": 10, "m4": 11}, (2, 4)),
        ({"m2": 4, "m3": 10}, (3,)),
        ({"m2": 5, "m3": 4}, (2,)),
        ({"m2": 3}, ()),
        ({}, ()),
    ],
)
def test_the_two_largest_measurable_lesions_are_proposed(lengths, targets):
    assert examined(**lengths).proposed_targets == targets


def test_lengths_are_those_of_the_long_axes():
    one = examined(m2=12, m3=7)
    assert one.lengths_tenths == lengths_tenths(one.segmentation)
    assert one.tenths(2) > one.tenths(3) >= 100
    assert set(one.centres) == {2, 3}


@pytest.mark.parametrize(
    ("date", "day"),
    [
        ("20240102", dt.date(2024, 1, 2)),
        ("2024-01-02", dt.date(2024, 1, 2)),
        ("", None),
        ("x", None),
    ],
)
def test_a_date_is_read_where_there_is_one(date, day):
    assert examined(date, m2=5).date == day


def test_an_empty_series_has_no_response():
    assert not Visits()
    assert Visits().response is None
    assert Visits().targets is None
    assert (Visits().visits, Visits().lost, Visits().outdated({2: 100})) == ((), (), ())


def test_visits_come_back_from_their_document(two):
    visits = two.visits("R. Lind")
    assert Visits.from_json(visits.to_json()) == visits
    assert visits.to_json()["schema"] == "liverplan.visits/1"


def test_a_target_of_another_length_than_was_confirmed_is_said(two):
    visits = two.visits("R. Lind")
    now = two.later.lengths_tenths
    assert visits.outdated(now) == ()
    assert visits.outdated({**now, 4: 1}) == ()  # no target
    assert len(visits.outdated({**now, 2: now[2] + 1})) == 1
    assert len(visits.outdated({})) == 2
