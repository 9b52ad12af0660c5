"""What surfaces look like and what they are called, on the page and in files."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from liverplan.anatomy import COUINAUD, CUT_SURFACE, HEPATIC_VEINS, LIVER, PORTAL_VEIN, lesion_name
from liverplan.report.mesh import Kind, Mesh

Look = tuple[float, float, float, float]
"""Red, green, blue (0-255) and opacity (0-1)."""

SEGMENT_OPACITY = 0.4
LOOKS: Mapping[Kind, Look] = MappingProxyType(
    {
        "remnant": (86, 180, 233, 0.6),
        "resected": (213, 94, 0, 0.45),
        "uncut": (221, 130, 101, 0.55),
        "lesion": (245, 245, 245, 1.0),
        "portal": (204, 121, 167, 1.0),
        "hepatic": (0, 114, 178, 1.0),
        "segment": (0, 158, 115, SEGMENT_OPACITY),
        "cut": (240, 228, 66, 0.35),
    }
)
"""By kind, on the page as in a file."""
SEGMENTS: Mapping[str, Look] = MappingProxyType(
    {
        name: (*rgb, SEGMENT_OPACITY)
        for name, rgb in zip(
            COUINAUD,
            (
                (148, 103, 189),
                (31, 119, 180),
                (140, 86, 75),
                (44, 160, 44),
                (188, 189, 34),
                (227, 119, 194),
                (23, 190, 207),
                (255, 127, 14),
                (127, 127, 127),
            ),
            strict=True,
        )
    }
)
"""Neighbours differ."""

NAMES: Mapping[Kind, str] = MappingProxyType(
    {
        "remnant": "Future liver remnant",
        "resected": "Resected liver",
        "uncut": LIVER.name,
        "portal": PORTAL_VEIN.name,
        "hepatic": HEPATIC_VEINS.name,
        "cut": CUT_SURFACE.name,
    }
)


def look_of(mesh: Mesh) -> Look:
    """Return a surface's colour and opacity."""
    look = LOOKS[mesh.kind]
    return SEGMENTS.get(mesh.name, look) if mesh.kind == "segment" else look


def name_of(mesh: Mesh) -> str:
    """Return what a surface is called by its anatomy."""
    match mesh.kind:
        case "lesion":
            return lesion_name(int(mesh.name.removeprefix("M")) + 1)
        case "segment":
            return COUINAUD[mesh.name].name if mesh.name in COUINAUD else mesh.name
        case _:
            return NAMES[mesh.kind]
