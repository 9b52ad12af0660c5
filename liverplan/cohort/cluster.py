"""Work on a Dask cluster: one on this machine, or any that is there already.

Only as many jobs as the workers can soon take are ever handed out, so the scheduler's memory and
the client's do not grow with the number of patients.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from liverplan import __version__, extras
from liverplan.cohort.manifest import Job
from liverplan.cohort.records import assess_job
from liverplan.cohort.tables import library
from liverplan.errors import BackendError, InputError
from liverplan.isolated import current_folder_left_out

MEMORY_PER_WORKER = 3 * 2**30
"""Bytes that one case may need: a local cluster has no more workers than fit."""

ANSWER_WITHIN = "20 s"
WORKERS_WITHIN = "60 s"
AHEAD = 2
"""Jobs handed out for each thread of the cluster."""

LOOPBACK = "127.0.0.1:0"
"""Where a cluster here answers, and nowhere else: this machine, at a port that is free."""

Lost = Callable[[Job, str], None]
Told = Callable[[str], None]


@contextmanager
def cluster_client(
    out: Path, *, scheduler: str | None, workers: int | None, dashboard: Told | None = None
) -> Iterator[Any]:
    """Connect to a scheduler, or start a cluster here; close what was opened.

    ``dashboard`` is told the link of Dask's dashboard, which is served only where it is given.

    Raises
    ------
    BackendError
        If Dask is missing, no scheduler or worker answers, or the workers run another liverplan or
        do not see ``out``.
    """
    distributed = library("distributed")
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # the records tell what happened
    with _client(distributed, scheduler, workers, dashboard) as client:
        _require_workers(distributed, client, out)
        yield client


def work_off(client: Any, jobs: Iterable[Job], out: Path, lost: Lost) -> Iterator[Job]:  # noqa: ANN401
    """Do the jobs; yield each as it ends. ``lost`` hears of jobs that no worker survived."""
    distributed = library("distributed")
    waiting = iter(jobs)
    doing: dict[str, Job] = {}

    def hand_out(count: int) -> list[Any]:
        return [_submit(client, job, out, doing) for job in islice(waiting, count)]

    ended = distributed.as_completed(hand_out(AHEAD * _threads(client)))
    for future in ended:
        job = doing.pop(future.key)
        if future.status != "finished":
            lost(job, _why(future))
        future.release()
        ended.update(hand_out(max(1, AHEAD * _threads(client) - len(doing))))
        yield job


def _submit(client: Any, job: Job, out: Path, doing: dict[str, Job]) -> Any:  # noqa: ANN401
    key = f"liverplan-{job.id}-{uuid.uuid4().hex}"
    doing[key] = job
    return client.submit(assess_job, job, str(out), key=key, pure=False)


def _threads(client: Any) -> int:  # noqa: ANN401
    return max(1, sum(int(count) for count in client.nthreads().values()))


def _why(future: Any) -> str:  # noqa: ANN401
    fault = future.exception() if future.status == "error" else None
    if type(fault).__name__ == "KilledWorker":
        return "Every worker that took this case died; most often there is too little memory."
    return f"The cluster gave this case up: {fault or future.status}."


def require_dashboard(*, scheduler: str | None) -> None:
    """Refuse a dashboard that could not be served.

    Raises
    ------
    InputError
        If the work is another scheduler's, whose dashboard is its own.
    BackendError
        If bokeh, which draws it, is missing.
    """
    if scheduler is not None:
        raise InputError(
            f"A dashboard is served for workers on this machine; {scheduler} has its own or none."
        )
    extras.library("bokeh", extra="dashboard")


@contextmanager
def _client(
    distributed: Any,  # noqa: ANN401
    scheduler: str | None,
    workers: int | None,
    dashboard: Told | None,
) -> Iterator[Any]:
    if scheduler is None:
        with (
            current_folder_left_out(),
            distributed.LocalCluster(
                n_workers=workers or _fitting_workers(),
                threads_per_worker=1,
                dashboard_address=LOOPBACK,
                scheduler_kwargs={"dashboard": dashboard is not None},  # else where bokeh is found
                silence_logs=logging.CRITICAL,
            ) as cluster,
            distributed.Client(cluster) as client,
        ):
            if dashboard is not None:
                dashboard(cluster.dashboard_link)
            yield client
        return
    try:
        client = distributed.Client(scheduler, timeout=ANSWER_WITHIN)
    except (OSError, TimeoutError, ValueError) as error:
        raise BackendError(
            f"No Dask scheduler answers at {scheduler} within {ANSWER_WITHIN}."
        ) from error
    with client:
        yield client


def _fitting_workers() -> int:
    processors = int(library("dask.system").CPU_COUNT)
    memory = int(library("distributed.system").MEMORY_LIMIT)
    return max(1, min(processors, memory // MEMORY_PER_WORKER))


def _require_workers(distributed: Any, client: Any, out: Path) -> None:  # noqa: ANN401
    """Refuse a cluster that could not do the work, before any of it is tried."""
    try:
        client.wait_for_workers(1, timeout=WORKERS_WITHIN)
    except (TimeoutError, distributed.TimeoutError) as error:
        raise BackendError(f"The Dask cluster has had no workers for {WORKERS_WITHIN}.") from error
    probe = out / f".probe-{uuid.uuid4().hex}"
    probe.touch()
    try:
        found = client.run(_look, str(probe))
    except Exception as error:
        raise BackendError(
            f"The cluster's workers cannot run liverplan {__version__} ({error}); install it there."
        ) from error
    finally:
        probe.unlink()
    versions = {version for version, _ in found.values()} - {__version__}
    if versions:
        raise BackendError(
            f"The cluster's workers run liverplan {', '.join(sorted(versions))} and this is "
            f"{__version__}: install the same there."
        )
    if not all(seen for _, seen in found.values()):
        raise BackendError(f"Not every worker of the cluster sees {out}: it must be shared.")


def _look(probe: str) -> tuple[str, bool]:
    return __version__, Path(probe).exists()
