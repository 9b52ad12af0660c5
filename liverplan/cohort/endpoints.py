"""A cohort's results and its patients' outcomes together: the trial's endpoints as files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from liverplan.case.files import write_whole
from liverplan.cohort.tables import library
from liverplan.endpoints import read_outcomes, survival_figure, trial_endpoints
from liverplan.errors import InputError

DOCUMENT = "endpoints.json"
FIGURES = {"overall": "overall_survival.svg", "progression_free": "progression_free_survival.svg"}


def write_endpoints(
    outcomes: Path, out: Path, *, reference: str, results: Path | None = None
) -> tuple[Path, ...]:
    """Write ``endpoints.json`` and a figure of each survival.

    Parameters
    ----------
    outcomes : Path
        CSV; see `liverplan.endpoints.outcomes`.
    out : Path
        Folder for the files.
    reference : str
        The arm that the others are held against.
    results : Path or None
        The cohort's ``results.parquet``, for the predictive factors.

    Raises
    ------
    InputError
        If a file cannot be read or written, or its content does not serve.
    """
    found = trial_endpoints(read_outcomes(outcomes), _rows(results), reference=reference)
    document = json.dumps(found.to_json(), indent=2, allow_nan=False) + "\n"
    titles = {"overall": "Overall survival", "progression_free": "Progression-free survival"}
    try:
        out.mkdir(parents=True, exist_ok=True)
        write_whole(out / DOCUMENT, document.encode())
        for name, file in FIGURES.items():
            curves = getattr(found, name).curves
            survival_figure(curves, title=titles[name]).savefig(out / file)
    except OSError as error:
        raise InputError(f"The endpoints cannot be written to {out}: {error.strerror}.") from error
    return (out / DOCUMENT, *(out / file for file in FIGURES.values()))


def _rows(results: Path | None) -> Mapping[str, Mapping[str, Any]]:
    if results is None:
        return {}
    parquet, arrow = library("pyarrow.parquet"), library("pyarrow")
    try:
        rows = parquet.read_table(results).to_pylist()
    except (OSError, arrow.ArrowInvalid) as error:
        raise InputError(f"The results {results} are no cohort's Parquet file.") from error
    if not all("id" in row for row in rows):
        raise InputError(f"The results {results} have no column 'id'.")
    return {row["id"]: row for row in rows}
