"""Response over time: two cases of one patient, their metastases matched, RECIST 1.1 kept.

The document "visits" of a case holds every visit up to its CT. A person confirms each matching,
and stands in the document by name; nothing is counted before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from liverplan import case
from liverplan.case import Actor, CaseState
from liverplan.eligibility.recist import (
    Measurement,
    NonTarget,
    Response,
    Visit,
    assess,
    is_measurable,
    mm,
    select_targets,
    tenths,
)
from liverplan.errors import CaseError, InputError
from liverplan.followup import FollowedVisit, Matching, align, baseline, follow, match
from liverplan.segmentation import Segmentation, axes_of

DOCUMENT: Final = "visits"
SCHEMA: Final = "liverplan.visits/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What a person says of a proposed matching.

    Parameters
    ----------
    name : str
        Who confirms it; mandatory.
    pairs : mapping of int to int or None
        Corrections: label value in the later CT to that in the earlier one; None: it is new.
    seen_before : collection of int
        Label values in the later CT of lesions that are not new, though unmarked before.
    returned : mapping of int to str
        Lesions of the later CT that are a target which had vanished, by the target's name.
    targets : sequence of int or None
        Label values of the target lesions in the first CT; None: the two largest. Only where the
        earlier case begins the series; later on the targets stay what they are.
    non_target : str or None
        What became of the other lesions; None: "CR" where all are gone, else "non-CR/non-PD".
    """

    name: str
    pairs: Mapping[int, int | None] = field(default_factory=dict)
    seen_before: Collection[int] = ()
    returned: Mapping[int, str] = field(default_factory=dict)
    targets: Sequence[int] | None = None
    non_target: NonTarget | None = None


def propose(earlier: CaseState, later: CaseState) -> Matching:
    """Propose which metastasis is which; a person confirms.

    Raises
    ------
    CaseError
        If one holds no masks.
    """
    before, after = _masks(earlier, "earlier"), _masks(later, "later")
    return match(before, after, align(before, after))


def confirm(
    earlier: CaseState, later: CaseState, proposed: Matching, said: Confirmation
) -> CaseState:
    """Return the later state with the visits up to its CT.

    Raises
    ------
    InputError
        If nobody confirms, a lesion is unknown, or the visits do not follow each other.
    """
    if not said.name.strip():
        raise InputError("A matching counts only when a person confirms it by name.")
    rows = _begun(earlier, said)
    now = follow(
        rows[-1].followed,
        proposed.corrected(said.pairs, seen_before=said.seen_before),
        lengths_tenths(_masks(later, "later")),
        returned=said.returned,
        non_target=said.non_target,
        date=_date(later),
    )
    rows.append(_Row(followed=now, confirmed_by=said.name.strip()))
    assess([row.followed.visit for row in rows])  # refuses what cannot be a series of visits
    document = {"schema": SCHEMA, "visits": [_row_json(row) for row in rows]}
    return replace(later, documents={**later.documents, DOCUMENT: document})


def record(folder: Path, earlier: Path, said: Confirmation) -> Response:
    """Match two stored cases as a person confirms, and keep the visits in the later one."""
    opened, first = case.open_case(folder), case.open_case(earlier)
    proposed = propose(first.state, opened.state)
    state = confirm(first.state, opened.state, proposed, said)
    actor = Actor(name=said.name.strip(), kind="human", role="radiologist")
    opened.commit(
        state,
        actor=actor,
        what="Matched the metastases with an earlier CT",
        why="Looked at and confirmed",
    )
    return assess(visits_in(state.documents))


def visits_in(documents: Mapping[str, Any]) -> tuple[Visit, ...]:
    """Return the visits that a case holds, the baseline first; none if it was never compared."""
    return tuple(row.followed.visit for row in _rows(documents))


def response_in(documents: Mapping[str, Any]) -> Response | None:
    """Return the response at a case's CT, or None if it was never compared."""
    visits = visits_in(documents)
    return assess(visits) if visits else None


