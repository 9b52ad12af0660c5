"""FHIR's small parts: concepts, quantities, references, and names for hashes and UIDs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    import pydicom

Release = Literal["R4", "R5"]
Element: TypeAlias = dict[str, object]

SYSTEMS: Mapping[str, str] = MappingProxyType(
    {
        "SCT": "http://snomed.info/sct",
        "DCM": "http://dicom.nema.org/resources/ontology/DCM",
        "LN": "http://loinc.org",
        "UCUM": "http://unitsofmeasure.org",
    }
)
"""FHIR's names for the coding schemes of DICOM."""

SHOWN: Mapping[str, str] = MappingProxyType({"cm3": "mL"})
"""Units that people read under another name; the code stays."""


def coding(item: pydicom.Dataset) -> Element:
    """Return a code of a DICOM code sequence as a Coding."""
    return {
        "system": SYSTEMS[item.CodingSchemeDesignator],
        "code": str(item.CodeValue),
        "display": str(item.CodeMeaning),
    }


def concept(text: str, *items: pydicom.Dataset) -> Element:
    """Return a CodeableConcept: its text, and its codes where there are any."""
    codes: Element = {"coding": [coding(item) for item in items]} if items else {}
    return {**codes, "text": text}


def quantity(value: float, unit: pydicom.Dataset) -> Element:
    """Return a Quantity in a unit of UCUM."""
    code = str(unit.CodeValue)
    return {
        "value": value,
        "unit": SHOWN.get(code, code),
        "system": SYSTEMS["UCUM"],
        "code": code,
    }


def uid_identifier(uid: str) -> Element:
    """Return an Identifier of a DICOM UID."""
    return {"system": "urn:dicom:uid", "value": f"urn:oid:{uid}"}


def hash_identifier(sha256: str) -> Element:
    """Return an Identifier of a SHA-256 (hexadecimal), as a URI after RFC 6920."""
    return {"system": "urn:ietf:rfc:3986", "value": f"nih:sha-256;{sha256}"}


def given(**parts: object) -> Element:
    """Return an element of the parts that are there: FHIR knows no empty ones."""
    return {name: part for name, part in parts.items() if part not in (None, "", [], {})}
