"""Where the application keeps its cases, and what a person chose for the window."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QStandardPaths

from liverplan.settings import read_settings


def default_home() -> Path:
    """Where cases are kept: LIVERPLAN_HOME, as the settings say, or the user's data folder."""
    given = os.environ.get("LIVERPLAN_HOME") or read_settings().cases
    if given:
        return Path(given)
    place = QStandardPaths.StandardLocation.GenericDataLocation
    return Path(QStandardPaths.writableLocation(place)) / "liverplan"
