"""Tables to CDISC ODM and back: equal cell by cell; REDCap's and LibreClinica's files are read."""

import csv
import datetime as dt
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("defusedxml", reason="defusedxml is missing: pip install liverplan[cohort]")

from liverplan.cli import cohort as commands
from liverplan.cohort.cells import Table, read_patients, read_table
from liverplan.cohort.odm import export_odm, import_odm, odm_of, read_odm
from liverplan.cohort.tables import write_parquet
from liverplan.errors import InputError
from tests.cohort.odm_rules import faults

TABLES = {
    "outcomes": "id,arm,origin_date,last_seen_date,death_date\n"
    "p1,surgery,2020-01-01,2023-01-05,2023-01-05\np2,oncology,2020-01-02,2024-02-29,\n",
    "quality": "id,visit_months,q_8,q_29,lmc_33\np1,0,1,7,\np1,3.5,4,1,2\np2,0,,,\n",
    "safety": 'id,clavien_dindo,isgls_grade,remarks\np2,IIIa,none,"a ""b"", <c> & é\nnew line"\n',
    "factors": "id,age,receptor_positive,margin_mm,empty\np1,51.25,1,0.5,\np2,,0,1e-3,\n",
}

REDCAP = """<?xml version="1.0" encoding="UTF-8" ?>
<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:redcap="https://projectredcap.org"
 ODMVersion="1.3.1" FileOID="000-00-0000" FileType="Snapshot" SourceSystem="REDCap"
 CreationDateTime="2024-10-14T11:57:18">
<Study OID="Project.T"><GlobalVariables><StudyName>T</StudyName>
<StudyDescription>T</StudyDescription><ProtocolName>T</ProtocolName>
<redcap:Purpose>1</redcap:Purpose></GlobalVariables>
<MetaDataVersion OID="Metadata.T" Name="T" redcap:RecordIdField="record_id">
<StudyEventDef OID="Event.baseline_arm_1" Name="Baseline" Repeating="No" Type="Common"/>
<FormDef OID="Form.quality" Name="Quality of life" Repeating="No" redcap:FormName="quality">
<ItemGroupRef ItemGroupOID="quality.record_id" Mandatory="No"/>
<ItemGroupRef ItemGroupOID="quality.q_8" Mandatory="No"/>
<ItemGroupRef ItemGroupOID="quality.quality_complete" Mandatory="No"/></FormDef>
<ItemGroupDef OID="quality.record_id" Name="Quality of life" Repeating="No">
<ItemRef ItemOID="record_id" Mandatory="No"/><ItemRef ItemOID="visit_months" Mandatory="No"/>
</ItemGroupDef>
<ItemGroupDef OID="quality.q_8" Name="Breath" Repeating="No"><ItemRef ItemOID="q_8" Mandatory="No"/>
<ItemRef ItemOID="progression" Mandatory="No"/><ItemRef ItemOID="centre" Mandatory="No"/>
</ItemGroupDef>
<ItemGroupDef OID="quality.quality_complete" Name="Form Status" Repeating="No">
<ItemRef ItemOID="quality_complete" Mandatory="No"/></ItemGroupDef>
<ItemDef OID="record_id" Name="record_id" DataType="text" Length="999"/>
<ItemDef OID="visit_months" Name="visit_months" DataType="float" redcap:FieldType="text"/>
<ItemDef OID="q_8" Name="q_8" DataType="text"><CodeListRef CodeListOID="q_8.choices"/></ItemDef>
<ItemDef OID="progression" Name="progression" DataType="boolean">
<CodeListRef CodeListOID="progression.choices"/></ItemDef>
<ItemDef OID="centre" Name="centre" DataType="text"><CodeListRef CodeListOID="c"/></ItemDef>
<ItemDef OID="quality_complete" Name="quality_complete" DataType="text"/>
<CodeList OID="q_8.choices" Name="q_8" DataType="text"><CodeListItem CodedValue="2"><Decode>
<TranslatedText>A little</TranslatedText></Decode></CodeListItem></CodeList>
<CodeList OID="progression.choices" Name="p" DataType="boolean"><CodeListItem CodedValue="1">
<Decode><TranslatedText>Yes</TranslatedText></Decode></CodeListItem></CodeList>
<CodeList OID="c" Name="c" DataType="text"><CodeListItem CodedValue="5"><Decode>
<TranslatedText>North</TranslatedText></Decode></CodeListItem></CodeList>
</MetaDataVersion></Study>
<ClinicalData StudyOID="Project.T" MetaDataVersionOID="Metadata.T">
<SubjectData SubjectKey="7" redcap:RecordIdField="record_id">
<StudyEventData StudyEventOID="Event.baseline_arm_1" StudyEventRepeatKey="1"
 redcap:UniqueEventName="baseline_arm_1">
<FormData FormOID="Form.quality" FormRepeatKey="1">
<ItemGroupData ItemGroupOID="quality.record_id" ItemGroupRepeatKey="1">
<ItemData ItemOID="record_id" Value="7"/><ItemData ItemOID="visit_months" Value="0"/>
</ItemGroupData>
<ItemGroupData ItemGroupOID="quality.q_8" ItemGroupRepeatKey="1"><ItemData ItemOID="q_8" Value="2"/>
<ItemData ItemOID="progression" Value="1"/><ItemData ItemOID="centre" Value="5"/></ItemGroupData>
<ItemGroupData ItemGroupOID="quality.quality_complete" ItemGroupRepeatKey="1">
<ItemData ItemOID="quality_complete" Value="2"/></ItemGroupData></FormData></StudyEventData>
<StudyEventData StudyEventOID="Event.visit_arm_1" StudyEventRepeatKey="2"
 redcap:UniqueEventName="visit_arm_1"><FormData FormOID="Form.quality" FormRepeatKey="1">
<ItemGroupData ItemGroupOID="quality.record_id" ItemGroupRepeatKey="1">
<ItemData ItemOID="visit_months" Value="3"/></ItemGroupData></FormData></StudyEventData>
</SubjectData></ClinicalData></ODM>"""

