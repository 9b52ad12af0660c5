"""The committee's overview: many finished cases in one table.

Images are read of those alone that say that they are eligible: nobody is called so unverified.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from liverplan.case import (
    REGISTER,
    Register,
    looks_like_case,
    open_case,
    pending,
    read_register,
    register_beside,
)
from liverplan.cohort.registering import end_of, row_of_checked
from liverplan.cohort.rows import STATE
from liverplan.cohort.tables import write_csv, write_html, write_parquet
from liverplan.errors import CaseError, InputError, LiverplanError
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
        "register": "Not as the register noted",
        "fault": "Fault",
    }
)
"""What the page shows, and under which heading; Parquet and CSV hold every column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """How many cases were read or gone, how many have a fault, the files, the register's end."""

    cases: int
    faulty: int
    files: tuple[Path, ...]
    register: str = ""


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
    found = list(_cases(folder))
    if not found:
        raise InputError(f"No case lies in {folder}.")
    register, words = _register(folder)
    rows = [_row(path, folder, register) for path in found]
    rows += [] if register is None else list(_gone(register, folder))
    columns = _columns(rows)
    target = out or folder
    files = tuple(target / f"{NAME}{ending}" for ending in (".csv", ".parquet", ".html"))
    try:
        target.mkdir(parents=True, exist_ok=True)
        write_csv(files[0], columns, rows)
        write_parquet(files[1], columns, rows)
        write_html(
            files[2],
            title=f"Cases in {folder.absolute().name}",
            headings=SHOWN,
            rows=rows,
            note=words,
        )
    except OSError as error:
        raise InputError(
            f"The overview cannot be written to {target}: {error.strerror}."
        ) from error
    faulty = sum(bool(row["fault"] or row["register"]) for row in rows)
    return Overview(cases=len(rows), faulty=faulty, files=files, register=words)


def _register(folder: Path) -> tuple[Register | None, str]:
    """Return the register that lies in a folder or beside it, and where it ends or its fault."""
    path = register_beside(folder / REGISTER)
    if path is None:
        return None, ""
    try:
        register = read_register(path)
    except CaseError as fault:
        return None, str(fault)
    return register, f"Register: {path.name} ends in {register.head}."


def _gone(register: Register, folder: Path) -> Iterator[dict[str, Any]]:
    """Yield a row for each case that the register noted in a folder and that is there no more."""
    root, beside = folder.resolve(), register.path.parent.resolve()
    for line in register.gone():
        place = beside / line.place
        if place.is_relative_to(root):
            fault = (
                f"Noted on {line.when[:10]} ({register.path.name}, line {line.number}), and gone."
            )
            name = str(place.relative_to(root))
            yield {"case": name, "signatures_pending": "", "register": fault, "fault": ""}


def _cases(folder: Path) -> Iterator[Path]:
    """Yield case folders, not looking inside them for more."""
    if looks_like_case(folder):
        yield folder
        return
    try:
        inside = sorted(path for path in folder.iterdir() if path.is_dir())
    except OSError as error:
        raise InputError(f"{folder} cannot be read: {error.strerror}.") from error
    for path in inside:
        yield from _cases(path)


def _row(path: Path, folder: Path, register: Register | None) -> dict[str, Any]:
    name = str(path.relative_to(folder)) if path != folder else path.name
    row: dict[str, Any] = {"case": name, "signatures_pending": "", "register": "", "fault": ""}
    try:
        row |= end_of(path, register)
        case = open_case(path)
        row |= row_of_checked(case)
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
