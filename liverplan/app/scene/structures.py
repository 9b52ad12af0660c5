"""What stands in the 3D view, by name: whether it is seen, and how much light goes through it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from liverplan.app.kit import theme
from liverplan.app.kit.language import en

LIVER, REMNANT, RESECTED = en("Liver"), en("Stays"), en("Goes")
METASTASES, CUTS = en("Metastases"), en("Cuts")


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
        REMNANT: Seen(opacity=0.6),
        RESECTED: Seen(opacity=0.5),
        METASTASES: Seen(opacity=1.0),
        en("portal vein"): Seen(opacity=1.0),
        en("hepatic veins"): Seen(opacity=1.0),
        CUTS: Seen(opacity=1.0),
    }
)
"""In the order of the list."""

COLOURS: Mapping[str, tuple[int, int, int]] = MappingProxyType(
    {
        LIVER: theme.LIVER,
        REMNANT: theme.REMNANT,
        RESECTED: theme.RESECTED,
        METASTASES: (237, 235, 219),
        **theme.VESSELS,
        CUTS: (255, 255, 255),
    }
)
