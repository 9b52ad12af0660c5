"""The shapes of a state's documents, by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from liverplan.case.shape import PICTURE, PLAN, POINT
from liverplan.eligibility.recist import NonTarget
from liverplan.findings.key_images import SCHEMA as KEY_IMAGES
from liverplan.findings.key_images import Shown
from liverplan.findings.shape import ANNOTATIONS, FINDINGS, SERIES, STATEMENT
from liverplan.resection.anatomy.landmarks import Landmarks
from liverplan.shape import (
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
    maybe,
    shape_of,
)

_TEXT = Fields(needs={"name": Text(), "toml": Text()})
"""A protocol, or a patient's facts, as the file that it was given in."""

_LANDMARKS = Fields(
    needs={"points_mm": Fields(needs=dict.fromkeys(Landmarks.names(), POINT))},
    may={"schema": OneOf(("liverplan.landmarks/1",))},
)
_BRANCHES = Fields(
    needs={"branches_mm": Named(of=POINT)},
    may={"schema": OneOf(("liverplan.segment-branches/1",))},
)
_VESSEL_SEGMENTS = Fields(
    needs={
        "schema": OneOf(("liverplan.vessel-segments/1",)),
        "method": Text(),
        "confidence": Named(of=Number()),
        "notes": Items(of=STATEMENT),
    }
)
_LABELS: Shape = Items(of=Whole(least=1, most=255))
_VISIT = Fields(
    needs={
        "date": maybe(Text(form="date")),
        "targets": Named(of=maybe(Whole(least=0))),
        "non_target": shape_of(NonTarget),
        "new_lesion": Flag(),
        "labels": Named(of=_LABELS),
        "others": _LABELS,
        "confirmed_by": Text(),
    }
)
_VISITS = Fields(needs={"schema": OneOf(("liverplan.visits/1",)), "visits": Items(of=_VISIT)})
_SCREEN = Fields(
    needs={},
    may={
        "plan": Whole(),
        "cut": maybe(Whole()),
        "margin_mm": Number(),
        "locked": Flag(),
    },
    others=True,  # older versions kept more of the work there
)

_KEY_IMAGE = Fields(
    needs={
        "file": PICTURE,
        "view": shape_of(Shown),
        "title": Text(),
        "slice_number": maybe(Whole(least=1)),
        "slice_count": maybe(Whole(least=1)),
        "window_hu": maybe(Items(of=Number(), least=2, most=2)),
        "written_on": Flag(),
    }
)
_KEY_IMAGES = Fields(needs={"schema": OneOf((KEY_IMAGES,)), "images": Items(of=_KEY_IMAGE)})

DOCUMENTS: Mapping[str, Shape] = MappingProxyType(
    {
        "series": SERIES,
        "headers": Named(of=Whatever()),  # the dicom room's own, which refuses what is not
        "notes": Items(of=STATEMENT),
        "protocol": _TEXT,
        "patient": _TEXT,
        "landmarks": _LANDMARKS,
        "segment_branches": _BRANCHES,
        "vessel_segments": _VESSEL_SEGMENTS,
        "vessels": Named(of=Items(of=POINT)),
        "visits": _VISITS,
        "plans": Items(of=PLAN),
        "findings": FINDINGS,
        "annotations": ANNOTATIONS,
        "key_images": _KEY_IMAGES,
        "app": _SCREEN,
    }
)
"""What stands under other names is kept as it is, and nothing follows from it."""
