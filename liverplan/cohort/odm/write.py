"""Tables as an ODM 1.3.2 document: what each column is, then every patient's cells."""

from __future__ import annotations

import hashlib
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from liverplan import __version__
from liverplan.cohort.cells import ID, Table
from liverplan.cohort.columns import Column, column_of, meaning_of
from liverplan.words import LANGUAGES

NAMESPACE = "http://www.cdisc.org/ns/odm/v1.3"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
STUDY, VERSION, EVENT = "liverplan.study", "liverplan.tables.1", "trial"


def odm_of(tables: Sequence[Table], *, created: datetime) -> bytes:
    """Return an ODM document; a column that several tables have is one item."""
    root = ET.Element(
        "ODM",
        xmlns=NAMESPACE,
        ODMVersion="1.3.2",
        FileType="Snapshot",
        FileOID=f"liverplan.{_digest(tables)}",
        CreationDateTime=created.isoformat(timespec="seconds"),
        SourceSystem="liverplan",
        SourceSystemVersion=__version__,
    )
    study = _add(root, "Study", OID=STUDY)
    _global(study)
    names = tuple(dict.fromkeys(name for table in tables for name in _items(table)))
    _units(study, names)
    _version(study, tables, names)
    data = _add(root, "ClinicalData", StudyOID=STUDY, MetaDataVersionOID=VERSION)
    for key in dict.fromkeys(key for table in tables for key in table.values_of(ID)):
        subject = _add(data, "SubjectData", SubjectKey=key)
        _add(subject, "StudyEventData", StudyEventOID=EVENT)
    events = {subject.attrib["SubjectKey"]: subject[0] for subject in data}
    for table in tables:
        _data(events, table)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, "unicode")}\n'.encode()


def _items(table: Table) -> tuple[str, ...]:
    return tuple(name for name in table.columns if name != ID)


def _repeats(table: Table) -> bool:
    return any(count > 1 for count in Counter(table.values_of(ID)).values())


def _digest(tables: Sequence[Table]) -> str:
    return hashlib.sha256(repr(tables).encode("utf-8")).hexdigest()[:16]


def _global(study: ET.Element) -> None:
    named = _add(study, "GlobalVariables")
    for tag in ("StudyName", "StudyDescription", "ProtocolName"):
        _add(named, tag).text = "Tables of liverplan"


def _units(study: ET.Element, names: Iterable[str]) -> None:
    units = sorted({column_of(name).unit for name in names} - {""})
    if not units:
        return
    basic = _add(study, "BasicDefinitions")
    for unit in units:
        one = _add(basic, "MeasurementUnit", OID=f"unit.{unit}", Name=unit)
        _text(_add(one, "Symbol"), unit, "en")


def _version(study: ET.Element, tables: Sequence[Table], names: Sequence[str]) -> None:
    version = _add(study, "MetaDataVersion", OID=VERSION, Name="Tables of liverplan")
    protocol = _add(version, "Protocol")
    _add(protocol, "StudyEventRef", StudyEventOID=EVENT, OrderNumber="1", Mandatory="No")
    event = _add(version, "StudyEventDef", OID=EVENT, Name=EVENT, Repeating="No", Type="Common")
    for number, table in enumerate(tables, start=1):
        place = {"OrderNumber": str(number), "Mandatory": "No"}
        _add(event, "FormRef", FormOID=_form(table), **place)
    _forms(version, tables)
    for name in names:
        _item(version, name, tables)
    for name in names:
        _codes(version, name, column_of(name))


def _forms(version: ET.Element, tables: Sequence[Table]) -> None:
    for table in tables:
        again = "Yes" if _repeats(table) else "No"
        form = _add(version, "FormDef", OID=_form(table), Name=table.name, Repeating=again)
        _add(form, "ItemGroupRef", ItemGroupOID=_group(table), Mandatory="No")
    for table in tables:
        group = _add(version, "ItemGroupDef", OID=_group(table), Name=table.name, Repeating="No")
        for number, name in enumerate(_items(table), start=1):
            place = {"OrderNumber": str(number), "Mandatory": "No"}
            _add(group, "ItemRef", ItemOID=name, **place)


def _form(table: Table) -> str:
    return f"form.{table.name}"


def _group(table: Table) -> str:
    return f"group.{table.name}"


def _item(version: ET.Element, name: str, tables: Sequence[Table]) -> None:
    column = column_of(name)
    holders = [table for table in tables if name in table.columns]
    longest = max((len(cell) for one in holders for cell in one.values_of(name)), default=0)
    length = {"Length": str(max(1, longest))} if column.kind == "text" else {}
    item = _add(version, "ItemDef", OID=name, Name=name, DataType=column.kind, **length)
    described = _add(item, "Description")
    for language in LANGUAGES:
        _text(described, meaning_of(name, language), language)
    if column.unit:
        _add(item, "MeasurementUnitRef", MeasurementUnitOID=f"unit.{column.unit}")
    for comparator, limit in (("GE", column.low), ("LE", column.high)):
        if limit is not None:
            check = _add(item, "RangeCheck", Comparator=comparator, SoftHard="Hard")
            _add(check, "CheckValue").text = f"{limit:g}"
    if column.allowed:
        _add(item, "CodeListRef", CodeListOID=f"codes.{name}")


def _codes(version: ET.Element, name: str, column: Column) -> None:
    if not column.allowed:
        return
    listed = _add(version, "CodeList", OID=f"codes.{name}", Name=name, DataType=column.kind)
    for value in column.allowed:
        code = _add(listed, "CodeListItem", CodedValue=value)
        _text(_add(code, "Decode"), value, "en")


def _data(events: Mapping[str, ET.Element], table: Table) -> None:
    """Add every row of a table to its patient's event."""
    again, seen = _repeats(table), Counter[str]()
    for row in table.rows:
        key = row[table.position_of_id]
        seen[key] += 1
        repeated = {"FormRepeatKey": str(seen[key])} if again else {}
        form = _add(events[key], "FormData", FormOID=_form(table), **repeated)
        group = _add(form, "ItemGroupData", ItemGroupOID=_group(table))
        for name, cell in zip(table.columns, row, strict=True):
            if name != ID and cell:
                _add(group, "ItemData", ItemOID=name, Value=cell)


def _text(parent: ET.Element, text: str, language: str) -> None:
    ET.SubElement(parent, "TranslatedText", {LANGUAGE: language}).text = text


def _add(parent: ET.Element, tag: str, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, tag, attributes)
