"""Structures by their standard terms and codes.

Codes are SNOMED CT (scheme SCT) as printed in DICOM's context groups; see DICOM PS3.16,
CID 7150 (categories) and CID 7153, 7154 (structures).
"""

from __future__ import annotations

from dataclasses import dataclass


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


def lesion_name(label: int) -> str:
    """Return the name of the lesion with a label value, e.g. ``Metastasis 1`` for label 2."""
    return f"{METASTASIS.name} {label - 1}"
