"""Which CT was measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesSummary:
    """The CT that was measured: its UID, voxels (k, j, i) and their spacing in mm.

    ``phase`` is the contrast phase as the series' description tells it, "" where it does not;
    ``thickness_mm`` the slices' own thickness.
    """

    uid: str
    shape: tuple[int, int, int]
    spacing_mm: tuple[float, float, float]
    description: str = ""
    study_date: str = ""
    phase: str = ""
    thickness_mm: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return every field by its name."""
        return {
            "uid": self.uid,
            "shape": list(self.shape),
            "spacing_mm": list(self.spacing_mm),
            "description": self.description,
            "study_date": self.study_date,
            "phase": self.phase,
            "thickness_mm": self.thickness_mm,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        slices, rows, columns = document["shape"]
        dk, dj, di = document["spacing_mm"]
        return cls(
            uid=document["uid"],
            shape=(slices, rows, columns),
            spacing_mm=(dk, dj, di),
            description=document.get("description", ""),
            study_date=document.get("study_date", ""),
            phase=document.get("phase", ""),
            thickness_mm=document.get("thickness_mm"),
        )
