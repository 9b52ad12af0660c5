"""What stands first: what a plan makes of each metastasis, and what other denominators say."""

from dataclasses import replace

import pytest

from liverplan.cohort.rows import row_of
from liverplan.findings import Fault, LesionFinding, Statement
from liverplan.words import fates, in_english, other_readings, spoken, verdict
from liverplan.workflow import verdict as command_line

OTHERWISE = "Of the whole liver it is {} 30 %, so this reading differs."


def lesion(label, fate, stays_ml=0.0, margin_mm=11.0):
    """One metastasis of 10 mL."""
    return LesionFinding(
        label=label, volume_ml=10.0, long_axis_mm=27.0, short_axis_mm=25.0,
        centroid_mm=(0.0, 0.0, 0.0), margin_mm=margin_mm, fate=fate, stays_ml=stays_ml,
        in_remnant=fate in {"left", "cut through"},
    )  # fmt: skip


def said(findings, language="en"):
    return spoken(fates(findings), language)


def test_what_stays_is_said_before_what_goes_and_wholly_is_not_in_part(findings):
    of = (
        lesion(2, "removed", margin_mm=24.3), lesion(3, "left", 10.0), lesion(4, "left", 0.8, -2.0),
        lesion(5, "cut through", 2.0, -3.0), lesion(6, "ablated", margin_mm=5.0),
        lesion(7, "cut through", 0.01, -0.2),
    )  # fmt: skip
    shown = replace(findings, lesions=of)
    assert said(shown) == (
        "Cut through: M4 (2.0 mL of it stay), M6 (touched, under 0.1 mL of it). "
        "Stays behind: M2 (wholly, 11.0 mm from the cut), M3 (in part, 0.8 mL of it). "
        "Ablated: M5 (margin 5.0 mm). Removed: M1 (margin 24.3 mm)."
    )
    assert said(shown, "sv").startswith("Skärs igenom: M4 (2,0 mL av den blir kvar), M6 (vidrörs")
    assert "Lämnas kvar: M2 (hel, 11,0 mm från snittet)" in said(shown, "sv")


def test_where_nothing_stays_that_is_said(findings):
    shown = replace(findings, lesions=(lesion(2, "removed"), lesion(3, "ablated")))
    assert said(shown) == (
        "No metastasis stays behind. Ablated: M2 (margin 11.0 mm). Removed: M1 (margin 11.0 mm)."
    )
    assert said(replace(findings, lesions=())) == "No metastasis is marked."
    assert said(replace(shown, planes=(), cuts=())) == ""


def test_it_stands_first_on_the_command_line_and_in_a_cohorts_row(findings):
    shown = replace(findings, lesions=(lesion(2, "left", 10.0),))
    first = command_line(shown).splitlines()[0]
    assert first.startswith("FLR 41.2 %")
    assert first.endswith(" Stays behind: M1 (wholly, 11.0 mm from the cut).")
    assert next(iter(row_of(shown).items())) == (
        "fates", "Stays behind: M1 (wholly, 11.0 mm from the cut)."
    )  # fmt: skip


def test_a_plan_with_a_fault_has_no_number_in_its_verdict(findings):
    fault = Fault(says=Statement.of("fault.cuts_lesion", number=1, ml=3.2))
    shown = replace(findings, faults=(fault,))
    assert str(verdict(shown)) == (
        "No verdict: The plan cuts through metastasis 1: 3.2 mL of it would stay."
    )
    assert "FLR" not in command_line(shown)
    assert row_of(shown)["plan_faults"].startswith("The plan cuts through metastasis 1")


@pytest.mark.parametrize(
    ("of_functional", "of_liver", "words"),
    [
        (0.309, 0.274, [OTHERWISE.format("27.4 %: not above")]),
        (0.300, 0.3001, [OTHERWISE.format("30.01 %: above")]),
        (0.35, 0.31, []),
        (0.30, 0.30, []),
    ],
)  # fmt: skip
def test_each_denominator_that_contradicts_the_deciding_one_is_named(
    findings, of_functional, of_liver, words
):
    fraction = replace(
        findings.remnant_fraction, of_functional=of_functional, of_liver=of_liver,
        of_estimated=None, deciding="of_functional",
    )  # fmt: skip
    shown = replace(findings, remnant_fraction=fraction, threshold_fraction=0.3)
    assert list(map(in_english, other_readings(shown))) == words
    assert all(line in command_line(shown).splitlines() for line in words)
