"""Scheduled examinations: their CT fetched, and listed as a cohort's manifest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from liverplan.dicom import Archive, Query, ScheduledStudy, Worklist
from liverplan.errors import BackendError, InputError
from liverplan.findings import Statement
from liverplan.plain.filenames import file_name
from liverplan.workflow.progress import Progress, tell

MANIFEST, IMAGES = "manifest.csv", "ct"
ID_DIGITS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """What was fetched: the manifest, how many studies it lists, and what is to be said."""

    manifest: Path
    studies: int
    notes: tuple[Statement, ...]


def fetch_scheduled(
    schedule: object,
    images: Archive,
    out: Path,
    *,
    date: str,
    procedure: str = "",
    progress: Progress | None = None,
) -> Scheduled:
    """Fetch the CT of every study that is scheduled, into ``out/ct/``, and list them.

    A study's name in the manifest is made of its UID and names nobody. What lies there already is
    not fetched again; a study without images yet, or whose fetch fails, is said and left out.

    Parameters
    ----------
    schedule : Worklist
        What knows the worklist.
    images : Archive
        What holds the images.
    out : Path
        A folder for the images and the manifest.
    date : str
        ``yyyymmdd``, or a range ``yyyymmdd-yyyymmdd``.
    procedure : str
        Only requests whose description holds this, in whatever case.

    Raises
    ------
    BackendError
        If the archive knows no worklist, or does not answer, or the date is none.
    InputError
        If the folder cannot be written.
    """
    if not isinstance(schedule, Worklist):
        raise BackendError("This archive has no modality worklist; name one that speaks DIMSE.")
    Query(study_date=date)  # refuses what is no date, and none
    wanted = [
        study
        for study in schedule.worklist(date, "CT")
        if procedure.casefold() in study.description.casefold()
    ]
    notes, names = [], []
    for done, study in enumerate(dict.fromkeys(wanted)):
        tell(progress, done / len(wanted), "Fetching")
        name = sha256(study.study_uid.encode()).hexdigest()[:ID_DIGITS]
        try:
            _fetch(study, images, out / IMAGES / name)
        except BackendError as refusal:
            notes.append(Statement.of("scheduled.failed", study=name, why=str(refusal)))
        else:
            names.append(name)
    if not wanted:
        notes.append(Statement.of("scheduled.none"))
    return Scheduled(manifest=_listed(out, names), studies=len(names), notes=tuple(notes))


def _fetch(study: ScheduledStudy, images: Archive, folder: Path) -> None:
    found = images.find(Query(study_uid=study.study_uid, modality="CT"))
    of_ct = [series for series in found if series.modality in {"CT", ""}]
    if not of_ct:
        raise BackendError("It holds no CT yet.")
    for series in of_ct:
        place = folder / file_name(series.series_uid)
        if not place.exists():
            images.fetch(series, place)


def _listed(out: Path, names: Sequence[str]) -> Path:
    """Write the manifest; a name is of hexadecimal digits, so that no cell needs a guard."""
    path = out / MANIFEST
    lines = ["id,path", *(f"{name},{IMAGES}/{name}" for name in names)]
    try:
        out.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(lines) + "\n", "utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror}.") from error
    return path
