"""How a person likes to see masks on this computer: a choice of the window's, of no patient."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

from liverplan.app.kit import theme
from liverplan.app.session.choices import choices, keep_choices

Style = Literal["filled", "all filled", "outlines"]
OPACITY = (0.05, 0.8)
STYLE_CHOICE, OPACITY_CHOICE = "masks", "mask_opacity"


@dataclass(frozen=True, slots=True, kw_only=True)
class Masks:
    """How masks lie over the slices.

    Parameters
    ----------
    style : {"filled", "all filled", "outlines"}
        Liver and vessels tinted, or the metastases too, or outlines alone.
    opacity : float
        Of the tint, as a share.
    """

    style: Style = "filled"
    opacity: float = theme.TINT_OPACITY

    def __post_init__(self) -> None:
        low, high = OPACITY
        object.__setattr__(self, "opacity", min(max(self.opacity, low), high))
        if self.style not in get_args(Style):
            object.__setattr__(self, "style", "filled")


def read_masks(home: Path) -> Masks:
    """Return how they were seen last; as ever where nothing is kept or it cannot be read."""
    kept = choices(home)
    try:
        opacity = float(kept.get(OPACITY_CHOICE, theme.TINT_OPACITY))
    except ValueError:
        return Masks()
    return Masks(style=cast("Style", kept.get(STYLE_CHOICE)), opacity=opacity)


def keep_masks(home: Path, masks: Masks) -> None:
    """Keep it for the next time; a failure here must not stop any work."""
    keep_choices(home, {STYLE_CHOICE: masks.style, OPACITY_CHOICE: f"{masks.opacity:.3f}"})
