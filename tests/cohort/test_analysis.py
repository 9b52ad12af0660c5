"""The analysis as HTML and PDF: all of the document is in it, nothing comes from afar."""

import re

import pytest

from liverplan import NOTICE
from liverplan.cohort.analysis.dictionary import dictionary_of, meaning_of
from liverplan.cohort.analysis.figures import Picture, forest_figure, picture, ratios_of
from liverplan.cohort.analysis.provenance import sha256
from liverplan.cohort.analysis.sections import section_of, sections_of, shown, titled
from liverplan.cohort.analysis.write import write_analysis

DOCUMENT = {
    "schema": "liverplan.endpoints/1",
    "unit": "months",
    "overall_survival": {
        "reference": "oncology",
        "arms": [
            {"arm": "surgery", "events": 3, "median": None, "times": [1.0, 2.0, 3.0, 4.0, 5.0]},
            {"arm": "oncology", "events": 5, "median": 12.25, "times": [1.0] * 5},
        ],
        "cox": {
            "terms": [{"name": "surgery", "hazard_ratio": 0.5, "hazard_ratio_95": [0.3, 0.9]}],
            "warnings": ["8 events for 1 covariates."],
        },
    },
    "added_later": {"grades": [{"arm": "surgery", "counts": [{"grade": "IIIa", "patients": 2}]}]},
    "notes": ["One note <b>."],
    "provenance": {"versions": {"liverplan": "1"}, "inputs": [{"file": "a.csv", "sha256": "ab"}]},
}


def cells(sections):
    return {cell for s in sections for t in s.tables for row in t.rows for cell in row}


def test_every_value_of_every_part_is_in_a_table_but_the_points_of_curves():
    found = cells(sections_of(DOCUMENT))
    assert {"oncology", "surgery", "3", "12.25", "0.5", "0.3 to 0.9", "IIIa", "2"} <= found
    assert "not estimable" in found
    assert not any("1, 2, 3" in cell for cell in found)


def test_a_part_nobody_foresaw_gets_its_own_section_with_what_names_its_rows():
    (section,) = [s for s in sections_of(DOCUMENT) if s.title == "Added later"]
    assert [table.title for table in section.tables] == ["Grades", "Grades: Counts"]
    assert section.tables[1].rows == (("surgery", "IIIa", "2"),)


def test_warnings_inside_a_part_are_its_remarks():
    assert section_of("x", DOCUMENT["overall_survival"]).remarks == ("8 events for 1 covariates.",)


@pytest.mark.parametrize(
    ("value", "key", "text"),
    [
        (None, "", "not estimable"), (True, "", "yes"), (1e-9, "p", "< 0.0001"), (3, "", "3"),
        (1e-9, "x", "1e-09"), (12345.6, "", "12346"), ([1.0, None], "", "1 to not estimable"),
        ([1, 2, 3], "", "1, 2, 3"), ("text", "", "text"), (0.04, "trend_p", "0.04"),
    ],
)  # fmt: skip
def test_cells_in_words(value, key, text):
    assert shown(value, key) == text


def test_headings():
    assert titled("median_95") == "Median 95 % limits"
    assert titled("cox") == "Cox model"


def test_every_hazard_ratio_with_limits_is_in_the_forest():
    together = {"alone": [{"terms": [{"name": "age", "hazard_ratio": 2.0,
                                      "hazard_ratio_95": [1.0, 4.0]}]}]}  # fmt: skip
    found = list(ratios_of(DOCUMENT | {"factors": together}))
    assert [name for name, *_ in found] == ["Overall survival: surgery", "Factors, alone: age"]
    axes = forest_figure(found).axes[0]
    assert [text.get_text() for text in axes.texts] == ["0.50 (0.30-0.90)", "2.00 (1.00-4.00)"]


def test_the_same_figure_is_the_same_svg():
    ratios = [("a", 1.0, 0.5, 2.0)]
    one, two = (picture(forest_figure(ratios), file="f.svg", title="F", alt="a") for _ in range(2))
    assert one.svg == two.svg


def test_the_page_is_whole_in_itself_and_the_paper_is_a_pdf(tmp_path):
    table = tmp_path / "outcomes.csv"
    table.write_text("id,arm,mood\np1,surgery,good\n")
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect/></svg>'
    shown_ = [Picture(file="x.svg", title="X", alt="an x", svg=svg)]
    page, paper = write_analysis(tmp_path, DOCUMENT, shown_, [table])
    html = page.read_text("utf-8")
    assert NOTICE in html
    assert "One note &lt;b&gt;." in html
    assert 'alt="an x"' in html
    assert "Not described: see the trial" in html
    assert re.findall(r"(?:src|href)=\"(?!data:|#)[^\"]*", html) == []
    assert paper.read_bytes().startswith(b"%PDF-1.7")


def test_the_dictionary_says_what_each_column_means(tmp_path):
    table = tmp_path / "quality.csv"
    table.write_text("id,q_29,lmc_3\n")
    (grid,) = dictionary_of([table, tmp_path / "results.parquet"])
    assert [name for name, _ in grid.rows] == ["id", "q_29", "lmc_3"]
    assert meaning_of("q_29") == "Answer to item 29 of the QLQ-C30"
    assert meaning_of("lmc_3") == "Answer to item 3 of the QLQ-LMC21"


def test_hash_of_nothing():
    assert sha256(b"").startswith("e3b0c44298fc1c14")
