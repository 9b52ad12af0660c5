"""What stands in the 3D view, by name: whether it is seen, and how much light goes through it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from liverplan.anatomy import COUINAUD
from liverplan.app.kit import theme
from liverplan.app.kit.language import en

LIVER, REMNANT, RESECTED = en("Liver"), en("Stays"), en("Goes")
METASTASES, CUTS = en("Metastases"), en("Cuts")
FACES, BANDS = en("Cut faces"), en("Margin bands")
SEGMENTS = en("Segments")
PORTAL, HEPATIC = en("portal vein"), en("hepatic veins")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How a structure is shown.

    Parameters
    ----------
    opacity : float
        From 0 to 1, of what is shown.
    visible : bool
    """

    opacity: float
    visible: bool = True

    @property
    def alpha(self) -> float:
        """Opacity that is drawn: 0 for what is hidden."""
        return self.opacity if self.visible else 0.0


SOLID = Seen(opacity=1.0)
"""How what has no row of its own is shown."""

AT_FIRST: Mapping[str, Seen] = MappingProxyType(
    {
        LIVER: Seen(opacity=0.5),
        METASTASES: Seen(opacity=1.0),
        REMNANT: Seen(opacity=0.6),
        RESECTED: Seen(opacity=0.5),
        PORTAL: Seen(opacity=1.0),
        HEPATIC: Seen(opacity=1.0),
        CUTS: Seen(opacity=1.0),
        FACES: Seen(opacity=0.8),
        BANDS: Seen(opacity=1.0),
        SEGMENTS: Seen(opacity=0.7, visible=False),
    }
)
"""In the order of the list; branches and segments follow as the case has them."""

COLOURS: Mapping[str, tuple[int, int, int]] = MappingProxyType(
    {
        LIVER: theme.LIVER,
        REMNANT: theme.REMNANT,
        RESECTED: theme.RESECTED,
        METASTASES: (237, 235, 219),
        **theme.VESSELS,
        CUTS: (255, 255, 255),
        FACES: theme.FACE,
        BANDS: theme.MARGIN,
        SEGMENTS: (127, 127, 127),
    }
)

SHADES = (1.0, 1.25, 0.72, 1.5, 0.55)
"""Of a tree's colour, for its branches one after the other."""


def tree_of(name: str) -> str:
    """Return the tree that a branch belongs to, or "" for what is no branch."""
    return next((tree for tree in (PORTAL, HEPATIC) if name.startswith(f"{tree} ")), "")


def branch_name(tree: str, branch: str) -> str:
    """Return what a branch of a tree is called in the list."""
    return en("{tree} {branch}", tree=tree, branch=branch)


def segment_name(segment: str) -> str:
    """Return what a segment is called in the list, by its name in the map."""
    return en("Segment {name}", name=segment)


def colour_of(name: str, number: int = 0) -> tuple[int, int, int]:
    """Return a structure's colour, 0 to 255; ``number``: which of its tree's branches it is."""
    known = COLOURS.get(name)
    if known is not None:
        return known
    segment = next((part for key, part in COUINAUD.items() if segment_name(key) == name), None)
    if segment is not None:
        return segment.rgb
    base = COLOURS.get(tree_of(name))
    if base is None:
        return theme.OTHER_VESSEL
    shade = SHADES[number % len(SHADES)]
    red, green, blue = (min(255, round(c * shade)) for c in base)
    return red, green, blue
