"""Archives (PACS): where series come from and results go back to.

This says what an archive can do and opens those that a configuration file names; the protocols
are a plugin's (``liverplan-pacs``), found by the entry point group ``liverplan.archives``: a
function that takes the file's path and returns the archives it knows, by name. Nothing here or
there touches the network before it is asked to find, fetch or send. An entry of the file that has a
fault stands there as that fault: it is said, and hides no other.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol, runtime_checkable

from liverplan import installed
from liverplan.errors import BackendError
from liverplan.findings import Statement
from liverplan.settings import read_settings
from liverplan.words import in_english

GROUP = "liverplan.archives"
CONFIG_VARIABLE = "LIVERPLAN_PACS"
DATES = re.compile(r"(\d{8})?-?(\d{8})?")

Told = Callable[[float, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to look for; at least one must be given.

    Parameters
    ----------
    patient_id, patient_name : str
        ``*`` stands for any characters.
    accession, study_uid : str
        Exactly these.
    study_date : str
        ``yyyymmdd``, or a range ``yyyymmdd-yyyymmdd``, open at one end if need be.
    modality : str
        "CT", "SEG", ...

    Raises
    ------
    BackendError
        If nothing is given, which would list the whole archive, or the date is none.
    """

    patient_id: str = ""
    patient_name: str = ""
    accession: str = ""
    study_uid: str = ""
    study_date: str = ""
    modality: str = ""

    def __post_init__(self) -> None:
        narrow = [f.name for f in fields(self) if f.name != "modality" and getattr(self, f.name)]
        if not any(set(getattr(self, name)) - set("*") for name in narrow):
            raise BackendError(
                "Name a patient, a study, an accession number or a date to look for in the archive."
            )
        if not DATES.fullmatch(self.study_date):
            raise BackendError(
                f"{self.study_date!r} is no date; write 20240131 or 20240101-20240131."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSeries:
    """One series in an archive; ``images`` is None where the archive does not say how many."""

    study_uid: str
    series_uid: str
    modality: str = ""
    description: str = ""
    study_date: str = ""
    patient_id: str = ""
    patient_name: str = ""
    images: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduledStudy:
    """A study that a modality worklist names: what was requested, and for which day (yyyymmdd)."""

    study_uid: str
    accession: str = ""
    description: str = ""
    date: str = ""


class ArchiveError(BackendError):
    """What an archive did wrong, as a statement too, so that any language can say it."""

    def __init__(self, says: Statement) -> None:
        super().__init__(in_english(says))
        self.says = says


@runtime_checkable
class Worklist(Protocol):
    """Something that knows which examinations were scheduled."""

    def worklist(
        self, date: str, modality: str, *, cancel: threading.Event | None = None
    ) -> list[ScheduledStudy]:
        """List what is scheduled on a day or in a range of days, as `Query` writes them."""


class Archive(Protocol):
    """Somewhere to find series, fetch them, and send results to.

    ``progress`` is told a fraction (0-1) and words; setting ``cancel`` ends the work with
    `CancelledError`; every failure is a `BackendError` of one sentence.
    """

    def find(self, query: Query, *, cancel: threading.Event | None = None) -> list[FoundSeries]:
        """List the series that a query names."""

    def fetch(
        self,
        series: FoundSeries,
        folder: Path,
        *,
        progress: Told | None = None,
        cancel: threading.Event | None = None,
    ) -> Path:
        """Fetch a series into a folder that appears whole or not at all."""

    def send(
        self,
        paths: Sequence[Path],
        *,
        progress: Told | None = None,
        cancel: threading.Event | None = None,
    ) -> None:
        """Send files; done only when the archive has confirmed each."""


def config_path() -> Path:
    """Return where it is looked for: ``$LIVERPLAN_PACS``, as the settings say, or at home."""
    given = os.environ.get(CONFIG_VARIABLE) or read_settings().archives
    return Path(given) if given else Path.home() / ".config" / "liverplan" / "pacs.toml"


def archive_names(config: Path | None = None) -> list[str]:
    """List the archives that a configuration names and that can be used.

    Raises
    ------
    BackendError
        If no plugin is installed, or the configuration is missing or no readable file.
    """
    faults = archive_faults(config)
    return [name for name in _archives(config) if name not in faults]


def archive_faults(config: Path | None = None) -> dict[str, str]:
    """Return why archives that a configuration names cannot be used, by name.

    Raises
    ------
    BackendError
        If no plugin is installed, or the configuration is missing or no readable file.
    """
    found = _archives(config).items()
    return {name: str(entry) for name, entry in found if isinstance(entry, BackendError)}


def open_archive(name: str, config: Path | None = None) -> Archive:
    """Return the archive of that name.

    Raises
    ------
    BackendError
        If there is none of that name, no plugin, or a fault in its entry.
    """
    found = _archives(config)
    if name not in found:
        raise BackendError(f"There is no archive {name!r}; there are {', '.join(found)}.")
    entry = found[name]
    if isinstance(entry, BackendError):
        raise entry
    return entry


def _archives(config: Path | None) -> Mapping[str, Archive | BackendError]:
    plugins = entry_points(group=GROUP)
    if not plugins:
        raise BackendError(
            "No connection to archives is installed; "
            f"install it with: {installed.adding('liverplan-pacs')}"
        )
    path = config or config_path()
    if not path.is_file():
        raise BackendError(
            f"There is no file {path} that names the archives; write one, or name another with "
            f"--config or {CONFIG_VARIABLE}."
        )
    return {name: one for plugin in plugins for name, one in plugin.load()(path).items()}
