"""Facts of other days, other persons and other plans: what stands where somebody reads it."""

import json
from pathlib import Path

import pytest

import liverplan.eligibility
from liverplan.cli import main
from liverplan.cohort.rows import row_of
from liverplan.phantom.truth import RECOMMENDED_NORMAL, RECOMMENDED_POINT_MM
from liverplan.workflow import measure_case, write_report

CUT = ",".join(str(x) for x in (*RECOMMENDED_POINT_MM, *RECOMMENDED_NORMAL))
EXAMPLE = Path(liverplan.eligibility.__file__).with_name("patient_example.toml").read_text("utf-8")
VISIT_2 = """
[[recist]]
date = 2023-12-18
targets_mm = [23.0, 41.5]
new_lesion = true
by = "R. Lind, radiologist"

[[recist]]
date = 2024-02-26
"""

# The CT is of 2020-01-02, of a person born on 1970-01-01, with metastases of 46.6 and 28.8 mm.
WRONG = EXAMPLE.replace("\n[[recist]]\ndate = 2024-02-26\n", VISIT_2).replace(
    "[facts.ecog]\nvalue = 0\ndate = 2024-03-08", "[facts.ecog]\nvalue = 0\ndate = 2020-03-08"
)
INFLOW = '\n[facts.inflow]\nvalue = true\ndate = 2024-03-08\nby = "K. Dahl"\nplan = "{plan}"\n'

SEEN = (
    "The CT of 2020-01-02, portal venous phase, slices of 5 mm: 1530 days before the decision, "
    "where images hold 56.",
    "The CT gives another patient ID than the patient's file: is it the same person?",
    "The CT gives another birth date than the patient's file: is it the same person?",
)
FOUND = {
    "ecog": "'ECOG performance status' was attested by M. Holm, oncologist on 2020-03-08, 1464 "
    "days before the decision, where it holds 28",
    "response": "but it had progressed at visit 2 (2023-12-18), since the treatment began on "
    "2023-11-06",
    "progression": "but the lesions had progressed at an earlier visit",
}


def assessed(small, place, text):
    (place / "patient.toml").write_text(text, "utf-8")
    masks = ("--liver", small.liver, "--lesions", small.lesions, "--lesion-labels", "1-3")
    given = ("--plane", CUT, "--patient", place / "patient.toml", "--out", place / "case")
    with pytest.raises(SystemExit) as stop:
        main([str(one) for one in ("assess", small.ct, *masks, *given)])
    assert stop.value.code == 0
    return place / "case"


@pytest.fixture(scope="module")
def wrong(small, tmp_path_factory):
    return assessed(small, tmp_path_factory.mktemp("facts"), WRONG)


@pytest.fixture
def said(wrong, capsys):
    """What the command line prints, and the document."""

    def measured(*options):
        with pytest.raises(SystemExit):
            main(["measure", str(wrong), *options])
        return capsys.readouterr().out

    return measured(), json.loads(measured("--json"))


def test_the_command_line_says_what_of_the_facts_does_not_fit(said):
    text, document = said
    assert all(line in text for line in SEEN)
    assert "Eligibility: undecided." in text
    states = {one["id"]: one["state"] for one in document["checks"]}
    assert states["ct_date"] == states["birth_date"] == "needs judgement"
    criteria = {one["id"]: one for one in document["criteria"]}
    for name, words in FOUND.items():
        assert criteria[name]["state"] == "needs judgement"
        assert words in criteria[name]["finding"]
    assert "they disagree" in criteria["response"]["finding"]


def test_the_document_and_the_command_line_have_what_surgeons_ask_beside_the_number(said):
    text, document = said
    reserve, remnant_ml = document["reserve"], document["volumes_ml"]["remnant"]
    assert reserve["per_weight_fraction"] == pytest.approx(remnant_ml / 70_000)
    assert reserve["standardised_fraction"] == document["remnant_fraction"]["of_estimated"]
    low, high = reserve["standardised_95"]
    assert low < reserve["standardised_fraction"] < high
    assert reserve["parenchyma"] == "injured"  # 3.5 months of chemotherapy
    assert reserve["albi_grade"] == 1
    assert "Liver after chemotherapy over 3 months or with steatosis: at least 30 %" in text
    assert "Normal liver: at least" not in text
    assert "ALBI -2.86, grade 1." in text
    assert "platelets: 230 10⁹/L; ICG retention after 15 minutes: 6.5 %" in text
    assert f"Attested of this plan (mark {document['plan_mark']})" in text


def test_the_report_says_it_with_every_fact_its_person_and_its_days(wrong, tmp_path):
    page = write_report(wrong, tmp_path / "report.html").read_text("utf-8").replace("&#39;", "'")
    assert all(line in page for line in SEEN)
    assert all(words in page for words in FOUND.values())
    row = page[page.rindex(">ECOG performance status<") :][:400]
    assert all(cell in row for cell in ("M. Holm, oncologist", "2020-03-08", "1464", "28"))


def test_a_hidden_identity_hides_who_attests_and_when(wrong, tmp_path):
    out = tmp_path / "report.html"
    page = write_report(wrong, out, identity="hidden").read_text("utf-8")
    assert "M. Holm" not in page
    assert "2020-03-08" not in page
    assert "1464" in page


def test_a_cohorts_row_names_the_doubted_checks(wrong):
    row = row_of(measure_case(wrong))
    assert row["eligibility"] == "undecided"
    assert row["doubted_checks"] == "ct_date; patient_id; birth_date"
    assert row["parenchyma"] == "injured"
    assert row["per_surface_ml_m2"] > 0


def test_a_fact_of_one_plan_does_not_count_for_another(small, wrong, tmp_path):
    mark = measure_case(wrong).plan_mark
    for plan, state in ((mark, "holds"), ("1f2e3d4c5b6a", "needs judgement"), ("", None)):
        place = tmp_path / (plan or "none")
        place.mkdir()
        found = measure_case(assessed(small, place, EXAMPLE + INFLOW.format(plan=plan)))
        fact = next(one for one in found.facts if one.id == "inflow")
        assert fact.state == (state or "needs judgement")
        count = next(one for one in found.criteria if one.id == "metastasis_count")
        assert (count.state == "needs judgement") == (state != "holds")
