"""The analysis as HTML and PDF: all of the document is in it, nothing comes from afar."""

import re

import pytest

from liverplan import NOTICE
from liverplan.cohort.analysis.dictionary import dictionary_of
from liverplan.cohort.analysis.forest import forest_figure, forests, ratios_of
from liverplan.cohort.analysis.hazards import log_log_figure
from liverplan.cohort.analysis.marks import bounds_figure, calibration_figure, shares_figure
from liverplan.cohort.analysis.picture import Picture, picture
from liverplan.cohort.analysis.provenance import sha256
from liverplan.cohort.analysis.readable import readable
from liverplan.cohort.analysis.sections import section_of, sections_of, shown, titled
from liverplan.cohort.analysis.steps import incidence_figure
from liverplan.cohort.analysis.write import write_analysis
from liverplan.cohort.columns import meaning_of
from liverplan.endpoints import kaplan_meier
from liverplan.words import words_of

WORDS = words_of("en")

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
    assert "not reached" in found
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
        ([1, 2, 3], "", "1, 2, 3"), ("text", "", "text"), (0.04, "trend_p", "0.0400"),
        (2.7e-5, "p_adjusted", "< 0.0001"), (None, "follow_up_median", "not reached"),
        ([1.5, None], "median_95", "1.5 to not reached"),
        ([None, None], "three_years_95", "not estimable"),
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
    axes = forest_figure(found, WORDS).axes[0]
    assert [text.get_text() for text in axes.texts] == ["0.50 (0.30-0.90)", "2.00 (1.00-4.00)"]


def test_the_same_figure_is_the_same_svg():
    ratios = [("a", 1.0, 0.5, 2.0)]
    one, two = (
        picture(forest_figure(ratios, WORDS), part="x", file="f.svg", title="F", alt="a")
        for _ in range(2)
    )
    assert one.svg == two.svg


def test_the_page_is_whole_in_itself_and_the_paper_is_a_pdf(tmp_path):
    table = tmp_path / "outcomes.csv"
    table.write_text("id,arm,mood\np1,surgery,good\n")
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect/></svg>'
    shown_ = [
        Picture(part=part, file=f"{part}.svg", title="X", alt=f"an x of {part}", svg=svg)
        for part in ("overall_survival", "elsewhere")
    ]
    page, paper = write_analysis(tmp_path, DOCUMENT, shown_, [table])
    html = page.read_text("utf-8")
    assert NOTICE in html
    assert "One note &lt;b&gt;." in html
    inside, outside = (html.index(f'alt="an x of {one.part}"') for one in shown_)
    assert outside < html.index("Overall survival</h2>") < inside < html.index("Cox model")
    assert "Not described here: see the trial" in html
    assert re.findall(r"(?:src|href)=\"(?!data:|#)[^\"]*", html) == []
    assert paper.read_bytes().startswith(b"%PDF-1.7")


def test_the_dictionary_says_of_each_column_its_meaning_unit_values_and_what_is_missing(tmp_path):
    table = tmp_path / "quality.csv"
    table.write_text("id,visit_months,q_1,q_2,q_29,lmc_3,isgls_grade\na,0,1,,7,,A\nb,3,,,,,\n")
    (grid,) = dictionary_of([table, tmp_path / "design.toml"])
    assert grid.columns == ("Column", "Meaning", "Unit", "Allowed values", "Missing")
    rows = {row[0]: row[1:] for row in grid.rows}
    assert list(rows) == ["id", "visit_months", "q_1 to q_2", "q_29", "lmc_3", "isgls_grade"]
    assert rows["visit_months"][1:] == ("months", "0 or more", "0 of 2")
    assert rows["q_1 to q_2"] == ("Answers to the QLQ-C30", "", "one of 1, 2, 3, 4", "3 of 4")
    assert rows["q_29"][0] == "Answer to item 29 of the QLQ-C30"
    assert rows["lmc_3"][0] == "Not described here: see the trial's own dictionary"
    assert rows["isgls_grade"][2:] == ("one of none, A, B, C", "1 of 2")
    assert meaning_of("age", "sv") == "Ålder vid tidens början"


def test_means_become_a_row_for_each_scale_and_arm_and_what_is_said_stands_once():
    means = [
        {
            "scale": "pain",
            "arm": "x",
            "months": m,
            "patients": 9,
            "mean": 40.0 + m,
            "mean_95": limits,
        }
        for m, limits in ((0.0, [30.0, 50.0]), (3.0, None))
    ]
    found = readable({"quality_of_life": {"means": means}, "design": {"says": [{}], "a": 1}})
    assert list(found) == ["design", "quality_of_life"]
    assert found["design"] == {"a": 1}
    assert found["quality_of_life"]["means"] == [
        {"scale": "pain", "arm": "x", "0 months": "40 (30-50), 9", "3 months": "43, 9"}
    ]


def test_each_population_has_a_row_for_each_arm_or_says_why_not():
    arm = {"arm": "x", "events": 3, "median": 9.0, "median_95": [1.0, None],
           "three_years": 0.5, "three_years_95": [0.2, 0.8], "times": [1.0] * 9}  # fmt: skip
    survival = {"arms": [arm], "cox": None}
    found = readable(
        {
            "populations": {
                "per_protocol": {"patients": {"x": 7}, "overall_survival": survival},
                "crossover": {"patients": {"x": 0}, "overall_survival": None, "why_not": "No."},
            }
        }
    )["populations"]
    first, second = found["overall_survival"]
    assert (first["population"], first["patients"], first["median"]) == ("per protocol", 7, 9.0)
    assert (second["patients"], second["median"], found["remarks"]) == (
        0,
        "",
        ["Not compared: crossover. No."],
    )


