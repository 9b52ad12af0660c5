"""What became of each patient, one small JSON file each, written by whoever did the work.

A record is whole or absent, so that a killed worker, or a killed run, loses at most the cases in
hand; the next run reads the records and does the rest.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from liverplan.case.documents import parse
from liverplan.case.files import read_regular, replace_last
from liverplan.cohort.manifest import Job
from liverplan.cohort.rows import row_of
from liverplan.errors import CaseError, LiverplanError
from liverplan.shape import Either, Named, Null, Number, Text, fields_of
from liverplan.workflow import assess

CASES, RECORDS = "cases", "records"

Outcome = Literal["assessed", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One patient's outcome: a row of the results, or the reason why there is none."""

    id: str
    fingerprint: str
    outcome: Outcome
    reason: str = ""
    seconds: float = 0.0
    finished: str = ""
    row: dict[str, Any] = field(default_factory=dict)


RECORD = fields_of(Record, row=Named(of=Either((Null(), Number(), Text()))))
"""The shape of a record."""


def assess_job(job: Job, out: str) -> Outcome:
    """Assess one patient into ``out`` and keep the record; runs on any worker.

    Never raises for a bad case: the reason is in the record.
    """
    folder, start = Path(out), time.perf_counter()
    row: dict[str, Any] = {}
    try:
        findings = assess(Path(job.path), folder / CASES / job.id, job.request())
        row, reason = row_of(findings), ""
    except LiverplanError as refusal:
        reason = str(refusal)
    except MemoryError:
        reason = "There is not enough memory for this CT."
    except Exception as fault:  # noqa: BLE001 - a fault in one case must not stop the others
        reason = f"An unexpected fault ({type(fault).__name__}): {fault}"
    seconds = time.perf_counter() - start
    return keep(folder, job, row=row, reason=reason, seconds=seconds).outcome


def keep(out: Path, job: Job, *, row: dict[str, Any], reason: str, seconds: float = 0.0) -> Record:
    """Write a record; a failure never replaces a result of the very same job.

    Two workers can hold one job for a while, when the scheduler has given up the first.

    Raises
    ------
    CaseError
        If the disk refuses; there is then the record that there was before.
    """
    known = read_record(out, job)
    if reason and known is not None and known.outcome == "assessed":
        return known
    record = Record(
        id=job.id,
        fingerprint=job.fingerprint(),
        outcome="failed" if reason else "assessed",
        reason=reason,
        seconds=seconds,
        finished=datetime.now(UTC).isoformat(timespec="seconds"),
        row=row,
    )
    path = _path(out, job.id)
    try:
        replace_last(path, json.dumps(asdict(record), allow_nan=False).encode())
    except OSError as error:
        raise CaseError(f"The record {path} cannot be written ({error.strerror}).") from error
    return record


def read_record(out: Path, job: Job) -> Record | None:
    """Return the record of this very job; None if there is none, or the job has changed.

    Raises
    ------
    CaseError
        If there is one that the disk does not give: no patient is left out of the tables for that.
    """
    path = _path(out, job.id)
    try:
        document = parse(read_regular(path), "the record")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise CaseError(f"The record {path} cannot be read ({error.strerror}).") from error
    except CaseError:
        return None
    if RECORD.fault(document, "it"):
        return None
    record = Record(**document)
    return record if record.fingerprint == job.fingerprint() else None


def read_records(out: Path, jobs: Iterable[Job]) -> Iterator[Record]:
    """Yield the records that there are, in the manifest's order, one at a time."""
    for job in jobs:
        record = read_record(out, job)
        if record is not None:
            yield record


def _path(out: Path, id_: str) -> Path:
    return out / RECORDS / f"{id_}.json"
