"""What was published of plans like this one: by the segments that go, never inside the interval."""

import pytest

from liverplan.findings import CutFinding, Volumes
from liverplan.workflow.published import published_errors, resected

VOLUMES = Volumes(
    liver_ml=1650, tumour_ml=150, functional_ml=1500, remnant_ml=500, resected_ml=1000
)


def parts(*names, scheme="couinaud"):
    return CutFinding(kind="parts", removes_ml=1.0, scheme=scheme, parts=names)


@pytest.mark.parametrize(
    ("segments", "kind"),
    [
        ("5678", "hemihepatectomy"),
        ("15678", "hemihepatectomy"),
        ("234", "hemihepatectomy"),
        ("58", "sectionectomy"),
        ("4", "sectionectomy"),
        ("8", "segmentectomy"),
        ("45678", None),
        ("1", None),
        ("458", None),
    ],
)
def test_the_kind_of_operation_is_that_of_its_segments(segments, kind):
    assert resected([parts(*segments)]) == kind


def test_halves_of_the_fourth_segment_and_several_cuts_count_together():
    assert resected([parts("2", "3"), parts("4a", "4b")]) == "hemihepatectomy"


def test_each_series_says_what_its_error_would_be_of_this_plan():
    found = {row.resected: row for row in published_errors(VOLUMES, [parts("5", "6", "7", "8")])}
    assert {kind: row.median_fraction for kind, row in found.items()} == {
        "hemihepatectomy": 0.07,
        "sectionectomy": 0.09,
        "segmentectomy": 0.12,
    }
    assert found["hemihepatectomy"].remnant_fraction == pytest.approx(0.07 * 1000 / 1500)
    assert [kind for kind, row in found.items() if row.applies] == ["hemihepatectomy"]
    assert all("Ariizumi" in row.source for row in found.values())


@pytest.mark.parametrize(
    "cut", [parts("5", scheme="portal"), CutFinding(kind="plane", removes_ml=1)]
)
def test_the_kind_of_other_cuts_is_not_known(cut):
    assert {row.applies for row in published_errors(VOLUMES, [cut, parts("6")])} == {None}
