"""What is cut: cuts as values, and the plans that combine them."""

from liverplan.resection.contour import cut_through_contour
from liverplan.resection.cuts import Plane
from liverplan.resection.landmarks import Landmarks, read_landmarks
from liverplan.resection.plan import Cut, Parts, Plan, read_plan
from liverplan.resection.shapes import Ablation, Cleft, Sphere, Wedge
from liverplan.resection.sheet import Sheet
from liverplan.resection.surface import Surface

__all__ = [
    "Ablation",
    "Cleft",
    "Cut",
    "Landmarks",
    "Parts",
    "Plan",
    "Plane",
    "Sheet",
    "Sphere",
    "Surface",
    "Wedge",
    "cut_through_contour",
    "read_landmarks",
    "read_plan",
]
