"""Structures by their standard terms and codes.

Codes are SNOMED CT (scheme SCT) as printed in DICOM's context groups; see DICOM PS3.16,
CID 7150 (categories) and CID 7153, 7154 (structures). Segments IVa and IVb, which these groups do
not list, are as in SNOMED CT itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A coded concept: value, scheme, meaning."""

    value: str
    meaning: str
    scheme: str = "SCT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """Something that can be segmented: its name for people, its codes for machines."""

    name: str
    category: Code
    kind: Code


ORGAN = Code(value="91772007", meaning="Organ")
ABNORMAL = Code(value="49755003", meaning="Morphologically Abnormal Structure")

LIVER = Structure(name="Liver", category=ORGAN, kind=Code(value="10200004", meaning="Liver"))
METASTASIS = Structure(
    name="Metastasis",
    category=ABNORMAL,
    kind=Code(value="128462008", meaning="Secondary malignant neoplastic disease"),
)

STRUCTURE = Code(value="91723000", meaning="Anatomical Structure")
PLACE = Code(value="309825002", meaning="Spatial and Relational Concept")

PORTAL_VEIN = Structure(
    name="Portal vein", category=STRUCTURE, kind=Code(value="32764006", meaning="Portal vein")
)
HEPATIC_VEINS = Structure(
    name="Hepatic veins", category=STRUCTURE, kind=Code(value="8993003", meaning="Hepatic vein")
)
VESSELS: Mapping[str, Structure] = MappingProxyType(
    {"portal vein": PORTAL_VEIN, "hepatic veins": HEPATIC_VEINS}
)
"""By the names that maps of vessels give their parts."""
CUT_SURFACE = Structure(
    name="Cut surface", category=PLACE, kind=Code(value="410679008", meaning="Surface")
)

_COUINAUD = {
    "1": ("I", "71133005"),
    "2": ("II", "277956007"),
    "3": ("III", "277957003"),
    "4a": ("IVa", "871688003"),
    "4b": ("IVb", "871689006"),
    "5": ("V", "277959000"),
    "6": ("VI", "277960005"),
    "7": ("VII", "277961009"),
    "8": ("VIII", "277962002"),
}
COUINAUD: Mapping[str, Structure] = MappingProxyType(
    {
        name: Structure(
            name=f"Segment {name}",
            category=STRUCTURE,
            kind=Code(value=value, meaning=f"Couinaud hepatic segment {roman}"),
        )
        for name, (roman, value) in _COUINAUD.items()
    }
)
"""By the names that maps of Couinaud segments give their parts."""


def lesion_name(label: int) -> str:
    """Return the name of the lesion with a label value, e.g. ``Metastasis 1`` for label 2."""
    return f"{METASTASIS.name} {label - 1}"