def outdated(documents: Mapping[str, Any], segmentation: Segmentation) -> tuple[str, ...]:
    """Say which targets measure otherwise now than when they were compared."""
    rows = _rows(documents)
    if not rows:
        return ()
    last, now = rows[-1].followed, lengths_tenths(segmentation)
    found = []
    for name, labels in last.labels.items():
        then, today = last.visit.targets[name] or 0, sum(now.get(label, 0) for label in labels)
        if then != today:
            found.append(
                f"Target {name} measures {mm(today)} mm and was {mm(then)} mm when the response "
                "was confirmed; compare the CTs again."
            )
    return tuple(found)


def lengths_tenths(segmentation: Segmentation) -> dict[int, int]:
    """Long axis of every lesion by label value, whole tenths of mm."""
    return {
        label: tenths(axes_of(segmentation.lesion(label), segmentation.grid).long_mm)
        for label in segmentation.lesion_labels
    }


def proposed_targets(segmentation: Segmentation) -> tuple[int, ...]:
    """Label values of the two largest measurable lesions."""
    slice_tenths = tenths(segmentation.grid.spacing_mm[0])
    lesions = [
        Measurement(
            name=str(label),
            long_axis_tenths=length,
            measurable=is_measurable(length, slice_tenths=slice_tenths),
        )
        for label, length in lengths_tenths(segmentation).items()
    ]
    return tuple(sorted(int(one.name) for one in select_targets(lesions)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    followed: FollowedVisit
    confirmed_by: str


def _begun(earlier: CaseState, said: Confirmation) -> list[_Row]:
    """Return the visits up to the earlier CT: those it holds, or itself as the baseline."""
    rows = _rows(earlier.documents)
    masks = _masks(earlier, "earlier")
    if rows:
        if said.targets is not None:
            raise InputError("The targets were chosen at the first comparison and stay.")
        return rows
    chosen = proposed_targets(masks) if said.targets is None else tuple(said.targets)
    first = baseline(lengths_tenths(masks), chosen, date=_date(earlier))
    return [_Row(followed=first, confirmed_by=said.name.strip())]


def _masks(state: CaseState, which: str) -> Segmentation:
    if state.segmentation is None:
        raise CaseError(f"The {which} case holds no masks yet, so nothing can be matched.")
    return state.segmentation


def _date(state: CaseState) -> dt.date | None:
    """Return the CT's date, where it is known."""
    with suppress(KeyError, ValueError, TypeError):
        return dt.date.fromisoformat(state.documents["series"]["study_date"])
    return None


def _row_json(row: _Row) -> dict[str, Any]:
    followed = row.followed
    return {
        "date": None if followed.visit.date is None else followed.visit.date.isoformat(),
        "targets": dict(followed.visit.targets),
        "non_target": followed.visit.non_target,
        "new_lesion": followed.visit.new_lesion,
        "labels": {name: list(labels) for name, labels in followed.labels.items()},
        "others": list(followed.others),
        "confirmed_by": row.confirmed_by,
    }


def _rows(documents: Mapping[str, Any]) -> list[_Row]:
    document = documents.get(DOCUMENT)
    if not document:
        return []
    if document.get("schema") != SCHEMA:
        raise CaseError(
            f"The case's visits are of the schema {document.get('schema')!r}, and {SCHEMA!r} can "
            "be read."
        )
    return [_row(row) for row in document["visits"]]


def _row(row: Mapping[str, Any]) -> _Row:
    visit = Visit(
        targets=row["targets"],
        non_target=row["non_target"],
        new_lesion=row["new_lesion"],
        date=None if row["date"] is None else dt.date.fromisoformat(row["date"]),
    )
    labels = {name: tuple(found) for name, found in row["labels"].items()}
    followed = FollowedVisit(visit=visit, labels=labels, others=tuple(row["others"]))
    return _Row(followed=followed, confirmed_by=row["confirmed_by"])
