"""A cohort's results and its patients' outcomes together: the trial's endpoints as files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from liverplan.case.files import write_whole
from liverplan.cohort.analysis import Picture, pictures_of, write_analysis
from liverplan.cohort.analysis.provenance import provenance
from liverplan.cohort.cells import read_patients
from liverplan.cohort.columns import column_of
from liverplan.cohort.trial_files import TrialFiles
from liverplan.endpoints import Outcome, read_outcomes, trial_endpoints
from liverplan.endpoints.documents import spoken
from liverplan.endpoints.factors import predict_survival, read_factors
from liverplan.endpoints.over_time import quality_over_time
from liverplan.endpoints.safety import read_safety, safety_by_arm
from liverplan.endpoints.visits import read_visits, require_followed
from liverplan.errors import InputError

DOCUMENT = "endpoints.json"


def write_endpoints(  # noqa: PLR0913 - a table each
    outcomes: Path,
    out: Path,
    *,
    reference: str,
    results: Path | None = None,
    safety: Path | None = None,
    quality: Path | None = None,
    factors: Path | None = None,
    report: bool = False,
    trial: TrialFiles | None = None,
) -> tuple[Path, ...]:
    """Write ``endpoints.json`` and each figure, and the analysis for reading if asked.

    Parameters
    ----------
    outcomes : Path
        CSV; see `liverplan.endpoints.outcomes`.
    out : Path
        Folder for the files.
    reference : str
        The arm that the others are held against.
    results : Path or None
        The cohort's ``results.parquet``, or the same as CSV, for the predictive factors.
    safety : Path or None
        CSV of complications; see `liverplan.endpoints.safety`.
    quality : Path or None
        CSV of questionnaires; see `liverplan.endpoints.visits`.
    factors : Path or None
        CSV of age, receptors, response and interval; see `liverplan.endpoints.factors`.
    report : bool
        Whether to write ``analysis.html`` and ``analysis.pdf`` too.
    trial : TrialFiles or None
        The trial's plan, and who was assessed for it.

    Raises
    ------
    InputError
        If a file cannot be read or written, or its content does not serve.
    """
    trial = trial or TrialFiles()
    given = (outcomes, results, safety, quality, factors, *trial.paths)
    inputs = [path for path in given if path is not None]
    read = trial.read(read_outcomes(outcomes), reference)
    patients, reference = read.outcomes, read.reference
    found = trial_endpoints(patients, _rows(results), reference=reference, until=read.mean_until)
    document = found.to_json() | _also(patients, safety, quality, reference=reference)
    if factors is not None:
        document["prediction"] = predict_survival(
            patients, _rows(results), read_factors(factors), reference=reference
        )
    document |= spoken((*found.notes, *read.notes))
    planned, drawn = read.parts(document)
    document |= planned | {"provenance": provenance(inputs)}
    pictures = (*pictures_of(found, document), *drawn)
    return _written(out, document, pictures, inputs if report else None)


def _also(
    patients: Sequence[Outcome], safety: Path | None, quality: Path | None, *, reference: str
) -> dict[str, Any]:
    added: dict[str, Any] = {}
    if safety is not None:
        added["safety"] = safety_by_arm(patients, read_safety(safety))
    if quality is not None:
        arms = {patient.id: patient.arm for patient in patients}
        visits = read_visits(quality)
        require_followed(visits, patients)
        added["quality_of_life"] = quality_over_time(visits, arms, reference=reference)
    return added


def _written(
    out: Path,
    document: Mapping[str, Any],
    pictures: Sequence[Picture],
    analysed: Sequence[Path] | None,
) -> tuple[Path, ...]:
    """Write everything; ``analysed`` are the tables of an analysis for reading, None without."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        text = json.dumps(document, indent=2, allow_nan=False) + "\n"
        write_whole(out / DOCUMENT, text.encode())
        for one in pictures:
            write_whole(out / one.file, one.svg)
        read = () if analysed is None else write_analysis(out, document, pictures, analysed)
    except OSError as error:
        raise InputError(f"The endpoints cannot be written to {out}: {error.strerror}.") from error
    return (out / DOCUMENT, *(out / one.file for one in pictures), *read)


def _rows(results: Path | None) -> Mapping[str, Mapping[str, Any]]:
    """Return the cohort's results by patient, from Parquet or CSV."""
    if results is None:
        return {}
    table = read_patients(results)
    return {
        row[table.position_of_id]: {
            name: _value(name, cell) for name, cell in zip(table.columns, row, strict=True)
        }
        for row in table.rows
    }


def _value(name: str, cell: str) -> str | float | None:
    if column_of(name).kind in ("integer", "float"):
        return float(cell) if cell else None
    return cell