def texts(figure):
    return [text.get_text() for axes in figure.axes for text in axes.texts]


def test_arms_and_reasons_are_headed_as_they_are_named_and_none_is_0():
    arm = {"centres": {"A_b": 2}, "lost": {}, "deviations": {}}
    arms = [arm | {"name": "x"}, arm | {"name": "y", "lost": {"moved_away": 1}}]
    found = readable(
        {
            "overall_survival": {
                "reference": "arm_a",
                "at_risk": [{"months": 0, "arm_a": 3, "p": 4}],
                "three_years_difference": {"months": 36, "difference": 0.1, "differences": []},
            },
            "consort": {"not_randomised": {"too old_95": 1}, "arms": arms},
        }
    )
    tables = {t.title: t for section in sections_of(found) for t in section.tables}
    assert tables["Numbers at risk"].columns == ("Months", "arm_a", "p")
    assert tables["Arms: Lost to follow-up"].rows == (("x", "0"), ("y", "1"))
    assert tables["Arms: Lost to follow-up"].columns == ("Name", "moved_away")
    assert tables["Not randomised"].rows == (("too old_95", "1"),)
    assert tables["Difference of survival at 3 years"].rows == (("Months", "36"),)
    (said,) = found["overall_survival"]["reading"]
    assert "below 1 means fewer events than in arm_a" in said


def test_interactions_and_models_of_one_factor_are_called_what_they_are():
    term = {"name": "age", "hazard_ratio": 2.0, "hazard_ratio_95": [1.0, 4.0]}
    model = {"terms": [term], "patients": 9, "events": 3, "concordance": 0.6, "warnings": ["Few."]}
    found = readable(
        {
            "predictive_factors": {"alone": [model]},
            "prediction": {"interactions_with_treatment": [term]},
        }
    )
    assert found["predictive_factors"]["alone"] == [
        {**term, "patients": 9, "events": 3, "concordance": 0.6}
    ]
    assert found["predictive_factors"]["warnings"] == ["Few."]
    assert found["prediction"]["interactions_with_treatment"][0]["ratio_of_hazard_ratios"] == 2.0


def test_figures_show_the_numbers_that_they_are_made_of():
    share = {"arm": "surgery", "what": "B or C", "events": 2, "patients": 30}
    rows = [
        share | {"fraction": 1 / 15, "fraction_95": (0.01, 0.2)},
        share | {"what": "death within 90 days", "fraction": None, "fraction_95": None},
    ]
    drawn = shares_figure(rows, WORDS)
    assert texts(drawn) == ["2 / 30"] * 2
    labels = [label.get_text() for label in drawn.axes[0].get_yticklabels()]
    assert labels == ["Liver failure grade B or C, surgery", "Death within 90 days, surgery"]
    interim = {"information": [0.5, 1.0], "z": [2.96, 1.97], "nominal_p": [0.0031, 0.049]}
    assert texts(bounds_figure(interim, WORDS)) == ["2.96 (p 0.0031)", "1.97 (p 0.0490)"]
    groups = [
        {"risk_group": "1 of 2", "predicted": 0.8, "observed": 0.7, "observed_95": [0.5, 0.9]},
        {"risk_group": "2 of 2", "predicted": 0.4, "observed": None, "observed_95": None},
    ]
    assert texts(calibration_figure(groups, WORDS)) == ["1 of 2"]


def test_curves_of_incidence_and_of_log_log_survival_are_steps_of_every_arm():
    arm = {"times": [1.0, 2.0], "incidence_of_progression": [0.2, 0.4],
           "incidence_of_progression_95": [None, [0.1, 0.7]]}  # fmt: skip
    drawn = incidence_figure([arm | {"arm": "x"}, arm | {"arm": "y"}], WORDS)
    lines = drawn.axes[0].get_lines()
    assert [line.get_ydata().tolist() for line in lines] == [[0.0, 0.2, 0.4]] * 2
    assert lines[0].get_linestyle() != lines[1].get_linestyle()
    curve = kaplan_meier([1, 2, 3, 4], [1, 1, 0, 1], label="x")
    (line,) = log_log_figure([curve], WORDS).axes[0].get_lines()
    assert line.get_xdata().tolist() == [1.0, 2.0, 3.0]


def test_forests_part_the_treatment_from_factors_and_from_both():
    ratio = {"name": "age", "hazard_ratio": 2.0, "hazard_ratio_95": [1.0, 4.0]}
    document = DOCUMENT | {
        "predictive_factors": {"alone": [{"terms": [ratio]}]},
        "prediction": {"terms": [ratio], "interactions_with_treatment": [ratio]},
    }
    drawn = {one.file: one.part for one in forests(document, WORDS)}
    assert drawn == {
        "hazard_ratios.svg": "overall_survival",
        "factors.svg": "predictive_factors",
        "prediction.svg": "prediction",
        "interactions_with_treatment.svg": "prediction",
    }


def test_hash_of_nothing():
    assert sha256(b"").startswith("e3b0c44298fc1c14")
