"""Findings: the JSON contract, and nothing rounded on the way."""

import json
import math

import pytest

from liverplan.findings import (
    Contribution,
    CriterionFinding,
    CutFinding,
    Findings,
    Interval,
    LesionFinding,
    Narrowing,
    PlaneFinding,
    RemnantFraction,
    SegmentFinding,
    SeriesSummary,
    Statement,
    Uncertainty,
    Volumes,
    stated,
    told,
)
from liverplan.words import in_english


def findings(**changes):
    values = {
        "series": SeriesSummary(uid="1.2.3", shape=(3, 4, 5), spacing_mm=(1.6, 0.57, 0.57)),
        "volumes": Volumes(
            liver_ml=1489.4, tumour_ml=111.4, functional_ml=1378.0, remnant_ml=620.1,
            resected_ml=757.9,
        ),
        "remnant_fraction": RemnantFraction(of_functional=0.45, of_liver=math.pi / 7),
        "uncertainty": Uncertainty(
            interval_95=(0.431, 0.468),
            probability_above_threshold=1.0,
            flip_mm=12.5,
            contributions=(
                Contribution(name="cut", sd=3.0, unit="mm", fraction_sd=0.01, source="assumption"),
            ),
            standard_error=0.011,
            as_drawn=Interval(
                lower_95=0.44, upper_95=0.46, probability_above_threshold=1.0, standard_error=0.005,
                remnant_95_ml=(600.0, 640.0),
            ),
            narrowing=(
                Narrowing(remedy="liver_near_cut", half_width_now=0.02, half_width_then=0.01),
            ),
        ),
        "threshold_fraction": 0.3,
        "margin_mm": 12.3,
        "lesions": (
            LesionFinding(
                label=2, volume_ml=84.4, long_axis_mm=61.2, short_axis_mm=55.0,
                centroid_mm=(0.1, 0.2, 0.3), margin_mm=12.3, in_remnant=False,
                fate="removed", stays_ml=0.0,
            ),
        ),
        "criteria": (
            CriterionFinding(id="flr", state="met", value=0.45, finding=told("FLR 45.0 %.")),
        ),
        "eligibility": "eligible",
        "planes": (PlaneFinding(point_mm=(1, 2, 3), normal=(0, 0, 1)),),
        "plan": "wedge and right hemihepatectomy",
        "cuts": (
            CutFinding(kind="wedge", removes_ml=31.5, centre_mm=(1.5, 2, 3), radius_mm=22.5),
            CutFinding(kind="parts", removes_ml=900.1, scheme="couinaud", parts=("5", "6")),
        ),
        "segments": (SegmentFinding(name="5", volume_ml=120.5, share_fraction=0.08),),
    }  # fmt: skip
    return Findings(**(values | changes))


CONTRACT = {
    "schema", "series", "volumes_ml", "remnant_fraction", "interval_95",
    "probability_above_threshold", "threshold_fraction", "margin_mm", "lesions", "criteria",
    "eligibility",
}  # fmt: skip


def test_the_document_holds_every_key_of_the_contract():
    document = findings().to_json(in_english)
    assert document.keys() >= CONTRACT
    assert set(document["volumes_ml"]) == {
        "liver", "tumour", "functional", "remnant", "resected", "ablated", "perfused_remnant",
    }  # fmt: skip
    assert set(document["lesions"][0]) >= {
        "label", "volume_ml", "long_axis_mm", "short_axis_mm", "centroid_mm", "margin_mm",
        "in_remnant",
    }  # fmt: skip
    assert document["remnant_fraction"].keys() >= {
        "of_functional", "of_liver", "of_estimated", "deciding",
    }  # fmt: skip


def test_findings_survive_the_way_through_json_to_the_last_digit():
    original = findings()
    assert Findings.from_json(json.loads(json.dumps(original.to_json(in_english)))) == original


def test_a_document_that_tells_one_interval_has_none_as_drawn():
    document = findings().to_json(in_english)
    for key in ("as_drawn", "as_carried_out", "interval_95_as_drawn", "narrowing"):
        del document[key]
    read = Findings.from_json(document).uncertainty
    assert read.as_drawn is None
    assert read.as_carried_out.interval_95 == (0.431, 0.468)
    assert read.as_carried_out.standard_error is None
    assert read.narrowing == ()


def test_both_intervals_hold_the_number_itself():
    held = findings().uncertainty.holding(0.425)
    assert held.interval_95 == (0.425, 0.468)
    assert held.as_drawn.interval_95 == (0.425, 0.46)
    assert held.as_drawn.half_width == pytest.approx(0.0175)


def test_the_deciding_fraction_is_the_named_one():
    fraction = RemnantFraction(of_functional=0.31, of_liver=0.29, of_estimated=0.33)
    assert fraction.deciding_fraction == 0.31
    other = RemnantFraction(of_functional=0.31, of_liver=0.29, deciding="of_liver")
    assert other.deciding_fraction == 0.29


def test_a_document_of_another_schema_is_refused():
    document = findings().to_json(in_english) | {"schema": "liverplan.result/99"}
    with pytest.raises(ValueError, match=r"liverplan\.result/99"):
        Findings.from_json(document)


def test_findings_of_planes_only_are_read_as_well():
    document = findings(plan="", cuts=(), segments=()).to_json(in_english)
    del document["plan"], document["cuts"], document["segments"], document["volumes_ml"]["ablated"]
    read = Findings.from_json(document)
    assert (read.plan, read.cuts, read.segments, read.volumes.ablated_ml) == ("", (), (), 0.0)
    assert read.planned
    assert not findings(planes=(), cuts=()).planned


NESTED = Statement.of(
    "finding.criterion",
    title=told("Age"),
    parts=(Statement.of("finding.count", count=3), Statement.of("finding.age", years=41, day="x")),
)


def test_a_statement_is_read_back_with_all_that_it_holds():
    document = json.loads(json.dumps(NESTED.to_json()))
    assert document == {
        "key": "finding.criterion",
        "values": {
            "title": "Age",
            "parts": [
                {"key": "finding.count", "values": {"count": 3}},
                {"key": "finding.age", "values": {"years": 41, "day": "x"}},
            ],
        },
    }
    read = Statement.from_json(document)
    assert (read.key, read.value("parts")) == (NESTED.key, NESTED.value("parts"))
    assert hash(read) == hash(Statement.from_json(document))


@pytest.mark.parametrize(
    "bad", [{"key": "a.b"}, {"values": {}}, {"key": "a", "values": {"x": None}}]
)
def test_what_is_no_statement_is_refused(bad):
    with pytest.raises((KeyError, TypeError)):
        Statement.from_json(bad)


def test_a_note_of_another_author_is_told_and_a_statement_stays_what_it_is():
    assert stated("Check it.") == told("Check it.")
    assert stated(NESTED) is NESTED


def test_findings_say_beside_each_sentence_what_it_says():
    note = Statement.of("note.lesion_left", number=2)
    document = findings(notes=(note, told("Check it."))).to_json(in_english)
    assert document["notes"] == ["Metastasis 2 stays in the remnant.", "Check it."]
    assert document["says"] == [note.to_json(), "Check it."]
    assert document["criteria"][0]["finding"] == document["criteria"][0]["says"] == "FLR 45.0 %."
    assert Findings.from_json(document).notes == (note, told("Check it."))
