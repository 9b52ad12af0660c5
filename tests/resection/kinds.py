"""One cut of every kind, for tests that hold all of them to the same rules."""

import numpy as np

from liverplan.resection import (
    Ablation,
    CurvedCut,
    FoldedCut,
    Parts,
    Plane,
    Sphere,
    VCut,
    Wedge,
)

CURVED = CurvedCut.flat((4, 0, 2), (1, 0.2, 0.1), size_mm=300, controls=5).bent((2, 1), 9.0)

EXAMPLES = {
    "plane": Plane(point_mm=(5, 2, 3), normal=(0.6, 0, 0.8)),
    "sphere": Sphere(centre_mm=(-30, 5, 3), radius_mm=22.5),
    "wedge": Wedge(tip_mm=(-30, 5, 3), direction=(-1, 0.5, 0), radius_mm=15, half_angle_deg=25),
    "cleft": VCut(
        planes=(
            Plane(point_mm=(4, 0, 0), normal=(1, 0.2, 0)),
            Plane(point_mm=(0, 0, 9), normal=(0, 0.1, 1)),
        )
    ),
    "ablation": Ablation(
        centre_mm=(10, 5, 6),
        radii_mm=(25, 12, 16),
        axes=np.array([[0.6, 0.8, 0], [-0.8, 0.6, 0], [0, 0, 1]]),
    ),
    "surface": CURVED,
    "sheet": FoldedCut(control_mm=CURVED.control_points_mm(), stays_toward=CURVED.axes[2]),
    "parts": Parts(scheme="couinaud", names=("2", "3")),
}
"""By kind. A new kind needs a row here, and then the tests say what else it lacks."""
