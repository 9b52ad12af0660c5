"""How a person likes to see things on this computer: kept beside the cases, of no patient."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, get_args

SCHEMA = "liverplan.display/1"
FILE = "display.json"
Style = Literal["filled", "all filled", "outlines"]
OPACITY = (0.05, 0.8)


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
    opacity: float = 0.32

    def __post_init__(self) -> None:
        low, high = OPACITY
        object.__setattr__(self, "opacity", min(max(float(self.opacity), low), high))
        if self.style not in get_args(Style):
            object.__setattr__(self, "style", "filled")


def read_masks(home: Path) -> Masks:
    """Return how they were seen last; as ever where nothing is kept or it cannot be read."""
    try:
        return Masks(**json.loads((home / FILE).read_text("utf-8"))["masks"])
    except (OSError, ValueError, TypeError, LookupError):
        return Masks()


def keep_masks(home: Path, masks: Masks) -> None:
    """Keep it for the next time; a failure here must not stop any work."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        unfinished = home / f"{FILE}.new"
        document = {"schema": SCHEMA, "masks": asdict(masks)}
        unfinished.write_text(json.dumps(document, indent=1), "utf-8")
        unfinished.replace(home / FILE)
    except OSError:
        return
