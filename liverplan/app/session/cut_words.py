"""What cuts are called on screen, and in the names of steps to undo."""

from __future__ import annotations

from typing import assert_never

from liverplan.resection import (
    Ablation,
    CurvedCut,
    Cut,
    FoldedCut,
    Parts,
    Plane,
    Sphere,
    VCut,
    Wedge,
)
from liverplan.resection.anatomy.named import SCHEME, name_of


def kind_of(cut: Cut) -> str:  # noqa: PLR0911 - one line a kind
    """Return what a cut is."""
    match cut:
        case Plane():
            return "plane"
        case Sphere():
            return "sphere"
        case Wedge():
            return "wedge"
        case VCut():
            return "V-shaped cut"
        case Ablation():
            return "ablation zone"
        case CurvedCut():
            return "curved cut"
        case FoldedCut():
            return "folded cut"
        case Parts():
            return "segments" if cut.scheme == SCHEME else f"{cut.scheme} territory"
        case _:
            assert_never(cut)


def title_of(cut: Cut) -> str:
    """Return a cut's name in the list: its kind, and its size or its parts."""
    match cut:
        case Parts() if cut.scheme == SCHEME:
            return _capital(name_of(cut.names))
        case Parts():
            return f"{_capital(kind_of(cut))}: {', '.join(cut.names)}"
        case Sphere() | Wedge():
            return f"{_capital(kind_of(cut))}, {cut.radius_mm:.0f} mm"
        case Ablation():
            sizes = " x ".join(f"{2 * radius:.0f}" for radius in cut.radii_mm)
            return f"Ablation {sizes} mm"
        case Plane() | VCut() | CurvedCut() | FoldedCut():
            return _capital(kind_of(cut))
        case _:
            assert_never(cut)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
