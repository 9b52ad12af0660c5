"""The committee's overview: many finished cases in one table, without reading their images."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from liverplan.case import is_case, open_case, pending
from liverplan.cohort.rows import STATE, row_of
from liverplan.cohort.standing import standing
from liverplan.cohort.tables import write_csv, write_html, write_parquet
from liverplan.errors import InputError, LiverplanError
from liverplan.plain import clean_value

NAME = "overview"

SHOWN: Mapping[str, str] = MappingProxyType(
    {
        "case": "Case",
        "fates": "Metastases by this plan",
        "eligibility": "Eligibility",
        "plan_faults": "Faults of the plan",
        "remnant_fraction": "FLR",
        "interval_95_low": "95 % from",
        "interval_95_high": "95 % to",
        "threshold_fraction": "Threshold",
        "margin_mm": "Margin, mm",
        "metastasis_count": "Metastases",
        "liver_ml": "Liver, mL",
        "remnant_ml": "Remnant, mL",
        "open_items": "Missing or to be judged",
        "signatures_pending": "Signatures pending",
        "study_date": "CT date",
        "entries": "Entries",
        "head": "Head of the trail",
        "fault": "Fault",
    }
)
"""What the page shows, and under which heading; Parquet and CSV hold every column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """How many cases were read, how many could not be, and the files that were written."""

    cases: int
    faulty: int
    files: tuple[Path, ...]


def overview(folder: Path, out: Path | None = None) -> Overview:
    """Read every case under a folder into ``overview.csv``, ``.parquet`` and ``.html``.

    A case that cannot be read has its own line with the fault; nothing is left out.

    Parameters
    ----------
    folder : Path
        Cases lie in it, or in folders below it.
    out : Path or None
        Where the tables go; the folder itself unless given.

    Raises
    ------
    InputError
        If there is no case, or the tables cannot be written.
    """
    rows = [_row(path, folder) for path in _cases(folder)]
    if not rows:
        raise InputError(f"No case lies in {folder}.")
    columns = _columns(rows)
    target = out or folder
    files = tuple(target / f"{NAME}{ending}" for ending in (".csv", ".parquet", ".html"))
    try:
        target.mkdir(parents=True, exist_ok=True)
        write_csv(files[0], columns, rows)
        write_parquet(files[1], columns, rows)
        write_html(files[2], title=f"Cases in {folder.absolute().name}", headings=SHOWN, rows=rows)
    except OSError as error:
        raise InputError(
            f"The overview cannot be written to {target}: {error.strerror}."
        ) from error
    return Overview(cases=len(rows), faulty=sum(bool(row["fault"]) for row in rows), files=files)


def _cases(folder: Path) -> Iterator[Path]:
    """Yield case folders, not looking inside them for more."""
    if is_case(folder):
        yield folder
        return
    try:
        inside = sorted(path for path in folder.iterdir() if path.is_dir())
    except OSError as error:
        raise InputError(f"{folder} cannot be read: {error.strerror}.") from error
    for path in inside:
        yield from _cases(path)


def _row(path: Path, folder: Path) -> dict[str, Any]:
    name = str(path.relative_to(folder)) if path != folder else path.name
    row: dict[str, Any] = {"case": name, "signatures_pending": "", "fault": ""}
    try:
        case = open_case(path)
        row |= {"head": case.head, "entries": str(len(case.history))}
        findings = standing(case)
        if findings is None:
            row["fault"] = "The case holds no findings yet."
        else:
            row |= row_of(findings)
        row["signatures_pending"] = "; ".join(pending(case))
    except LiverplanError as refusal:
        row["fault"] = str(refusal)
    except (KeyError, TypeError, ValueError) as error:
        row["fault"] = f"The findings cannot be understood: {error}."
    return {column: clean_value(value) for column, value in row.items()}


def _columns(rows: list[dict[str, Any]]) -> tuple[str, ...]:
    found = dict.fromkeys(name for row in rows for name in row)
    states = [name for name in found if name.endswith(STATE)]
    return (*(name for name in found if not name.endswith(STATE)), *states)
