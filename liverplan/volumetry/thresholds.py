"""Published minima of a remnant and of its growth, each with its source."""

from __future__ import annotations

from dataclasses import dataclass

from liverplan.volumetry.formulas import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """One published minimum, as ``lowest`` and, where sources differ, ``highest`` of them."""

    condition: str
    quantity: str
    lowest: float
    highest: float
    unit: str
    source: str
    mark: Mark


_KAW = "PMC6422720, table T1"
_KGR = "Shindoh, J Am Coll Surg 2013;216:201"

# condition, quantity, lowest, highest, unit, source, mark
_LIMITS: tuple[tuple[str, str, float, float, str, str, Mark], ...] = (
    ("normal liver", "of_estimated", 0.20, 0.20, "fraction", _KAW, "confirmed"),
    ("normal liver, older series", "of_estimated", 0.25, 0.266, "fraction", _KAW, "confirmed"),
    ("chemotherapy over 3 months, or steatosis", "of_estimated", 0.30, 0.30, "fraction", _KAW,
     "confirmed"),
    ("fibrosis or cirrhosis", "of_estimated", 0.40, 0.50, "fraction", _KAW, "confirmed"),
    ("no cirrhosis", "per_weight", 0.005, 0.005, "fraction",
     "Truant, J Am Coll Surg 2007;204:22", "unconfirmed"),
    ("hepatocellular carcinoma", "per_weight", 0.0055, 0.0055, "fraction", "PMC7002877",
     "confirmed"),
    ("injured liver", "per_surface", 250.0, 250.0, "mL/m2", _KAW, "confirmed"),
    ("bile-duct resection", "per_surface", 300.0, 300.0, "mL/m2", "PMC7893452", "confirmed"),
    ("after embolisation", "of_estimated", 0.296, 0.296, "fraction", _KGR, "confirmed"),
    ("after embolisation", "degree_of_hypertrophy", 0.075, 0.075, "fraction", _KGR, "confirmed"),
    ("after embolisation, wanted", "degree_of_hypertrophy", 0.05, 0.05, "fraction",
     "general knowledge", "unconfirmed"),
    ("after embolisation", "kinetic_growth", 0.020, 0.020, "fraction/week", _KGR, "confirmed"),
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
    )
    for condition, quantity, lowest, highest, unit, source, mark in _LIMITS
)
"""Published minima, for the reader's eye: what decides is the protocol's own threshold."""
