"""Names and reasons that would act in a spreadsheet, a browser or a terminal."""

import ast
import csv
from pathlib import Path

import pyarrow.parquet
import pytest

import liverplan
from liverplan.case.making import IDENTITY, TRAIL
from liverplan.cohort import overview, run_cohort
from liverplan.cohort.cells import Table, read_table
from liverplan.cohort.manifest import read_manifest
from liverplan.cohort.records import keep
from liverplan.errors import InputError
from tests.plain.texts import HONEST, HOSTILE, forbidden

FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", '=HYPERLINK("x")']
FOLDERS = [*FORMULAS, *(text.replace("/", "|") for text in HOSTILE.values()), *HONEST.values()]


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """The overview of damaged cases in folders of these names."""
    folder = tmp_path_factory.mktemp("cases")
    for name in FOLDERS:
        (folder / name).mkdir()
        for part in (IDENTITY, TRAIL):
            (folder / name / part).write_text("=1+1\x1b\n")
    return overview(folder).files


def test_the_overview_s_csv_begins_no_formula_and_reads_back(tables):
    with tables[0].open(encoding="utf-8", newline="") as file:
        cells = [cell for line in csv.reader(file) for cell in line]
    assert not [cell for cell in cells if cell.startswith(tuple("=+-@\t\r"))]
    assert {"'=1+1", "'@SUM(A1)"} <= set(cells)
    assert {*FORMULAS, *HONEST.values()} <= set(read_table(tables[0]).values_of("case"))


def test_nothing_in_the_overview_hides(tables):
    page = tables[2].read_text("utf-8")
    assert forbidden(page.replace("\n", "")) <= {"\u200c", "\u200d"}
    assert "&lt;b&gt;Lind" in page
    assert "<b>" not in page
    cells = pyarrow.parquet.read_table(tables[1])["case"].to_pylist()
    assert forbidden("".join(cells)) <= {"\u200c", "\u200d"}


def test_a_failure_s_reason_begins_no_formula(tmp_path):
    manifest, out = tmp_path / "m.csv", tmp_path / "out"
    manifest.write_text("id,path,protocol\np1,ct,'=x\n", "utf-8")
    (job,) = read_manifest(manifest)
    assert job.protocol == "=x"
    (out / "records").mkdir(parents=True)
    keep(out, job, row={}, reason="=1+1\x1b\n")
    failures = run_cohort(manifest, out).failures.read_text("utf-8")
    assert r"p1,'=1+1\x1b\n," in failures


def test_any_table_is_written_without_formulas_and_read_as_it_was(tmp_path):
    rows = tuple((text, text) for text in (*FORMULAS, "'=1", "-5.2", "'", "\t=", *HONEST.values()))
    table = Table(name="t", columns=("id", "=note"), rows=rows)
    assert read_table(table.write(tmp_path)).rows == rows


@pytest.mark.parametrize("name", ["../../t", "/t", "con", "a\x1bb", "x\u202e", "..", "t " * 200])
def test_a_table_s_name_leads_to_no_other_folder(name, tmp_path):
    table = Table(name=name, columns=("id",), rows=(("p1",),))
    assert table.write(tmp_path).resolve().parent == tmp_path.resolve()
    assert read_table(next(tmp_path.iterdir())).rows == table.rows


def test_one_function_writes_every_csv():
    writes = [
        path.name
        for path in sorted(Path(liverplan.__file__).parent.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("csv.writer", "csv.DictWriter", "DataFrame.to_csv")
    ]
    assert writes == ["tables.py"]


@pytest.mark.parametrize("name", ["con", "p.", "..", "a/b", "Åsa", "p\x1b", "\u202ep", "x" * 101])
def test_no_id_names_a_folder_that_some_system_cannot_keep(name, tmp_path):
    (tmp_path / "m.csv").write_text(f"id,path\n{name},ct\n", "utf-8")
    with pytest.raises(InputError, match="no name of a folder"):
        read_manifest(tmp_path / "m.csv")


def test_ids_that_differ_in_capitals_alone_are_refused(tmp_path):
    (tmp_path / "m.csv").write_text("id,path\nP1,ct\np1,ct\n", "utf-8")
    with pytest.raises(InputError, match="is there 2 times"):
        read_manifest(tmp_path / "m.csv")
