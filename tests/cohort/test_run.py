"""A cohort on this machine and on a cluster of its own: nothing lost, nothing done twice."""

import contextlib
import csv
import json
import subprocess
import sys
import time

import psutil
import pytest
from typer.testing import CliRunner

from liverplan.case import open_case
from liverplan.cli import cohort as commands
from liverplan.cohort import run_cohort
from liverplan.cohort.manifest import read_manifest
from liverplan.cohort.records import assess_job, keep, read_record
from liverplan.cohort.registering import register_in
from liverplan.cohort.run import CohortSummary
from liverplan.errors import BackendError, CaseError, LiverplanError
from liverplan.workflow import measure_case

BROKEN = {
    5: {"path": "nowhere"},
    11: {"plane": "0,0,0,0,0,0"},
    17: {"plane": "9999,0,0,1,0,0"},
}


def results_of(out):
    import pyarrow.parquet

    return pyarrow.parquet.read_table(out / "results.parquet").to_pylist()


def failures_of(out):
    with (out / "failures.csv").open(newline="") as file:
        return {row["id"]: row["reason"] for row in csv.DictReader(file)}


def stamps(out):
    return {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A scheduler and two workers as processes of their own."""
    folder = tmp_path_factory.mktemp("cluster")
    address = folder / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    common = ["--scheduler-file", str(address)]
    scheduler = [*dask, "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
    worker = [*dask, "worker", "--nworkers", "2", "--nthreads", "1", "--no-dashboard",
              "--local-directory", str(folder)]  # fmt: skip
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    running = [subprocess.Popen([*command, *common], **quiet) for command in (scheduler, worker)]
    try:
        for _ in range(600):
            if address.exists() and address.stat().st_size:
                break
            time.sleep(0.1)
        yield json.loads(address.read_text())["address"], running[1].pid
    finally:
        for process in reversed(running):
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
            process.kill()
            process.wait()


def kill_one_worker(nanny):
    children = [
        child
        for child in psutil.Process(nanny).children(recursive=True)
        if "spawn_main" in " ".join(child.cmdline())
    ]
    children[0].kill()
    return children[0].pid


def test_24_patients_3_broken_and_a_worker_killed_on_another_scheduler(
    cluster, write_manifest, tmp_path
):
    address, nanny = cluster
    manifest, out, killed = write_manifest(24, BROKEN), tmp_path / "out", []

    def progress(fraction, words):
        if fraction > 0.4 and not killed:
            killed.append(kill_one_worker(nanny))

    summary = run_cohort(manifest, out, scheduler=address, progress=progress)
    assert killed
    assert (summary.patients, summary.done_now) == (24, 24)
    assert (summary.assessed, summary.failed) == (21, 3)
    assert len(results_of(out)) == 21
    reasons = failures_of(out)
    assert set(reasons) == {"p005", "p011", "p017"}
    assert "nowhere" in reasons["p005"]
    assert "Plane 1" in reasons["p011"]
    assert "misses the liver" in reasons["p017"]

    before = stamps(out)
    again = run_cohort(manifest, out, scheduler=address)
    assert again.done_now == 0
    assert (again.assessed, again.failed) == (21, 3)
    assert stamps(out) == before


def test_on_this_machine_it_resumes_and_takes_in_what_is_new_or_changed(
    cluster, write_manifest, tmp_path, planes
):
    out = tmp_path / "out"
    first = run_cohort(write_manifest(2, {1: {"path": "nowhere"}}), out, scheduler=cluster[0])
    assert (first.assessed, first.failed) == (1, 1)
    told = []
    changed = write_manifest(3, {0: {"plane": planes(7)}})
    second = run_cohort(changed, out, workers=1, progress=lambda f, words: told.append((f, words)))
    assert (second.done_now, second.assessed, second.failed) == (3, 3, 0)
    assert told[0] == (0.0, "Starting workers")
    assert told[-1][0] == 1.0
    rows = {row["id"]: row for row in results_of(out)}
    findings = measure_case(out / rows["p000"]["case"])
    assert rows["p000"]["remnant_ml"] == pytest.approx(findings.volumes.remnant_ml, abs=1e-9)
    assert rows["p000"]["flr_state"] == "met"
    assert rows["p000"]["metastasis_count"] == 3
    assert len(open_case(out / "cases" / "p000").history) == 2


def test_failures_are_tried_again_only_when_asked(cluster, write_manifest, tmp_path):
    manifest, out = write_manifest(1, {0: {"path": "nowhere"}}), tmp_path / "out"
    (job,) = read_manifest(manifest)
    for name in ("cases", "records"):
        (out / name).mkdir(parents=True)
    assert assess_job(job, str(out)) == "failed"
    assert run_cohort(manifest, out).done_now == 0
    assert run_cohort(manifest, out, retry_failed=True, scheduler=cluster[0]).done_now == 1


def test_a_patient_taken_out_of_the_manifest_leaves_the_tables(write_manifest, tmp_path):
    manifest, out = write_manifest(2, {0: {"path": "a"}, 1: {"path": "b"}}), tmp_path / "out"
    for name in ("cases", "records"):
        (out / name).mkdir(parents=True)
    for job in read_manifest(manifest):
        assess_job(job, str(out))
    assert run_cohort(manifest, out).failed == 2
    fewer = run_cohort(write_manifest(1, {0: {"path": "a"}}), out)
    assert (fewer.patients, fewer.failed, list(failures_of(out))) == (1, 1, ["p000"])


def test_a_late_failure_never_replaces_a_result(write_manifest, tmp_path):
    (job,) = read_manifest(write_manifest(1))
    (tmp_path / "records").mkdir()
    keep(tmp_path, job, row={"liver_ml": 1.0}, reason="")
    keep(tmp_path, job, row={}, reason="The case is being written by another program.")
    record = read_record(tmp_path, job)
    assert (record.outcome, record.row) == ("assessed", {"liver_ml": 1.0})


def test_an_unexpected_fault_is_a_reason_too(write_manifest, tmp_path, monkeypatch):
    (job,) = read_manifest(write_manifest(1))
    (tmp_path / "records").mkdir()

    def explode(*_):
        raise ZeroDivisionError("no")

    monkeypatch.setattr("liverplan.cohort.records.assess", explode)
    assert assess_job(job, str(tmp_path)) == "failed"
    reason = read_record(tmp_path, job).reason
    assert reason == "An unexpected fault (ZeroDivisionError): no"


def test_a_damaged_record_is_done_again(write_manifest, tmp_path):
    (job,) = read_manifest(write_manifest(1))
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "p000.json").write_text('{"id": "p000"')
    assert read_record(tmp_path, job) is None


def test_no_scheduler_and_no_folder_are_refused_in_words(write_manifest, tmp_path, monkeypatch):
    monkeypatch.setattr("liverplan.cohort.cluster.ANSWER_WITHIN", "1 s")
    with pytest.raises(BackendError, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        run_cohort(write_manifest(1), tmp_path / "out", scheduler="tcp://127.0.0.1:9")
    (tmp_path / "file").write_text("")
    with pytest.raises(CaseError, match="The cohort cannot be kept in"):
        run_cohort(write_manifest(1), tmp_path / "file")


@pytest.mark.parametrize("name", ["distributed", "pyarrow"])
def test_without_the_extra_the_line_that_installs_it_is_named(
    name, write_manifest, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(BackendError, match=rf"need {name}.*pip install \S+\[cohort\]"):
        run_cohort(write_manifest(1), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_command_says_what_was_done(write_manifest, tmp_path, capsys):
    manifest, out = write_manifest(2, {0: {"path": "nowhere"}}), tmp_path / "out"
    for name in ("cases", "records"):
        (out / name).mkdir(parents=True)
    assess_job(read_manifest(manifest)[0], str(out))
    assess_job(read_manifest(manifest)[1], str(out))
    commands.app(["run", str(manifest), "--out", str(out)], standalone_mode=False)
    said = capsys.readouterr().out
    assert said.startswith("2 patients (nothing was left to do): 1 in ")
    assert "1 in " in said


@pytest.mark.parametrize(("assessed", "ends"), [(0, "none"), (1, "some"), (2, "all")])
def test_a_run_in_which_everybody_failed_is_refused(monkeypatch, tmp_path, assessed, ends):
    summary = CohortSummary(
        patients=2,
        done_now=2,
        assessed=assessed,
        failed=2 - assessed,
        results=tmp_path / "results.parquet",
        failures=tmp_path / "failures.csv",
        register=register_in(tmp_path),
    )
    monkeypatch.setattr(commands.cohort, "run_cohort", lambda *_a, **_k: summary)
    arguments = ["run", str(tmp_path / "m.csv"), "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(commands.app, arguments)
    assert isinstance(done.exception, LiverplanError) == (ends == "none")
    if ends == "none":
        assert "None of 2 patients could be assessed" in str(done.exception)
        assert "failures.csv" in str(done.exception)
