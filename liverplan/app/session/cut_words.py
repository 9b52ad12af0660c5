"""What cuts are called on screen, and in the names of steps to undo."""

from __future__ import annotations

from typing import assert_never

from liverplan.app.kit.language import English, en, retold, tr
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
from liverplan.resection.cuts.handle import What

DEEDS: dict[What, English] = {
    "move": en("move {cut}"),
    "turn": en("turn {cut}"),
    "resize": en("resize {cut}"),
    "spread": en("spread {cut}"),
    "bend": en("bend {cut}"),
}


def kind_of(cut: Cut) -> English:  # noqa: PLR0911 - one line a kind
    """Return what a cut is."""
    match cut:
        case Plane():
            return en("plane")
        case Sphere():
            return en("sphere")
        case Wedge():
            return en("wedge")
        case VCut():
            return en("V-shaped cut")
        case Ablation():
            return en("ablation zone")
        case CurvedCut():
            return en("curved cut")
        case FoldedCut():
            return en("folded cut")
        case Parts():
            if cut.scheme == SCHEME:
                return en("segments")
            return en("{vessels} territory", vessels=en(cut.scheme))
        case _:
            assert_never(cut)


def deed(what: What, cut: Cut) -> English:
    """Return what dragging a cut's handle is called in the list of steps."""
    return en(DEEDS[what], cut=kind_of(cut))


def title_of(cut: Cut) -> str:
    """Return a cut's name in the list: its kind, and its size or its parts."""
    match cut:
        case Parts() if cut.scheme == SCHEME:
            return _capital(retold(name_of(cut.names)))
        case Parts():
            return f"{_capital(tr(kind_of(cut)))}: {', '.join(cut.names)}"
        case Sphere() | Wedge():
            return f"{_capital(tr(kind_of(cut)))}, {cut.radius_mm:.0f} mm"
        case Ablation():
            sizes = " x ".join(f"{2 * radius:.0f}" for radius in cut.radii_mm)
            return tr("Ablation {sizes} mm", sizes=sizes)
        case Plane() | VCut() | CurvedCut() | FoldedCut():
            return _capital(tr(kind_of(cut)))
        case _:
            assert_never(cut)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
