"""Header values as the standard wants them: what a scanner wrote otherwise is mended or left out.

Only what can be read in one way is mended. An identifier is never shortened: cut off, it could
be another patient's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time

import pydicom
from pydicom import config
from pydicom.datadict import keyword_for_tag
from pydicom.dataelem import DataElement
from pydicom.valuerep import validate_value

from liverplan.findings import Statement
from liverplan.plain import LONGEST_NAME, bare

CHECKED = frozenset({"AE", "AS", "CS", "DA", "DT", "LO", "LT", "PN", "SH", "ST", "TM"})
"""Kinds of value that are text; UIDs are kept, for by them an archive knows a study."""
UNICODE = "ISO_IR 192"
SINGLE_SETS = re.compile(r"ISO_IR (100|101|109|110|144|127|126|138|148|203|13|166|192)|GB18030|GBK")
EXTENDED_SETS = re.compile(
    r"ISO 2022 IR (6|100|101|109|110|144|127|126|138|148|203|13|166|87|159|149|58)"
)
SEXES = {"f": "F", "female": "F", "m": "M", "male": "M", "o": "O", "other": "O"}
YEAR_FIRST = re.compile(r"(\d{4})[-./ ](\d\d?)[-./ ](\d\d?)")
DAY_FIRST = re.compile(r"(\d\d?)\.(\d\d?)\.(\d{4})")
CLOCK = re.compile(r"(\d\d):?(?:(\d\d):?(?:(\d\d)(\.\d{1,6})?)?)?")
ZONE = re.compile(r"[+-]\d{4}")


def conforming(dataset: pydicom.Dataset) -> tuple[pydicom.Dataset, tuple[Statement, ...]]:
    """Return a copy whose values conform, and a note for each one that was changed or left out.

    The notes name attributes, never what stood in them.
    """
    clean, notes = pydicom.Dataset(), []
    for element in dataset:
        keyword = keyword_for_tag(element.tag)
        value = _conforming_value(keyword, element)
        if value == _text(element):
            clean.add(element)
            continue
        notes.append(Statement.of("header.mended" if value else "header.left_out", what=keyword))
        if value:
            clean.add(DataElement(element.tag, element.VR, value))
    _say_character_set(clean, notes)
    return clean, tuple(notes)


def person_name(name: str) -> str:
    """Return a name that was written by hand, as DICOM writes one: all of it as the family name."""
    return re.sub(r"[\\^= ]+", " ", bare(name)).strip()[:LONGEST_NAME] + "^"


def _conforming_value(keyword: str, element: DataElement) -> str:
    """Return an element's text as it may be written; "" where it must be left out."""
    text = _text(element)
    if not text or element.VR not in CHECKED or keyword == "SpecificCharacterSet":
        return text
    if element.VR == "PN":
        text = text.partition("\\")[0]
    text = MENDERS.get(keyword, BY_VR.get(element.VR, _unchanged))(_plain(text))
    return text if _is_valid(element.VR, text) else ""


def _text(element: DataElement) -> str:
    value = element.value
    many = isinstance(value, Sequence) and not isinstance(value, str)
    return "\\".join(map(str, value)) if many else "" if value is None else str(value)


def _plain(text: str) -> str:
    return bare(re.sub(r"[\x00-\x1f\x7f]+", " ", text))


def _is_valid(vr: str, text: str) -> bool:
    if "\\" in text:  # all of these have one value
        return False
    try:
        validate_value(vr, text, config.RAISE)
    except ValueError:
        return False
    return True


def _unchanged(text: str) -> str:
    return text


def _date(text: str) -> str:
    """Read year-month-day, or day.month.year; with slashes nobody knows which is the month."""
    text = text.strip()
    if found := YEAR_FIRST.fullmatch(text):
        year, month, day = found.groups()
    elif found := DAY_FIRST.fullmatch(text):
        day, month, year = found.groups()
    elif re.fullmatch(r"[0-9]{8}", text):
        year, month, day = text[:4], text[4:6], text[6:]
    else:
        return ""
    try:
        return date(int(year), int(month), int(day)).strftime("%Y%m%d").zfill(8)
    except ValueError:
        return ""


def _time(text: str) -> str:
    found = CLOCK.fullmatch(text.strip())
    if found is None:
        return ""
    hour, minute, second, part = found.groups()
    try:
        time(int(hour), int(minute or 0), min(int(second or 0), 59))
    except ValueError:
        return ""
    return "" if int(second or 0) > 60 else "".join(filter(None, (hour, minute, second, part)))


def _sex(text: str) -> str:
    return SEXES.get(text.strip().lower(), "")


def _zone(text: str) -> str:
    return text if ZONE.fullmatch(text) else ""


MENDERS: Mapping[str, Callable[[str], str]] = {
    "PatientSex": _sex,
    "TimezoneOffsetFromUTC": _zone,
}
BY_VR: Mapping[str, Callable[[str], str]] = {"DA": _date, "TM": _time, "CS": str.upper}


def _say_character_set(clean: pydicom.Dataset, notes: list[Statement]) -> None:
    """Name a character set that exists and holds the texts; they are Unicode here in any case."""
    value = clean.get("SpecificCharacterSet")
    names = [value] if isinstance(value, str) else list(value or [])
    if (names and not _is_known(names)) or (
        not names and not all(_text(element).isascii() for element in clean)
    ):
        notes.append(Statement.of("header.mended", what="SpecificCharacterSet"))
        clean.SpecificCharacterSet = UNICODE


def _is_known(names: Sequence[str]) -> bool:
    if len(names) == 1:
        return SINGLE_SETS.fullmatch(names[0]) is not None
    return all(not name or EXTENDED_SETS.fullmatch(name) for name in names)
