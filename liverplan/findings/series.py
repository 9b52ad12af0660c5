"""Which CT was measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesSummary:
    """The CT that was measured: its UID, voxels (k, j, i) and their spacing in mm."""

    uid: str
    shape: tuple[int, int, int]
    spacing_mm: tuple[float, float, float]
    description: str = ""
    study_date: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return every field by its name."""
        return {
            "uid": self.uid,
            "shape": list(self.shape),
            "spacing_mm": list(self.spacing_mm),
            "description": self.description,
            "study_date": self.study_date,
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
        )
