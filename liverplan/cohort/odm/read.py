"""An ODM 1.3 file as tables: each form one, each time that it was filled in a row."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from liverplan.cohort.cells import ID, Table
from liverplan.cohort.columns import column_of
from liverplan.cohort.odm.definitions import IN, REDCAP, Definitions, Item, definitions_of
from liverplan.cohort.tables import library
from liverplan.endpoints.tables import refuse
from liverplan.errors import InputError
from liverplan.plain import kept_as_file_name

MOST_BYTES = 64 * 2**20
WHAT = "ODM file"
EVENT = "event"
STATUS = "_complete"
"""REDCap's own item in each form: whether the form is complete."""

Place = tuple[str, str, str, str]
"""Of a row within a form: the patient, the event, how often the form and the group came."""


def read_odm(path: Path) -> tuple[tuple[Table, ...], tuple[str, ...]]:
    """Read the forms of an ODM file.

    A coded value is the code where the column knows it, else what the code stands for. Rows of
    several events have a column ``event``.

    Returns
    -------
    (tables, notes)
        Notes say what was left out.

    Raises
    ------
    InputError
        One sentence: too large, no XML, entities, no ODM 1.3 snapshot with data, or a value whose
        patient, item or unit is not as the file or the column says.
    """
    root = _root(path)
    reader = _Reader(definitions_of(root))
    for subject in root.iterfind(f"{IN}ClinicalData/{IN}SubjectData"):
        reader.subject(subject)
    names = [form.name for form in reader.forms.values()]
    files = Counter(kept_as_file_name(name).lower() for name in names)
    same = [name for name in names if files[kept_as_file_name(name).lower()] > 1]
    twice = [f"two forms have the name {name!r}" for name in same[:1]]
    refuse(path, WHAT, [*reader.faults, *twice])
    if not reader.forms:
        refuse(path, WHAT, ["it holds no patient's data"])
    return tuple(reader.tables()), tuple(dict.fromkeys(reader.notes))


def _root(path: Path) -> ET.Element:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"The ODM file {path} is over {MOST_BYTES // 2**20} MB.")
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"The ODM file {path} cannot be read: {error.strerror}.") from error
    safe, common = library("defusedxml.ElementTree"), library("defusedxml.common")
    try:
        root: ET.Element = safe.fromstring(content, forbid_dtd=True)
    except common.DefusedXmlException as error:
        raise InputError(
            f"The ODM file {path} declares a document type or entities, which are not read."
        ) from error
    except (ET.ParseError, ValueError, LookupError) as error:
        raise InputError(f"The ODM file {path} is no well-formed XML: {error}.") from error
    if root.tag != f"{IN}ODM":
        refuse(path, WHAT, ["it is no CDISC ODM 1.3 document"])
    if root.get("FileType") != "Snapshot":
        refuse(path, WHAT, ["it is no snapshot, but a file of changes"])
    return root


@dataclass(kw_only=True)
class _Form:
    """A form's columns, as asked and as met, and its rows as they are met."""

    name: str
    columns: dict[str, None] = field(default_factory=dict)
    rows: dict[Place, dict[str, str]] = field(default_factory=dict)


class _Reader:
    """Rows of one document, and what is wrong with it."""

    def __init__(self, definitions: Definitions) -> None:
        self._defined = definitions
        self.forms: dict[str, _Form] = {}
        self.faults: list[str] = []
        self.notes: list[str] = []

    def subject(self, subject: ET.Element) -> None:
        key = _subject_key(subject)
        if not key:
            self.faults.append("a patient has no SubjectKey")
        for event in subject.iterfind(f"{IN}StudyEventData"):
            named = self._defined.event(
                event.get("StudyEventOID", ""), event.get(f"{REDCAP}UniqueEventName", "")
            )
            again = event.get("StudyEventRepeatKey", "1")
            when = named if again == "1" else f"{named} {again}"
            for form in event.iterfind(f"{IN}FormData"):
                self._form(key, when, form)

    def tables(self) -> Iterator[Table]:
        for form in self.forms.values():
            several = len({place[1] for place in form.rows}) > 1
            before = (ID, EVENT) if several else (ID,)
            yield Table(
                name=form.name,
                columns=(*before, *form.columns),
                rows=tuple(
                    (*place[: len(before)], *(row.get(column, "") for column in form.columns))
                    for place, row in form.rows.items()
                ),
            )

    def _form(self, patient: str, event: str, data: ET.Element) -> None:
        oid = data.get("FormOID", "")
        form = self.forms.setdefault(oid, _Form(name=self._defined.form(oid)))
        for asked in self._defined.asked.get(oid, ()):
            self._column(form, patient, asked)
        for group in data.iterfind(f"{IN}ItemGroupData"):
            place = (
                *(patient, event, data.get("FormRepeatKey", "1")),
                group.get("ItemGroupRepeatKey", "1"),
            )
            row = form.rows.setdefault(place, {})
            for one in group:
                if one.tag.startswith(f"{IN}ItemData"):
                    item = self._column(form, patient, one.get("ItemOID", ""))
                    self._keep(row, patient, item, one.get("Value") or one.text or "")

    def _column(self, form: _Form, patient: str, oid: str) -> Item | None:
        """Return an item that becomes a column; None where it does not."""
        item = self._defined.items.get(oid)
        if item is None:
            if self._defined.items or not oid:
                self.faults.append(f"the item {oid!r} of {patient!r} is not defined")
                return None
            item = Item(name=oid, codes={})
        if item.name == f"{form.name}{STATUS}":
            self.notes.append(f"{item.name} is left out: REDCap's status of the form.")
            return None
        if item.name in (self._defined.record_id, ID):
            return None
        form.columns[item.name] = None
        return item

    def _keep(self, row: dict[str, str], patient: str, item: Item | None, coded: str) -> None:
        if item is None:
            return
        column = column_of(item.name)
        if column.unit and item.unit and item.unit != column.unit:
            self.faults.append(f"{item.name} is in {item.unit!r}, not in {column.unit!r}")
        value = _decoded(item, coded)
        if value and not column.holds(value):
            self.faults.append(f"{item.name} of {patient!r} is {value!r}, which cannot be")
        if row.get(item.name, value) != value:
            self.faults.append(f"{item.name} of {patient!r} is there twice and differs")
        row[item.name] = value


def _subject_key(subject: ET.Element) -> str:
    """Return the patient's id: LibreClinica's key is its own, the trial's stands beside it."""
    given = [value for key, value in subject.attrib.items() if key.endswith("}StudySubjectID")]
    return next(iter(given), "") or subject.get("SubjectKey", "")


def _decoded(item: Item, coded: str) -> str:
    allowed = column_of(item.name).allowed
    meant = item.codes.get(coded) or coded
    if coded in allowed:
        return coded
    return next((value for value in allowed if value.casefold() == meant.casefold()), meant)
