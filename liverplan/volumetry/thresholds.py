"""Published minima of a remnant and of its growth, each with its source."""

from __future__ import annotations

from dataclasses import dataclass

from liverplan.findings.reserve import Parenchyma
from liverplan.volumetry.formulas import Mark

EXTENSIVE_MONTHS = 3
"""Chemotherapy of more months than these counts as extensive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """One published minimum, as ``lowest`` and, where sources differ, ``highest`` of them.

    ``quantity`` says of what: "of_estimated" is of a liver by formula, "of_functional" of the
    measured liver without tumour. ``parenchyma`` is set where it is shown beside every plan.
    """

    condition: str
    quantity: str
    lowest: float
    highest: float
    unit: str
    source: str
    mark: Mark
    parenchyma: Parenchyma | None = None


_KAW = "PMC6422720, table T1"
_KGR = "Shindoh, J Am Coll Surg 2013;216:201"

# condition, quantity, lowest, highest, unit, source, mark, parenchyma
_LIMITS: tuple[tuple[str, str, float, float, str, str, Mark, Parenchyma | None], ...] = (
    ("normal liver", "of_estimated", 0.20, 0.20, "fraction", f"Kishi, in {_KAW}", "confirmed",
     "normal"),
    ("normal liver, extended resection", "of_estimated", 0.25, 0.25, "fraction",
     f"Vauthey, in {_KAW}", "confirmed", None),
    ("normal liver, older series", "of_functional", 0.25, 0.266, "fraction",
     f"Shoup and Schindl, in {_KAW}", "confirmed", None),
    ("chemotherapy over 3 months, or steatosis", "of_estimated", 0.30, 0.30, "fraction",
     f"Shindoh, in {_KAW} (chemotherapy); accesssurgery.mhmedical.com 260094672 (steatosis)",
     "confirmed", "injured"),
    ("fibrosis or cirrhosis", "of_functional", 0.40, 0.50, "fraction",
     f"Azoulay and Kubota, in {_KAW}", "confirmed", "fibrosis"),
    ("no cirrhosis", "per_weight", 0.005, 0.005, "fraction",
     "Truant, J Am Coll Surg 2007;204:22", "confirmed", "normal"),
    ("injured liver, as in living donation", "per_weight", 0.008, 0.008, "fraction",
     "general knowledge", "unconfirmed", "injured"),
    ("hepatocellular carcinoma", "per_weight", 0.0055, 0.0055, "fraction", "PMC7002877",
     "confirmed", None),
    ("injured liver", "per_surface", 250.0, 250.0, "mL/m2", f"Shirabe, in {_KAW}", "confirmed",
     "injured"),
    ("bile-duct resection", "per_surface", 300.0, 300.0, "mL/m2", "PMC7893452", "confirmed", None),
    ("after embolisation", "of_estimated", 0.296, 0.296, "fraction", _KGR, "confirmed", None),
    ("after embolisation", "degree_of_hypertrophy", 0.075, 0.075, "fraction", _KGR, "confirmed",
     None),
    ("after embolisation, wanted", "degree_of_hypertrophy", 0.05, 0.05, "fraction",
     "general knowledge", "unconfirmed", None),
    ("after embolisation", "kinetic_growth", 0.020, 0.020, "fraction/week", _KGR, "confirmed",
     None),
)  # fmt: skip

THRESHOLDS: tuple[Threshold, ...] = tuple(
    Threshold(
        condition=condition,
        quantity=quantity,
        lowest=lowest,
        highest=highest,
        unit=unit,
        source=source,
        mark=mark,
        parenchyma=parenchyma,
    )
    for condition, quantity, lowest, highest, unit, source, mark, parenchyma in _LIMITS
)
"""Published minima, for the reader's eye: what decides is the protocol's own threshold."""
