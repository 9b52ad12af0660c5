"""Structures by their standard codes."""

import pytest

from liverplan.anatomy import ABNORMAL, LIVER, METASTASIS, ORGAN, lesion_name


def test_liver_and_metastasis_have_their_snomed_codes():
    assert (LIVER.kind.value, LIVER.category) == ("10200004", ORGAN)
    assert (METASTASIS.kind.value, METASTASIS.category) == ("128462008", ABNORMAL)
    assert {code.scheme for code in (LIVER.kind, METASTASIS.kind, ORGAN, ABNORMAL)} == {"SCT"}


@pytest.mark.parametrize(("label", "name"), [(2, "Metastasis 1"), (255, "Metastasis 254")])
def test_lesions_are_counted_from_the_first_label(label, name):
    assert lesion_name(label) == name
