"""The cuts of a plan as they were measured, and the liver's segments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaneFinding:
    """One cut as it was measured: a point (LPS mm) and the unit normal toward what stays."""

    point_mm: tuple[float, float, float]
    normal: tuple[float, float, float]

    def to_json(self) -> dict[str, Any]:
        """Return every field by its name."""
        return {"point_mm": list(self.point_mm), "normal": list(self.normal)}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        x, y, z = document["point_mm"]
        nx, ny, nz = document["normal"]
        return cls(point_mm=(x, y, z), normal=(nx, ny, nz))


@dataclass(frozen=True, slots=True, kw_only=True)
class CutFinding:
    """One cut of the plan, of any kind, and what it would take by itself.

    Parameters
    ----------
    kind : str
        "plane", "sphere", "wedge", "cleft", "ablation", "surface", "sheet" or "parts".
    removes_ml : float
        Functional tissue that it would remove alone; of several cuts these may overlap.
    name : str
        Of an anatomical resection, e.g. "right hemihepatectomy".
    scheme, parts
        Of parts: which map, and the parts removed.
    centre_mm, radius_mm
        Of planes, spheres, wedges (their deepest ball) and ablation zones (longest semi-axis).
    """

    kind: str
    removes_ml: float
    name: str = ""
    scheme: str = ""
    parts: tuple[str, ...] = ()
    centre_mm: tuple[float, float, float] | None = None
    radius_mm: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return every field by its name."""
        return {
            "kind": self.kind,
            "removes_ml": self.removes_ml,
            "name": self.name,
            "scheme": self.scheme,
            "parts": list(self.parts),
            "centre_mm": None if self.centre_mm is None else list(self.centre_mm),
            "radius_mm": self.radius_mm,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        centre = document.get("centre_mm")
        return cls(
            kind=document["kind"],
            removes_ml=document["removes_ml"],
            name=document.get("name", ""),
            scheme=document.get("scheme", ""),
            parts=tuple(document.get("parts", ())),
            centre_mm=None if centre is None else (centre[0], centre[1], centre[2]),
            radius_mm=document.get("radius_mm"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentFinding:
    """Functional tissue of one Couinaud segment, and its share of all (0-1)."""

    name: str
    volume_ml: float
    share_fraction: float

    def to_json(self) -> dict[str, Any]:
        """Return every field by its name."""
        return {
            "name": self.name,
            "volume_ml": self.volume_ml,
            "share_fraction": self.share_fraction,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """Read what `to_json` wrote."""
        return cls(
            name=document["name"],
            volume_ml=document["volume_ml"],
            share_fraction=document["share_fraction"],
        )
