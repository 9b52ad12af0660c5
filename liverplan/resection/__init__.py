"""What is cut: cuts as values, and the plans that combine them."""

from liverplan.resection.anatomy.landmarks import Landmarks, read_landmarks
from liverplan.resection.cuts import (
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
from liverplan.resection.cuts.contour import cut_through_contour
from liverplan.resection.plan import Plan, read_plan

__all__ = [
    "Ablation",
    "CurvedCut",
    "Cut",
    "FoldedCut",
    "Landmarks",
    "Parts",
    "Plan",
    "Plane",
    "Sphere",
    "VCut",
    "Wedge",
    "cut_through_contour",
    "read_landmarks",
    "read_plan",
]
