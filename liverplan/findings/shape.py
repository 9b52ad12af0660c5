"""The shape of the ``liverplan.result/1`` document, from the types that it is written from.

What documents of older versions lack may lack; other values beside are let be, as a later version
may say more.
"""

from __future__ import annotations

from typing import Final

from liverplan.findings.annotations import SCHEMA as ANNOTATIONS_SCHEMA
from liverplan.findings.annotations import Annotation
from liverplan.findings.attested import FactFinding
from liverplan.findings.checks import Check
from liverplan.findings.criteria import CriterionFinding, Eligibility
from liverplan.findings.cuts import CutFinding, PlaneFinding, SegmentFinding
from liverplan.findings.lesions import LesionFinding, VesselDistance
from liverplan.findings.published import PublishedError
from liverplan.findings.reserve import LimitFinding, Reserve
from liverplan.findings.series import SeriesSummary
from liverplan.findings.uncertainty import Contribution, Interval, Narrowing
from liverplan.findings.vessels import KeptBranch, SeveredBranch, SparedCrossing, Vessels
from liverplan.findings.volumes import RemnantFraction
from liverplan.shape import (
    Defined,
    Either,
    Fields,
    Flag,
    Items,
    Named,
    Null,
    Number,
    OneOf,
    Shape,
    Text,
    defaulted,
    fields_of,
    maybe,
    shape_of,
)

RESULT: Final = "liverplan.result/1"

VALUE: Shape = Defined(
    "value", lambda: Either((Number(), Flag(), Items(of=VALUE), KEYED_STATEMENT, Text()))
)
KEYED_STATEMENT: Shape = Defined(
    "statement", lambda: Fields(needs={"key": Text(), "values": Named(of=VALUE)})
)
STATEMENT: Shape = Either((KEYED_STATEMENT, Text()))
"""A key with values, or a bare sentence as older documents hold it."""

_FREE_VALUE: Shape = Either((Null(), Number(), Flag(), Text()))
SERIES = fields_of(SeriesSummary, may=defaulted(SeriesSummary), others=True)

ANNOTATIONS = Fields(
    needs={
        "schema": OneOf((ANNOTATIONS_SCHEMA,)),
        "annotations": Items(of=fields_of(Annotation)),
    }
)

_VOLUMES = Fields(
    needs=dict.fromkeys(("liver", "tumour", "functional", "remnant", "resected"), Number()),
    may={"ablated": Number(), "perfused_remnant": maybe(Number())},
    others=True,
)
_REMNANT = fields_of(RemnantFraction, may=defaulted(RemnantFraction), others=True)
_LESION = fields_of(
    LesionFinding,
    may=("fate", "stays_ml", *defaulted(LesionFinding)),
    others=True,
    vessels=Items(of=fields_of(VesselDistance, others=True)),
)
_CRITERION = fields_of(
    CriterionFinding,
    may=("says", *defaulted(CriterionFinding)),
    others=True,
    finding=STATEMENT,
    says=STATEMENT,
    value=_FREE_VALUE,
)
_CUT = fields_of(CutFinding, may=defaulted(CutFinding), others=True)
_CHECK = fields_of(Check, others=True, finding=Text(), says=STATEMENT)
_FAULT = Fields(needs={"key": Text(), "sentence": Text(), "says": STATEMENT}, others=True)
_FACT = fields_of(
    FactFinding,
    may=defaulted(FactFinding),
    label=Text(),
    says=STATEMENT,
    value=_FREE_VALUE,
)
_LIMIT = fields_of(LimitFinding, may=(*defaulted(LimitFinding), "reached"), reached=maybe(Flag()))
_RESERVE = Fields(needs={}, may=fields_of(Reserve, limits=Items(of=_LIMIT)).needs)
_SEVERED = fields_of(SeveredBranch, may=defaulted(SeveredBranch), others=True)
_VESSELS = fields_of(
    Vessels,
    may=defaulted(Vessels),
    others=True,
    severed=Items(of=_SEVERED),
    kept=Items(of=fields_of(KeptBranch, may=defaulted(KeptBranch), others=True)),
    spared=Items(of=fields_of(SparedCrossing, may=defaulted(SparedCrossing), others=True)),
)
_RANGE = Items(of=Number(), least=2, most=2)
_CONTRIBUTION = fields_of(Contribution, may=("share", "share_as_drawn"), others=True)
_INTERVAL = fields_of(Interval, others=True)

FINDINGS: Shape = Fields(
    needs={
        "schema": OneOf((RESULT,)),
        "series": SERIES,
        "volumes_ml": _VOLUMES,
        "remnant_fraction": _REMNANT,
        "interval_95": _RANGE,
        "probability_above_threshold": Number(),
        "flip_mm": maybe(Number()),
        "contributions": Items(of=_CONTRIBUTION),
        "threshold_fraction": Number(),
        "margin_mm": maybe(Number()),
        "lesions": Items(of=_LESION),
        "criteria": Items(of=_CRITERION),
        "eligibility": shape_of(Eligibility),
        "planes": Items(of=fields_of(PlaneFinding, others=True)),
        "notes": Items(of=STATEMENT),
        "protocol": Text(),
        "software": Text(),
    },
    may={
        "remnant_95_ml": maybe(_RANGE),
        "interval_95_as_drawn": maybe(_RANGE),
        "as_carried_out": _INTERVAL,
        "as_drawn": maybe(_INTERVAL),
        "narrowing": Items(of=fields_of(Narrowing, others=True)),
        "plan": Text(),
        "cuts": Items(of=_CUT),
        "segments": Items(of=fields_of(SegmentFinding, others=True)),
        "says": Items(of=STATEMENT),
        "faults": Items(of=_FAULT),
        "checks": Items(of=_CHECK),
        "facts": Items(of=_FACT),
        "plan_mark": Text(),
        "measurement": Text(),
        "reserve": _RESERVE,
        "vessels": _VESSELS,
        "published_errors": Items(of=fields_of(PublishedError, others=True)),
    },
    others=True,
)
