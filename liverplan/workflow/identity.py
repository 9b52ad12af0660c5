"""Which plan, which CT, whose, and measured by which code: what facts and figures are bound to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256 as hashing
from pathlib import Path

import liverplan
from liverplan.case.documents import Json, sha256, to_page
from liverplan.dicom.whose import birth_date_in, made_up_in, patient_id_in, sex_in
from liverplan.eligibility.images import Images
from liverplan.eligibility.patient import Sex
from liverplan.findings import SeriesSummary
from liverplan.resection import Plan

MARK = 12
"""Hexadecimal digits of a plan's mark: enough to tell plans apart, few enough to copy by hand."""

MEASURES = (
    "findings", "volume.py", "anatomy.py", "compiled.py", "segmentation", "resection", "volumetry",
    "eligibility", "followup", "words", "workflow",
)  # fmt: skip
"""Rooms on whose code a figure, a verdict or its sentence rests."""

CODE = (".py", ".toml")

SEXES: Mapping[str, Sex] = {"F": "female", "M": "male"}


def plan_mark(series: SeriesSummary | None, plan: Plan) -> str:
    """Return what tells a plan on its CT from any other.

    The cuts and the vessels that are kept count, the plan's name does not.
    """
    uid, document = "" if series is None else series.uid, plan.to_json()
    counts = {key: document[key] for key in ("cuts", "kept_vessels") if key in document}
    return sha256(to_page({"series": uid, **counts}))[:MARK]


@lru_cache(maxsize=1)
def measurement() -> str:
    """Return what tells the code that measures here from any other: two versions, two builds."""
    root, digest = Path(liverplan.__file__).parent, hashing()
    for room in MEASURES:
        place = root / room
        for path in sorted([place] if place.is_file() else place.rglob("*.*")):
            if path.suffix in CODE:
                digest.update(path.relative_to(root).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:MARK]


def images_of(series: SeriesSummary, headers: Mapping[str, Json] | None = None) -> Images:
    """Return what a CT says of its day and its person, as far as its headers are at hand."""
    whose = headers or {}
    return Images(
        date=_date(series.study_date),
        patient_id=patient_id_in(whose),
        birth_date=_date(birth_date_in(whose)),
        sex=SEXES.get(sex_in(whose)),
        phase=series.phase,
        thickness_mm=series.thickness_mm,
        headers=not made_up_in(whose),
    )


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
