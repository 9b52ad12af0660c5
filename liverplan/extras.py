"""Libraries that only some of the work needs; the extras of the same names bring them."""

from __future__ import annotations

import importlib
from typing import Any

from liverplan import installed
from liverplan.errors import BackendError

WORK = {
    "cohort": "Cohorts",
    "dashboard": "Dashboards",
    "notebooks": "Views in notebooks",
    "timestamp": "Time stamps",
}


def library(name: str, *, extra: str) -> Any:  # noqa: ANN401 - a module
    """Import a library of an extra.

    Raises
    ------
    BackendError
        With the line that installs it.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise BackendError(
            f"{WORK[extra]} need {name.partition('.')[0]}, which is missing; "
            f"install it with: {installed.adding(f'liverplan[{extra}]')}"
        ) from error
