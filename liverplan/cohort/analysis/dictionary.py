"""What each column of the trial's tables means: the analysis' data dictionary."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from liverplan.cohort.analysis.sections import Grid
from liverplan.plain.sheet import read_sheet

MEANING: Mapping[str, str] = MappingProxyType(
    {
        "id": "The patient, as in the cohort's results; no name, no personal number",
        "arm": "The arm that the patient was randomised to",
        "centre": "The centre that randomised the patient",
        "origin_date": "The time origin: randomisation, unless the trial says otherwise",
        "last_seen_date": "Last day known to be alive",
        "death_date": "Day of death of any cause; empty if alive",
        "progression_date": "First day of progression; empty if none",
        "last_assessed_date": "Last tumour assessment",
        "remnant_fraction": "Functional liver remnant, a fraction of functional volume",
        "metastasis_count": "Liver metastases on the CT",
        "longest_mm": "Longest axis of the largest metastasis, mm",
        "tumour_ml": "Volume of all metastases, mL",
        "margin_mm": "Smallest distance from metastasis to cut, mm",
        "age": "Age at the origin, years",
        "receptor_positive": "Hormone receptors of the primary: 1 positive, 0 negative",
        "response": "Response to treatment before surgery: 1 response, 0 none",
        "interval_months": "From the primary's diagnosis to the metastases', months",
        "visit_months": "Visit's time from the origin, months",
        "clavien_dindo": "Worst complication: 0, I, II, IIIa, IIIb, IVa, IVb or V",
        "isgls_grade": "Liver failure after resection: none, A, B or C",
        "liver_resection_date": "Day of the liver's resection; empty if not resected",
    }
)


def dictionary_of(paths: Sequence[Path]) -> tuple[Grid, ...]:
    """Return, of each CSV table that went in, its columns and what they mean."""
    return tuple(
        Grid(
            title=path.name,
            columns=("Column", "Meaning"),
            rows=tuple((name, meaning_of(name)) for name in _header(path)),
        )
        for path in paths
        if path.suffix == ".csv"
    )


def meaning_of(column: str) -> str:
    """Return what a column holds."""
    if column in MEANING:
        return MEANING[column]
    kind, _, item = column.partition("_")
    if kind in ("q", "lmc") and item.isdigit():
        name = "QLQ-C30" if kind == "q" else "QLQ-LMC21"
        return f"Answer to item {item} of the {name}"
    return "Not described: see the trial's own dictionary"


def _header(path: Path) -> tuple[str, ...]:
    return read_sheet(path, "table").header
