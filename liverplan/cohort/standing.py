"""What a stored case's findings are worth: eligible only on masks that named people accepted."""

from __future__ import annotations

from dataclasses import replace

from liverplan.case import Case
from liverplan.eligibility import unconfirmed
from liverplan.findings import Findings
from liverplan.segmentation.labels import LIVER


def standing(case: Case) -> Findings | None:
    """Return a case's findings as they stand, without reading its images; None if it has none.

    What an older version, or anybody else, wrote as eligible is so no longer where a mask has no
    person behind it.

    Raises
    ------
    CaseError
        If the case was altered.
    KeyError, TypeError, ValueError
        If its findings cannot be understood.
    """
    document = case.document("findings")
    if document is None:
        return None
    findings = Findings.from_json(document)
    open_ = _unaccepted(case, findings)
    if findings.eligibility != "eligible" or not open_:
        return findings
    return replace(findings, eligibility="undecided", notes=(*findings.notes, unconfirmed(open_)))


def _unaccepted(case: Case, findings: Findings) -> tuple[int, ...]:
    made = (case.state_json["segmentation"] or {}).get("provenance", {})
    labels = (LIVER, *(lesion.label for lesion in findings.lesions))
    return tuple(n for n in labels if not str(made.get(str(n), {}).get("accepted_by", "")).strip())
