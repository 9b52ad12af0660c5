"""The committee's table: every case has its line, also the one that cannot be read."""

import csv
import dataclasses
import shutil

import pytest

from liverplan.case import Actor, CaseState, create_case
from liverplan.cli import cohort as commands
from liverplan.cohort import overview
from liverplan.cohort.rows import row_of
from liverplan.cohort.tables import write_html, write_parquet
from liverplan.errors import InputError
from liverplan.findings import Findings
from liverplan.words import in_english
from liverplan.workflow import Request, assess

ACTOR = Actor(name="R. Lind", kind="human")


@pytest.fixture(scope="module")
def findings(small, planes, tmp_path_factory):
    request = Request(
        liver=small.liver,
        lesions=small.lesions,
        planes=(tuple(float(x) for x in planes(5).split(",")),),
    )
    return assess(small.ct, tmp_path_factory.mktemp("one") / "case", request)


@pytest.fixture
def cases(findings, tmp_path):
    """Three cases: one whole, one without findings, one damaged."""
    folder = tmp_path / "cases"
    for name, found in (("a", findings), ("deep/b", None), ("c", findings)):
        create_case(folder / name, state=CaseState(findings=found), actor=ACTOR, what="made")
    (folder / "c" / "audit.jsonl").write_text("{")
    (folder / "notes").mkdir()
    return folder


def test_every_case_has_a_line_and_faults_are_said(cases):
    made = overview(cases)
    assert (made.cases, made.faulty) == (3, 2)
    with (cases / "overview.csv").open(newline="") as file:
        rows = {row["case"]: row for row in csv.DictReader(file)}
    assert set(rows) == {"a", "c", "deep/b"}
    assert rows["a"]["fault"] == ""
    assert rows["a"]["flr_state"] in ("met", "not met")
    assert "Signed consent" in rows["a"]["open_items"]
    assert "votes" in rows["a"]["signatures_pending"]
    assert rows["deep/b"]["fault"] == "The case holds no findings yet."
    assert "audit.jsonl" in rows["c"]["fault"]


def test_the_tables_agree_and_the_page_needs_no_network(cases, findings, tmp_path):
    import pyarrow.parquet

    made = overview(cases, tmp_path / "tables")
    table, parquet, page = made.files
    rows = pyarrow.parquet.read_table(parquet).to_pylist()
    (whole,) = [row for row in rows if row["case"] == "a"]
    assert whole["liver_ml"] == findings.volumes.liver_ml
    assert whole["remnant_fraction"] == findings.remnant_fraction.deciding_fraction
    assert table.read_text("utf-8").count("\n") == 4
    html = page.read_text("utf-8")
    assert "http" not in html.replace("http-equiv", "")
    assert html.count("<tr>") == 4
    assert "Not a medical device" in html
    assert "<li>Signed consent</li>" in html
    assert not list((tmp_path / "tables").glob(".*"))


def test_an_overview_of_one_case_and_of_none(cases, tmp_path):
    assert overview(cases / "a", tmp_path / "one").cases == 1
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="No case lies in"):
        overview(tmp_path / "empty")
    with pytest.raises(InputError, match="cannot be read: No such file"):
        overview(tmp_path / "nowhere")


def test_tables_that_cannot_be_written_are_refused(cases, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="The overview cannot be written to"):
        overview(cases, tmp_path / "file")


def test_the_command_takes_a_folder_as_it_is(cases, capsys):
    commands.app([str(cases)], standalone_mode=False)
    assert capsys.readouterr().out.startswith("3 cases, 2 of them with a fault.\n")
    shutil.rmtree(cases / "c")
    commands.app(["overview", str(cases)], standalone_mode=False)
    assert capsys.readouterr().out.startswith("2 cases, 1 of them with a fault.\n")


def test_a_plan_that_was_not_made_has_no_remnant(findings):
    document = findings.to_json(in_english) | {"planes": [], "cuts": []}
    row = row_of(Findings.from_json(document))
    assert row["remnant_ml"] is None
    assert row["remnant_fraction"] is None
    assert row["liver_ml"] == findings.volumes.liver_ml


def test_the_page_never_rounds_across_the_threshold(tmp_path):
    rows = [{"remnant_fraction": 0.30007, "threshold_fraction": 0.30, "case": "<b>&"}]
    write_html(
        tmp_path / "t.html",
        title="T",
        headings={"case": "Case", "remnant_fraction": "FLR"},
        rows=rows,
    )
    html = (tmp_path / "t.html").read_text("utf-8")
    assert ">30.01\N{NO-BREAK SPACE}%<" in html
    assert "&lt;b&gt;&amp;" in html


def test_columns_have_one_type_whatever_the_rows_hold(tmp_path):
    import pyarrow.parquet

    rows = [{"id": "a", "margin_mm": None, "metastasis_count": 3}, {"id": "b", "flip_mm": 2.0}]
    columns = ("id", "margin_mm", "flip_mm", "metastasis_count")
    write_parquet(tmp_path / "t.parquet", columns, rows)
    table = pyarrow.parquet.read_table(tmp_path / "t.parquet")
    types = [str(table.schema.field(name).type) for name in columns]
    assert types == ["string", "double", "double", "int64"]
    assert table.to_pylist()[1] == {
        "id": "b", "margin_mm": None, "flip_mm": 2.0, "metastasis_count": None,
    }  # fmt: skip


def test_findings_flatten_without_rounding(findings):
    nudged = dataclasses.replace(
        findings, volumes=dataclasses.replace(findings.volumes, liver_ml=1489.4000000001)
    )
    assert row_of(nudged)["liver_ml"] == 1489.4000000001
