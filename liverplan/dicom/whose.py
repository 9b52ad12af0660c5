"""Whose CT it is, read from headers as `Headers.to_json` wrote them; no DICOM is parsed here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def patient_id_in(document: Mapping[str, Any]) -> str:
    """Return the PatientID of headers; "" where there is none."""
    return _text_in(document, "00100020")


def patient_name_in(document: Mapping[str, Any]) -> str:
    """Return the PatientName of such headers as DICOM writes it; "" where there is none."""
    values = document.get("common", {}).get("00100010", {}).get("Value", ())
    names = [one.get("Alphabetic", "") for one in values if isinstance(one, Mapping)]
    return " ".join(filter(None, map(str, names)))


def birth_date_in(document: Mapping[str, Any]) -> str:
    """Return the PatientBirthDate of such headers, yyyymmdd; "" where there is none."""
    return _text_in(document, "00100030")


def sex_in(document: Mapping[str, Any]) -> str:
    """Return the PatientSex of such headers, "F", "M" or "O"; "" where there is none."""
    return _text_in(document, "00100040")


def made_up_in(document: Mapping[str, Any]) -> bool:
    """Whether such headers were made up for a CT that was no DICOM."""
    return document.get("made_up") is True


def _text_in(document: Mapping[str, Any], tag: str) -> str:
    return " ".join(map(str, document.get("common", {}).get(tag, {}).get("Value", ())))
