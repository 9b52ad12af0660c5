"""What each computed criterion says: one file a measure."""

from __future__ import annotations

from typing import assert_never

from liverplan.eligibility.measured import Measured
from liverplan.eligibility.measures.age import age_part
from liverplan.eligibility.measures.lesions import count_part
from liverplan.eligibility.measures.remnant import remnant_part
from liverplan.eligibility.measures.response import response_part
from liverplan.eligibility.part import Part
from liverplan.eligibility.patient import Patient
from liverplan.eligibility.protocol import Criterion, Measure


def part_of(measure: Measure, criterion: Criterion, patient: Patient, measured: Measured) -> Part:
    """Judge the computed part of a criterion."""
    match measure:
        case "age_years":
            return age_part(criterion, patient)
        case "lesion_count":
            return count_part(criterion, patient, measured)
        case "remnant_fraction":
            return remnant_part(criterion, measured)
        case "response":
            return response_part(criterion, patient, measured)
        case _:
            assert_never(measure)
