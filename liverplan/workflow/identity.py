"""Which plan, which CT and whose: what facts are bound to, and what is compared with a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from liverplan.case.documents import Json, sha256, to_page
from liverplan.dicom.headers import birth_date_in, made_up_in, patient_id_in, sex_in
from liverplan.eligibility.images import Images
from liverplan.eligibility.patient import Sex
from liverplan.findings import SeriesSummary
from liverplan.resection import Plan

MARK = 12
"""Hexadecimal digits of a plan's mark: enough to tell plans apart, few enough to copy by hand."""

SEXES: Mapping[str, Sex] = {"F": "female", "M": "male"}


def plan_mark(series: SeriesSummary | None, plan: Plan) -> str:
    """Return what tells a plan on its CT from any other: the cuts count, their plan's name not."""
    uid = "" if series is None else series.uid
    return sha256(to_page({"series": uid, "cuts": plan.to_json()["cuts"]}))[:MARK]


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
