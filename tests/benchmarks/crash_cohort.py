"""Kill a cohort's workers and the writer of its tables; resumed, all is as if nothing had been."""

import csv
import json
from collections import Counter
from pathlib import Path

import numpy as np

from liverplan.case import REGISTER, open_case, read_register, verify
from liverplan.cohort import records, run
from liverplan.cohort.manifest import Job, read_manifest
from liverplan.dicom.write_ct import write_ct_series
from liverplan.phantom import make_phantom
from liverplan.segmentation import write_mask_file
from tests.benchmarks.crash_tools import killed, require, timed

PATIENTS = 3


def interrupt_cohort(folder: Path, rng: np.random.Generator, n: int) -> Counter[str]:
    """Kill n times, a third of them while a patient is assessed."""
    seen: Counter[str] = Counter()
    manifest = written(folder)
    jobs, out = read_manifest(manifest), folder / "out"
    run._make_folders(out)
    took = timed(lambda: assess(out, jobs))
    assess(out, jobs)
    run._summarise(manifest, jobs, out, done_now=1)
    tables, rows = read_tables(out), read_rows(out, jobs)
    summing = timed(lambda: run._summarise(manifest, jobs, out, done_now=1))
    for number in range(n):
        if number % 3:
            end = killed(lambda: run._summarise(manifest, jobs, out, done_now=1), rng, summing)
            run._summarise(manifest, jobs, out, done_now=1)
            require(read_tables(out) == tables, "the tables are others than before the kill")
            seen["cohort's tables" + end] += 1
            continue
        job = jobs[number % len(jobs)]
        (out / records.RECORDS / f"{job.id}.json").unlink()
        end = killed(lambda one=job: assess(out, [one]), rng, took / PATIENTS)
        assess(out, jobs)
        require(read_rows(out, jobs) == rows, "a patient's row is another than before the kill")
        case = out / records.CASES / job.id
        require(verify(case) == [], f"verify says {verify(case)}")
        run._summarise(manifest, jobs, out, done_now=1)
        tables = read_tables(out)
        known = read_register(out / REGISTER)
        require(not known.faults_of(open_case(case)), "the register contradicts the case")
        seen["cohort's patient" + end] += 1
    return seen


def assess(out: Path, jobs: list[Job]) -> None:
    """What workers do with the patients who have no record yet."""
    for job in jobs:
        if records.read_record(out, job) is None:
            records.assess_job(job, str(out))


def written(folder: Path) -> Path:
    """A manifest of small patients, each cut elsewhere."""
    folder.mkdir()
    made = make_phantom(spacing_mm=(8.0, 4.0, 4.0), seed=3)
    write_ct_series(made.volume, folder / "ct")
    write_mask_file(folder / "masks.nii.gz", made.segmentation)
    x, y, z = made.segmentation.grid.to_mm(np.argwhere(made.segmentation.labels > 0).mean(axis=0))
    manifest = folder / "manifest.csv"
    with manifest.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "path", "liver", "plane", "allow_faults"))
        for number in range(PATIENTS):
            plane = f"{x + 5 * number},{y},{z},1,0,0"
            writer.writerow((f"p{number}", "ct", "masks.nii.gz:1-4", plane, "yes"))
    return manifest


def read_tables(out: Path) -> dict[str, bytes]:
    """The tables' very bytes."""
    return {name: (out / name).read_bytes() for name in (run.RESULTS, run.FAILURES)}


def read_rows(out: Path, jobs: list[Job]) -> dict[str, str]:
    """What was found of each patient; not how long it took nor when."""
    found = {record.id: record for record in records.read_records(out, jobs)}
    require(len(found) == PATIENTS, f"{PATIENTS - len(found)} patients are gone")
    require(all(r.outcome == "assessed" for r in found.values()), f"{found}")
    return {id_: json.dumps(record.row, sort_keys=True) for id_, record in found.items()}
