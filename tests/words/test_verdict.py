"""The verdict's words."""

import dataclasses

import pytest

from liverplan.errors import InputError
from liverplan.words import verdict, words_of


def with_range(findings, value, low, high):
    fraction = dataclasses.replace(findings.remnant_fraction, of_functional=value)
    doubt = dataclasses.replace(findings.uncertainty, interval_95=(low, high))
    return dataclasses.replace(findings, remnant_fraction=fraction, uncertainty=doubt)


NEAR = "Too close to 30 % to decide by volume. Check mask and planes."


@pytest.mark.parametrize(
    ("value", "low", "high", "state", "numbers", "reason"),
    [
        (0.412, 0.386, 0.438, "above", "41.2 % (38.6-43.8", "Above 30 %, whole range."),
        (0.309, 0.290, 0.328, "near", "30.9 % (29.0-32.8", NEAR),
        (0.240, 0.225, 0.255, "below", "24.0 % (22.5-25.5", "Below 30 %, whole range."),
        (0.300, 0.300, 0.300, "below", "30.0 % (30.0-30.0", "Not above 30 %, whole range."),
        (0.32, 0.30, 0.34, "near", "32.0 % (30.0-34.0", NEAR),
        (0.30007, 0.30004, 0.31, "above", "30.01 % (30.004-31.0", "Above 30 %, whole range."),
    ],
)
def test_each_verdict_says_number_which_range_threshold_and_reason(
    findings, value, low, high, state, numbers, reason
):
    spoken = verdict(with_range(findings, value, low, high))
    assert (spoken.state, str(spoken)) == (state, f"FLR {numbers} as carried out). {reason}")


def test_without_a_cut_there_is_no_verdict(findings):
    spoken = verdict(dataclasses.replace(findings, planes=()))
    assert str(spoken) == "No verdict: no cut is planned."


def test_without_the_deciding_denominator_there_is_no_verdict(findings):
    fraction = dataclasses.replace(
        findings.remnant_fraction, of_estimated=None, deciding="of_estimated"
    )
    spoken = verdict(dataclasses.replace(findings, remnant_fraction=fraction))
    assert spoken.state == "incomplete"
    assert "denominator" in str(spoken)


def test_swedish_numbers_have_commas(findings):
    assert (
        str(verdict(findings, "sv"))
        == "FLR 41,2 % (38,6-43,8 som utförd). Över 30 %, hela intervallet."
    )


def test_an_unknown_language_is_refused():
    with pytest.raises(InputError, match="speaks en and sv, not 'fr'"):
        words_of("fr")
