"""What a person says of two CTs, without a window: a third visit, and a target that came back."""

import numpy as np
import pytest

from liverplan.errors import InputError
from liverplan.findings import SeriesSummary
from liverplan.followup import Examination, compare, lengths_tenths
from liverplan.segmentation import Segmentation
from liverplan.volume import Grid

GRID = Grid(
    shape=(40, 50, 50),
    affine=np.array([[0, 0, 3.0, 0], [0, 3.0, 0, 0], [3.0, 0, 0, 0], [0, 0, 0, 1]]),
)
A, B = (12, 15, 15), (25, 34, 30)


def examined(date, lesions, visits=None, patient=""):
    labels = np.zeros(GRID.shape, np.uint8)
    labels[4:36, 4:46, 4:40] = 1
    for label, (centre, radius) in lesions.items():
        apart = np.indices(GRID.shape) - np.reshape(centre, (3, 1, 1, 1))
        labels[np.linalg.norm(apart, axis=0) <= radius] = label
    series = SeriesSummary(uid="1.2", shape=GRID.shape, spacing_mm=GRID.spacing_mm, study_date=date)
    segmentation = Segmentation(grid=GRID, labels=labels)
    return Examination.of(segmentation, series=series, visits=visits, patient_id=patient)


def quiet(_fraction, _words):
    pass


@pytest.fixture(scope="module")
def vanished():
    """The second of two visits: the target M2 is gone."""
    first = examined("20230101", {2: (A, 4), 3: (B, 3)})
    second = examined("20230301", {2: (A, 4)})
    told = compare(second, first, quiet)
    for row in told.rows:
        told = told.confirming(row)
    assert told.complete
    return told.confirmed_by("R. Lind")


def test_a_target_that_comes_back_is_no_new_lesion_and_progression_all_the_same(vanished):
    second = examined("20230301", {2: (A, 4)}, vanished)
    third = examined("20230501", {2: (A, 4), 3: (B, 2)})
    told = compare(third, second, quiet)
    assert told.fixed
    assert told.lost == ("M2",)
    assert [told.role(row) for row in told.rows] == ["target", "new"]
    assert told.preview()[0][-1].new_lesion
    told = told.corrected(3, "M2")
    assert [told.role(row) for row in told.rows] == ["target", "target M2, back"]
    visits, response = told.preview()
    lengths = lengths_tenths(third.segmentation)
    assert not visits[-1].new_lesion
    assert dict(visits[-1].targets) == {"M1": lengths[2], "M2": lengths[3]}
    assert response.baseline_tenths == visits[0].sum_tenths
    assert response.nadir_tenths == visits[1].sum_tenths


def test_the_targets_stay_what_they_were_at_the_first_comparison(vanished):
    second = examined("20230301", {2: (A, 4)}, vanished)
    told = compare(examined("20230501", {2: (A, 5)}), second, quiet)
    with pytest.raises(InputError, match="chosen at the first comparison and stay"):
        told.with_target(2, is_target=False)


def test_nobody_confirms_without_a_name_or_before_every_row_is_confirmed():
    first, second = examined("20230101", {2: (A, 4)}), examined("20230301", {2: (A, 4)})
    told = compare(first, second, quiet)
    assert told.later is second
    assert not told.complete
    with pytest.raises(InputError, match="confirms it by name"):
        told.visits(" ")
    with pytest.raises(InputError, match="Every row must be confirmed"):
        told.confirmed_by("R. Lind")


def test_cts_of_two_patients_are_not_compared():
    first = examined("20230101", {2: (A, 4)}, patient="P1")
    with pytest.raises(InputError, match=r"two patients \(P2 and P1\)"):
        compare(examined("20230301", {2: (A, 4)}, patient="P2"), first, quiet)