DATA = (
    '<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" FileType="Snapshot" {root}>{before}'
    '<ClinicalData StudyOID="S" MetaDataVersionOID="V"><SubjectData SubjectKey="p1" {subject}>'
    '<StudyEventData StudyEventOID="E"><FormData FormOID="F"><ItemGroupData ItemGroupOID="G">'
    "{items}</ItemGroupData></FormData></StudyEventData></SubjectData></ClinicalData></ODM>"
)


def document(items="", before="", subject="", root=""):
    return DATA.format(items=items, before=before, subject=subject, root=root)


def item(oid, value):
    return f'<ItemData ItemOID="{oid}" Value="{value}"/>'


@pytest.fixture
def tables(tmp_path):
    for name, text in TABLES.items():
        (tmp_path / f"{name}.csv").write_text(text, "utf-8")
    return [tmp_path / f"{name}.csv" for name in TABLES]


def cells(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_tables_come_back_cell_by_cell_and_the_file_keeps_the_rules(tables, tmp_path, capsys):
    odm, back = tmp_path / "trial.xml", tmp_path / "back"
    options = [*map(str, tables), "--out", str(odm)]
    commands.app(["export-odm", *options], standalone_mode=False)
    assert "2 patients" in capsys.readouterr().out
    assert faults(odm.read_bytes()) == []
    commands.app(["import-odm", str(odm), "--out", str(back)], standalone_mode=False)
    assert {path.name for path in back.iterdir()} == {path.name for path in tables}
    for path in tables:
        assert cells(back / path.name) == cells(path)


ANY = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"))
NAMES = st.lists(
    st.text(string.ascii_lowercase + "_", min_size=3, max_size=8).filter(lambda name: name != "id"),
    unique=True, max_size=4,
).map(lambda names: [f"x_{name}" for name in names])  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_any_text_comes_back(tmp_path_factory, data):
    columns = ("id", *data.draw(NAMES))
    keys = sorted(data.draw(st.lists(st.sampled_from("abc"), min_size=1, max_size=6)))
    wild = ANY | st.sampled_from(["\n", "a\r\nb", "\t", " ", "&lt;", "]]>", '"', "=1+2"])
    rows = tuple((key, *(data.draw(wild) for _ in columns[1:])) for key in keys)
    table = Table(name="wild", columns=columns, rows=rows)
    folder = tmp_path_factory.mktemp("odm")
    assert read_table(table.write(folder)) == table
    path = folder / "a.xml"
    path.write_bytes(odm_of([table], created=dt.datetime(2024, 1, 1, tzinfo=dt.UTC)))
    assert faults(path.read_bytes()) == []
    (back,), notes = read_odm(path)
    assert (back, notes) == (table, ())


def test_the_cohorts_own_results_come_back_as_numbers(tmp_path):
    columns = ("id", "remnant_fraction", "metastasis_count", "flr_state")
    rows = [{"id": "p1", "remnant_fraction": 0.1 + 0.2, "metastasis_count": 3, "flr_state": "met"}]
    write_parquet(tmp_path / "results.parquet", columns, rows)
    assert export_odm([tmp_path / "results.parquet"], tmp_path / "r.xml") == 1
    (path,), _ = import_odm(tmp_path / "r.xml", tmp_path / "back")
    assert read_patients(path) == read_patients(tmp_path / "results.parquet")
    assert float(read_patients(path).rows[0][1]) == 0.1 + 0.2


def test_what_redcap_exports_is_read_with_its_events_and_the_meaning_of_its_codes(tmp_path, capsys):
    (tmp_path / "redcap.xml").write_text(REDCAP, "utf-8")
    commands.app(
        ["import-odm", str(tmp_path / "redcap.xml"), "--out", str(tmp_path)], standalone_mode=False
    )
    assert cells(tmp_path / "quality.csv") == [
        ["id", "event", "visit_months", "q_8", "progression", "centre"],
        ["7", "baseline_arm_1", "0", "2", "yes", "North"],
        ["7", "visit_arm_1 2", "3", "", "", ""],
    ]
    assert "quality_complete is left out" in capsys.readouterr().err


def test_libreclinica_names_its_patients_beside_its_own_keys(tmp_path):
    own = 'xmlns:OpenClinica="http://www.openclinica.org/ns/odm_ext_v130/v3.1"'
    metadata = (
        '<Study OID="S"><MetaDataVersion OID="V" Name="V"><FormDef OID="F" Name="Safety - v1.0" '
        'Repeating="No"><ItemGroupRef ItemGroupOID="G" Mandatory="No"/></FormDef>'
        '<ItemGroupDef OID="G" Name="G" Repeating="No"><ItemRef ItemOID="I_1" Mandatory="No"/>'
        '</ItemGroupDef><ItemDef OID="I_1" Name="isgls_grade" DataType="text"/>'
        "</MetaDataVersion></Study>"
    )
    path = tmp_path / "l.xml"
    subject = f'{own} OpenClinica:StudySubjectID="trial-9"'
    path.write_text(document(item("I_1", "B"), before=metadata, subject=subject))
    (table,), _ = read_odm(path)
    assert (table.name, table.rows) == ("Safety_v1_0", (("trial-9", "B"),))


UNITS = (
    '<Study OID="S"><BasicDefinitions><MeasurementUnit OID="u" Name="u"><Symbol><TranslatedText>cm'
    "</TranslatedText></Symbol></MeasurementUnit></BasicDefinitions>"
    '<MetaDataVersion OID="V" Name="V"><ItemDef OID="margin_mm" Name="margin_mm" DataType="float">'
    '<MeasurementUnitRef MeasurementUnitOID="u"/></ItemDef></MetaDataVersion></Study>'
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no xml", "no well-formed XML"),
        ("", "no well-formed XML"),
        ("<a/>", "it is no CDISC ODM 1.3 document"),
        ('<ODM xmlns="http://www.cdisc.org/ns/odm/v1.2"/>', "it is no CDISC ODM 1.3 document"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "a document type or entities"),
        ('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "a document type or entities"),
        (document().replace("Snapshot", "Transactional"), "it is no snapshot"),
        (document().replace('SubjectKey="p1"', ""), "a patient has no SubjectKey"),
        (document().replace("SubjectData", "Other"), "no patient's data"),
        (document(item("death_date", "soon")), "death_date of 'p1' is 'soon', which cannot be"),
        (document(item("q_8", "5")), "q_8 of 'p1' is '5'"),
        (document(item("a", "1") + item("a", "2")), "a of 'p1' is there twice and differs"),
        (document(item("a", "1"), before=UNITS), "the item 'a' of 'p1' is not defined"),
        (document(item("", "1")), "the item '' of 'p1' is not defined"),
        (
            document(item("a", "1")).replace(
                "</StudyEventData>",
                '<FormData FormOID="Form.F"></FormData></StudyEventData>',
            ),
            "two forms have the name 'F'",
        ),
        (document(item("margin_mm", "1"), before=UNITS), "margin_mm is in 'cm', not in 'mm'"),
        (document("<ItemData"), "no well-formed XML"),
        ('<?xml version="1.0" encoding="nonsense"?><a/>', "no well-formed XML"),
    ],
)  # fmt: skip
def test_a_file_that_does_not_serve_is_refused_in_one_sentence(tmp_path, text, words):
    path = tmp_path / "bad.xml"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=words) as refusal:
        read_odm(path)
    assert str(refusal.value).count(". ") == 0


