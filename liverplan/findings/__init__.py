"""The nouns of a result, on the ground floor: every room that finds something returns these.

Nothing here is rounded and nothing is a sentence: a `Statement` is a key with values, and
`liverplan.words` makes sentences of it in the reader's language. Each noun writes and reads its
own JSON; `Findings` is the whole document that the command line prints and the case stores.
"""

from liverplan.findings.annotations import Annotation, Densities, Slab
from liverplan.findings.attested import FactFinding
from liverplan.findings.checks import Check
from liverplan.findings.criteria import CriterionFinding, Eligibility, State
from liverplan.findings.cuts import CutFinding, PlaneFinding, SegmentFinding
from liverplan.findings.document import SCHEMA, Findings
from liverplan.findings.faults import Fault
from liverplan.findings.lesions import Fate, LesionFinding, LesionState, Margin, VesselDistance
from liverplan.findings.published import PublishedError, Resected
from liverplan.findings.reserve import LimitFinding, Parenchyma, Quantity, Reserve
from liverplan.findings.series import SeriesSummary
from liverplan.findings.statement import Speak, Statement, Value, stated, told
from liverplan.findings.uncertainty import (
    Contribution,
    Interval,
    Narrowing,
    Pair,
    Remedy,
    Uncertainty,
)
from liverplan.findings.vessels import (
    KeptBranch,
    SeveredBranch,
    SparedCrossing,
    Vessels,
    VesselTree,
)
from liverplan.findings.volumes import Denominator, RemnantFraction, Volumes

__all__ = [
    "SCHEMA",
    "Annotation",
    "Check",
    "Contribution",
    "CriterionFinding",
    "CutFinding",
    "Denominator",
    "Densities",
    "Eligibility",
    "FactFinding",
    "Fate",
    "Fault",
    "Findings",
    "Interval",
    "KeptBranch",
    "LesionFinding",
    "LesionState",
    "LimitFinding",
    "Margin",
    "Narrowing",
    "Pair",
    "Parenchyma",
    "PlaneFinding",
    "PublishedError",
    "Quantity",
    "Remedy",
    "RemnantFraction",
    "Resected",
    "Reserve",
    "SegmentFinding",
    "SeriesSummary",
    "SeveredBranch",
    "Slab",
    "SparedCrossing",
    "Speak",
    "State",
    "Statement",
    "Uncertainty",
    "Value",
    "VesselDistance",
    "VesselTree",
    "Vessels",
    "Volumes",
    "stated",
    "told",
]
