"""What is killed in a cohort: a worker, a whole run, the writer of its tables, and an export.

Whatever is killed, who goes on finds or makes what there is when nobody is killed.
"""

import csv
import json
import shutil
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

import numpy as np

from liverplan.case import REGISTER, open_case, read_register, verify
from liverplan.cohort import records, run
from liverplan.cohort.manifest import Job, read_manifest
from liverplan.dicom.write_ct import write_ct_series
from liverplan.phantom import make_phantom
from liverplan.segmentation import write_mask_file
from liverplan.workflow.outputs import export_case
from tests.benchmarks.crash_cases import stands
from tests.benchmarks.crash_tools import Rounds, in_child, require

PATIENTS = 3


@dataclass(frozen=True, kw_only=True)
class Cohort:
    """A cohort of which every patient was assessed and the tables were written."""

    manifest: Path
    jobs: list[Job]
    out: Path
    rows: dict[str, str]

    @classmethod
    def assessed(cls, folder: Path) -> "Cohort":
        manifest, out = written(folder), folder / "out"
        jobs = read_manifest(manifest)
        run._make_folders(out)
        assess(out, jobs)
        made = cls(manifest=manifest, jobs=jobs, out=out, rows=read_rows(out, jobs))
        made.summarise()
        return made

    def summarise(self) -> None:
        run._summarise(self.manifest, self.jobs, self.out, done_now=1)

    def run(self) -> None:
        """What a run does, without workers of its own."""
        assess(self.out, self.jobs)
        self.summarise()

    def forget(self, job: Job) -> None:
        (self.out / records.RECORDS / f"{job.id}.json").unlink()

    def is_whole(self, job: Job) -> str:
        """Go on, and hold a patient to what was found when nobody was killed."""
        end = "before" if records.read_record(self.out, job) is None else "after"
        self.run()
        require(read_rows(self.out, self.jobs) == self.rows, "a patient's row is another")
        case = self.out / records.CASES / job.id
        require(verify(case) == [], f"verify says {verify(case)}")
        known = read_register(self.out / REGISTER)
        require(not known.faults_of(open_case(case)), "the register contradicts the case")
        return end


def assessing(folder: Path, _rng: np.random.Generator) -> Rounds:
    """A worker, while it assesses one patient."""
    cohort = Cohort.assessed(folder)
    for number in count():
        job = cohort.jobs[number % PATIENTS]
        cohort.forget(job)
        yield partial(records.assess_job, job, str(cohort.out)), partial(cohort.is_whole, job)


def running(folder: Path, _rng: np.random.Generator) -> Rounds:
    """A run over all patients and their tables."""
    cohort = Cohort.assessed(folder)
    while True:
        for job in cohort.jobs:
            cohort.forget(job)
        yield cohort.run, partial(cohort.is_whole, cohort.jobs[-1])


def summing_up(folder: Path, _rng: np.random.Generator) -> Rounds:
    """The tables, which come out byte for byte as before."""
    cohort = Cohort.assessed(folder)
    tables = read_tables(cohort.out)
    while True:
        yield cohort.summarise, partial(same_tables, cohort, tables)


def same_tables(cohort: Cohort, tables: dict[str, bytes]) -> str:
    require(read_tables(cohort.out) == tables, "a table is not whole")
    cohort.summarise()
    require(read_tables(cohort.out) == tables, "the tables are others than before the kill")
    return "the same bytes"


def exporting(folder: Path, _rng: np.random.Generator) -> Rounds:
    """SEG, SR, PDF and surfaces: all of them or no folder."""
    case = Cohort.assessed(folder).out / records.CASES / "p0"
    in_child(partial(export_case, case, folder / "whole"))
    names = {path.name for path in (folder / "whole").iterdir()}
    for number in count():
        place = folder / str(number)
        yield partial(export_case, case, place), partial(all_or_none, open_case(case), place, names)
        shutil.rmtree(place, ignore_errors=True)


def all_or_none(case, place: Path, names: set[str]) -> str:
    noted = stands(case) == "after"
    there = {path.name for path in place.iterdir()} if place.exists() else set()
    require(there in (set(), names), f"only {sorted(there)} were exported")
    require(not noted or bool(there), "an export was noted that is not there")
    return "after" if noted else "whole, not noted yet" if there else "before"


def assess(out: Path, jobs: list[Job]) -> None:
    """What workers do with the patients who have no record yet."""
    for job in jobs:
        if records.read_record(out, job) is None:
            records.assess_job(job, str(out))


def written(folder: Path) -> Path:
    """A manifest of small patients, each cut elsewhere."""
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
