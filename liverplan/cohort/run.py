"""Assess every patient of a manifest: resumable, on any Dask cluster, one bad case stops nobody.

::

    OUT/cases/ID/          one case folder a patient
    OUT/records/ID.json    what became of each
    OUT/results.parquet    one row a patient who was assessed
    OUT/failures.csv       one line a patient who was not, with the reason
    OUT/register.jsonl     where each case ended after each run, in lines that chain
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from liverplan.case import Register, open_case
from liverplan.cohort.cluster import cluster_client, require_dashboard, work_off
from liverplan.cohort.manifest import Job, read_manifest
from liverplan.cohort.records import CASES, RECORDS, Record, keep, read_record, read_records
from liverplan.cohort.registering import end_of, note_cases, register_in, row_of_checked
from liverplan.cohort.rows import STATE
from liverplan.cohort.tables import library, write_csv, write_parquet
from liverplan.errors import CaseError, LiverplanError
from liverplan.plain import clean
from liverplan.workflow.progress import Progress, tell

Row = dict[str, Any]

RESULTS, FAILURES = "results.parquet", "failures.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortSummary:
    """What a run did: patients in the manifest, done in this run, how all stand, where noted."""

    patients: int
    done_now: int
    assessed: int
    failed: int
    results: Path
    failures: Path
    register: Register

    def in_words(self) -> str:
        """Return what was done, and where the register ends."""
        now = "nothing was left to do" if not self.done_now else f"{self.done_now} done now"
        return (
            f"{self.patients} patients ({now}): {self.assessed} in {self.results}, "
            f"{self.failed} in {self.failures}. "
            f"Register: {self.register.path} ends in {self.register.head}."
        )


def run_cohort(
    manifest: Path,
    out: Path,
    *,
    scheduler: str | None = None,
    workers: int | None = None,
    retry_failed: bool = False,
    progress: Progress | None = None,
    dashboard: Callable[[str], None] | None = None,
) -> CohortSummary:
    """Assess every patient that has not been assessed yet.

    Parameters
    ----------
    manifest : Path
        CSV; see `liverplan.cohort.manifest`.
    out : Path
        Folder for cases, records and tables; every worker must see it.
    scheduler : str or None
        Address of a Dask scheduler, e.g. "tcp://10.0.0.1:8786"; None starts workers here.
    workers : int or None
        How many to start here; as many as processors and memory allow unless given.
    retry_failed : bool
        Whether patients who failed before are tried again.
    progress : callable or None
        Told the fraction done (0-1) and words.
    dashboard : callable or None
        Told the link of Dask's dashboard, on 127.0.0.1, once it is served; None serves none.

    Raises
    ------
    LiverplanError
        If the manifest, the output folder or the cluster does not serve; never for one bad case.
    """
    library("distributed")
    library("pyarrow")
    if dashboard is not None:
        require_dashboard(scheduler=scheduler)
    jobs = read_manifest(manifest)
    out = out.absolute()
    _make_folders(out)
    register_in(out)  # one that was altered is said before the work
    todo = [job for job in jobs if _is_open(out, job, retry_failed=retry_failed)]
    if todo:
        tell(progress, 0.0, "Starting workers")
        with cluster_client(
            out, scheduler=scheduler, workers=workers, dashboard=dashboard
        ) as client:
            _do(client, todo, out, progress)
    return _summarise(manifest, jobs, out, done_now=len(todo))


def _do(client: Any, todo: Sequence[Job], out: Path, progress: Progress | None) -> None:  # noqa: ANN401
    def lost(job: Job, reason: str) -> None:
        keep(out, job, row={}, reason=reason)

    for done, job in enumerate(work_off(client, todo, out, lost), 1):
        tell(progress, done / len(todo), f"{done} of {len(todo)} patients, last {job.id}")


def _is_open(out: Path, job: Job, *, retry_failed: bool) -> bool:
    record = read_record(out, job)
    return record is None or (retry_failed and record.outcome == "failed")


def _make_folders(out: Path) -> None:
    try:
        for name in (CASES, RECORDS):
            (out / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CaseError(f"The cohort cannot be kept in {out}: {error.strerror}.") from error


def _summarise(manifest: Path, jobs: Sequence[Job], out: Path, *, done_now: int) -> CohortSummary:
    """Write the tables, unless nothing was done and they are newer than the manifest."""
    results, failures, register = out / RESULTS, out / FAILURES, register_in(out)
    assessed = [r.id for r in read_records(out, jobs) if r.outcome == "assessed"]
    outcomes = [record.outcome for record in read_records(out, jobs)]
    if done_now or not _newer(results, manifest) or not _newer(failures, manifest):
        register = note_cases(register, (out / CASES / id_ for id_ in assessed))
        ends = {id_: _end(out / CASES / id_, register) for id_ in assessed}
        write_parquet(results, _columns(out, jobs, ends), _rows(out, jobs, ends))
        write_csv(failures, ("id", "reason", "seconds", "finished"), _failed(out, jobs))
    return CohortSummary(
        patients=len(jobs),
        done_now=done_now,
        assessed=len(assessed),
        failed=outcomes.count("failed"),
        results=results,
        failures=failures,
        register=register,
    )


def _newer(path: Path, than: Path) -> bool:
    return path.exists() and path.stat().st_mtime_ns >= than.stat().st_mtime_ns


def _columns(out: Path, jobs: Sequence[Job], ends: Mapping[str, Row]) -> tuple[str, ...]:
    """Every column that any row has: criteria differ between protocols."""
    found: dict[str, None] = {}
    for row in _rows(out, jobs, ends):
        found.update(dict.fromkeys(row))
    states = [name for name in found if name.endswith(STATE)]
    return (*(name for name in found if not name.endswith(STATE)), *states)


def _rows(out: Path, jobs: Sequence[Job], ends: Mapping[str, Row]) -> Iterator[Row]:
    for record in read_records(out, jobs):
        if record.outcome == "assessed":
            yield {
                "id": record.id,
                **_row(out, record),
                "case": f"{CASES}/{record.id}",
                **ends[record.id],
                "seconds": record.seconds,
                "finished": record.finished,
            }


def _end(folder: Path, register: Register) -> Row:
    try:
        return end_of(folder, register)
    except LiverplanError as fault:
        return {"register": str(fault)}


def _row(out: Path, record: Record) -> Row:
    """Return a record's row; one that says eligible only where the case itself still does."""
    if record.row.get("eligibility") != "eligible":
        return record.row
    try:
        return record.row | row_of_checked(open_case(out / CASES / record.id))
    except (LiverplanError, KeyError, TypeError, ValueError) as fault:
        return {**record.row, "eligibility": "undecided", "notes": str(fault)}


def _failed(out: Path, jobs: Sequence[Job]) -> Iterator[Row]:
    for record in read_records(out, jobs):
        if record.outcome == "failed":
            yield {
                "id": record.id,
                "reason": clean(record.reason),
                "seconds": f"{record.seconds:.1f}",
                "finished": record.finished,
            }
