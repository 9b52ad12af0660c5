"""The kinds of cuts, one a file; `Cut` is any of them."""

from typing import Final, TypeAlias, get_args

from liverplan.resection.cuts.ablation import Ablation
from liverplan.resection.cuts.base import BaseCut, Shape, Voxels
from liverplan.resection.cuts.curved import CurvedCut
from liverplan.resection.cuts.folded import FoldedCut
from liverplan.resection.cuts.parts import Parts
from liverplan.resection.cuts.plane import Plane
from liverplan.resection.cuts.sphere import Sphere
from liverplan.resection.cuts.v_cut import VCut
from liverplan.resection.cuts.wedge import Wedge

Cut: TypeAlias = Plane | Sphere | Wedge | VCut | Ablation | CurvedCut | FoldedCut | Parts

KINDS: Final[dict[str, type[Cut]]] = {kind.kind: kind for kind in get_args(Cut)}
"""Every kind by its name in plan files."""

__all__ = [
    "KINDS",
    "Ablation",
    "BaseCut",
    "CurvedCut",
    "Cut",
    "FoldedCut",
    "Parts",
    "Plane",
    "Shape",
    "Sphere",
    "VCut",
    "Voxels",
    "Wedge",
]
