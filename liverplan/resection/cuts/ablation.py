"""An ablation zone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from liverplan.errors import PlanError
from liverplan.resection.cuts.checks import checked_length, checked_point
from liverplan.resection.primitives import ELLIPSOID, Primitive
from liverplan.volume import FloatArray, read_only


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ablation:
    """An ablation zone: an ellipsoid whose tissue stays in place but works no more.

    Parameters
    ----------
    centre_mm : (3,) array
        LPS.
    axes : (3, 3) array
        Its rows are the unit directions of the semi-axes, square to one another.
    radii_mm : (3,) array
        The semi-axes.
    """

    centre_mm: FloatArray
    radii_mm: FloatArray
    axes: FloatArray

    def __post_init__(self) -> None:
        axes = np.array(self.axes, dtype=np.float64)
        if axes.shape != (3, 3) or not np.isfinite(axes).all():
            raise PlanError("An ablation zone's axes must be three directions.")
        if np.abs(axes @ axes.T - np.eye(3)).max() > 1e-6:
            raise PlanError(
                "An ablation zone's axes must be unit vectors at right angles to one another."
            )
        radii = checked_point(self.radii_mm, "An ablation zone's radii").copy()
        for radius in radii:
            checked_length(float(radius), "An ablation zone's radius")
        read_only(axes)
        read_only(radii)
        object.__setattr__(
            self, "centre_mm", checked_point(self.centre_mm, "An ablation zone's centre")
        )
        object.__setattr__(self, "axes", axes)
        object.__setattr__(self, "radii_mm", radii)

    def primitives(self) -> tuple[Primitive, ...]:
        """Functions that are all negative where the cut removes tissue."""
        to_ball = self.axes / self.radii_mm[:, None]
        numbers = (*self.centre_mm, *to_ball.ravel(), self.radii_mm.min())
        return (Primitive(kind=ELLIPSOID, numbers=[float(v) for v in numbers]),)
