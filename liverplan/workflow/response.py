"""Response over time: two cases of one patient, their metastases matched, RECIST 1.1 kept.

A case's record holds every visit up to its CT. A person confirms each matching, and stands in the
record by name; nothing is counted before.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from liverplan import case
from liverplan.case import Actor, Case, CaseState, Record
from liverplan.case.names import same_name
from liverplan.dicom.whose import patient_id_in
from liverplan.eligibility.recist import Response, assess
from liverplan.errors import CaseError
from liverplan.followup import (
    Comparison,
    Confirmation,
    Examination,
    Matching,
    Visits,
    align,
    confirm,
    match,
    require_one_patient,
)
from liverplan.segmentation import Segmentation
from liverplan.volume import Volume
from liverplan.workflow.cases import measure_state
from liverplan.workflow.people import Signer, signer_of


def examination(
    record: Record,
    segmentation: Segmentation | None,
    folder: Path | None = None,
    *,
    volume: Volume | None = None,
) -> Examination:
    """Measure every metastasis of one CT, for a comparison with another.

    Parameters
    ----------
    record : Record
        Of the case that the CT belongs to.
    segmentation : Segmentation or None
        Its masks.
    folder : Path or None
        Where the case lies; None for what is on screen.
    volume : Volume or None
        The CT itself, for who shows it.

    Raises
    ------
    CaseError
        If there are no masks.
    """
    if segmentation is None:
        where = "This CT" if folder is None else f"The case {folder.name}"
        raise CaseError(f"{where} holds no masks yet: outline its liver and metastases first.")
    return Examination.of(
        segmentation,
        series=record.series,
        visits=record.visits,
        patient_id=_patient_id(record),
        folder=folder,
        volume=volume,
    )


def examination_of(folder: Path) -> Examination:
    """Measure every metastasis of a stored case.

    Raises
    ------
    CaseError
        If there is no case, or it holds no masks.
    """
    state = case.open_case(folder).state
    return examination(state.record, state.segmentation, folder)


def propose(earlier: Examination, later: Examination) -> Matching:
    """Propose which metastasis is which; a person confirms.

    Raises
    ------
    InputError
        If they are of two patients.
    """
    require_one_patient(later, earlier)
    before, after = earlier.segmentation, later.segmentation
    return match(before, after, align(before, after))


def match_cases(earlier: Path, later: Path) -> Matching:
    """Propose which metastasis of one case is which of a later case of the same patient.

    Raises
    ------
    LiverplanError
        If a case holds no masks, or they are of two patients.
    """
    return propose(examination_of(earlier), examination_of(later))


def record(
    folder: Path,
    earlier: Path,
    said: Confirmation,
    *,
    key: Path | None = None,
    password: str = "",
) -> Response:
    """Match two stored cases as a person confirms, and keep the visits in the later one.

    With that person's ``key`` and its passphrase, the line is signed by them.

    Raises
    ------
    LiverplanError
        If nobody confirms, a lesion is unknown, or the visits do not follow each other.
    """
    signer = signer_of(said.name, key, password)
    opened, first = case.open_case(folder), examination_of(earlier)
    now = examination(opened.state.record, opened.state.segmentation, folder)
    visits = confirm(first, now, propose(first, now), said)
    keep_visits(opened, visits, name=said.name, signer=signer)
    return assess(visits.visits)


def keep_visits(opened: Case, visits: Visits, *, name: str, signer: Signer | None = None) -> Case:
    """Keep visits in a case, in the name of who confirmed them; with their key, signed by them.

    What was found before is measured again: the response is part of it.
    """
    state = with_visits(opened.state, visits)
    if state.findings is not None:
        state = replace(state, findings=measure_state(state, opened.folder))
    return opened.commit(
        state,
        actor=Actor(name=name.strip(), kind="human", role="radiologist"),
        what="Matched the metastases with an earlier CT",
        why="Looked at and confirmed",
        key=signer.secret if signer is not None and same_name(signer.name, name) else None,
    )


def keep_comparison(
    folder: Path, comparison: Comparison, *, name: str, signer: Signer | None = None
) -> Case:
    """Keep a comparison's visits in the stored case of the later CT.

    Raises
    ------
    LiverplanError
        If a row is not confirmed, nobody confirms, or the visits do not follow each other.
    """
    return keep_visits(
        case.open_case(folder), comparison.confirmed_by(name), name=name, signer=signer
    )


def with_visits(state: CaseState, visits: Visits) -> CaseState:
    """Return a state with other visits in its record."""
    return replace(state, record=replace(state.record, visits=visits))


def _patient_id(record: Record) -> str:
    return patient_id_in(record.headers) if record.headers is not None else ""
