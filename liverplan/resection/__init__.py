"""What is cut: cuts as values, and the plans that combine them."""

from liverplan.resection.anatomy.landmarks import Landmarks, read_landmarks
from liverplan.resection.cuts.ablation import Ablation
from liverplan.resection.cuts.contour import cut_through_contour
from liverplan.resection.cuts.curved import Surface
from liverplan.resection.cuts.folded import Sheet
from liverplan.resection.cuts.parts import Parts
from liverplan.resection.cuts.plane import Plane
from liverplan.resection.cuts.sphere import Sphere
from liverplan.resection.cuts.v_cut import Cleft
from liverplan.resection.cuts.wedge import Wedge
from liverplan.resection.plan import Cut, Plan, read_plan

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
