"""The shape of a state, checked before anything in it is used.

A document whose hash is right may still hold anything: whoever may write the folder can make one.
"""

from __future__ import annotations

import re

from liverplan.case.documents import Json
from liverplan.case.migrate import STATE_SCHEMA
from liverplan.errors import CaseError
from liverplan.resection.cuts import KINDS
from liverplan.resection.kept import WHICH
from liverplan.segmentation import Provenance
from liverplan.shape import (
    Either,
    Fields,
    Items,
    Named,
    Null,
    Number,
    OneOf,
    Shape,
    Text,
    Whole,
    fields_of,
    maybe,
)

OBJECT = re.compile(r"[0-9a-f]{64}\.(json|nii\.gz|png)")
"""The name of an object: nothing that leads out of the case's folder has it."""

HASH: Shape = Text(pattern="[0-9a-f]{64}")
KEY: Shape = Text(pattern="[0-9a-f]{64}")
SIGNED: Shape = Text(pattern="[0-9a-f]{128}")
MOMENT: Shape = Text(
    pattern=r"[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}(\.[0-9]{1,6})?\+00:00",
    form="date-time",
)
"""UTC."""

POINT: Shape = Items(of=Number(), least=3, most=3)
"""LPS mm."""

_DOCUMENT: Shape = Text(pattern=r"[0-9a-f]{64}\.json")
PICTURE: Shape = Text(pattern=r"[0-9a-f]{64}\.png")
_IMAGE: Shape = Text(pattern=r"[0-9a-f]{64}\.nii\.gz")
_LABEL = r"[1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5]"
_GRID = Fields(
    needs={
        "shape": Items(of=Whole(least=1, most=32767), least=3, most=3),  # NIfTI counts so far
        "affine": Items(of=Items(of=Number(), least=4, most=4), least=4, most=4),
        "frame_uid": maybe(Text()),
    }
)
_CT = Fields(needs={"file": _IMAGE, "type": OneOf(("uint8", "int16", "float32")), "grid": _GRID})
_MASKS = Fields(
    needs={
        "file": _IMAGE,
        "type": OneOf(("uint8",)),
        "grid": _GRID,
        "provenance": Named(of=fields_of(Provenance, edits=Whole(least=0)), pattern=_LABEL),
    }
)
_LINE = Fields(
    needs={
        "points_mm": Items(of=POINT, least=1),
        "radius_mm": Number(),
        "radii_mm": Items(of=Number()),
        "tree": Whole(least=1),
    },
    may={"confidence": Number(least=0, most=1), "called": Text(), "called_by": Text()},
)
_MAP = Fields(
    needs={
        "file": _IMAGE,
        "type": OneOf(("uint8",)),
        "grid": _GRID,
        "scheme": Text(),
        "names": Items(of=Text(), most=255),
    },
    may={"lines": Items(of=_LINE, most=255)},
)
_KEPT = Fields(needs={"point_mm": POINT}, may={"tree": OneOf(WHICH)})
PLAN = Fields(
    needs={"cuts": Items(of=Fields(needs={"kind": OneOf(tuple(sorted(KINDS)))}, others=True))},
    may={
        "schema": OneOf(("liverplan.plan/1",)),
        "name": Text(),
        "kept_vessels": Items(of=_KEPT),
    },
)
"""Each kind of cut refuses what is none of its own numbers."""

STATE = Fields(
    needs={
        "schema": OneOf((STATE_SCHEMA,)),
        "ct": Either((Null(), _CT)),
        "segmentation": Either((Null(), _MASKS)),
        "biopsied": Items(of=Whole(least=2, most=255)),
        "plan": PLAN,
        "maps": Named(of=_MAP),
        "documents": Named(of=_DOCUMENT),
        "signatures": Items(of=Fields(needs={}, others=True)),
    }
)
"""Each signature has a shape of its own, and is refused when it is read."""


def require_shape(state: Json) -> None:
    """Refuse a state, of today's schema, that holds what no state holds.

    Raises
    ------
    CaseError
        Naming the part.
    """
    fault = STATE.fault(state, "it")
    if fault:
        raise CaseError(f"The case's state cannot be understood: {fault}.")
