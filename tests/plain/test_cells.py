"""Cells of CSV: no formula, and the text comes back."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liverplan.cohort.tables import write_csv
from liverplan.endpoints.tables import read_lines
from liverplan.plain import from_cell, to_cell

BEGIN = ("=", "+", "-", "@", "\t", "\r")


@given(st.text() | st.builds(str.__add__, st.sampled_from(["'", *BEGIN]), st.text()))
def test_every_text_reads_back_and_begins_no_formula(text):
    assert from_cell(to_cell(text)) == text
    if to_cell(text).startswith(BEGIN):
        float(to_cell(text))


@pytest.mark.parametrize("number", ["-5", "-5.25", "+46", "-1e-05", "0.5"])
def test_a_number_stays_a_number(number):
    assert to_cell(number) == number


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "-nan", "-1_0", "-", "=\x00"])
def test_what_a_spreadsheet_would_evaluate_is_kept_from_it(text, tmp_path):
    written = tmp_path / "t.csv"
    write_csv(written, ("id", "=reason"), [{"id": text, "=reason": text}])
    with written.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [["id", "'=reason"], [f"'{text}", f"'{text}"]]


def test_our_own_reader_gives_the_text_as_it_was(tmp_path):
    written = tmp_path / "t.csv"
    rows = [{"id": "=cmd|' /C calc'!A0", "note": "\t=1"}, {"id": "'=1", "note": "it's\r\n=2"}]
    write_csv(written, ("id", "note"), [*rows, {"id": -5.2, "note": None}])
    read = read_lines(written, "table", needed=("id",), optional=("note",))
    found = [{"id": line["id"], "note": line["note"]} for _, line in read]
    assert found == [*rows, {"id": "-5.2", "note": ""}]


def test_a_name_that_is_no_unicode_is_written_all_the_same(tmp_path):
    write_csv(tmp_path / "t.csv", ("id",), [{"id": "p\udcff"}])
    assert (tmp_path / "t.csv").read_text("utf-8").splitlines() == ["id", "p\\udcff"]
