"""What an ODM file says of its forms and items: names, units, codes."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from liverplan.cohort.odm.write import NAMESPACE
from liverplan.plain import file_name, fits_as_file_name

IN = f"{{{NAMESPACE}}}"
REDCAP = "{https://projectredcap.org}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item: the column that it becomes, its unit, and what its codes stand for."""

    name: str
    unit: str = ""
    codes: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Definitions:
    """Items, forms, the items of each form in order, and events, by their identifiers."""

    items: Mapping[str, Item]
    forms: Mapping[str, str]
    asked: Mapping[str, tuple[str, ...]]
    events: Mapping[str, str]
    record_id: str = ""

    def form(self, oid: str) -> str:
        """Return a form as the name of a table."""
        return table_name(self.forms.get(oid, oid.removeprefix("Form.")))

    def event(self, oid: str, unique: str) -> str:
        """Return an event's name; REDCap's unique one where there is one."""
        return unique or self.events.get(oid, oid)


def definitions_of(root: ET.Element) -> Definitions:
    """Return what a document defines; nothing where it holds data only."""
    codes = {one.get("OID", ""): _codes(one) for one in root.iter(f"{IN}CodeList")}
    units = {
        one.get("OID", ""): one.findtext(f"{IN}Symbol/{IN}TranslatedText", "").strip()
        for one in root.iter(f"{IN}MeasurementUnit")
    }
    defined = {one.get("OID", ""): one for one in root.iter(f"{IN}ItemDef")}
    called = Counter(one.get("Name", "") for one in defined.values())
    return Definitions(
        items={
            oid: Item(
                name=one.get("Name", "") if called[one.get("Name", "")] == 1 else oid,
                unit=units.get(_reference(one, "MeasurementUnit"), ""),
                codes=codes.get(_reference(one, "CodeList"), {}),
            )
            for oid, one in defined.items()
        },
        forms=dict(_forms(root)),
        asked=dict(_asked(root)),
        events={one.get("OID", ""): one.get("Name", "") for one in root.iter(f"{IN}StudyEventDef")},
        record_id=next(
            (
                one.get(f"{REDCAP}RecordIdField", "")
                for one in root.iter()
                if one.get(f"{REDCAP}RecordIdField")
            ),
            "",
        ),
    )


def table_name(text: str) -> str:
    """Return a text as the name of a table, fit for a file."""
    joined = re.sub(r"\W+", "_", text).strip("_")
    return joined if fits_as_file_name(joined) else file_name(joined, otherwise="form")


def _forms(root: ET.Element) -> Iterator[tuple[str, str]]:
    for one in root.iter(f"{IN}FormDef"):
        yield one.get("OID", ""), one.get(f"{REDCAP}FormName", one.get("Name", ""))


def _asked(root: ET.Element) -> Iterator[tuple[str, tuple[str, ...]]]:
    inside = {
        group.get("OID", ""): [one.get("ItemOID", "") for one in group.iterfind(f"{IN}ItemRef")]
        for group in root.iter(f"{IN}ItemGroupDef")
    }
    for form in root.iter(f"{IN}FormDef"):
        groups = [one.get("ItemGroupOID", "") for one in form.iterfind(f"{IN}ItemGroupRef")]
        yield form.get("OID", ""), tuple(one for name in groups for one in inside.get(name, ()))


def _reference(one: ET.Element, to: str) -> str:
    found = one.find(f"{IN}{to}Ref")
    return "" if found is None else found.get(f"{to}OID", "")


def _codes(listed: ET.Element) -> dict[str, str]:
    return {
        one.get("CodedValue", ""): one.findtext(f"{IN}Decode/{IN}TranslatedText", "").strip()
        for one in listed.findall(f"{IN}CodeListItem")
    }