def test_a_file_that_is_too_large_or_not_there_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("liverplan.cohort.odm.read.MOST_BYTES", 10)
    (tmp_path / "large.xml").write_text(document())
    with pytest.raises(InputError, match="is over 0 MB"):
        read_odm(tmp_path / "large.xml")
    with pytest.raises(InputError, match="cannot be read"):
        read_odm(tmp_path / "absent.xml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("arm\nsurgery\n", "no column 'id'"),
        ("", "a column has no name"),
        ("id,arm\np1\n", "line 2 has 1 values for 2 columns"),
        ("id,arm,arm\np1,a,b\n", "the column 'arm' is there twice"),
        ("id,\np1,a\n", "a column has no name"),
        ("id,arm\n ,a\n", "line 2 has no id"),
        ("id,death_date\np1,20240311\n", "the death_date '20240311', which is not a date"),
        ("id,age\np1,-3\n", "which is not 0 or more"),
        ("id,q_29\np1,8\n", "which is not one of 1, 2, 3, 4, 5, 6, 7"),
        ("id,arm\np1,a\x01\n", "line 2 has a control character in arm"),
    ],
)  # fmt: skip
def test_a_table_that_does_not_serve_is_refused_with_its_line(tmp_path, text, words):
    path = tmp_path / "bad.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match=words):
        export_odm([path], tmp_path / "out.xml")
    assert not (tmp_path / "out.xml").exists()


def test_two_tables_of_one_name_are_refused(tables, tmp_path):
    with pytest.raises(InputError, match="Two tables have the name outcomes"):
        export_odm([tables[0], tables[0]], tmp_path / "out.xml")
