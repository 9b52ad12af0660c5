"""Libraries that only some of the work needs; ``pip install liverplan[...]`` brings them."""

from __future__ import annotations

import importlib
from typing import Any

from liverplan.errors import BackendError

WORK = {"cohort": "Cohorts", "endpoints": "Endpoints", "timestamp": "Time stamps"}


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
            f"{WORK[extra]} need {name.partition('.')[0]}, which is missing: "
            f"pip install 'liverplan[{extra}]'."
        ) from error
