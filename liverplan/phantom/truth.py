"""What is exactly known of the phantom, in closed form, whatever the voxels say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from liverplan.phantom.liver import Lesion
from liverplan.phantom.solids import Solid
from liverplan.volume import FloatArray

SCHEMA = "liverplan.truth/1"

BOUND_ML = 1e-6
"""No volume here is off by more than this."""

RECOMMENDED_POINT_MM = (-26.5, 10.0, 10.0)
RECOMMENDED_NORMAL = (0.975, -0.215, 0.055)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Truth:
    """The phantom's volumes, mL; ``liver`` counts its lesions and its inner vessels.

    Parameters
    ----------
    liver_solids : tuple of Solid
        Disjoint pieces of the whole organ.
    lesions : tuple of Lesion
        Disjoint, wholly inside the organ; label 2 is the first.
    """

    liver_solids: tuple[Solid, ...]
    lesions: tuple[Lesion, ...]

    @property
    def liver_ml(self) -> float:
        """The whole organ with its lesions, mL."""
        return sum(solid.volume_ml for solid in self.liver_solids)

    @property
    def lesions_ml(self) -> tuple[float, ...]:
        """Each lesion, mL."""
        return tuple(lesion.solid.volume_ml for lesion in self.lesions)

    @property
    def tumour_ml(self) -> float:
        """All lesions, mL."""
        return sum(self.lesions_ml)

    @property
    def functional_ml(self) -> float:
        """The organ without its lesions, mL."""
        return self.liver_ml - self.tumour_ml

    def half_space_ml(self, normal: ArrayLike, offset_mm: float) -> float:
        """Functional tissue with normal . x >= offset, mL, off by less than `BOUND_ML`.

        Parameters
        ----------
        normal : (3,) array
            LPS, any length but zero.
        offset_mm : float
            Signed distance of the plane from the origin along the unit normal, mm.
        """
        n = np.asarray(normal, dtype=np.float64)
        n = n / np.linalg.norm(n)
        liver = sum(solid.beyond_ml(n, offset_mm) for solid in self.liver_solids)
        return liver - sum(lesion.solid.beyond_ml(n, offset_mm) for lesion in self.lesions)

    def plane_margin_mm(self, normal: ArrayLike, offset_mm: float) -> tuple[float, ...]:
        """Distance from each lesion to a plane of (3,) normal, mm: positive on the removed side."""
        n = np.asarray(normal, dtype=np.float64)
        n = n / np.linalg.norm(n)
        return tuple(offset_mm - lesion.solid.support_mm(n) for lesion in self.lesions)

    def to_json(self) -> dict[str, Any]:
        """Return the document of ``truth.json``: mL, mm in LPS, fractions."""
        return {
            "schema": SCHEMA,
            "bound_ml": BOUND_ML,
            "liver_ml": self.liver_ml,
            "tumour_ml": self.tumour_ml,
            "functional_ml": self.functional_ml,
            "lesions": [self._lesion_json(i) for i in range(len(self.lesions))],
            "plane": self._plane_json(),
        }

    def _lesion_json(self, i: int) -> dict[str, Any]:
        lesion = self.lesions[i]
        return {
            "label": i + 2,
            "volume_ml": self.lesions_ml[i],
            "centroid_mm": [float(v) for v in lesion.centre_mm],
            "long_axis_mm": lesion.long_axis_mm,
            "short_axis_mm": lesion.short_axis_mm,
        }

    def _plane_json(self) -> dict[str, Any]:
        normal: FloatArray = np.array(RECOMMENDED_NORMAL) / np.linalg.norm(RECOMMENDED_NORMAL)
        offset = float(normal @ np.array(RECOMMENDED_POINT_MM))
        remnant = self.half_space_ml(normal, offset)
        return {
            "name": "right hemihepatectomy",
            "point_mm": list(RECOMMENDED_POINT_MM),
            "normal": normal.tolist(),
            "remnant_ml": remnant,
            "remnant_fraction": remnant / self.functional_ml,
            "margins_mm": list(self.plane_margin_mm(normal, offset)),
        }
