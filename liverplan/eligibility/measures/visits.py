"""What speaks against a response: its baseline, its days, progression before, the CT beside it."""

from __future__ import annotations

from collections.abc import Iterator

from liverplan.eligibility.measured import Measured
from liverplan.eligibility.part import Part
from liverplan.eligibility.patient import Patient
from liverplan.eligibility.protocol import Criterion
from liverplan.eligibility.recist import NOISE_ONE_LESION_FRACTIONS, Response, Visit, tenths
from liverplan.findings import Statement


def doubts(
    criterion: Criterion, patient: Patient, measured: Measured, response: Response
) -> Iterator[Part]:
    """Give every reason why a response does not decide by itself, and what else is to be said."""
    if response.refused:
        yield _open(Statement.of("finding.baseline_refused", faults=response.refused))
    yield from _progressed(patient, response)
    yield from _days(criterion, patient, response)
    if patient.visits:
        yield from _beside_ct(patient.visits[-1], measured)


def _open(says: Statement) -> Part:
    return Part(state="needs judgement", says=says)


def _progressed(patient: Patient, response: Response) -> Iterator[Part]:
    start = patient.treatment_start
    visits = tuple(one.said for one in response.progressed(since=start))
    if visits and start is not None:
        says = Statement.of("finding.progressed_since", visits=visits, day=start.isoformat())
        yield _open(says)
    elif visits:
        yield _open(Statement.of("finding.progressed", visits=visits))


def _days(criterion: Criterion, patient: Patient, response: Response) -> Iterator[Part]:
    day, days = response.date, patient.days_before_decision(response.date)
    if day is None:
        yield Part(state="met", says=Statement.of("finding.images_undated"))
        return
    said, span = day.isoformat(), criterion.images_valid_days
    if days is not None and days < 0:
        yield _open(Statement.of("finding.images_late", day=said))
    if days is not None and span is not None and days > span:
        yield _open(Statement.of("finding.images_old", day=said, days=days, span=span))
    start, first = patient.treatment_start, response.baseline_date
    if start is not None and day <= start:
        yield _open(Statement.of("finding.images_before", day=said, start=start.isoformat()))
    if start is not None and first is not None and first > start:
        says = Statement.of(
            "finding.baseline_after", day=first.isoformat(), start=start.isoformat()
        )
        yield _open(says)


def _beside_ct(last: Visit, measured: Measured) -> Iterator[Part]:
    """Compare the patient file's last lengths with the metastases on the CT."""
    lengths = [length for length in last.targets.values() if length]
    count = measured.lesion_count
    if count is not None and count > len(lengths) and last.non_target == "none":
        says = Statement.of("finding.others_unsaid", count=count, targets=len(lengths))
        yield Part(state="met", says=says)
    seen = [tenths(mm) for mm in measured.lesion_lengths_mm]
    if seen and not _fit(lengths, seen):
        file = tuple(Statement.of("finding.mm", mm=length / 10) for length in lengths)
        ct = tuple(Statement.of("finding.mm", mm=length / 10) for length in seen)
        yield _open(Statement.of("finding.lengths_differ", file=file, ct=ct))


def _fit(targets: list[int], seen: list[int]) -> bool:
    """Whether each target has a metastasis of its own that another reader could measure so."""
    left = list(seen)
    less, more = NOISE_ONE_LESION_FRACTIONS
    for length in sorted(targets, reverse=True):
        near = min(left, key=lambda one: abs(one - length), default=0)
        if not length * (1 + less) <= near <= length * (1 + more):
            return False
        left.remove(near)
    return True
