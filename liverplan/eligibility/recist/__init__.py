"""RECIST 1.1 for the liver (Eur J Cancer 2009;45:228), in whole tenths of a millimetre.

Nouns: *targets* are the lesions that are measured and summed, at most two an organ and five in
all; the others are *non-target* and judged in words. *Baseline* is the sum before treatment,
*nadir* the smallest sum so far, baseline included.
"""

from liverplan.eligibility.recist.assessing import (
    NOISE_ONE_LESION_FRACTIONS,
    assess,
    baseline_faults,
    formula_category,
    noise_categories,
    overall_category,
    readers_95_tenths,
)
from liverplan.eligibility.recist.response import Response, TimePoint, category_said
from liverplan.eligibility.recist.visits import (
    TARGETS_IN_ALL,
    TOO_SMALL_TENTHS,
    Category,
    Measurement,
    NonTarget,
    Visit,
    is_measurable,
    mm,
    select_targets,
    tenths,
)

__all__ = [
    "NOISE_ONE_LESION_FRACTIONS",
    "TARGETS_IN_ALL",
    "TOO_SMALL_TENTHS",
    "Category",
    "Measurement",
    "NonTarget",
    "Response",
    "TimePoint",
    "Visit",
    "assess",
    "baseline_faults",
    "category_said",
    "formula_category",
    "is_measurable",
    "mm",
    "noise_categories",
    "overall_category",
    "readers_95_tenths",
    "select_targets",
    "tenths",
]
