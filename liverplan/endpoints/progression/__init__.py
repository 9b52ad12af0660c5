"""Progression as it was looked for: missed visits, intervals, death first, late entry."""

from liverplan.endpoints.progression.estimates import (
    Incidence,
    cumulative_incidence,
    incidence_of,
    survival_from,
    turnbull,
)
from liverplan.endpoints.progression.rule import Assessment, Progressed, by_rule, read_assessments

__all__ = [
    "Assessment",
    "Incidence",
    "Progressed",
    "by_rule",
    "cumulative_incidence",
    "incidence_of",
    "read_assessments",
    "survival_from",
    "turnbull",
]
