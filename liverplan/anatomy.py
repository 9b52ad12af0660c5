"""Structures by their standard terms and codes.

Codes are SNOMED CT (scheme SCT) as printed in DICOM's context groups; see DICOM PS3.16,
CID 7150 (categories) and CID 7153, 7154 (structures). Segments IVa and IVb, which these groups do
not list, are as in SNOMED CT itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A coded concept: value, scheme, meaning."""

    value: str
    meaning: str
    scheme: str = "SCT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """Something that can be segmented: its name for people, its codes for machines, its colour.

    ``rgb`` (0-255 each) is what it looks like in the report, in files and in other programs.
    """

    name: str
    category: Code
    kind: Code
    rgb: Rgb = (221, 130, 101)


ORGAN = Code(value="91772007", meaning="Organ")
ABNORMAL = Code(value="49755003", meaning="Morphologically Abnormal Structure")

LIVER = Structure(name="Liver", category=ORGAN, kind=Code(value="10200004", meaning="Liver"))
METASTASIS = Structure(
    name="Metastasis",
    category=ABNORMAL,
    kind=Code(value="128462008", meaning="Secondary malignant neoplastic disease"),
    rgb=(245, 245, 245),
)

STRUCTURE = Code(value="91723000", meaning="Anatomical Structure")
PLACE = Code(value="309825002", meaning="Spatial and Relational Concept")

REMNANT = Structure(
    name="Future liver remnant", category=STRUCTURE, kind=LIVER.kind, rgb=(86, 180, 233)
)
RESECTED = Structure(name="Resected liver", category=STRUCTURE, kind=LIVER.kind, rgb=(213, 94, 0))
"""liverplan's own names for parts of a liver: no code tells them from the whole."""
PORTAL_VEIN = Structure(
    name="Portal vein",
    category=STRUCTURE,
    kind=Code(value="32764006", meaning="Portal vein"),
    rgb=(204, 121, 167),
)
HEPATIC_VEINS = Structure(
    name="Hepatic veins",
    category=STRUCTURE,
    kind=Code(value="8993003", meaning="Hepatic vein"),
    rgb=(0, 114, 178),
)
VESSELS: Mapping[str, Structure] = MappingProxyType(
    {"portal vein": PORTAL_VEIN, "hepatic veins": HEPATIC_VEINS}
)
"""By the names that maps of vessels give their parts."""
CUT_SURFACE = Structure(
    name="Cut surface",
    category=PLACE,
    kind=Code(value="410679008", meaning="Surface"),
    rgb=(240, 228, 66),
)

_COUINAUD = {
    "1": ("I", "71133005", (148, 103, 189)),
    "2": ("II", "277956007", (31, 119, 180)),
    "3": ("III", "277957003", (140, 86, 75)),
    "4a": ("IVa", "871688003", (44, 160, 44)),
    "4b": ("IVb", "871689006", (188, 189, 34)),
    "5": ("V", "277959000", (227, 119, 194)),
    "6": ("VI", "277960005", (23, 190, 207)),
    "7": ("VII", "277961009", (255, 127, 14)),
    "8": ("VIII", "277962002", (127, 127, 127)),
}
COUINAUD: Mapping[str, Structure] = MappingProxyType(
    {
        name: Structure(
            name=f"Segment {name}",
            category=STRUCTURE,
            kind=Code(value=value, meaning=f"Couinaud hepatic segment {roman}"),
            rgb=rgb,
        )
        for name, (roman, value, rgb) in _COUINAUD.items()
    }
)
"""By the names that maps of Couinaud segments give their parts; neighbours differ in colour."""


def lesion_name(label: int) -> str:
    """Return the name of the lesion with a label value, e.g. ``Metastasis 1`` for label 2."""
    return f"{METASTASIS.name} {label - 1}"
