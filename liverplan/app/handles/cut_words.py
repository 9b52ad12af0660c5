"""What cuts are called on screen, and in the names of steps to undo."""

from __future__ import annotations

from liverplan.resection import Ablation, Cleft, Cut, Parts, Plane, Sheet, Sphere, Surface, Wedge
from liverplan.resection.anatomy.named import SCHEME, name_of

_KINDS: tuple[tuple[type, str], ...] = (
    (Plane, "plane"),
    (Sphere, "sphere"),
    (Wedge, "wedge"),
    (Cleft, "V-shaped cut"),
    (Ablation, "ablation zone"),
    (Surface, "curved cut"),
    (Sheet, "folded cut"),
)


def kind_of(cut: Cut) -> str:
    """Return what a cut is."""
    if isinstance(cut, Parts):
        return "segments" if cut.scheme == SCHEME else f"{cut.scheme} territory"
    return next(word for kind, word in _KINDS if isinstance(cut, kind))


def title_of(cut: Cut) -> str:
    """Return a cut's name in the list: its kind, and its size or its parts."""
    if isinstance(cut, Parts):
        parts = name_of(cut.names) if cut.scheme == SCHEME else ", ".join(cut.names)
        return _capital(parts) if cut.scheme == SCHEME else f"{_capital(kind_of(cut))}: {parts}"
    if isinstance(cut, Sphere | Wedge):
        return f"{_capital(kind_of(cut))}, {cut.radius_mm:.0f} mm"
    if isinstance(cut, Ablation):
        sizes = " x ".join(f"{2 * radius:.0f}" for radius in cut.radii_mm)
        return f"Ablation {sizes} mm"
    return _capital(kind_of(cut))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
