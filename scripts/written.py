"""The shapes of documents that are written for others, and never read back."""

from __future__ import annotations

from collections.abc import Iterable

from liverplan.app.session.recents import Recent
from liverplan.case.shape import PLAN
from liverplan.dicom import FoundSeries
from liverplan.doctor.check import Check
from liverplan.phantom.truth import SCHEMA as TRUTH
from liverplan.segmentation.provenance import NETWORK_KEYS
from liverplan.shape import (
    Either,
    Fields,
    Flag,
    Items,
    Named,
    Number,
    OneOf,
    Shape,
    Text,
    Whatever,
    Whole,
    fields_of,
    maybe,
)
from liverplan.workflow.growth import RemnantGrowth

_TEXTS, _POINT = Items(of=Text()), Items(of=Number(), least=3, most=3)
_PAIR = Items(of=maybe(Number()), least=2, most=2)
_SHARE = Number(least=0, most=1)

GROWTH = fields_of(RemnantGrowth, schema=OneOf(("liverplan.growth/1",)))
DOCTOR = Fields(
    needs={"schema": OneOf(("liverplan.doctor/1",)), "checks": Items(of=fields_of(Check))}
)
FOUND = Items(of=fields_of(FoundSeries))
RECENTS = Items(of=fields_of(Recent))


def _numbers(*names: str) -> dict[str, Shape]:
    return dict.fromkeys(names, Number())


SERIES = Items(
    of=Fields(
        needs={
            **dict.fromkeys(("uid", "description", "phase", "kind", "reason"), Text()),
            **dict.fromkeys(("apart", "notes"), _TEXTS),
            "usable": Flag(),
            "shape": Items(of=Whole(least=0), most=3),
            "spacing_mm": Items(of=Number(), most=3),
            "files": Whole(least=0),
            "study_date": Text(),
        }
    )
)
_LABEL = Fields(
    needs={
        "label": Whole(least=1, most=255),
        "volume_ml": Number(least=0),
        **dict.fromkeys(("method", "version", "origin"), Text()),
    },
    may=dict.fromkeys(NETWORK_KEYS, Text()),
)
SEGMENTATION = Fields(
    needs={
        "schema": OneOf(("liverplan.segmentation/1",)),
        "labels": Items(of=_LABEL, least=1),
        "version": Text(),
        "notes": _TEXTS,
    },
    may=dict.fromkeys(NETWORK_KEYS, Text()),
)

_REMNANT: dict[str, Shape] = {
    "margin_mm": Number(),
    "remnant_ml": Number(least=0),
    "remnant_fraction": _SHARE,
}
_PLANE = {"plane": Fields(needs={"point_mm": _POINT, "normal": _POINT}), **_REMNANT}
_BEST = {
    "family": Text(), "plan": PLAN, "options": Text(), "faults": _TEXTS, **_REMNANT,
    "perfused_remnant_ml": maybe(Number()),
}  # fmt: skip
SUGGESTION = Fields(
    needs={
        "schema": OneOf(("liverplan.suggestion/1",)),
        **_PLANE,
        "front": Items(of=Fields(needs=_PLANE)),
        "threshold_fraction": _SHARE,
        "best": Items(of=Fields(needs=_BEST)),
        "family_fronts": Named(of=Items(of=Fields(needs=_REMNANT))),
        **dict.fromkeys(("sentence", "caveat"), Text()),
    }
)

_ML = _numbers("liver_ml", "tumour_ml", "functional_ml")
_TRUE_LESION = Fields(
    needs={
        "label": Whole(least=2, most=255),
        "centroid_mm": _POINT,
        **_numbers("volume_ml", "long_axis_mm", "short_axis_mm"),
    }
)
_TRUE_PLANE = Fields(
    needs={
        "name": Text(),
        "point_mm": _POINT,
        "normal": _POINT,
        "margins_mm": Items(of=Number()),
        **_numbers("remnant_ml", "remnant_fraction"),
    }
)
TRUE = Fields(
    needs={
        "schema": OneOf((TRUTH,)),
        "bound_ml": Number(),
        **_ML,
        "lesions": Items(of=_TRUE_LESION),
        "plane": _TRUE_PLANE,
    }
)

_TERM = Fields(
    needs={
        "name": Text(),
        "hazard_ratio_95": _PAIR,
        "p": maybe(_SHARE),
        **_numbers("hazard_ratio", "coefficient", "standard_error"),
    },
    others=True,
)
_COX = maybe(Fields(needs={"terms": Items(of=_TERM), "warnings": _TEXTS}, others=True))
_CURVE = Fields(
    needs={
        "arm": Text(),
        **dict.fromkeys(("patients", "events"), Whole(least=0)),
        **dict.fromkeys(("median", "three_years", "follow_up_median"), maybe(Number())),
        **dict.fromkeys(("median_95", "follow_up_median_95"), _PAIR),
        "three_years_95": maybe(_PAIR),
        "times": Items(of=Number()),
        "survival": Items(of=_SHARE),
    },
    others=True,
)
_SPOKEN: dict[str, Shape] = {"notes": _TEXTS, "says": Items(of=Either((Text(), Whatever())))}
_COMPARED = Fields(
    needs={"reference": Text(), "arms": Items(of=_CURVE, least=2), "cox": _COX, **_SPOKEN},
    others=True,
)


def _tables(names: Iterable[str]) -> dict[str, Shape]:
    """Return parts that are only there where the trial gave a file for them."""
    return {name: Either((Named(of=Whatever()), Items(of=Whatever()))) for name in names}


ENDPOINTS = Fields(
    needs={
        "schema": OneOf(("liverplan.endpoints/1",)),
        "unit": OneOf(("months",)),
        "overall_survival": _COMPARED,
        "progression_free_survival": _COMPARED,
        "predictive_factors": Fields(needs={"alone": Items(of=_COX), "together": _COX}),
        "provenance": Named(of=Whatever()),
        **_SPOKEN,
    },
    may=_tables(
        (
            "safety",
            "quality_of_life",
            "prediction",
            "design",
            "secondary",
            "progression_by_rule",
            "populations",
            "consort",
        )
    ),
)
