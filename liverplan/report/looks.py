"""What surfaces look like and what they are called, on the page and in files."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from liverplan.anatomy import (
    COUINAUD,
    CUT_SURFACE,
    HEPATIC_VEINS,
    LIVER,
    METASTASIS,
    PORTAL_VEIN,
    REMNANT,
    RESECTED,
    lesion_name,
)
from liverplan.report.mesh import Kind, Mesh

Look = tuple[float, float, float, float]
"""Red, green, blue (0-255) and opacity (0-1)."""

SEGMENT_OPACITY = 0.4
LOOKS: Mapping[Kind, Look] = MappingProxyType(
    {
        "remnant": (*REMNANT.rgb, 0.6),
        "resected": (*RESECTED.rgb, 0.45),
        "uncut": (*LIVER.rgb, 0.55),
        "lesion": (*METASTASIS.rgb, 1.0),
        "portal": (*PORTAL_VEIN.rgb, 1.0),
        "hepatic": (*HEPATIC_VEINS.rgb, 1.0),
        "segment": (*LIVER.rgb, SEGMENT_OPACITY),
        "cut": (*CUT_SURFACE.rgb, 0.35),
    }
)
"""By kind, on the page as in a file."""
NAMES: Mapping[Kind, str] = MappingProxyType(
    {
        "remnant": REMNANT.name,
        "resected": RESECTED.name,
        "uncut": LIVER.name,
        "portal": PORTAL_VEIN.name,
        "hepatic": HEPATIC_VEINS.name,
        "cut": CUT_SURFACE.name,
    }
)


def look_of(mesh: Mesh) -> Look:
    """Return a surface's colour and opacity."""
    if mesh.kind == "segment" and mesh.name in COUINAUD:
        return (*COUINAUD[mesh.name].rgb, SEGMENT_OPACITY)
    return LOOKS[mesh.kind]


def name_of(mesh: Mesh) -> str:
    """Return what a surface is called by its anatomy."""
    match mesh.kind:
        case "lesion":
            return lesion_name(int(mesh.name.removeprefix("M")) + 1)
        case "segment":
            return COUINAUD[mesh.name].name if mesh.name in COUINAUD else mesh.name
        case _:
            return NAMES[mesh.kind]
