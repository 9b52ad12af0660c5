"""What the list of recent cases says of each, read from the case itself each time it is listed.

Nothing of it is kept: a thumbnail is a picture of a patient, so there is none outside the case's
own folder, and none in it that no hash covers. A case that is moved or deleted takes it along.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from PySide6.QtGui import QImage

from liverplan import case
from liverplan.app.kit.language import language, tr
from liverplan.app.session.recents import Recent
from liverplan.app.session.whose import dashed, patient_lines
from liverplan.app.steps.open.thumbnails import picture
from liverplan.case import Case, Record
from liverplan.case.glimpse import glimpse_of
from liverplan.errors import CaseError
from liverplan.findings import Findings, SeriesSummary
from liverplan.plain import clean
from liverplan.segmentation import Provenance
from liverplan.segmentation.labels import LIVER
from liverplan.words import verdict, words_of
from liverplan.words.numbers import percent, threshold

There = Literal["there", "gone", "broken"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """One recent case at a glance.

    Parameters
    ----------
    recent : Recent
        Which case, and when it was last open.
    there : {"there", "gone", "broken"}
        Whether it can be opened.
    fault : str
        Why it cannot be read.
    record : Record
        Whose CT it is.
    findings : Findings or None
        What was measured of its plan.
    confirmed : bool
        Whether a person stands behind the liver mask.
    """

    recent: Recent
    there: There = "there"
    fault: str = ""
    record: Record = field(default_factory=Record)
    findings: Findings | None = None
    confirmed: bool = False


def glance_at(recent: Recent) -> tuple[Glance, Case | None]:
    """Read what the list says of a case; whatever is wrong with it is part of the answer."""
    folder = Path(recent.folder)
    try:
        if not case.is_case(folder):
            return Glance(recent=recent, there="gone"), None
        opened = case.open_case(folder)
        return _read(recent, opened), opened
    except (CaseError, ValueError, LookupError, TypeError) as fault:
        return Glance(recent=recent, there="broken", fault=str(fault)), None


def _read(recent: Recent, opened: Case) -> Glance:
    series, findings = opened.document("series"), opened.document("findings")
    masks = opened.state_json["segmentation"]
    made = masks["provenance"].get(str(LIVER)) if masks else None
    return Glance(
        recent=recent,
        record=Record(
            series=None if series is None else SeriesSummary.from_json(series),
            headers=opened.document("headers"),
        ),
        findings=None if findings is None else Findings.from_json(findings),
        confirmed=made is not None and Provenance(**made).accepted,
    )


def thumbnail_of(opened: Case) -> QImage | None:
    """Draw the slice with the most liver; None where the case holds no CT, or a broken one."""
    try:
        seen = glimpse_of(opened)
    except CaseError:
        return None
    return None if seen is None else picture(seen.hu, seen.row_mm, seen.column_mm)


def lines_of(glance: Glance, *, hidden: bool) -> tuple[str, ...]:
    """Return four lines: whose; which CT; the FLR and its verdict; when it was last open.

    ``hidden``: nothing that tells who it is, nor the name that a person gave the folder.
    """
    name = tr("De-identified") if hidden else clean(glance.recent.name)
    if glance.there != "there":
        gone = glance.there == "gone"
        fault = tr("Its folder is not there.") if gone else tr("It cannot be read.")
        return (name, fault, "", _last_open(glance))
    series = glance.record.series
    about = clean(series.description) if series is not None else ""
    whose = name if hidden else ", ".join(patient_lines(glance.record, hidden=False))
    date = dashed(series.study_date) if series is not None else ""
    study = " \N{MIDDLE DOT} ".join(filter(None, (date, about)))
    return (whose or about or name, study, _flr(glance), _last_open(glance))


def _flr(glance: Glance) -> str:
    findings = glance.findings
    if findings is None:
        return tr("Nothing measured yet")
    fraction, limit = findings.remnant_fraction.deciding_fraction, findings.threshold_fraction
    said = verdict(findings, language())
    if said.state == "incomplete" or fraction is None:
        return said.reason
    words = words_of(language())
    places = {"value": words.number(percent(fraction, limit))}
    places["limit"] = words.number(threshold(limit))
    if not glance.confirmed:
        return tr("FLR {value} %, liver not confirmed", value=places["value"])
    match said.state:
        case "above":
            return tr("FLR {value} %, above {limit} %", **places)
        case "near":
            return tr("FLR {value} %, too close to {limit} %", **places)
        case _:
            return tr("FLR {value} %, not above {limit} %", **places)


def _last_open(glance: Glance) -> str:
    if glance.there == "there" and not glance.recent.closed:
        return tr("Not closed: click to continue")
    try:
        when = datetime.fromisoformat(glance.recent.opened)
    except ValueError:
        return ""
    return tr("Open {when}", when=when.strftime("%Y-%m-%d %H:%M"))
