"""One series as a user chooses it: what it is, usable or the reason why not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from liverplan.dicom.geometry import Stack
from liverplan.dicom.slices import Slice
from liverplan.findings import Statement

if TYPE_CHECKING:
    from liverplan.segmentation.files.ct import CtFile

NAMES_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesInfo:
    """One series, or one stack of a series that holds several, or files that could not be read.

    Parameters
    ----------
    uid : str
        SeriesInstanceUID; empty where the files have none.
    stack : int
        0 for the only stack of its series, else 1, 2, ...: ``"<uid>#<stack>"`` names it.
    description : str
        SeriesDescription.
    kind : str
        What it is: "CT axial", "localizer", "segmentation", ...
    usable : bool
        Whether `read_series` can read it.
    reason : str
        Why not, in words; empty if usable.
    shape : tuple of int
        Voxels (k, j, i) that reading gives; zeros if not usable.
    spacing_mm : tuple of float
        Distance between voxels (k, j, i), mm.
    n_files : int
        Files it consists of.
    study_date : str
        DICOM date, yyyymmdd.
    apart : tuple of Statement
        What sets this acquisition apart from the others of its series; empty if it is alone.
    notes : tuple of Statement
        What reading it does beyond stacking slices, or what should be known of it.
    path : Path
        The folder, zip, DICOMDIR or file that holds it.
    files : tuple of str
        The names of its files there.
    volume_file : CtFile or None
        The one file that holds it, if that is no DICOM.
    """

    uid: str
    description: str
    kind: str
    usable: bool
    reason: str
    path: Path
    files: tuple[str, ...]
    stack: int = 0
    modality: str = ""
    shape: tuple[int, int, int] = (0, 0, 0)
    spacing_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    n_files: int = 0
    study_uid: str = ""
    study_date: str = ""
    apart: tuple[Statement, ...] = ()
    notes: tuple[Statement, ...] = ()
    planes: tuple[Slice, ...] = ()
    geometry: Stack | None = None
    volume_file: CtFile | None = None

    @property
    def key(self) -> str:
        """What names this stack when a user chooses: the UID, with its stack if there are more."""
        return f"{self.uid}#{self.stack}" if self.stack else self.uid

    @property
    def title(self) -> str:
        """How messages name it: its description, or its UID, or its first file."""
        first = self.files[0] if self.files else self.path.name
        return f"series {self.description or self.key or first!r}"


def some_names(names: Iterable[str]) -> str:
    """Name the first few files."""
    items = list(names)
    shown = ", ".join(Path(name).name for name in items[:NAMES_SHOWN])
    return shown if len(items) <= NAMES_SHOWN else f"{shown} and {len(items) - NAMES_SHOWN} more"
